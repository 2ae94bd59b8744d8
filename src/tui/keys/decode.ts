// From the bytes of a terminal in raw mode to named keys, pasted text and the mouse. Sequences that nobody here knows are dropped
// whole, so that none of their letters is taken for a key.

/** `name`: the character itself, or `enter`, `esc`, `ctrl-x`, `alt-x`, `pageup`, `f5` …; `text` is what it types, if anything. */
export type Input =
  | { readonly kind: 'key'; readonly name: string; readonly text?: string }
  | { readonly kind: 'paste'; readonly text: string }
  /** Cells from 0. Only presses and the wheel are told. */
  | {
      readonly kind: 'mouse';
      readonly what: 'press' | 'wheel-up' | 'wheel-down';
      readonly x: number;
      readonly y: number;
    };

const ESC = '\u001b';
const PASTE_START = `${ESC}[200~`;
const PASTE_END = `${ESC}[201~`;
/** A sequence that goes on beyond this is none. */
const MAX_SEQUENCE = 64;
/** More of what is pasted is left out. */
const MAX_PASTE = 10_000;
const CTRL_C = '\u0003';

const BY_FINAL: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'shift-tab',
};
const BY_NUMBER: Readonly<Record<string, string>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};
const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
  ' ': 'space',
};

/** Every name that `KeyDecoder` can give, beside single characters, `ctrl-a`…`ctrl-z` and `alt-` before a character. */
export const NAMED_KEYS: ReadonlySet<string> = new Set([
  ...Object.values(BY_FINAL),
  ...Object.values(BY_NUMBER),
  ...Object.values(CONTROLS),
  'esc',
]);

export class KeyDecoder {
  readonly #decoder = new TextDecoder();
  #rest = '';
  /** What has come of something that is being pasted. Nothing of it is a key, however long it is and however slowly it comes. */
  #pasted: string | undefined;

  /** Is there a beginning that may be a lone `esc`? Then call `flush` when nothing has followed for some 30 ms. */
  get isWaiting(): boolean {
    return this.#rest !== '';
  }

  push(bytes: Uint8Array): Input[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    return this.#take(false);
  }

  /** What waits is all there is. */
  flush(): Input[] {
    return this.#take(true);
  }

  #take(isAll: boolean): Input[] {
    const inputs: Input[] = [];
    while (this.#rest !== '') {
      if (this.#pasted !== undefined) {
        const input = this.#paste(this.#pasted);
        if (input === undefined) break;
        inputs.push(input);
        continue;
      }
      const taken = this.#one(isAll);
      if (taken === undefined) break;
      this.#rest = this.#rest.slice(taken.length);
      if (taken.input !== undefined) inputs.push(taken.input);
    }
    return inputs;
  }

  /** The first of what is there; undefined when more is needed. */
  #one(isAll: boolean): { readonly length: number; readonly input?: Input } | undefined {
    const text = this.#rest;
    if (!text.startsWith(ESC)) {
      const [character = ''] = text;
      return { length: character.length, input: key(character) };
    }
    if (text.startsWith(PASTE_START)) {
      this.#pasted = '';
      return { length: PASTE_START.length };
    }
    const next = text[1];
    if (next === undefined) return isAll ? { length: 1, input: { kind: 'key', name: 'esc' } } : undefined;
    if (next === ESC) return { length: 1, input: { kind: 'key', name: 'esc' } };
    if (next === '[' || next === 'O') {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what terminals send
      const found = /^\u001b(?:\[([<?]?)([\d;]*)([~@-}])|O([@-~]))/.exec(text);
      if (found !== null) {
        const input = sequence(found[1] ?? '', found[2] ?? '', found[3] ?? found[4] ?? '');
        return { length: found[0].length, ...(input && { input }) };
      }
      const mayGoOn = text.length < MAX_SEQUENCE && /^.(?:\[[<?]?[\d;]*|O)$/s.test(text);
      if (mayGoOn && !isAll) return undefined;
      if (text.length === 2) return { length: 2, input: { kind: 'key', name: `alt-${next}` } };
      return { length: Math.min(text.length, MAX_SEQUENCE) };
    }
    const [character = ''] = text.slice(1);
    return { length: 1 + character.length, input: { kind: 'key', name: `alt-${named(character)}` } };
  }

  /** Up to its end; undefined while that has not come. `ctrl-c` gets out of one that never ends. */
  #paste(before: string): Input | undefined {
    const text = before + this.#rest;
    const end = text.indexOf(PASTE_END);
    const cancel = text.indexOf(CTRL_C);
    if (cancel >= 0 && (end < 0 || cancel < end)) {
      this.#pasted = undefined;
      this.#rest = text.slice(cancel + 1);
      return key(CTRL_C);
    }
    if (end < 0) {
      // The end of the text may be the beginning of the mark; of what is too long its beginning and that are kept.
      const kept = text.length > 2 * MAX_PASTE ? text.slice(0, MAX_PASTE) + text.slice(-PASTE_END.length) : text;
      this.#pasted = kept;
      this.#rest = '';
      return undefined;
    }
    this.#pasted = undefined;
    this.#rest = text.slice(end + PASTE_END.length);
    return { kind: 'paste', text: text.slice(0, Math.min(end, MAX_PASTE)) };
  }
}

function named(character: string): string {
  const known = CONTROLS[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 1 && code <= 26) return `ctrl-${String.fromCharCode(code + 96)}`;
  return character;
}

function key(character: string): Input {
  const name = named(character);
  const types = character === ' ' || (name === character && (character.codePointAt(0) ?? 0) > 31);
  return { kind: 'key', name, ...(types && { text: character }) };
}

function sequence(mark: string, numbers: string, final: string): Input | undefined {
  if (mark === '<') return mouse(numbers, final);
  if (mark !== '') return undefined;
  const [first = '', modifiers = ''] = numbers.split(';');
  const name = final === '~' ? BY_NUMBER[first] : BY_FINAL[final];
  if (name === undefined) return undefined;
  const bits = modifiers === '' ? 0 : Number(modifiers) - 1;
  const prefix = `${(bits & 4) !== 0 ? 'ctrl-' : ''}${(bits & 2) !== 0 ? 'alt-' : ''}${(bits & 1) !== 0 ? 'shift-' : ''}`;
  return { kind: 'key', name: `${prefix}${name}` };
}

/** SGR: `ESC [ < button ; column ; row M`, `m` when it is let go. */
function mouse(numbers: string, final: string): Input | undefined {
  const [button, x, y] = numbers.split(';').map(Number);
  if (final !== 'M' || button === undefined || x === undefined || y === undefined) return undefined;
  const what = ({ 0: 'press', 64: 'wheel-up', 65: 'wheel-down' } as const)[button];
  return what && { kind: 'mouse', what, x: x - 1, y: y - 1 };
}
