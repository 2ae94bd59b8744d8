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

/**
 * Cuts a byte stream into records. Holds at most one incomplete record; after it threw, the stream cannot be read further.
 */
export class RecordDecoder {
  private readonly maxRecordBytes: number;
  /** Length of the record being read; undefined while its digits are still coming. */
  private expected: number | undefined;
  private digits = 0;
  private length = 0;
  private parts: Uint8Array[] = [];
  private held = 0;
  private failure: RecordIOError | undefined;

  constructor(options: { maxRecordBytes?: number } = {}) {
    this.maxRecordBytes = options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES;
  }

  /** The stream may end here: it is not inside a record. */
  get atBoundary(): boolean {
    return this.expected === undefined && this.digits === 0;
  }

  /**
   * The records that `chunk` completes, in order. Throws RecordIOError `bad-length` for anything but digits where a length
   * belongs, `too-long` for a record above the limit.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.failure !== undefined) throw this.failure;
    const records: Uint8Array[] = [];
    let position = 0;
    while (position < chunk.byteLength) {
      if (this.expected === undefined) position = this.readLength(chunk, position);
      else position = this.readPayload(chunk, position, this.expected);
      if (this.expected !== undefined && this.held === this.expected) records.push(this.finish());
    }
    return records;
  }

  private readLength(chunk: Uint8Array, start: number): number {
    let position = start;
    while (position < chunk.byteLength) {
      const byte = chunk[position] ?? 0;
      position += 1;
      if (byte === NEWLINE && this.digits > 0) {
        this.expected = this.length;
        return position;
      }
      if (byte < ZERO || byte > NINE) throw this.fail('bad-length', `Failed to decode length: unexpected byte ${byte}`);
      this.length = this.length * 10 + (byte - ZERO);
      this.digits += 1;
      if (this.length > this.maxRecordBytes || this.digits > 16) {
        throw this.fail('too-long', `A record of more than ${this.maxRecordBytes} bytes was announced`);
      }
    }
    return position;
  }

  private readPayload(chunk: Uint8Array, start: number, expected: number): number {
    const end = Math.min(chunk.byteLength, start + expected - this.held);
    this.parts.push(chunk.subarray(start, end));
    this.held += end - start;
    return end;
  }

  private finish(): Uint8Array {
    // A copy even of a single part: the chunk is its sender's to reuse.
    const record = joined(this.parts, this.held);
    this.parts = [];
    this.held = 0;
    this.expected = undefined;
    this.digits = 0;
    this.length = 0;
    return record;
  }

  private fail(code: RecordIOErrorCode, message: string): RecordIOError {
    this.failure = new RecordIOError(code, message);
    this.parts = [];
    return this.failure;
  }
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
