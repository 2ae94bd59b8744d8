// A framework of the simplest kind, to bring a cluster into the situation that was recorded.
import type { Event } from '../../../src/mesos/generated/scheduler.ts';
import { RecordDecoder } from '../../../src/mesos/recordio.ts';
import type { ClientStream } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';

export class LiveFramework {
  readonly events: Event[] = [];
  readonly #world: World;
  readonly #url: string;
  readonly #stream: ClientStream;
  #id = '';
  #acknowledgesAll = false;

  private constructor(world: World, url: string, stream: ClientStream) {
    this.#world = world;
    this.#url = url;
    this.#stream = stream;
  }

  static subscribe(world: World, url: string, frameworkInfo: object): Promise<LiveFramework> {
    return LiveFramework.open(world, url, { type: 'SUBSCRIBE', subscribe: { framework_info: frameworkInfo } });
  }

  /** With any SUBSCRIBE call; resolves when the master has answered on the stream, an ERROR too. */
  static async open(world: World, url: string, call: object): Promise<LiveFramework> {
    const stream = await world.net.openStream({
      method: 'POST',
      url: `${url}/api/v1/scheduler`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(call),
    });
    const framework = new LiveFramework(world, url, stream);
    if (stream.status !== 200) return framework;
    const decoder = new RecordDecoder();
    stream.onChunk((chunk) => {
      for (const record of decoder.push(chunk)) framework.#take(JSON.parse(new TextDecoder().decode(record)));
    });
    stream.onEnd(() => undefined);
    const { subscribed } = await framework.next(({ type }) => type === 'SUBSCRIBED' || type === 'ERROR');
    framework.#id = subscribed?.framework_id.value ?? '';
    return framework;
  }

  get id(): string {
    return this.#id;
  }

  get streamId(): string {
    return this.#stream.headers['mesos-stream-id'] ?? '';
  }

  /** The first event that fits, waiting for it if need be. */
  async next(fits: (event: Event) => boolean): Promise<Event> {
    for (let waited = 0; waited < 30_000; waited += 10) {
      const event = this.events.find(fits);
      if (event !== undefined) return event;
      await this.#world.clock.sleep(10);
    }
    throw new Error(`nothing fits among ${this.events.map(({ type }) => type).join()}`);
  }

  call(type: string, details: object = {}): Promise<number> {
    return this.send({ framework_id: { value: this.#id }, type, ...details });
  }

  /** Any call; the status of the answer. */
  async send(call: object): Promise<number> {
    const response = await this.#world.net.request({
      method: 'POST',
      url: `${this.#url}/api/v1/scheduler`,
      headers: { 'content-type': 'application/json', 'mesos-stream-id': this.streamId },
      body: JSON.stringify(call),
    });
    return response.status;
  }

  /** Acknowledges every update that was told and will be. */
  acknowledgeAll(): void {
    this.#acknowledgesAll = true;
    for (const event of this.events) this.#acknowledge(event);
  }

  #acknowledge({ update }: Event): void {
    const { task_id, agent_id, uuid } = update?.status ?? {};
    if (uuid === undefined) return;
    this.call('ACKNOWLEDGE', { acknowledge: { task_id, agent_id, uuid } }).catch(() => undefined);
  }

  #take(event: Event): void {
    this.events.push(event);
    if (this.#acknowledgesAll) this.#acknowledge(event);
  }

  /** Waits for the update and acknowledges it. */
  async acknowledged(taskId: string, state: string): Promise<void> {
    const { update } = await this.next(
      (event) => event.update?.status.task_id.value === taskId && event.update.status.state === state,
    );
    const { task_id, agent_id, uuid } = update?.status ?? {};
    await this.call('ACKNOWLEDGE', { acknowledge: { task_id, agent_id, uuid } });
  }

  close(): void {
    this.#stream.close();
  }
}
