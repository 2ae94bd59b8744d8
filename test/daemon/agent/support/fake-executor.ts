// A custom executor, scripted by tests: subscribes, collects events, sends what it is told.
import { parseJson } from '../../../../src/mesos/codec.ts';
import { Event, type Event_Type } from '../../../../src/mesos/generated/executor.ts';
import type { ExecutorInfo, FrameworkInfo, TaskInfo, TaskStatus } from '../../../../src/mesos/generated/v1.ts';
import { RecordDecoder } from '../../../../src/mesos/recordio.ts';
import type { ClientStream } from '../../../../src/world/net.ts';
import { FRAMEWORK, type Scene, task } from './scene.ts';

const URL = 'http://10.0.1.1:5051/api/v1/executor';

export const EXECUTOR: ExecutorInfo = {
  executor_id: { value: 'e1' },
  framework_id: { value: 'M-0000' },
  type: 'CUSTOM',
  command: { value: 'run the executor' },
  resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: { role: '*' } }],
};

/** A task for EXECUTOR, or another. */
export function hosted(id: string, executor: ExecutorInfo = EXECUTOR, more: Partial<TaskInfo> = {}): TaskInfo {
  const { command: _, ...rest } = task(id);
  return { ...rest, executor, ...more };
}

export class FakeExecutor {
  readonly events: Event[] = [];
  readonly #scene: Scene;
  readonly #frameworkId: string;
  readonly #executorId: string;
  #stream: ClientStream | undefined;
  #updates = 0;
  isOver = false;

  constructor(scene: Scene, framework: FrameworkInfo = FRAMEWORK, executor: ExecutorInfo = EXECUTOR) {
    this.#scene = scene;
    this.#frameworkId = framework.id?.value ?? '';
    this.#executorId = executor.executor_id.value;
  }

  /** Answers the status of the answer. */
  async subscribe(unacknowledged: { tasks?: TaskInfo[]; updates?: TaskStatus[] } = {}): Promise<number> {
    const { net } = this.#scene.masterHandle.world;
    const subscribe = {
      unacknowledged_tasks: unacknowledged.tasks ?? [],
      unacknowledged_updates: (unacknowledged.updates ?? []).map((status) => ({ status })),
    };
    const body = JSON.stringify({ ...this.#ids, type: 'SUBSCRIBE', subscribe });
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const stream = await this.#scene.simulation.settle(net.openStream({ method: 'POST', url: URL, headers, body }));
    const decoder = new RecordDecoder({ maxRecordBytes: 1 << 26 });
    this.isOver = false;
    this.#stream = stream;
    stream.onChunk((chunk) => {
      if (stream.status === 200) this.events.push(...decoder.push(chunk).map((record) => parseJson(Event, record)));
    });
    stream.onEnd(() => {
      if (this.#stream === stream) this.isOver = true;
    });
    await this.#scene.pass(50);
    return stream.status;
  }

  types(): Event_Type[] {
    return this.events.flatMap(({ type }) => type ?? []);
  }

  async update(taskId: string, state: TaskStatus['state'], more: Partial<TaskStatus> = {}): Promise<TaskStatus> {
    const status = this.status(taskId, state, more);
    const answer = await this.call({ type: 'UPDATE', update: { status } });
    if (answer.status !== 202) throw new Error(`${answer.status} ${answer.text}`);
    return status;
  }

  status(taskId: string, state: TaskStatus['state'], more: Partial<TaskStatus> = {}): TaskStatus {
    this.#updates += 1;
    const digits = this.#updates.toString(16).padStart(12, '0');
    const uuid = Buffer.from(`00000000000040008000${digits}`, 'hex').toString('base64');
    return { task_id: { value: taskId }, state, source: 'SOURCE_EXECUTOR', uuid, timestamp: 1, ...more };
  }

  async call(call: object): Promise<{ status: number; text: string }> {
    return this.#scene.post('/api/v1/executor', { ...this.#ids, ...call });
  }

  hangUp(): void {
    this.#stream?.close();
  }

  get #ids() {
    return { framework_id: { value: this.#frameworkId }, executor_id: { value: this.#executorId } };
  }
}
