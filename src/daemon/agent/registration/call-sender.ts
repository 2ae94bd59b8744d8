// The agent's calls to its master, in order: one request is on its way at a time and carries all calls that piled up
// meanwhile (src/mesos/proto/agent_protocol.proto). Lives as long as one subscription.
import { stringify } from '../../../mesos/codec.ts';
import { Call } from '../../../mesos/generated/agent_protocol.ts';
import { encodeRecord } from '../../../mesos/recordio.ts';
import { NetError } from '../../../world/net.ts';
import type { Timer, World } from '../../../world/world.ts';

/** Calls waiting beyond this are dropped: what must arrive is sent again by the update streams. */
export const MAX_WAITING_CALLS = 20_000;
/** Bytes waiting beyond which messages of executors, which nobody promises to deliver, are dropped. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const MAX_BATCH_CALLS = 500;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
const TIMEOUT_MS = 30_000;

/** The subscription the calls belong to. */
export interface CallSenderOptions {
  readonly world: World;
  readonly url: string;
  readonly streamId: string;
  /** The master does not take our calls (any more): subscribe again. `location` of a redirect, if it was one. */
  readonly onRefused: (why: string, location: string | undefined) => void;
}

/** Bounded: beyond MAX_WAITING_CALLS new calls are dropped with a warning, since status updates are sent again. */
export class CallSender {
  readonly #options: CallSenderOptions;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isSending = false;
  /** Number of the request on its way; the master takes each once, however often it comes. */
  #batch = 0;
  #isClosed = false;
  #retry: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;
  #dropped = 0;
  readonly #onIdle: (() => void)[] = [];

  constructor(options: CallSenderOptions) {
    this.#options = options;
  }

  send(call: Call): void {
    if (this.#isClosed) return;
    const isTooMuch = call.type === 'MESSAGE' && this.#waitingBytes > MAX_WAITING_BYTES;
    if (isTooMuch || this.#waiting.length >= MAX_WAITING_CALLS) {
      if (this.#dropped === 0) this.#options.world.log.warn('too many calls wait for the master, new ones are dropped');
      this.#dropped += 1;
      return;
    }
    const record = encodeRecord(stringify(Call, call));
    this.#waiting.push(record);
    this.#waitingBytes += record.length;
    this.#next();
  }

  /** Resolves when everything has been taken by the master, or never will be. */
  idle(): Promise<void> {
    if (this.#isClosed || (!this.#isSending && this.#waiting.length === 0)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle.push(resolve);
    });
  }

  /** What has not been sent never will be. */
  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#tellIdle();
  }

  #tellIdle(): void {
    for (const tell of this.#onIdle.splice(0)) tell();
  }

  #next(): void {
    if (this.#isSending || this.#isClosed) return;
    if (this.#waiting.length === 0) {
      this.#tellIdle();
      return;
    }
    this.#isSending = true;
    this.#batch += 1;
    void this.#post(Buffer.concat(this.#takeBatch()));
  }

  #takeBatch(): Uint8Array[] {
    let bytes = 0;
    let count = 0;
    for (const record of this.#waiting) {
      if (count > 0 && (count >= MAX_BATCH_CALLS || bytes + record.length > MAX_BATCH_BYTES)) break;
      bytes += record.length;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #post(body: Uint8Array): Promise<void> {
    const { world, url, streamId } = this.#options;
    const headers = {
      'content-type': 'application/json',
      'mesos-stream-id': streamId,
      'mctl-batch': String(this.#batch),
    };
    try {
      const response = await world.net.request({ method: 'POST', url, headers, body, timeoutMs: TIMEOUT_MS });
      if (this.#isClosed) return;
      if (response.status === 202) this.#taken();
      // The leader is not certain to lead at the moment, and keeps our subscription.
      else if (response.status === 503) this.#again(body, 'it is not certain to lead');
      else {
        const text = new TextDecoder().decode(response.body).trim();
        this.#options.onRefused(`it answered ${response.status} ${text}`.trim(), response.headers.location);
      }
    } catch (error) {
      if (this.#isClosed) return;
      if (error instanceof NetError) this.#again(body, error.message);
      else {
        world.log.error('calls could not be sent to the master', { error });
        this.#options.onRefused('calls could not be sent', undefined);
      }
    }
  }

  #taken(): void {
    this.#isSending = false;
    this.#retryMs = FIRST_RETRY_MS;
    if (this.#dropped > 0) this.#options.world.log.warn('calls to the master were dropped', { dropped: this.#dropped });
    this.#dropped = 0;
    this.#next();
  }

  /** The same request once more: it may have arrived, and will not be taken twice. */
  #again(body: Uint8Array, reason: string): void {
    const { world } = this.#options;
    world.log.info('calls were not taken by the master, trying again', { reason, inMs: this.#retryMs });
    this.#retry = world.clock.setTimer(this.#retryMs, () => {
      void this.#post(body);
    });
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
  }
}
