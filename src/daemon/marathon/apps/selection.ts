// Which apps `GET /v2/apps` shows: by label selector, command and id (marathon.md 3.8).
import type { App } from '../model/app.ts';
import { Refusal } from '../refusals.ts';

type Labels = App['labels'];
/** Whether an app with these labels is meant. */
export type LabelSelector = (labels: Labels) => boolean;

/** All that are given must hold. `cmd` and `id` are substrings, whatever their case. */
export interface AppFilter {
  readonly cmd?: string;
  readonly id?: string;
  readonly label?: LabelSelector;
}

/** Whether the app is shown; an app without `cmd` has none to be found by. */
export function matchesAppFilter(app: App, { cmd, id, label }: AppFilter): boolean {
  if (cmd !== undefined && !contains(app.cmd, cmd)) return false;
  if (id !== undefined && !contains(app.id, id)) return false;
  return label === undefined || label(app.labels);
}

function contains(text: string | undefined, part: string): boolean {
  return text?.toLowerCase().includes(part.toLowerCase()) ?? false;
}

/**
 * `key`, `key==v`, `key!=v`, `key in (a,b)`, `key notin (a,b)`, joined by commas that mean "and". `!=` and `notin` hold
 * only where the label is there. Throws Refusal 422.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const reader = new Reader(text);
  const selectors = [selectorOf(reader)];
  while (reader.take(',')) selectors.push(selectorOf(reader));
  if (!reader.atEnd) throw reader.refusal();
  return (labels) => selectors.every((selects) => selects(labels));
}

function selectorOf(reader: Reader): LabelSelector {
  const key = reader.word();
  if (reader.take('==')) return oneOf(key, [reader.word()]);
  if (reader.take('!=')) return noneOf(key, [reader.word()]);
  if (reader.takeWord('in')) return oneOf(key, reader.list());
  if (reader.takeWord('notin')) return noneOf(key, reader.list());
  return (labels) => Object.hasOwn(labels, key);
}

function oneOf(key: string, values: readonly string[]): LabelSelector {
  return (labels) => Object.hasOwn(labels, key) && values.includes(labels[key] ?? '');
}

function noneOf(key: string, values: readonly string[]): LabelSelector {
  return (labels) => Object.hasOwn(labels, key) && !values.includes(labels[key] ?? '');
}

/** Goes through a selector from left to right; white space between its parts means nothing. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** A key or value; every character may be there with a backslash before it. */
  word(): string {
    const found = this.#match(/(?:[-A-Za-z0-9_.]|\\.)+/sy);
    if (found === undefined) throw this.refusal();
    return found.replace(/\\(.)/gs, '$1');
  }

  list(): string[] {
    if (!this.take('(')) throw this.refusal();
    const words = [this.word()];
    while (this.take(',')) words.push(this.word());
    if (!this.take(')')) throw this.refusal();
    return words;
  }

  take(symbol: string): boolean {
    if (!this.#text.startsWith(symbol, this.#at)) return false;
    this.#at += symbol.length;
    this.#skipSpace();
    return true;
  }

  takeWord(word: 'in' | 'notin'): boolean {
    return this.#match(word === 'in' ? /in(?![-A-Za-z0-9_.\\])/y : /notin(?![-A-Za-z0-9_.\\])/y) !== undefined;
  }

  refusal(): Refusal {
    return new Refusal(422, `Can not parse label selector '${this.#text}': unexpected at position ${this.#at + 1}.`);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) return undefined;
    this.#at += found.length;
    this.#skipSpace();
    return found;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }
}
