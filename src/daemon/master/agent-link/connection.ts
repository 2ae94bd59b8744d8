// The event stream of an agent (agent_protocol.proto). An agent has at most one; calls that carry another stream id are
// refused, so nothing of an earlier subscription is taken late.
import { Event } from '../../../mesos/generated/agent_protocol.ts';
import type { HttpResponse } from '../../../world/net.ts';
import type { Clock } from '../../../world/world.ts';
import type { MessageContentType } from '../../serving/calls/media-types.ts';
import type { EncodedEvent } from '../../serving/streams/encoded-event.ts';
import { EventStream, type StreamEnd } from '../../serving/streams/event-stream.ts';

/**
 * What the master holds of one agent's subscription. Events that the agent does not read are bounded as EventStream
 * says.
 */
export class AgentConnection {
  readonly streamId: string;
  /** Set once the agent is registered through this stream. */
  agentId: string | undefined;
  readonly #stream: EventStream<Event>;
  #lastBatch = 0;

  /** `onEnd` is called once, never from inside a call to this object. */
  constructor(streamId: string, contentType: MessageContentType, clock: Clock, onEnd: (why: StreamEnd) => void) {
    this.streamId = streamId;
    this.#stream = new EventStream<Event>({ type: Event, contentType, clock, onEnd });
  }

  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  send(event: Event): void {
    this.#stream.send(event);
  }

  /**
   * Whether a request of calls is to be taken: each once, though it may come again when its answer was lost, and never
   * after a later one. `batch` counts up from 1 within the stream; a request without a number is always taken.
   */
  takesBatch(batch: number | undefined): boolean {
    if (batch === undefined) return true;
    if (batch <= this.#lastBatch) return false;
    this.#lastBatch = batch;
    return true;
  }

  /** For an event that goes to many agents. */
  sendEncoded(event: EncodedEvent<Event>): void {
    this.#stream.sendEncoded(event);
  }

  /** Tells the agent to finish everything and leave, and ends the stream. */
  shutdown(message: string): void {
    this.#stream.send({ type: 'SHUTDOWN', shutdown: { message } });
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
