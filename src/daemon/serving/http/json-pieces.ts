// Builds a large JSON text out of pieces that are already text, straight into bytes: a state of 100,000 tasks is 60 MB, and
// a text beyond half a gigabyte cannot exist. Writing a piece also flattens it: texts put together by `+` are trees until
// somebody reads them, and those that are kept for the next answer should not stay such.
import { freeBytes } from '../free-bytes.ts';
import { forEach, joined, type Sliced } from '../slices/sliced.ts';

const FIRST_CHUNK_BYTES = 16 * 1024;
/** An answer may have grown a little since the last one. */
const SPARE = 1.05;
const MAX_CHUNK_BYTES = 4 * 1024 * 1024;
/** UTF-16 code units take at most so many bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** Calls chain. What is given to `raw` is trusted to be JSON text already. */
export class JsonPieces {
  readonly #full: Buffer[] = [];
  #chunk: Buffer;
  #used = 0;

  /** `expectedBytes`: what the text will probably take, so that it need not be put together in the end. */
  constructor(expectedBytes = 0) {
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(FIRST_CHUNK_BYTES, Math.ceil(expectedBytes * SPARE)));
  }

  /** Adds text as it is. */
  raw(text: string): this {
    if (text.length * MAX_BYTES_PER_UNIT > this.#chunk.length - this.#used) this.#makeRoom(text.length);
    if (text.length === 1 && text.charCodeAt(0) < 0x80) this.#chunk[this.#used++] = text.charCodeAt(0);
    else this.#used += this.#chunk.write(text, this.#used);
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

  /** As `list`; may be interrupted. */
  *slicedList<T>(items: Iterable<T>, write: (item: T) => void): Sliced<void> {
    let separator = '[';
    yield* forEach(items, (item) => {
      this.raw(separator);
      separator = ',';
      write(item);
    });
    this.raw(separator === '[' ? '[]' : ']');
  }

  /** As `bytes`, and the end: nothing can be added afterwards. May be interrupted. */
  *slicedBytes(): Sliced<Buffer> {
    if (this.#full.length === 0) return this.bytes();
    const parts = [...this.#full, this.#chunk.subarray(0, this.#used)];
    const whole = yield* joined(parts);
    for (const part of parts) freeBytes(part);
    return whole;
  }

  /** Everything added so far. */
  bytes(): Buffer {
    const last = this.#chunk.subarray(0, this.#used);
    return this.#full.length === 0 ? last : Buffer.concat([...this.#full, last]);
  }

  #makeRoom(units: number): void {
    if (this.#used > 0) this.#full.push(this.#chunk.subarray(0, this.#used));
    const size = Math.min(this.#chunk.length * 4, MAX_CHUNK_BYTES);
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(size, units * MAX_BYTES_PER_UNIT));
    this.#used = 0;
  }
}
