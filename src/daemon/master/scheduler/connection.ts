// The event stream of a subscribed framework, and what is sent on it. One is current for each framework; `streamId` is
// what its other calls must carry (mesos-api.md 4.2).
import { Event } from '../../../mesos/generated/scheduler.ts';
import type { HttpResponse } from '../../../world/net.ts';
import type { Clock } from '../../../world/world.ts';
import type { MessageContentType } from '../../serving/calls/media-types.ts';
import type { EncodedEvent } from '../../serving/streams/encoded-event.ts';
import { EventStream, type StreamEnd } from '../../serving/streams/event-stream.ts';

/** Told to frameworks in SUBSCRIBED (mesos-api.md 4.2). */
export const HEARTBEAT_INTERVAL_MS = 15_000;
/** One OFFERS event of ten thousand agents has some 15 MB; a framework may lag behind a few of those. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/**
 * What the master holds of one subscription. Events that the framework does not read are bounded as EventStream says.
 */
export class SchedulerConnection {
  readonly streamId: string;
  /** Set once a framework is subscribed through this stream. */
  frameworkId: string | undefined;
  readonly #stream: EventStream<Event>;

  /** `onEnd` is called once, never from inside a call to this object. */
  constructor(streamId: string, contentType: MessageContentType, clock: Clock, onEnd: (why: StreamEnd) => void) {
    this.streamId = streamId;
    this.#stream = new EventStream<Event>({
      type: Event,
      contentType,
      clock,
      heartbeat: { event: { type: 'HEARTBEAT' }, intervalMs: HEARTBEAT_INTERVAL_MS },
      maxUnreadBytes: MAX_UNREAD_BYTES,
      onEnd,
    });
  }

  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  send(event: Event): void {
    this.#stream.send(event);
  }

  /** For an event that goes to many frameworks. */
  sendEncoded(event: EncodedEvent<Event>): void {
    this.#stream.sendEncoded(event);
  }

  /** One HEARTBEAT now and one every 15 s; `onBeat` is called with each. */
  startHeartbeats(onBeat?: () => void): void {
    this.#stream.startHeartbeats(onBeat);
  }

  /** ERROR is the last event of a stream. */
  fail(message: string): void {
    this.#stream.send({ type: 'ERROR', error: { message } });
    this.#stream.end();
  }

  end(): void {
    this.#stream.end();
  }

  /** The answer to SUBSCRIBE. */
  response(): HttpResponse {
    return this.#stream.response({ 'mesos-stream-id': this.streamId });
  }
}
