// A protobuf message too large to be held: its fields are handed out as its bytes arrive, however these are cut. What is inside is
// entered or handed out whole, by field number; the rest is passed over without being kept.
import { WireType } from '@bufbuild/protobuf/wire';
import { CodecError } from './error.ts';

/** Takes one field: of a sub-message or a text its bytes, of a number those it is written with. They are only there meanwhile. */
export type TakePiece = (bytes: Uint8Array) => void;

/** What is wanted of a message, by field number. */
export interface Wanted {
  readonly [number: number]: TakePiece | Wanted;
}

/** A message that we are inside of; `end` is counted from the first byte of all. */
interface Level {
  readonly wanted: Wanted;
  readonly end: number;
}

const MAX_VARINT_BYTES = 10;

export class PieceReader {
  readonly #levels: Level[];
  /** Bytes before those that are looked at. */
  #base = 0;
  /** The beginning of a field whose end has not come, and how many bytes are needed to go on. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #needed = 0;
  #skipped = 0;

  /** `length`: of the whole message; infinite where only its end will tell. */
  constructor(length: number, wanted: Wanted) {
    this.#levels = [{ wanted, end: length }];
  }

  /**
   * The next bytes. Holds those of a field that is handed out whole until it is there. Throws CodecError `protobuf` for what is no
   * message, and what is thrown by whoever takes a piece.
   */
  push(bytes: Uint8Array): void {
    if (this.#heldBytes + bytes.length < this.#needed) {
      this.#hold(bytes, this.#needed);
      return;
    }
    const data = this.#heldBytes === 0 ? bytes : joined([...this.#held, bytes]);
    this.#held = [];
    this.#heldBytes = 0;
    this.#needed = 0;
    this.#read(new Cursor(data));
  }

  /** There are no more bytes. Throws CodecError `protobuf` when the message is not complete. */
  end(): void {
    this.#leave(this.#base);
    const [outermost, ...inner] = this.#levels;
    const isOpen = outermost !== undefined && outermost.end !== Number.POSITIVE_INFINITY;
    if (isOpen || inner.length > 0 || this.#skipped > 0 || this.#heldBytes > 0) throw broken('it ends too early');
  }

  #read(cursor: Cursor): void {
    const { length } = cursor.bytes;
    while (cursor.at < length) {
      if (this.#skipped > 0) {
        const passed = Math.min(this.#skipped, length - cursor.at);
        this.#skipped -= passed;
        cursor.at += passed;
        continue;
      }
      this.#leave(this.#base + cursor.at);
      const from = cursor.at;
      const needed = this.#field(cursor);
      if (needed === undefined) continue;
      this.#base += from;
      this.#hold(cursor.bytes.subarray(from), needed);
      return;
    }
    this.#base += cursor.at;
  }

  /** Out of the messages that are over here. */
  #leave(at: number): void {
    while (this.#levels.length > 0 && this.#levels.at(-1)?.end === at && this.#skipped === 0) this.#levels.pop();
  }

  /** Reads one field; how many bytes from its beginning are needed when they are not there. */
  #field(cursor: Cursor): number | undefined {
    const from = cursor.at;
    const available = cursor.bytes.length - from;
    const level = this.#levels.at(-1);
    if (level === undefined) throw broken('something follows its end');
    const tag = cursor.varint();
    if (tag === undefined) return available + 1;
    const number = Math.floor(tag / 8);
    if (number === 0) throw broken('field number 0');
    const wireType = tag & 7;
    const bytes = sizeOf(wireType, cursor);
    if (bytes === undefined) return available + 1;
    const end = cursor.at + bytes;
    if (this.#base + end > level.end) throw broken('a field is longer than its message');
    const wanted = level.wanted[number];
    if (typeof wanted === 'function') {
      if (end > cursor.bytes.length) return end - from;
      const begin = cursor.at;
      cursor.at = end;
      wanted(cursor.bytes.subarray(begin, end));
    } else if (wanted !== undefined && wireType === WireType.LengthDelimited) {
      this.#levels.push({ wanted, end: this.#base + end });
    } else this.#skipped = bytes;
    return undefined;
  }

  /** Copied: what they came in is their sender's to reuse. */
  #hold(bytes: Uint8Array, needed: number): void {
    this.#held.push(bytes.slice());
    this.#heldBytes += bytes.length;
    this.#needed = needed;
  }
}

/** Where we are in bytes. */
class Cursor {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Undefined when its end has not come. */
  varint(): number | undefined {
    let value = 0;
    let unit = 1;
    for (let read = 0; read < MAX_VARINT_BYTES; read += 1) {
      const byte = this.bytes[this.at];
      if (byte === undefined) return undefined;
      this.at += 1;
      value += (byte & 0x7f) * unit;
      unit *= 128;
      if (byte < 0x80) return value;
    }
    throw broken('a number without an end');
  }
}

/** How many bytes of content follow; for a varint none are left when it is looked at, so it is measured and gone back. */
function sizeOf(wireType: number, cursor: Cursor): number | undefined {
  switch (wireType) {
    case WireType.LengthDelimited:
      return cursor.varint();
    case WireType.Bit64:
      return 8;
    case WireType.Bit32:
      return 4;
    case WireType.Varint: {
      const from = cursor.at;
      if (cursor.varint() === undefined) return undefined;
      const size = cursor.at - from;
      cursor.at = from;
      return size;
    }
    default:
      throw broken(`wire type ${wireType}`);
  }
}

function broken(why: string): CodecError {
  return new CodecError('protobuf', `Not a protobuf message: ${why}`);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
