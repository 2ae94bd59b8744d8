// How a tone looks. Colours are told apart by people who see red and green alike: bluish green, yellow, vermilion and blue differ
// in brightness and in blue too (Okabe and Ito's palette). Bold, dim and reverse carry the rest, also without colours.
import type { Tone } from './line.ts';

/**
 * `none`: no escape codes at all, for pipes and files. `mono`: bold, dim and reverse only (`NO_COLOR`). `basic`: the sixteen colours
 * as the terminal has them. `full`: 256.
 */
export type ColourDepth = 'none' | 'mono' | 'basic' | 'full';

export interface Theme {
  /** SGR parameters of a tone, without escape and `m`; empty for plain text. */
  codes(tone: Tone): string;
  readonly depth: ColourDepth;
}

type Table = Readonly<Record<Tone, string>>;

const NONE: Table = {
  plain: '',
  dim: '',
  strong: '',
  title: '',
  good: '',
  warn: '',
  bad: '',
  accent: '',
  cursor: '',
  marked: '',
};

const MONO: Table = {
  ...NONE,
  dim: '2',
  strong: '1',
  title: '1;4',
  warn: '1',
  bad: '1;7',
  accent: '4',
  cursor: '7',
  marked: '1',
};

const BASIC: Table = {
  ...NONE,
  dim: '90',
  strong: '1',
  title: '1;36',
  good: '36',
  warn: '33',
  bad: '1;31',
  accent: '94',
  cursor: '7',
  marked: '1;33',
};

const FULL: Table = {
  ...NONE,
  dim: '38;5;245',
  strong: '1',
  title: '1;38;5;117',
  good: '38;5;43',
  warn: '38;5;220',
  bad: '1;38;5;208',
  accent: '38;5;75',
  cursor: '1;38;5;16;48;5;117',
  marked: '1;38;5;220',
};

const TABLES: Readonly<Record<ColourDepth, Table>> = { none: NONE, mono: MONO, basic: BASIC, full: FULL };

export function createTheme(depth: ColourDepth): Theme {
  const table = TABLES[depth];
  return { depth, codes: (tone) => table[tone] };
}

/**
 * What a terminal can show, from its environment: `NO_COLOR` (any text but the empty one), `TERM`, `COLORTERM`. A pipe shows
 * nothing of it.
 */
export function colourDepth(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): ColourDepth {
  const terminal = environment.TERM ?? '';
  if (!isTerminal || terminal === 'dumb') return 'none';
  if ((environment.NO_COLOR ?? '') !== '') return 'mono';
  const isFull = /256|direct|truecolor/.test(terminal) || (environment.COLORTERM ?? '') !== '';
  return isFull ? 'full' : 'basic';
}

/** May marks beyond ASCII be drawn? Only where the locale says that the terminal reads UTF-8. */
export function readsUtf8(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find((value) => (value ?? '') !== '');
  return /utf-?8/i.test(locale ?? '');
}
