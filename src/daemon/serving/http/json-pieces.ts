// Builds a large JSON text out of pieces that are already text, without one string as long as the whole: a state of
// 100,000 tasks is 60 MB, and texts beyond half a gigabyte cannot exist.

const FLUSH_CHARACTERS = 1024 * 1024;

export class JsonPieces {
  readonly #chunks: Buffer[] = [];
  #pending: string[] = [];
  #pendingCharacters = 0;

  /** Adds text as it is. */
  raw(text: string): this {
    this.#pending.push(text);
    this.#pendingCharacters += text.length;
    if (this.#pendingCharacters >= FLUSH_CHARACTERS) this.#flush();
    return this;
  }

  /** Adds any value. */
  value(value: unknown): this {
    return this.raw(JSON.stringify(value));
  }

  /** Adds the members of an object without its closing brace, so that more can follow; it must not be empty. */
  open(members: object): this {
    return this.raw(JSON.stringify(members).slice(0, -1));
  }

  /** Adds `,"name":`. */
  member(name: string): this {
    return this.raw(`,${JSON.stringify(name)}:`);
  }

  /** Adds `[…]`, each item written by `write`. */
  list<T>(items: Iterable<T>, write: (item: T) => void): this {
    let separator = '[';
    for (const item of items) {
      this.raw(separator);
      separator = ',';
      write(item);
    }
    return this.raw(separator === '[' ? '[]' : ']');
  }

  bytes(): Buffer {
    this.#flush();
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }

  #flush(): void {
    this.#chunks.push(Buffer.from(this.#pending.join('')));
    this.#pending = [];
    this.#pendingCharacters = 0;
  }
}
