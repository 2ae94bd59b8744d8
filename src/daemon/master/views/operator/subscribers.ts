// The operator event stream (mesos-api.md 6.2): everyone who subscribed gets the whole state, then every change.
import { Event } from '../../../../mesos/generated/master.ts';
import type { FrameworkInfo, TaskStatus } from '../../../../mesos/generated/v1.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import type { World } from '../../../../world/world.ts';
import { slicedDocument } from '../../../serving/calls/document.ts';
import type { MessageContentType } from '../../../serving/calls/media-types.ts';
import { joined, type Sliced } from '../../../serving/slices/sliced.ts';
import type { Slices } from '../../../serving/slices/slices.ts';
import { EncodedEvent } from '../../../serving/streams/encoded-event.ts';
import { EventStream } from '../../../serving/streams/event-stream.ts';
import type { MasterEvents, MasterObserver } from '../../events.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { MasterFramework } from '../../state/framework.ts';
import type { MasterState } from '../../state/master-state.ts';
import type { MasterTask } from '../../state/task.ts';
import { agentNow } from '../moment.ts';
import { agentMessage } from './agent.ts';
import { frameworkEventMessage } from './framework.ts';
import { subscribedEvent } from './state.ts';

const HEARTBEAT_INTERVAL_MS = 15_000;

/** Tells every subscriber each change in the turn it happens; who reads too slowly is cut off (EventStream). */
export class OperatorSubscribers implements MasterObserver {
  readonly #world: World;
  readonly #state: MasterState;
  readonly #slices: Slices;
  /** In the order they came. */
  readonly #streams = new Set<EventStream<Event>>();
  #subscribed = 0;

  constructor(world: World, state: MasterState, events: MasterEvents, slices: Slices) {
    this.#world = world;
    this.#slices = slices;
    this.#state = state;
    events.observe(this);
  }

  get count(): number {
    return this.#streams.size;
  }

  /**
   * The response that carries a new subscriber's stream, once the state that it begins with has been put together: as it was at
   * a moment, and every change since then comes after it. The oldest subscriber is ended when there are too many.
   */
  subscribe(contentType: MessageContentType): Promise<HttpResponse> {
    return this.#slices.run(this.#begin(contentType));
  }

  *#begin(contentType: MessageContentType): Sliced<HttpResponse> {
    const subscriber = ++this.#subscribed;
    const stream: EventStream<Event> = new EventStream<Event>({
      type: Event,
      contentType,
      clock: this.#world.clock,
      heartbeat: { event: { type: 'HEARTBEAT' }, intervalMs: HEARTBEAT_INTERVAL_MS },
      onEnd: (why) => {
        this.#streams.delete(stream);
        if (why === 'too-slow')
          this.#world.log.warn('cut off an operator event stream that was not read', { subscriber });
      },
    });
    const first = subscribedEvent(this.#state, HEARTBEAT_INTERVAL_MS);
    this.#streams.add(stream);
    this.#endOldest();
    stream.startHeartbeats();
    const state = yield* slicedDocument(first, contentType);
    const record = yield* joined([Buffer.from(`${state.length}\n`), state]);
    stream.sendFirst(record);
    return stream.response();
  }

  taskAdded(task: MasterTask): void {
    this.#tell(() => ({ type: 'TASK_ADDED', task_added: { task: task.message } }));
  }

  taskUpdated(task: MasterTask, status: TaskStatus): void {
    this.#tell(() => ({
      type: 'TASK_UPDATED',
      task_updated: { framework_id: { value: task.frameworkId }, status, state: task.message.state },
    }));
  }

  agentAdded(agent: MasterAgent): void {
    this.#tell(() => ({ type: 'AGENT_ADDED', agent_added: { agent: agentMessage(agentNow(agent)) } }));
  }

  agentRemoved(agentId: string): void {
    this.#tell(() => ({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: agentId } } }));
  }

  frameworkAdded(framework: MasterFramework): void {
    const message = () => frameworkEventMessage(this.#state, framework);
    this.#tell(() => ({ type: 'FRAMEWORK_ADDED', framework_added: { framework: message() } }));
  }

  frameworkUpdated(framework: MasterFramework): void {
    const message = () => frameworkEventMessage(this.#state, framework);
    this.#tell(() => ({ type: 'FRAMEWORK_UPDATED', framework_updated: { framework: message() } }));
  }

  frameworkRemoved(info: FrameworkInfo): void {
    this.#tell(() => ({ type: 'FRAMEWORK_REMOVED', framework_removed: { framework_info: info } }));
  }

  /** Ends every stream. */
  close(): void {
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  #tell(event: () => Event): void {
    if (this.#streams.size === 0) return;
    const encoded = new EncodedEvent(Event, event());
    for (const stream of this.#streams) stream.sendEncoded(encoded);
  }

  #endOldest(): void {
    for (const stream of this.#streams) {
      if (this.#streams.size <= this.#state.options.maxOperatorEventStreamSubscribers) return;
      this.#streams.delete(stream);
      stream.end();
    }
  }
}
