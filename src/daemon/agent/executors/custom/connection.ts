// The agent's side of one custom executor's event stream (mesos-api.md 5.3).
import { Event } from '../../../../mesos/generated/executor.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import type { Clock, Timer } from '../../../../world/world.ts';
import type { MessageContentType } from '../../../serving/calls/media-types.ts';
import { EventStream, type StreamEnd } from '../../../serving/streams/event-stream.ts';

/** The first comes after one interval, unlike those of schedulers. */
const HEARTBEAT_INTERVAL_MS = 30 * 60_000;

/** One subscription; a later one of the same executor has another. */
export class ExecutorConnection {
  readonly #stream: EventStream<Event>;
  readonly #heartbeats: Timer;

  constructor(clock: Clock, contentType: MessageContentType, onEnd: (why: StreamEnd) => void) {
    this.#stream = new EventStream<Event>({
      type: Event,
      contentType,
      clock,
      onEnd: (why) => {
        this.#heartbeats.cancel();
        onEnd(why);
      },
    });
    this.#heartbeats = clock.every(HEARTBEAT_INTERVAL_MS, () => this.send({ type: 'HEARTBEAT' }));
  }

  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  send(event: Event): void {
    this.#stream.send(event);
  }

  end(): void {
    this.#heartbeats.cancel();
    this.#stream.end();
  }

  /** To be answered exactly once. */
  response(): HttpResponse {
    return this.#stream.response();
  }
}
