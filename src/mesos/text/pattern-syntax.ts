// The syntax of patterns that others bring (mesos-api.md 4.5, marathon.md 13.6): the common part of RE2's language.

/** Says of a code point whether it is meant. */
export type CharTest = (codePoint: number) => boolean;

/** A parsed pattern. `max` of a repetition is Infinity when it is unbounded. */
export type PatternNode =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  /** Between a character of a word and none. */
  | { readonly kind: 'boundary'; readonly isNegated: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'sequence' | 'either'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number };

/** The pattern cannot be used; the message is in RE2's words where they are known. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly code = 'bad-pattern';
}

/** RE2's own limit of counted repetitions. */
const MAX_REPEAT = 1000;
/** Nested groups; deeper ones are nobody's pattern. */
const MAX_DEPTH = 100;

const isDigit: CharTest = (c) => c >= 48 && c <= 57;
const isWord: CharTest = (c) => isDigit(c) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
/** A letter of ASCII, a digit or `_`. */
export const isWordCharacter: CharTest = isWord;
const isSpace: CharTest = (c) => c === 32 || (c >= 9 && c <= 13 && c !== 11);
const not =
  (test: CharTest): CharTest =>
  (c) =>
    !test(c);

const CLASSES: Readonly<Record<string, CharTest>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const NAMED_CLASSES: Readonly<Record<string, CharTest>> = {
  alnum: (c) => isWord(c) && c !== 95,
  alpha: (c) => isWord(c) && c !== 95 && !isDigit(c),
  digit: isDigit,
  lower: (c) => c >= 97 && c <= 122,
  upper: (c) => c >= 65 && c <= 90,
  punct: (c) => c > 32 && c < 127 && (!isWord(c) || c === 95),
  space: (c) => isSpace(c) || c === 11,
  word: isWord,
  xdigit: (c) => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
};
const ESCAPES: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** `\Qa.b\E` → `a\.b`: what stands between the two means itself, each character of it alone. */
function unquoted(pattern: string): string {
  return pattern.replace(/\\(?:Q([\s\S]*?)(?:\\E|$)|[\s\S])/g, (escaped, quoted: string | undefined) =>
    quoted === undefined ? escaped : quoted.replace(/[^\w]/gu, '\\$&'),
  );
}

