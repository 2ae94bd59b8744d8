// One listener of the live endpoint: server-sent events as they come, a line now and then so that silence means something,
// and a bound on what is kept for a peer that does not read.
import type { HttpResponse, StreamWriter } from '../../../../world/net.ts';
import type { Clock, Timer } from '../../../../world/world.ts';

/** A comment: means nothing, and shows that somebody is there. */
const HEARTBEAT = ': heartbeat\n\n';
const HEARTBEAT_INTERVAL_MS = 15_000;
/** Unread bytes at which a listener is cut off. What it is told first may be longer. */
export const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

const HEADERS = { 'content-type': 'text/event-stream;charset=utf-8', 'cache-control': 'no-store' };

/** What may be listened to. */
export const TOPICS = ['offers', 'shares', 'agents'] as const;
/** One of them. */
export type LiveTopic = (typeof TOPICS)[number];

/** `event: <name>` and one line of JSON; JSON has no line ends of its own. */
export function eventFrame(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** How a listener is told what it begins with, and that it is gone. */
export interface ListenerOptions {
  readonly clock: Clock;
  readonly topics: ReadonlySet<LiveTopic>;
  /** The response is on its way: what it is sent now comes first. */
  readonly onOpen: (listener: LiveListener) => void;
  /** Called once. `isSlow`: it did not read, and was cut off. May be called from inside `send`. */
  readonly onEnd: (listener: LiveListener, isSlow: boolean) => void;
}

/** Ends once; what is sent afterwards is dropped. */
export class LiveListener {
  readonly topics: ReadonlySet<LiveTopic>;
  readonly #options: ListenerOptions;
  #writer: StreamWriter | undefined;
  #heartbeats: Timer | undefined;
  #isOver = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.topics = options.topics;
  }

  /** The response that carries it; to be answered exactly once. */
  response(): HttpResponse {
    return { status: 200, headers: HEADERS, body: { start: (writer) => this.#attach(writer) } };
  }

  /** One or several whole frames. */
  send(frames: string): void {
    const writer = this.#writer;
    if (this.#isOver || writer === undefined) return;
    if (writer.bufferedBytes > MAX_UNREAD_BYTES) {
      this.#finish(true);
      writer.abort();
      return;
    }
    writer.write(frames);
  }

  /** Ends the response properly. */
  end(): void {
    if (this.#isOver) return;
    this.#finish(false);
    this.#writer?.end();
  }

  #attach(writer: StreamWriter): void {
    if (this.#isOver) {
      writer.end();
      return;
    }
    this.#writer = writer;
    writer.onClose(() => this.#finish(false));
    this.#heartbeats = this.#options.clock.every(HEARTBEAT_INTERVAL_MS, () => this.send(HEARTBEAT));
    this.#options.onOpen(this);
  }

  #finish(isSlow: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#heartbeats?.cancel();
    this.#options.onEnd(this, isSlow);
  }
}
