// Output of several tasks in one: whole lines, each with whose it is. What has no line end yet waits, up to a bound.

const MAX_LINE_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Takes one stream's chunks; answers what can be shown. */
export class LinePrefix {
  readonly #prefix: Buffer;
  #rest = Buffer.alloc(0);

  constructor(prefix: string) {
    this.#prefix = Buffer.from(prefix);
  }

  push(chunk: Uint8Array): Buffer {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const shown: Buffer[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      shown.push(this.#prefix, bytes.subarray(from, end + 1));
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
    if (this.#rest.length > MAX_LINE_BYTES) shown.push(this.end());
    return Buffer.concat(shown);
  }

  /** The last line, if it had no end. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length === 0 ? rest : Buffer.concat([this.#prefix, rest, Buffer.from('\n')]);
  }
}
