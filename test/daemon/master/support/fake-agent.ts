// An agent of a test's own: it speaks the agent protocol in JSON and, unless told not to, answers pings.
import { expect } from 'vitest';
import type { Call, Call_Subscribe, Event } from '../../../../src/mesos/generated/agent_protocol.ts';
import type { Task, TaskState, TaskStatus } from '../../../../src/mesos/generated/v1.ts';
import { encodeRecord } from '../../../../src/mesos/recordio.ts';
import { Resources } from '../../../../src/mesos/resources.ts';
import type { ProcessHandle } from '../../../../src/simulation/index.ts';
import type { ClientResponse, ClientStream } from '../../../../src/world/net.ts';
import type { World } from '../../../../src/world/world.ts';
import { EventReader } from './event-reader.ts';
import type { Rig } from './rig.ts';

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

export class FakeAgent {
  readonly rig: Rig;
  readonly world: World;
  readonly process: ProcessHandle<World>;
  readonly address: string;
  events = new EventReader<Event>();
  answersPings = true;
  stream: ClientStream | undefined;
  streamId = '';
  report: Call_Subscribe;
  #uuids = 0;

  constructor(rig: Rig, world: World, process: ProcessHandle<World>, address: string, resources: string) {
    this.rig = rig;
    this.world = world;
    this.process = process;
    this.address = address;
    this.report = {
      agent_info: { hostname: address, port: 5051, resources: Resources.parse(resources).toMessages() },
      version: '1.12.0',
      pid: `slave(1)@${address}:5051`,
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'HIERARCHICAL_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
    };
  }

  get id(): string {
    return this.report.agent_info.id?.value ?? '';
  }

  /** Opens a new stream; takes the id it is given. */
  async subscribe(more: Partial<Call_Subscribe> = {}): Promise<ClientStream> {
    const call: Call = { type: 'SUBSCRIBE', subscribe: { ...this.report, ...more } };
    const stream = await this.rig.settle(
      this.world.net.openStream({
        method: 'POST',
        url: `${this.rig.masterUrl}/mctl/agent`,
        headers: JSON_HEADERS,
        body: encodeRecord(JSON.stringify(call)),
      }),
    );
    this.stream = stream;
    if (stream.status !== 200) return stream;
    this.streamId = stream.headers['mesos-stream-id'] ?? '';
    const events = this.events;
    events.read(stream);
    this.#answerPings(events);
    await this.rig.pass(100);
    const subscribed = events.all.findLast((event) => event.type === 'SUBSCRIBED')?.subscribed;
    if (subscribed !== undefined) this.report.agent_info = { ...this.report.agent_info, id: subscribed.agent_id };
    return stream;
  }

  async send(...calls: Call[]): Promise<ClientResponse> {
    const records = calls.map((call) => encodeRecord(JSON.stringify(call)));
    const response = await this.rig.settle(this.#post(Buffer.concat(records)));
    await this.rig.pass(50);
    return response;
  }

  /** Reports a state of a task, as its executor would. */
  async update(frameworkId: string, taskId: string, state: TaskState, latest = state): Promise<TaskStatus> {
    this.#uuids += 1;
    const status: TaskStatus = {
      task_id: { value: taskId },
      state,
      source: 'SOURCE_EXECUTOR',
      agent_id: { value: this.id },
      timestamp: this.#uuids,
      uuid: Buffer.from(`0000000000004000800000000000${String(this.#uuids).padStart(4, '0')}`, 'hex').toString(
        'base64',
      ),
    };
    const response = await this.send({
      type: 'UPDATE',
      update: { framework_id: { value: frameworkId }, status, latest_state: latest },
    });
    expect(response.status).toBe(202);
    return status;
  }

  /** A task of this agent as it would be reported at re-registration. */
  task(frameworkId: string, taskId: string, state: TaskState): Task {
    return {
      name: taskId,
      task_id: { value: taskId },
      framework_id: { value: frameworkId },
      agent_id: { value: this.id },
      state,
      resources: Resources.parse('cpus:1;mem:128').allocatedTo('*').toMessages(),
    };
  }

  disconnect(): void {
    this.stream?.close();
  }

  /** Pongs go out by themselves: nobody waits for them. */
  #answerPings(events: EventReader<Event>): void {
    let seen = 0;
    const timer = this.world.clock.every(100, () => {
      if (events.isOver) timer.cancel();
      const pings = events.ofType('PING').length;
      if (pings === seen || !this.answersPings) return;
      seen = pings;
      this.#post(encodeRecord(JSON.stringify({ type: 'PONG' }))).catch(() => undefined);
    });
  }

  #post(body: Uint8Array): Promise<ClientResponse> {
    return this.world.net.request({
      method: 'POST',
      url: `${this.rig.masterUrl}/mctl/agent`,
      headers: { ...JSON_HEADERS, 'mesos-stream-id': this.streamId },
      body,
    });
  }
}
