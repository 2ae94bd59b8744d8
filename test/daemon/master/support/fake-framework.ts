// A framework of a test's own: JSON over World.net, nothing done by itself.
import { expect } from 'vitest';
import type { Call, Call_Subscribe, Event } from '../../../../src/mesos/generated/scheduler.ts';
import type {
  FrameworkInfo,
  Offer,
  Offer_Operation,
  TaskInfo,
  TaskStatus,
} from '../../../../src/mesos/generated/v1.ts';
import type { ProcessHandle } from '../../../../src/simulation/index.ts';
import type { ClientResponse, ClientStream } from '../../../../src/world/net.ts';
import type { World } from '../../../../src/world/world.ts';
import { EventReader } from './event-reader.ts';
import type { Rig } from './rig.ts';

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

export class FakeFramework {
  readonly rig: Rig;
  readonly world: World;
  readonly process: ProcessHandle<World>;
  info: FrameworkInfo;
  events = new EventReader<Event>();
  stream: ClientStream | undefined;
  streamId = '';

  constructor(rig: Rig, world: World, process: ProcessHandle<World>, info: FrameworkInfo) {
    this.rig = rig;
    this.world = world;
    this.process = process;
    this.info = info;
  }

  get id(): string {
    return this.info.id?.value ?? '';
  }

  /** Opens a new stream, keeping the events of former ones; takes the id it is given. */
  async subscribe(more: Partial<Call_Subscribe> = {}): Promise<ClientStream> {
    const call: Call = {
      type: 'SUBSCRIBE',
      subscribe: { framework_info: this.info, ...more },
      ...(this.info.id !== undefined && { framework_id: this.info.id }),
    };
    const url = `${this.rig.masterUrl}/api/v1/scheduler`;
    const stream = await this.rig.settle(
      this.world.net.openStream({ method: 'POST', url, headers: JSON_HEADERS, body: JSON.stringify(call) }),
    );
    this.stream = stream;
    this.streamId = stream.headers['mesos-stream-id'] ?? '';
    this.events.read(stream);
    await this.rig.pass(50);
    const subscribed = this.events.all.findLast((event) => event.type === 'SUBSCRIBED')?.subscribed;
    if (subscribed !== undefined) this.info = { ...this.info, id: subscribed.framework_id };
    return stream;
  }

  /** Sends any call with our ids. */
  async send(call: Call, headers: Record<string, string> = {}): Promise<ClientResponse> {
    const body = JSON.stringify({ ...call, ...(this.info.id !== undefined && { framework_id: this.info.id }) });
    return await this.rig.request(this.world, 'POST', '/api/v1/scheduler', body, {
      ...JSON_HEADERS,
      'mesos-stream-id': this.streamId,
      ...headers,
    });
  }

  /** Sends a call that is accepted, and lets its consequences arrive. */
  async call(call: Call): Promise<void> {
    expect((await this.send(call)).status).toBe(202);
    await this.rig.pass(50);
  }

  /** Offers outstanding as far as the events tell. */
  get offers(): Offer[] {
    const rescinded = new Set(this.events.ofType('RESCIND').map((event) => event.rescind?.offer_id.value));
    return this.events
      .ofType('OFFERS')
      .flatMap((event) => event.offers?.offers ?? [])
      .filter((offer) => !rescinded.has(offer.id.value));
  }

  get offer(): Offer {
    const offer = this.offers.at(-1);
    if (offer === undefined) throw new Error('there was no offer');
    return offer;
  }

  get statuses(): TaskStatus[] {
    return this.events.ofType('UPDATE').flatMap((event) => event.update?.status ?? []);
  }

  get status(): TaskStatus {
    const status = this.statuses.at(-1);
    if (status === undefined) throw new Error('there was no update');
    return status;
  }

  async accept(offers: readonly Offer[], operations: readonly Offer_Operation[], refuseSeconds = 0): Promise<void> {
    await this.call({
      type: 'ACCEPT',
      accept: {
        offer_ids: offers.map((offer) => offer.id),
        operations: [...operations],
        filters: { refuse_seconds: refuseSeconds },
      },
    });
  }

  async launch(offer: Offer, ...tasks: TaskInfo[]): Promise<void> {
    await this.accept([offer], [{ type: 'LAUNCH', launch: { task_infos: tasks } }]);
  }

  async acknowledge(status: TaskStatus): Promise<void> {
    await this.call({
      type: 'ACKNOWLEDGE',
      acknowledge: {
        agent_id: status.agent_id ?? { value: '' },
        task_id: status.task_id,
        uuid: status.uuid ?? '',
      },
    });
  }

  disconnect(): void {
    this.stream?.close();
  }
}

/** A task of `sleep` on the agent of an offer. */
export function task(offer: Offer, taskId: string, more: Partial<TaskInfo> = {}): TaskInfo {
  return {
    name: taskId,
    task_id: { value: taskId },
    agent_id: offer.agent_id,
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 128 } },
    ],
    command: { value: 'sleep 1000' },
    ...more,
  };
}