/** Undefined for names that are neither a general category nor a script. */
function unicodeTest(name: string): CharTest | undefined {
  try {
    const one = new RegExp(name.length <= 2 ? `^\\p{General_Category=${name}}$` : `^\\p{Script=${name}}$`, 'u');
    return (c) => one.test(String.fromCodePoint(c));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Throws PatternError. */
export function parsePattern(pattern: string): PatternNode {
  return new Parser(pattern).parse();
}

interface Flags {
  readonly ignoresCase: boolean;
  readonly dotIsAll: boolean;
}

class Parser {
  readonly #pattern: string;
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;
  #flags: Flags = { ignoresCase: false, dotIsAll: false };

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#chars = [...unquoted(pattern)];
  }

  parse(): PatternNode {
    const node = this.#either();
    if (this.#at < this.#chars.length) throw new PatternError(`unexpected ): ${this.#pattern}`);
    return node;
  }

  get #next(): string | undefined {
    return this.#chars[this.#at];
  }

  #take(): string | undefined {
    return this.#chars[this.#at++];
  }

  #skip(text: string): boolean {
    if (
      !this.#chars
        .slice(this.#at, this.#at + text.length)
        .join('')
        .startsWith(text)
    )
      return false;
    this.#at += text.length;
    return true;
  }

  #either(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#skip('|')) parts.push(this.#sequence());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'either', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): PatternNode {
    let part = this.#atom();
    const start = this.#at;
    let isRepeated = false;
    for (;;) {
      const repetition = this.#repetition();
      if (repetition === undefined) return part;
      if (isRepeated) throw new PatternError(`bad repetition operator: ${this.#chars.slice(start, this.#at).join('')}`);
      isRepeated = true;
      part = { kind: 'repeat', part, ...repetition };
      // Greedy or not makes no difference to whether the whole text matches.
      this.#skip('?');
    }
  }

  #repetition(): { readonly min: number; readonly max: number } | undefined {
    if (this.#skip('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#skip('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#skip('?')) return { min: 0, max: 1 };
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.#chars.slice(this.#at, this.#at + 16).join(''));
    if (counted === null) return undefined;
    const [text, first, range, last] = counted;
    const min = Number(first);
    const max = range === undefined ? min : last ? Number(last) : Number.POSITIVE_INFINITY;
    if (min > MAX_REPEAT || (max !== Number.POSITIVE_INFINITY && (max > MAX_REPEAT || max < min))) {
      throw new PatternError(`invalid repetition size: ${text}`);
    }
    this.#at += text.length;
    return { min, max };
  }

  #atom(): PatternNode {
    const char = this.#take();
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'char', test: this.#class() };
      case '.':
        return { kind: 'char', test: this.#flags.dotIsAll ? () => true : (c) => c !== 10 };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw new PatternError(`no argument for repetition operator: ${char}`);
      default:
        return this.#literal(char?.codePointAt(0) ?? 0);
    }
  }

  #literal(codePoint: number): PatternNode {
    return { kind: 'char', test: this.#cased((c) => c === codePoint) };
  }

  #group(): PatternNode {
    const outer = this.#flags;
    if (++this.#depth > MAX_DEPTH) throw new PatternError('expression nests too deeply');
    if (this.#skip('?')) {
      const rest = this.#chars.slice(this.#at).join('');
      const head = /^(?:P?<\w+>|([isU]*)(?:-([imsU]+))?([:)]))/.exec(rest);
      if (head === null) throw new PatternError(`invalid perl operator: (?${rest.slice(0, 1)}`);
      this.#at += head[0].length;
      const [, set = '', unset = '', end] = head;
      this.#flags = {
        ignoresCase: (outer.ignoresCase || set.includes('i')) && !unset.includes('i'),
        dotIsAll: (outer.dotIsAll || set.includes('s')) && !unset.includes('s'),
      };
      if (end === ')') {
        // Holds for the rest of the group it stands in.
        this.#depth -= 1;
        return { kind: 'nothing' };
      }
    }
    const node = this.#either();
    if (!this.#skip(')')) throw new PatternError(`missing ): ${this.#pattern}`);
    this.#flags = outer;
    this.#depth -= 1;
    return node;
  }

  #escape(): PatternNode {
    const char = this.#take();
    if (char === undefined) throw new PatternError('trailing \\');
    const test = CLASSES[char];
    if (test !== undefined) return { kind: 'char', test };
    if (char === 'p' || char === 'P') return { kind: 'char', test: this.#unicodeClass(char) };
    if (char === 'A') return { kind: 'start' };
    if (char === 'z') return { kind: 'end' };
    if (char === 'b' || char === 'B') return { kind: 'boundary', isNegated: char === 'B' };
    return this.#literal(this.#escaped(char));
  }

  /** After `\p` or `\P`: a general category or a script, such as `L`, `{Lu}`, `{^Greek}`. */
  #unicodeClass(letter: string): CharTest {
    const named = /^(?:([A-Z])|\{(\^?)(\w+)\})/.exec(this.#chars.slice(this.#at, this.#at + 32).join(''));
    const [text = '', short, caret, long = ''] = named ?? [];
    const test = named === null ? undefined : unicodeTest(short ?? long);
    if (test === undefined) throw new PatternError(`invalid character class range: \\${letter}${text}`);
    this.#at += text.length;
    return (letter === 'P') === (caret === '^') ? test : not(test);
  }

  /** The code point that `\char` means. */
  #escaped(char: string): number {
    const known = ESCAPES[char];
    if (known !== undefined) return known;
    if (char === 'x') {
      const hex = /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(
        this.#chars.slice(this.#at, this.#at + 8).join(''),
      );
      if (hex === null) throw new PatternError('invalid escape sequence: \\x');
      this.#at += hex[0].length;
      return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    }
    const codePoint = char.codePointAt(0) ?? 0;
    if (isWord(codePoint)) throw new PatternError(`invalid escape sequence: \\${char}`);
    return codePoint;
  }

  /** After `[`. */
  #class(): CharTest {
    const start = this.#at - 1;
    const isNegated = this.#skip('^');
    const tests: CharTest[] = [];
    for (let isFirst = true; isFirst || this.#next !== ']'; isFirst = false) {
      if (this.#next === undefined) {
        throw new PatternError(`missing ]: ${this.#chars.slice(start).join('')}`);
      }
      tests.push(this.#classItem());
    }
    this.#at += 1;
    const test = this.#cased((c) => tests.some((each) => each(c)));
    return isNegated ? not(test) : test;
  }

  #classItem(): CharTest {
    const named = /^\[:(\^?)(\w+):\]/.exec(this.#chars.slice(this.#at, this.#at + 16).join(''));
    if (named !== null) {
      const test = NAMED_CLASSES[named[2] ?? ''];
      if (test === undefined) throw new PatternError(`invalid character class range: ${named[0]}`);
      this.#at += named[0].length;
      return named[1] === '^' ? not(test) : test;
    }
    const start = this.#at;
    const from = this.#classEnd();
    if (typeof from === 'function') return from;
    if (this.#next !== '-' || this.#chars[this.#at + 1] === ']') return (c) => c === from;
    this.#at += 1;
    const to = this.#classEnd();
    if (typeof to === 'function' || to < from) {
      throw new PatternError(`invalid character class range: ${this.#chars.slice(start, this.#at).join('')}`);
    }
    return (c) => c >= from && c <= to;
  }

  #classEnd(): number | CharTest {
    const char = this.#take() ?? '';
    if (char !== '\\') return char.codePointAt(0) ?? 0;
    const escaped = this.#take() ?? '';
    if (escaped === 'p' || escaped === 'P') return this.#unicodeClass(escaped);
    return CLASSES[escaped] ?? this.#escaped(escaped);
  }

  #cased(test: CharTest): CharTest {
    if (!this.#flags.ignoresCase) return test;
    return (c) => {
      const char = String.fromCodePoint(c);
      return [char, char.toLowerCase(), char.toUpperCase()].some((each) => test(each.codePointAt(0) ?? 0));
    };
  }
}
