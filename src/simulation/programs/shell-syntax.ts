// The shape of a shell script, as far as the simulated machines understand it: lists joined by `;` `&&` `||`, `while`
// loops, quotes, variables, redirection of output.

export type Connector = ';' | '&&' | '||';

export interface ShellList {
  readonly items: readonly { readonly connector: Connector; readonly command: ShellCommand }[];
}

export type ShellCommand =
  | { readonly kind: 'simple'; readonly words: readonly Word[]; readonly output: Redirection | undefined }
  | { readonly kind: 'while'; readonly condition: ShellList; readonly body: ShellList };

export interface Redirection {
  readonly to: 'stderr' | 'file';
  readonly append: boolean;
  readonly path: Word | undefined;
}

/** Pieces that are joined after variables have been put in. */
export type Word = readonly { readonly text: string; readonly hasVariables: boolean }[];

/** The script uses something that simulated machines do not understand. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';
}

type Token = { readonly kind: 'word'; readonly word: Word } | { readonly kind: 'operator'; readonly text: string };

/** Throws ShellSyntaxError. */
export function parseShell(script: string): ShellList {
  const tokens = tokenize(script);
  const parser = new Parser(tokens);
  const list = parser.list([]);
  parser.expectEnd();
  return list;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Up to one of the words of `ends` in the place of a command, which it leaves. */
  list(ends: readonly string[]): ShellList {
    const items: { connector: Connector; command: ShellCommand }[] = [];
    let connector: Connector = ';';
    for (;;) {
      while (this.#operator() === ';') {
        this.#at++;
      }
      const token = this.#tokens[this.#at];
      if (token === undefined || (token.kind === 'word' && ends.includes(plain(token.word)))) {
        return { items };
      }
      items.push({ connector, command: this.#command() });
      const operator = this.#operator();
      if (operator === '&&' || operator === '||') {
        connector = operator;
        this.#at++;
      } else {
        connector = ';';
      }
    }
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) {
      throw new ShellSyntaxError('syntax error');
    }
  }

  #command(): ShellCommand {
    const first = this.#tokens[this.#at];
    if (first?.kind === 'word' && plain(first.word) === 'while') {
      this.#at++;
      const condition = this.list(['do']);
      this.#keyword('do');
      const body = this.list(['done']);
      this.#keyword('done');
      return { kind: 'while', condition, body };
    }
    const words: Word[] = [];
    let output: Redirection | undefined;
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      if (token.kind === 'word') {
        words.push(token.word);
        this.#at++;
      } else if (token.text.startsWith('>')) {
        this.#at++;
        output = token.text === '>&2' ? { to: 'stderr', append: true, path: undefined } : this.#file(token.text);
      } else {
        break;
      }
    }
    if (words.length === 0) {
      throw new ShellSyntaxError('syntax error');
    }
    return { kind: 'simple', words, output };
  }

  #file(operator: string): Redirection {
    const token = this.#tokens[this.#at++];
    if (token?.kind !== 'word') {
      throw new ShellSyntaxError('syntax error: a redirection needs a file');
    }
    return { to: 'file', append: operator === '>>', path: token.word };
  }

  #keyword(text: string): void {
    const token = this.#tokens[this.#at++];
    if (token?.kind !== 'word' || plain(token.word) !== text) {
      throw new ShellSyntaxError(`syntax error: ${text} expected`);
    }
  }

  #operator(): string | undefined {
    const token = this.#tokens[this.#at];
    return token?.kind === 'operator' ? token.text : undefined;
  }
}

const OPERATOR = /^(?:\s*(?:1>&2|>&2|>>|>|&&|\|\||;|\n))/;

function tokenize(script: string): Token[] {
  const tokens: Token[] = [];
  let rest = script.trim();
  while (rest !== '') {
    const operator = OPERATOR.exec(rest)?.[0];
    if (operator !== undefined) {
      const text = operator.trim();
      tokens.push({ kind: 'operator', text: text === '' ? ';' : text === '1>&2' ? '>&2' : text });
      rest = rest.slice(operator.length).replace(/^[ \t]+/, '');
      continue;
    }
    const word: { text: string; hasVariables: boolean }[] = [];
    let match = PIECE.exec(rest);
    while (match !== null && rest !== '') {
      const [all, single, double, bare] = match;
      word.push(
        single !== undefined
          ? { text: single, hasVariables: false }
          : { text: (double ?? bare ?? '').replace(/\\(.)/g, '$1'), hasVariables: true },
      );
      rest = rest.slice(all.length);
      match = PIECE.exec(rest);
    }
    if (word.length === 0) {
      throw new ShellSyntaxError(`syntax error near '${rest.slice(0, 20)}'`);
    }
    tokens.push({ kind: 'word', word });
    rest = rest.replace(/^[ \t]+/, '');
  }
  return tokens;
}

const PIECE = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|((?:[^\s'"\\;&|<>()`]|\\.)+))/;

function plain(word: Word): string {
  return word.map((piece) => piece.text).join('');
}
