// RecordIO (mesos-api.md 2.5): `<decimal length in bytes>\n<payload>`, repeated, however the bytes are cut on the way.

/** `bad-length`: what precedes a record is no length. `too-long`: a record beyond `maxRecordBytes`. */
export type RecordIOErrorCode = 'bad-length' | 'too-long';

/** A stream that is not RecordIO, or a record beyond the limit. Nothing after it can be read. */
export class RecordIOError extends Error {
  override readonly name = 'RecordIOError';
  readonly code: RecordIOErrorCode;
  constructor(code: RecordIOErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A state of 10,000 agents and its tasks fits; more than that is taken for a broken peer. */
const DEFAULT_MAX_RECORD_BYTES = 256 * 1024 * 1024;

const NEWLINE = 0x0a;
const ZERO = 0x30;
const NINE = 0x39;

const encoder = new TextEncoder();

/** One record; text is measured and written as UTF-8. */
export function encodeRecord(payload: string | Uint8Array): Uint8Array {
  const body = typeof payload === 'string' ? encoder.encode(payload) : payload;
  const head = encoder.encode(`${body.byteLength}\n`);
  const record = new Uint8Array(head.byteLength + body.byteLength);
  record.set(head);
  record.set(body, head.byteLength);
  return record;
}

/** Hears a stream of records as its bytes come. */
export interface RecordListener {
  /** A record of that many bytes begins; it may have none. */
  begin(length: number): void;
  /** The next of its bytes: a part of the chunk they came in, which is its sender's to reuse. */
  part(bytes: Uint8Array): void;
  end(): void;
}

/** Cuts a byte stream into records and holds none of it; after it threw, the stream cannot be read further. */
export class RecordSplitter {
  readonly #maxRecordBytes: number;
  /** Bytes of the record that are still to come; undefined while the digits of its length are. */
  #missing: number | undefined;
  #digits = 0;
  #length = 0;
  #failure: RecordIOError | undefined;

  constructor(options: { maxRecordBytes?: number } = {}) {
    this.#maxRecordBytes = options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES;
  }

  /** The stream may end here: it is not inside a record. */
  get atBoundary(): boolean {
    return this.#missing === undefined && this.#digits === 0;
  }

  /**
   * Throws RecordIOError `bad-length` for anything but digits where a length belongs, `too-long` for a record above the limit; and
   * what the listener throws.
   */
  push(chunk: Uint8Array, listener: RecordListener): void {
    if (this.#failure !== undefined) throw this.#failure;
    let position = 0;
    while (position < chunk.byteLength) {
      if (this.#missing === undefined) {
        position = this.#readLength(chunk, position);
        if (this.#missing === undefined) return;
        listener.begin(this.#missing);
      } else {
        const end = Math.min(chunk.byteLength, position + this.#missing);
        this.#missing -= end - position;
        listener.part(chunk.subarray(position, end));
        position = end;
      }
      if (this.#missing > 0) continue;
      this.#missing = undefined;
      this.#digits = 0;
      this.#length = 0;
      listener.end();
    }
  }

  #readLength(chunk: Uint8Array, start: number): number {
    let position = start;
    while (position < chunk.byteLength) {
      const byte = chunk[position] ?? 0;
      position += 1;
      if (byte === NEWLINE && this.#digits > 0) {
        this.#missing = this.#length;
        return position;
      }
      if (byte < ZERO || byte > NINE)
        throw this.#fail('bad-length', `Failed to decode length: unexpected byte ${byte}`);
      this.#length = this.#length * 10 + (byte - ZERO);
      this.#digits += 1;
      if (this.#length > this.#maxRecordBytes || this.#digits > 16) {
        throw this.#fail('too-long', `A record of more than ${this.#maxRecordBytes} bytes was announced`);
      }
    }
    return position;
  }

  #fail(code: RecordIOErrorCode, message: string): RecordIOError {
    this.#failure = new RecordIOError(code, message);
    return this.#failure;
  }
}

/**
 * Cuts a byte stream into records. Holds at most one incomplete record; after it threw, the stream cannot be read further.
 */
export class RecordDecoder {
  readonly #splitter: RecordSplitter;
  #parts: Uint8Array[] = [];
  #held = 0;
  #records: Uint8Array[] = [];

  constructor(options: { maxRecordBytes?: number } = {}) {
    this.#splitter = new RecordSplitter(options);
  }

  /** The stream may end here: it is not inside a record. */
  get atBoundary(): boolean {
    return this.#splitter.atBoundary;
  }

  /** The records that `chunk` completes, in order. Throws RecordIOError as RecordSplitter does. */
  push(chunk: Uint8Array): Uint8Array[] {
    try {
      this.#splitter.push(chunk, this.#listener);
    } catch (error) {
      this.#parts = [];
      this.#records = [];
      throw error;
    }
    const records = this.#records;
    this.#records = [];
    return records;
  }

  readonly #listener: RecordListener = {
    begin: () => undefined,
    part: (bytes) => {
      this.#parts.push(bytes);
      this.#held += bytes.byteLength;
    },
    end: () => {
      // A copy even of a single part: the chunk is its sender's to reuse.
      this.#records.push(joined(this.#parts, this.#held));
      this.#parts = [];
      this.#held = 0;
    },
  };
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}
