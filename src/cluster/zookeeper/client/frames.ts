// Cuts what comes from a socket into messages. The library's own way calls itself once for every message of a chunk, copies
// what is left every time, and keeps the half message of a broken connection (dependencies.md 2, traps 6 and 21).

/** No server sends a longer one but for a list of some million children. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** One for each connection: what is left of a broken one is nobody's. */
export class Frames {
  /** Pieces of the message that is on its way; joined once, when it is complete. */
  #pieces: Buffer[] = [];
  #length = 0;

  /** The messages that are complete with this chunk, without their length. Throws RangeError when it cannot be ZooKeeper's. */
  *push(chunk: Buffer): Generator<Buffer> {
    this.#pieces.push(chunk);
    this.#length += chunk.length;
    if (this.#length < 4 + this.#wanted()) return;
    const bytes = this.#joined();
    let offset = 0;
    while (bytes.length - offset >= 4) {
      const end = offset + 4 + lengthAt(bytes, offset);
      if (end > bytes.length) break;
      const frame = bytes.subarray(offset + 4, end);
      offset = end;
      yield frame;
    }
    this.#pieces = [bytes.subarray(offset)];
    this.#length = bytes.length - offset;
  }

  /** Length of the message on its way; 0 while not even that is there. */
  #wanted(): number {
    if (this.#length < 4) return 0;
    const [first] = this.#pieces;
    return lengthAt(first !== undefined && first.length >= 4 ? first : this.#joined(), 0);
  }

  #joined(): Buffer {
    const [first, ...more] = this.#pieces;
    const joined = first !== undefined && more.length === 0 ? first : Buffer.concat(this.#pieces, this.#length);
    this.#pieces = [joined];
    return joined;
  }
}

function lengthAt(bytes: Buffer, offset: number): number {
  const length = bytes.readInt32BE(offset);
  if (length < 0 || length > MAX_FRAME_BYTES) throw new RangeError(`a message of ${length} bytes`);
  return length;
}
