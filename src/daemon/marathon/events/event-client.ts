// One connection that listens: frames as they come, a heartbeat, and a bound on what it leaves unread.
import type { StreamWriter } from '../../../world/net.ts';
import type { Clock, Timer } from '../../../world/world.ts';
import { Unsent } from './unsent.ts';

/** A line that means nothing, so that whoever gives up after silence does not (marathon.md 9.1). */
const HEARTBEAT = Buffer.from('\r\n');
const HEARTBEAT_INTERVAL_MS = 10_000;
/** Beside the limit of messages, as one may be large. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/** `onSlow`: the peer does not read, and was cut off; may be called from inside `send`. */
export interface EventClientOptions {
  readonly clock: Clock;
  readonly maxUnsent: number;
  readonly onSlow: () => void;
}

/** Ends once; what is sent afterwards is dropped. */
export class EventClient {
  readonly #writer: StreamWriter;
  readonly #options: EventClientOptions;
  readonly #unsent = new Unsent();
  readonly #heartbeats: Timer;
  #isOver = false;

  constructor(writer: StreamWriter, options: EventClientOptions) {
    this.#writer = writer;
    this.#options = options;
    this.#heartbeats = options.clock.every(HEARTBEAT_INTERVAL_MS, () => this.send(HEARTBEAT));
    writer.onClose(() => this.#finish());
  }

  /** Each message becomes one chunk. */
  send(message: Uint8Array): void {
    if (this.#isOver) return;
    this.#unsent.add(message.length);
    this.#writer.write(message);
    const { bufferedBytes } = this.#writer;
    const isSlow = this.#unsent.count(bufferedBytes) > this.#options.maxUnsent || isTooMuch(bufferedBytes, message);
    if (!isSlow) return;
    this.#finish();
    this.#writer.abort();
    this.#options.onSlow();
  }

  /** Ends the response properly. */
  end(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#writer.end();
  }

  #finish(): void {
    this.#isOver = true;
    this.#heartbeats.cancel();
  }
}

/** A single message may be longer than the limit, as long as nothing waits before it. */
function isTooMuch(bufferedBytes: number, last: Uint8Array): boolean {
  return bufferedBytes - last.length > MAX_UNREAD_BYTES;
}
