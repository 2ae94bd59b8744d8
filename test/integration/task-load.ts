// A framework that runs a given number of tasks and keeps the books: which updates came, how often, in which order.
import { SchedulerClient } from '../../src/client/scheduler.ts';
import type { Event } from '../../src/mesos/generated/scheduler.ts';
import type { HealthCheck, Offer, TaskInfo, TaskState } from '../../src/mesos/generated/v1.ts';
import type { World } from '../../src/world/world.ts';

export interface TaskLoadOptions {
  readonly world: World;
  readonly master: string;
  readonly tasks: number;
  readonly command: string;
  readonly cpus?: number;
  readonly memMb?: number;
  /** At most so many tasks to one offer. */
  readonly batch?: number;
  readonly name?: string;
  readonly failoverTimeoutSeconds?: number;
  /** Ids of tasks are `<prefix>-<n>`. */
  readonly prefix?: string;
  /** Of each task. */
  readonly healthCheck?: HealthCheck;
  /** Takes the place of a framework of this id that has launched all of its tasks. */
  readonly successorOf?: string;
}

const TERMINAL: ReadonlySet<TaskState> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
]);

export class TaskLoad {
  /** Terminal states in the order of their first delivery, by task id; more than one = doubled. */
  readonly ends = new Map<string, TaskState[]>();
  readonly running = new Set<string>();
  /** Tasks whose last word on their health was that they are well. */
  readonly healthy = new Set<string>();
  readonly launchedAtMs = new Map<string, number>();
  readonly latenciesMs: number[] = [];
  readonly #options: TaskLoadOptions;
  readonly #seen = new Set<string>();
  readonly #toldByMaster = new Set<string>();
  readonly #client: SchedulerClient;
  #next = 0;

  constructor(options: TaskLoadOptions) {
    this.#options = options;
    if (options.successorOf !== undefined) this.#next = options.tasks;
    this.#client = this.#connect(options.successorOf);
  }

  start(): void {
    this.#client.start();
  }

  get launched(): number {
    return this.#next;
  }

  get frameworkId(): string | undefined {
    return this.#client.frameworkId;
  }

  get client(): SchedulerClient {
    return this.#client;
  }

  async teardown(): Promise<void> {
    await this.#client.teardown();
    this.#client.close();
  }

  #connect(id: string | undefined): SchedulerClient {
    const { world, master, name = 'load', failoverTimeoutSeconds = 600 } = this.#options;
    return new SchedulerClient({
      world,
      masters: [master],
      framework: {
        user: world.host.currentUser,
        name,
        roles: ['*'],
        checkpoint: true,
        failover_timeout: failoverTimeoutSeconds,
        capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
        ...(id !== undefined && { id: { value: id } }),
      },
      listener: { event: (event) => this.#onEvent(event) },
    });
  }

  #onEvent(event: Event): void {
    if (event.type === 'SUBSCRIBED') void this.#client.reconcile();
    if (event.type === 'OFFERS') for (const offer of event.offers?.offers ?? []) this.#onOffer(offer);
    const status = event.update?.status;
    if (status === undefined) return;
    void this.#client.acknowledge(status);
    const taskId = status.task_id.value;
    if (status.state === 'TASK_RUNNING') this.running.add(taskId);
    if (status.healthy === true) this.healthy.add(taskId);
    else if (status.healthy === false) this.healthy.delete(taskId);
    if (!TERMINAL.has(status.state)) return;
    const ends = this.ends.get(taskId) ?? [];
    // The same update again is the protocol's right, and so is the master's own word (without uuid) on a state that the
    // agent tells too, as after a return from unreachable. Another update of the agent with a terminal state is not.
    const { uuid } = status;
    if (uuid !== undefined ? this.#seen.has(uuid) : ends.includes(status.state)) return;
    const told = `${taskId} ${status.state}`;
    const alreadyTold = uuid !== undefined && this.#toldByMaster.delete(told);
    if (uuid !== undefined) this.#seen.add(uuid);
    else this.#toldByMaster.add(told);
    if (alreadyTold) return;
    this.running.delete(taskId);
    this.ends.set(taskId, [...ends, status.state]);
    const launchedAt = this.launchedAtMs.get(taskId);
    if (launchedAt !== undefined) this.latenciesMs.push(this.#options.world.clock.monotonicMs() - launchedAt);
    if (this.ends.size === this.#options.tasks) void this.#client.suppress();
  }

  #onOffer(offer: Offer): void {
    const { cpus = 0.1, memMb = 32, batch = 50, tasks } = this.#options;
    const amount = (name: string): number =>
      (offer.resources ?? []).reduce((sum, { name: is, scalar }) => sum + (is === name ? (scalar?.value ?? 0) : 0), 0);
    const fits = Math.floor(Math.min(amount('cpus') / cpus + 1e-6, amount('mem') / memMb + 1e-6));
    const count = Math.min(fits, batch, tasks - this.#next);
    const infos: TaskInfo[] = [];
    for (let taken = 0; taken < count; taken += 1) infos.push(this.#nextTask(offer));
    if (infos.length === 0)
      void this.#client.decline([offer.id.value], { refuse_seconds: this.#next < tasks ? 0 : 3600 });
    else
      void this.#client.accept([offer.id.value], [{ type: 'LAUNCH', launch: { task_infos: infos } }], {
        refuse_seconds: 0,
      });
  }

  #nextTask(offer: Offer): TaskInfo {
    const { cpus = 0.1, memMb = 32, command, prefix = 'task', healthCheck, world } = this.#options;
    const taskId = `${prefix}-${this.#next}`;
    this.#next += 1;
    this.launchedAtMs.set(taskId, world.clock.monotonicMs());
    return {
      name: taskId,
      task_id: { value: taskId },
      agent_id: offer.agent_id,
      command: { value: command },
      ...(healthCheck !== undefined && { health_check: healthCheck }),
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: cpus } },
        { name: 'mem', type: 'SCALAR', scalar: { value: memMb } },
      ],
    };
  }
}
