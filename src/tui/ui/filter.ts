// What is typed after `/`: a regular expression; `!` before it inverts, `~` matches loosely (letters in this order). Compiled once,
// asked for every row.

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

/** Longer texts of rows are looked at this far: an expression of somebody who is still typing must not take seconds. */
const LOOKED_AT = 400;
const MAX_LENGTH = 200;
const EVERYTHING: Filter = { matches: () => true, line: () => true, isInverse: false, isEmpty: true };

/** Capitals in what is typed make capitals count, as in many editors. */
export function compileFilter(typed: string): FilterResult {
  if (typed.length > MAX_LENGTH) return { kind: 'refused', why: `longer than ${MAX_LENGTH} characters` };
  const isInverse = typed.startsWith('!');
  const rest = isInverse ? typed.slice(1) : typed;
  if (rest === '' || rest === '~') return { kind: 'filter', filter: EVERYTHING };
  const matcher = rest.startsWith('~') ? loosely(rest.slice(1)) : exactly(rest);
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

/** Whether everything that the longer one lets through has passed the shorter one: somebody goes on typing a plain word. */
export function narrows(longer: string, shorter: string): boolean {
  return shorter !== '' && longer.startsWith(shorter) && /^[\w ./:@-]+$/.test(longer) && !hasCapitals(longer);
}

function hasCapitals(text: string): boolean {
  return text !== text.toLowerCase();
}

function exactly(typed: string): ((text: string) => boolean) | string {
  try {
    const expression = new RegExp(typed);
    // Classes such as \S and \W are no capitals. Not by the flag `i`: what gets lost in such an expression cannot be helped out, see
    // src/cli/top/patience.ts.
    if (hasCapitals(typed.replace(/\\./g, ''))) return (text) => expression.test(text);
    return (text) => expression.test(text.toLowerCase());
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return said.replace(/^Invalid regular expression: \/.*\/\w*: /, '').toLowerCase();
  }
}

function loosely(typed: string): (text: string) => boolean {
  const isExact = hasCapitals(typed);
  const letters = [...(isExact ? typed : typed.toLowerCase())].filter((letter) => letter !== ' ');
  return (text) => {
    const searched = isExact ? text : text.toLowerCase();
    let at = 0;
    for (const letter of letters) {
      const found = searched.indexOf(letter, at);
      if (found < 0) return false;
      at = found + letter.length;
    }
    return true;
  };
}
