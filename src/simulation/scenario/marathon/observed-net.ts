// What Marathon tells the master, overheard: an acknowledgement must not leave before what it acknowledges is stored,
// because nobody would ever tell it again.
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import { isTerminalState } from '../../../mesos/task-state.ts';
import type { ClientRequest, Net } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import type { StoreWitness } from './observed-store.ts';

const SCHEDULER = '/api/v1/scheduler';

interface Call {
  readonly type?: string;
  readonly acknowledge?: { readonly task_id: { readonly value: string }; readonly uuid: string };
}

/** Outlives every process that is overheard. */
export class AcknowledgementWitness {
  readonly violations: string[] = [];
  /** Acknowledgements that left. */
  count = 0;
  readonly #stored: StoreWitness;
  /** How far the task had come, by the id of the update. */
  readonly #ranks = new Map<string, number>();

  constructor(stored: StoreWitness) {
    this.#stored = stored;
  }

  /** The master passes an update on. */
  told(status: TaskStatus): void {
    if (status.uuid !== undefined) this.#ranks.set(base64(status.uuid), rankOf(status.state));
  }

  /** `mayCall`: whether nobody else leads by now. */
  watch(world: World, mayCall: () => boolean = () => true): World {
    const { net } = world;
    const check = ({ url }: ClientRequest): void => {
      if (url.endsWith(SCHEDULER) && !mayCall()) this.violations.push('a call to the master by one who was followed');
    };
    const watched: Net = {
      listen: (options) => net.listen(options),
      openStream: (request) => {
        check(request);
        return net.openStream(request);
      },
      openUpload: (request) => net.openUpload(request),
      connect: (host, port, timeoutMs) => net.connect(host, port, timeoutMs),
      exchange: (socketPath, text, limits) => net.exchange(socketPath, text, limits),
      request: (request) => {
        check(request);
        this.#overhear(request);
        return net.request(request);
      },
    };
    return { ...world, net: watched };
  }

  #overhear({ url, body }: ClientRequest): void {
    if (!url.endsWith(SCHEDULER) || body === undefined) return;
    const call: Call = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
    if (call.type !== 'ACKNOWLEDGE' || call.acknowledge === undefined) return;
    this.count += 1;
    const { task_id, uuid } = call.acknowledge;
    const taskId = task_id.value;
    const instance = this.#stored.instances.get(taskId.slice(0, taskId.lastIndexOf('._app.')));
    const rank = this.#ranks.get(uuid);
    // It was given up, or is a task of an earlier launch, which is not kept.
    if (rank === undefined || instance?.task?.id !== taskId || instance.condition === 'Scheduled') return;
    const known = rankOf(instance.task.status?.state);
    if (known < rank) this.violations.push(`an update of ${taskId} is acknowledged before it is stored`);
  }
}

function base64(bytes: Uint8Array | string): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64');
}

function rankOf(state: string | undefined): number {
  if (state === undefined) return -1;
  const order = ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING'];
  const rank = order.indexOf(state);
  if (rank >= 0) return rank;
  return isTerminalState(state as TaskStatus['state']) || state === 'TASK_UNREACHABLE'
    ? order.length
    : order.length - 1;
}
