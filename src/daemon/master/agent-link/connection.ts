// The event stream of an agent (agent_protocol.proto). An agent has at most one; calls that carry another stream id are
// refused, so nothing of an earlier subscription is taken late.
import { Event } from '../../../mesos/generated/agent_protocol.ts';
import type { HttpResponse } from '../../../world/net.ts';
import type { Clock } from '../../../world/world.ts';
import type { MessageContentType } from '../../serving/calls/media-types.ts';
import type { EncodedEvent } from '../../serving/streams/encoded-event.ts';
import { EventStream, type StreamEnd } from '../../serving/streams/event-stream.ts';

export class AgentConnection {
  readonly streamId: string;
  /** Set once the agent is registered through this stream. */
  agentId: string | undefined;
  readonly #stream: EventStream<Event>;

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
