// JSON text → value, with the original's error texts and leniencies: the engine's parser for all that is well-formed, and
// where that fails a slow parser which refuses and tolerates what the original's does (numbers such as `01` or `1.` pass).
import { CodecError } from './error.ts';

/** Deepest nesting of objects and arrays (mesos-api.md 1.10). */
const MAX_JSON_DEPTH = 200;
/** So much of a bad text is quoted; the original quotes all the rest of it, and answers of megabytes. */
const MAX_QUOTED_CHARS = 16 * 1024;

/** Throws CodecError `json-syntax`. */
export function parseJsonText(text: string): unknown {
  if (!isTooDeep(text)) {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // The slow parser says in the original's words what is wrong.
    }
  }
  return new SlowParser(text).document();
}

function isTooDeep(text: string): boolean {
  if (text.length <= MAX_JSON_DEPTH) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return false;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const NUMBER_CHARS = /[0-9+\-.eE]*/y;

class SlowParser {
  private readonly text: string;
  private position = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): unknown {
    const value = this.value();
    const rest = this.text.slice(this.position);
    if (rest.trim() !== '') {
      const quoted = rest.slice(0, MAX_QUOTED_CHARS);
      throw new CodecError('json-syntax', `Parsed JSON included non-whitespace trailing characters: ${quoted}`);
    }
    return value;
  }

  private value(): unknown {
    this.skipSpace();
    const char = this.text[this.position];
    switch (char) {
      case '{':
        return this.nested(() => this.object());
      case '[':
        return this.nested(() => this.array());
      case '"':
        return this.string();
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private nested(read: () => unknown): unknown {
    this.position += 1;
    this.depth += 1;
    if (this.depth > MAX_JSON_DEPTH) throw this.syntaxError();
    const value = read();
    this.depth -= 1;
    return value;
  }

  private object(): unknown {
    const entries = new Map<string, unknown>();
    if (this.takes('}')) return {};
    do {
      this.skipSpace();
      if (this.text[this.position] !== '"') throw this.syntaxError();
      const key = this.string();
      this.expect(':');
      entries.set(key, this.value());
    } while (this.takes(','));
    this.expect('}');
    return Object.fromEntries(entries);
  }

  private array(): unknown {
    const items: unknown[] = [];
    if (this.takes(']')) return items;
    do items.push(this.value());
    while (this.takes(','));
    this.expect(']');
    return items;
  }

  private string(): string {
    this.position += 1;
    let out = '';
    for (;;) {
      const char = this.text[this.position];
      if (char === undefined || char < ' ') throw this.syntaxError();
      this.position += 1;
      if (char === '"') return out;
      out += char === '\\' ? this.escape() : char;
    }
  }

  private escape(): string {
    const char = this.text[this.position] ?? '';
    this.position += 1;
    if (char !== 'u') {
      const plain = ESCAPES[char];
      if (plain === undefined) throw this.syntaxError();
      return plain;
    }
    const digits = /^[0-9a-fA-F]*/.exec(this.text.slice(this.position, this.position + 4))?.[0] ?? '';
    this.position += digits.length;
    if (digits.length < 4) throw this.syntaxError();
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private number(): number {
    const first = this.text[this.position] ?? '';
    if (first !== '-' && !(first >= '0' && first <= '9')) throw this.syntaxError();
    NUMBER_CHARS.lastIndex = this.position;
    const digits = NUMBER_CHARS.exec(this.text)?.[0] ?? '';
    this.position += digits.length;
    if (!NUMBER.test(digits)) throw this.syntaxError();
    return Number(digits);
  }

  private literal<V>(word: string, value: V): V {
    for (const char of word) {
      if (this.text[this.position] !== char) throw this.syntaxError();
      this.position += 1;
    }
    return value;
  }

  private takes(char: string): boolean {
    this.skipSpace();
    if (this.text[this.position] !== char) return false;
    this.position += 1;
    return true;
  }

  private expect(char: string): void {
    if (!this.takes(char)) throw this.syntaxError();
  }

  private skipSpace(): void {
    for (;;) {
      const char = this.text[this.position];
      if (char !== ' ' && char !== '\t' && char !== '\n' && char !== '\r') return;
      this.position += 1;
    }
  }

  /** Names the line and quotes the rest of it, without control characters. */
  private syntaxError(): CodecError {
    const line = this.text.slice(0, this.position).split('\n').length;
    const quoted = this.text.slice(this.position, this.position + MAX_QUOTED_CHARS);
    const rest = quoted.split('\n', 1)[0] ?? '';
    const printable = [...rest].filter((char) => char >= ' ').join('');
    return new CodecError('json-syntax', `syntax error at line ${line} near: ${printable}`);
  }
}
