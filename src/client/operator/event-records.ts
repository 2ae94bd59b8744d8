// Records of an operator event stream → events. Whoever hears the whole state by pieces gets it while its record arrives; every
// other event is one record.
import { decode, parseJson } from '../../mesos/codec.ts';
import { Event } from '../../mesos/generated/master.ts';
import type { RecordListener } from '../../mesos/recordio.ts';
import { type WholeStateListener, WholeStateReader } from './whole-state.ts';

export interface EventRecordsOptions {
  /** Undefined: the records are JSON, and the whole state is an event like any other. */
  readonly state: WholeStateListener | undefined;
  readonly event: (event: Event) => void;
  /** The interval that the stream names. */
  readonly heartbeatEvery: (seconds: number) => void;
}

/** How protobuf of a SUBSCRIBED event begins: its type, as field 1. */
const SUBSCRIBED_FIRST = [0x08, 0x01];

/** For a RecordSplitter. Throws CodecError for what cannot be read. */
export class EventRecords implements RecordListener {
  readonly #options: EventRecordsOptions;
  #length = 0;
  #parts: Uint8Array[] = [];
  #held = 0;
  #state: WholeStateReader | undefined;

  constructor(options: EventRecordsOptions) {
    this.#options = options;
  }

  /** A whole state is on its way. */
  get isReadingState(): boolean {
    return this.#state !== undefined;
  }

  begin(length: number): void {
    this.#length = length;
  }

  part(bytes: Uint8Array): void {
    if (this.#state !== undefined) {
      this.#state.push(bytes);
      return;
    }
    const { state } = this.#options;
    const isUndecided = state !== undefined && this.#held < SUBSCRIBED_FIRST.length;
    this.#parts.push(bytes.slice());
    this.#held += bytes.length;
    if (!isUndecided || this.#held < SUBSCRIBED_FIRST.length) return;
    const begun = this.#take();
    if (SUBSCRIBED_FIRST.every((byte, at) => begun[at] === byte)) {
      this.#state = new WholeStateReader(this.#length, state);
      this.#state.push(begun);
    } else {
      this.#parts.push(begun);
      this.#held = begun.length;
    }
  }

  end(): void {
    if (this.#state !== undefined) {
      this.#complete(this.#state);
      return;
    }
    const record = this.#take();
    const { state, event } = this.#options;
    const read = state === undefined ? parseJson(Event, record) : decode(Event, record);
    if (state !== undefined && read.subscribed !== undefined) {
      // Its fields came in an order of their own.
      const reader = new WholeStateReader(record.length, state);
      reader.push(record);
      this.#complete(reader);
      return;
    }
    this.#beats(read.subscribed?.heartbeat_interval_seconds);
    event(read);
  }

  #complete(reader: WholeStateReader): void {
    this.#state = undefined;
    this.#beats(reader.heartbeatSeconds);
    reader.end();
  }

  #beats(seconds: number | undefined): void {
    if (seconds !== undefined && seconds > 0) this.#options.heartbeatEvery(seconds);
  }

  #take(): Uint8Array {
    const [first = NOTHING, ...more] = this.#parts;
    const whole = more.length === 0 ? first : new Uint8Array(Buffer.concat(this.#parts));
    this.#parts = [];
    this.#held = 0;
    return whole;
  }
}

const NOTHING = new Uint8Array();
