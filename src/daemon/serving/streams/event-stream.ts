// One subscriber's event stream: RecordIO records, each an HTTP chunk of its own (mesos-observed.md 32), heartbeats between
// them, and a bound on what is kept for a peer that does not read. The stream can be written to as soon as it is made;
// records wait until the response has been sent.
import { strict as assert } from 'node:assert';
import type { MessageType } from '../../../mesos/codec.ts';
import type { HttpHeaders, HttpResponse, StreamWriter } from '../../../world/net.ts';
import type { Clock, Timer } from '../../../world/world.ts';
import type { MessageContentType } from '../calls/media-types.ts';
import { EncodedEvent, type EventRecord } from './encoded-event.ts';

/** Unread bytes at which a subscriber is cut off. A single record may be longer, and does not count until it has been read. */
export const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/**
 * Why a stream is over.
 * - `ended`: we ended it. `closed`: the peer went away. `too-slow`: the peer did not read, and was cut off.
 */
export type StreamEnd = 'ended' | 'closed' | 'too-slow';

/** `maxUnreadBytes`: a peer that leaves more unread is cut off; default 16 MiB. */
export interface EventStreamOptions<E> {
  readonly type: MessageType<E>;
  readonly contentType: MessageContentType;
  readonly clock: Clock;
  /** Sent every `heartbeatIntervalMs` once `startHeartbeats` was called, regardless of other traffic. */
  readonly heartbeat?: { readonly event: E; readonly intervalMs: number };
  readonly maxUnreadBytes?: number;
  /** Called once, never from inside a call to this stream. */
  readonly onEnd?: (why: StreamEnd) => void;
}

/** Ends once, for one reason, told to `onEnd`; what is sent afterwards is dropped. */
export class EventStream<E> {
  readonly #options: EventStreamOptions<E>;
  readonly #maxUnreadBytes: number;
  #writer: StreamWriter | undefined;
  /** Records written before there was a writer. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Of the longest record that by itself is beyond the bound and may still be on its way: nobody can have read it at once. */
  #longBytes = 0;
  #end: StreamEnd | undefined;
  #heartbeats: Timer | undefined;

  constructor(options: EventStreamOptions<E>) {
    this.#options = options;
    this.#maxUnreadBytes = options.maxUnreadBytes ?? MAX_UNREAD_BYTES;
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Sends one event; ignored once the stream is over. */
  send(event: E): void {
    this.sendEncoded(new EncodedEvent(this.#options.type, event));
  }

  /** As `send`, for an event that goes to several subscribers. */
  sendEncoded(event: EventRecord): void {
    if (this.#end !== undefined) return;
    const unread = this.#writer === undefined ? this.#waitingBytes : this.#writer.bufferedBytes;
    if (unread <= this.#maxUnreadBytes) this.#longBytes = 0;
    if (unread > this.#maxUnreadBytes + this.#longBytes) {
      this.#finish('too-slow');
      this.#writer?.abort();
      return;
    }
    this.#write(event.record(this.#options.contentType));
  }

  /** Puts a record before all that was sent so far; the response has not been answered yet. */
  sendFirst(record: Uint8Array): void {
    assert(this.#writer === undefined);
    if (record.length > this.#maxUnreadBytes) this.#longBytes = Math.max(this.#longBytes, record.length);
    this.#waiting.unshift(record);
    this.#waitingBytes += record.length;
  }

  /** Sends the heartbeat now and then at its interval; `onBeat` is called with each. */
  startHeartbeats(onBeat?: () => void): void {
    const { heartbeat, clock } = this.#options;
    if (heartbeat === undefined || this.#end !== undefined || this.#heartbeats !== undefined) return;
    const beat = (): void => {
      this.send(heartbeat.event);
      onBeat?.();
    };
    beat();
    this.#heartbeats = clock.every(heartbeat.intervalMs, beat);
  }

  /** Sends what is left and ends the response properly. */
  end(): void {
    if (this.#end !== undefined) return;
    this.#finish('ended');
    this.#writer?.end();
  }

  /** The response that carries this stream: status 200, chunked. To be answered exactly once. */
  response(headers: HttpHeaders = {}): HttpResponse {
    const start = (writer: StreamWriter) => this.#attach(writer);
    return { status: 200, headers: { ...headers, 'content-type': this.#options.contentType }, body: { start } };
  }

  #attach(writer: StreamWriter): void {
    this.#writer = writer;
    writer.onClose(() => this.#finish('closed'));
    for (const record of this.#waiting) writer.write(record);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#end === 'ended') writer.end();
    else if (this.#end !== undefined) writer.abort();
  }

  #write(record: Uint8Array): void {
    if (record.length > this.#maxUnreadBytes) this.#longBytes = Math.max(this.#longBytes, record.length);
    if (this.#writer !== undefined) {
      this.#writer.write(record);
      return;
    }
    this.#waiting.push(record);
    this.#waitingBytes += record.length;
  }

  #finish(why: StreamEnd): void {
    if (this.#end !== undefined) return;
    this.#end = why;
    this.#heartbeats?.cancel();
    const { onEnd, clock } = this.#options;
    if (onEnd !== undefined) clock.setTimer(0, () => onEnd(why));
  }
}
