// The marks that drawings are made of, in two sets: with box drawing and blocks, and in plain ASCII. Every mark has another shape,
// so that none needs a colour to be told from another. All of them are one cell wide.

export interface Glyphs {
  readonly cursor: string;
  readonly marked: string;
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  readonly idle: string;
  readonly unknown: string;
  readonly ellipsis: string;
  readonly up: string;
  readonly down: string;
  readonly arrow: string;
  readonly dot: string;
  readonly times: string;
  readonly dash: string;
  readonly rule: string;
  readonly full: string;
  /** Parts of a bar's last cell, from little to much; empty: whole cells only. */
  readonly parts: readonly string[];
  /** Allocated is `full`, offered is this, free is `empty`. */
  readonly second: string;
  readonly empty: string;
  /** Heights of a sparkline, from nothing to everything. */
  readonly heights: readonly string[];
  readonly branch: string;
  readonly lastBranch: string;
  readonly stem: string;
}

const MARKS: Glyphs = {
  cursor: '▸',
  marked: '◆',
  good: '●',
  warn: '▲',
  bad: '✗',
  idle: '○',
  unknown: '?',
  ellipsis: '…',
  up: '↑',
  down: '↓',
  arrow: '→',
  dot: '·',
  times: '×',
  dash: '–',
  rule: '─',
  full: '█',
  parts: ['▏', '▎', '▍', '▌', '▋', '▊', '▉'],
  second: '▒',
  empty: '·',
  heights: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  branch: '├─',
  lastBranch: '└─',
  stem: '│ ',
};

const ASCII: Glyphs = {
  cursor: '>',
  marked: '*',
  good: '+',
  warn: '!',
  bad: 'x',
  idle: 'o',
  unknown: '?',
  ellipsis: '~',
  up: '^',
  down: 'v',
  arrow: '>',
  dot: '.',
  times: 'x',
  dash: '-',
  rule: '-',
  full: '#',
  parts: [],
  second: '=',
  empty: '.',
  heights: ['_', '.', '-', '=', '+', '*', '#', '@'],
  branch: '|-',
  lastBranch: '`-',
  stem: '| ',
};

export function glyphs(hasMarks: boolean): Glyphs {
  return hasMarks ? MARKS : ASCII;
}
