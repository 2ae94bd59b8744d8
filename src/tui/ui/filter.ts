// What is typed after `/`: a regular expression; `!` before it inverts, `~` matches loosely (letters in this order, near each other).
// Compiled once, asked for every row; no expression takes longer than its text is long.
import { PatternError } from '../../mesos/text/pattern-syntax.ts';
import { compileSearch } from './matching/automaton.ts';
import { compileLoose } from './matching/loose.ts';

/** What somebody has typed, to be asked of many rows. */
export interface Filter {
  /** Of the text of a row, as the screen chose it: each of its lines is looked at by itself. */
  matches(text: string): boolean;
  /** Of one line; the same whether the filter inverts or not. */
  line(text: string): boolean;
  /** Rows of which a line matches are those that are left out. */
  readonly isInverse: boolean;
  /** Lets everything through. */
  readonly isEmpty: boolean;
}

/** `why` in one line, for the prompt. */
export type FilterResult =
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'refused'; readonly why: string };

/** Longer texts of rows are looked at this far. */
const LOOKED_AT = 400;
const MAX_LENGTH = 200;
const EVERYTHING: Filter = { matches: () => true, line: () => true, isInverse: false, isEmpty: true };

/** Capitals in what is typed make capitals count, as in many editors. */
export function compileFilter(typed: string): FilterResult {
  if (typed.length > MAX_LENGTH) return { kind: 'refused', why: `longer than ${MAX_LENGTH} characters` };
  const isInverse = typed.startsWith('!');
  const rest = isInverse ? typed.slice(1) : typed;
  if (rest === '' || rest === '~') return { kind: 'filter', filter: EVERYTHING };
  const matcher = rest.startsWith('~') ? compileLoose(rest.slice(1), !hasCapitals(rest)) : exactly(rest);
  if (typeof matcher === 'string') return { kind: 'refused', why: matcher };
  const line = (text: string): boolean => matcher(text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text);
  const matches = (text: string): boolean => text.split('\n').some(line) !== isInverse;
  return { kind: 'filter', filter: { matches, line, isInverse, isEmpty: false } };
}

const compiled = { typed: '', filter: EVERYTHING };

/** As compileFilter, for drawing: what cannot be compiled lets everything through, and the last one is remembered. */
export function filterFor(typed: string): Filter {
  if (compiled.typed !== typed) {
    const result = compileFilter(typed);
    compiled.typed = typed;
    compiled.filter = result.kind === 'filter' ? result.filter : EVERYTHING;
  }
  return compiled.filter;
}

/**
 * Whether every line that the longer one matches is matched by the shorter one too: somebody goes on typing a plain word, or letters
 * after `~`. Whether both invert does not matter.
 */
export function narrows(longer: string, shorter: string): boolean {
  const [more, less] = [longer, shorter].map((typed) => (typed.startsWith('!') ? typed.slice(1) : typed));
  if (more === undefined || less === undefined || less === '' || less === '~' || !more.startsWith(less)) return false;
  return (more.startsWith('~') || PLAIN.test(more)) && !hasCapitals(more);
}

/** Characters that stand for themselves, and the dot, which costs no more. */
const PLAIN = /^[\w ./:@-]+$/;

function hasCapitals(text: string): boolean {
  return text !== text.toLowerCase();
}

function exactly(typed: string): ((text: string) => boolean) | string {
  // Classes such as \S and \W are no capitals.
  const isExact = hasCapitals(typed.replace(/\\./g, ''));
  if (PLAIN.test(typed)) {
    const word = new RegExp(typed, isExact ? '' : 'i');
    return (text) => word.test(text);
  }
  if (/\(\?(?:[=!]|<[=!])/.test(typed)) return 'looking around, as by (?=, is not possible here; ! before all inverts';
  try {
    return compileSearch(typed, !isExact);
  } catch (error) {
    // Some of its words have the whole expression behind them, for logs.
    if (error instanceof PatternError) return error.message.replace(/^((?:missing|unexpected) .): .*$/, '$1');
    throw error;
  }
}
