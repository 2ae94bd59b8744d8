// A framework for the simulator: launches tasks that do all sorts of things, kills some, and keeps its own books on disk
// so that it can be killed and started again at any moment. Careful in the way every framework should be: what it is about
// to launch is durable before the ACCEPT leaves, an end is durable before it is acknowledged, and what it does not know it
// asks for (reconciliation).
import type { MasterPlaces } from '../../client/leader-source.ts';
import { SchedulerClient, type SchedulerError } from '../../client/scheduler.ts';
import type { Event } from '../../mesos/generated/scheduler.ts';
import type { FrameworkInfo, HealthCheck, Offer, TaskInfo, TaskStatus } from '../../mesos/generated/v1.ts';
import { isTerminalState } from '../../mesos/task-state.ts';
import type { World } from '../../world/world.ts';
import type { Ledger } from './ledger.ts';

export interface FrameworkOptions {
  readonly name: string;
  readonly masters: MasterPlaces;
  readonly isPartitionAware: boolean;
  readonly contentType: 'application/json' | 'application/x-protobuf';
  /** Whether its tasks are to survive an agent's restart. */
  readonly isCheckpointing: boolean;
  readonly failoverTimeoutSeconds: number;
  /** Tasks it wants to have launched in all. */
  readonly goal: number;
  readonly ledger: Ledger;
}

interface TaskRecord {
  readonly taskId: string;
  readonly agentId: string;
  killRequested: boolean;
}

interface Books {
  frameworkId?: string;
  launched: number;
  /** Tasks whose end is not known for certain. */
  open: TaskRecord[];
}

const BOOKS_DIRECTORY = '/var/lib/framework';
const BOOKS_PATH = `${BOOKS_DIRECTORY}/books.json`;
const CARE_INTERVAL_MS = 2_000;
const KILL_CHANCE = 0.12;

/** Two kinds end by themselves soon, others run until they are killed, some do not mind SIGTERM. */
const PROGRAMS: readonly string[] = [
  'true',
  'sleep 1',
  'sleep 4; exit 3',
  'sleep 9',
  'sleep 30; exit 1',
  'sleep 100000',
  'while true; do sleep 1; done',
  "trap '' TERM; sleep 100000",
  "trap 'sleep 1; exit 0' TERM; sleep 100000",
  'echo working; sleep 2; echo done',
  'kill -9 $$',
  'nonsense',
];

/** Some succeed, some fail now or later, some take their time, some too long; the last two look over the network. */
const HEALTH_CHECKS: readonly HealthCheck[] = [
  { type: 'COMMAND', command: { value: 'true' } },
  { type: 'COMMAND', command: { value: 'sleep 0.7' } },
  { type: 'COMMAND', command: { value: 'false' } },
  { type: 'COMMAND', command: { value: 'sleep 100000' } },
  { type: 'HTTP', http: { port: 5051, path: '/health' } },
  { type: 'TCP', tcp: { port: 1 } },
];

export class SimulatedFramework {
  readonly #world: World;
  readonly #options: FrameworkOptions;
  readonly #client: SchedulerClient;
  readonly #books: Books;
  readonly #open = new Map<string, TaskRecord>();
  #isDraining = false;
  #saving: Promise<void> = Promise.resolve();
  readonly #ending = Promise.withResolvers<string>();

  /** Reads its books, or begins them, and starts to subscribe. */
  static async start(world: World, options: FrameworkOptions): Promise<SimulatedFramework> {
    const hasBooks = (await world.disk.stat(BOOKS_PATH)) !== undefined;
    const books: Books = hasBooks ? JSON.parse(await world.disk.readText(BOOKS_PATH)) : { launched: 0, open: [] };
    await world.disk.makeDirectory(BOOKS_DIRECTORY);
    const framework = new SimulatedFramework(world, options, books);
    framework.#client.start();
    world.clock.every(CARE_INTERVAL_MS, () => framework.#takeCare());
    return framework;
  }

  private constructor(world: World, options: FrameworkOptions, books: Books) {
    this.#world = world;
    this.#options = options;
    this.#books = books;
    for (const record of books.open) {
      this.#open.set(record.taskId, record);
    }
    const framework: FrameworkInfo = {
      user: 'root',
      name: options.name,
      failover_timeout: options.failoverTimeoutSeconds,
      checkpoint: options.isCheckpointing,
      roles: [options.name],
      capabilities: [
        { type: 'MULTI_ROLE' },
        ...(options.isPartitionAware ? [{ type: 'PARTITION_AWARE' as const }] : []),
      ],
      ...(books.frameworkId !== undefined && { id: { value: books.frameworkId } }),
    };
    this.#client = new SchedulerClient({
      world,
      masters: options.masters,
      framework,
      contentType: options.contentType,
      listener: {
        event: (event) => this.#event(event),
        ended: (error) => void this.#refused(error),
      },
    });
  }

  /** Resolves when the master wants no more of it; its next life begins as a new framework if it was removed. */
  get ended(): Promise<string> {
    return this.#ending.promise;
  }

  get frameworkId(): string | undefined {
    return this.#books.frameworkId;
  }

  get isSubscribed(): boolean {
    return this.#client.isSubscribed;
  }

  /** Tasks whose end it does not know. */
  get openTasks(): readonly string[] {
    return [...this.#open.keys()];
  }

  get launched(): number {
    return this.#books.launched;
  }

  /** From now on it launches nothing and kills everything. */
  drain(): void {
    this.#isDraining = true;
    for (const record of this.#open.values()) {
      record.killRequested = true;
    }
  }

  async #refused(error: SchedulerError): Promise<void> {
    const { frameworkId } = this.#books;
    if (frameworkId !== undefined && error.message.includes('has been removed')) {
      delete this.#books.frameworkId;
      this.#open.clear();
      await this.#save();
    }
    this.#ending.resolve(error.message);
  }

  #event(event: Event): void {
    if (event.type === 'SUBSCRIBED' && event.subscribed !== undefined) {
      this.#books.frameworkId = event.subscribed.framework_id.value;
      void this.#save();
      this.#reconcile();
    } else if (event.type === 'OFFERS') {
      for (const offer of event.offers?.offers ?? []) {
        void this.#answer(offer);
      }
    } else if (event.type === 'UPDATE' && event.update !== undefined) {
      void this.#updated(event.update.status);
    }
  }

  async #answer(offer: Offer): Promise<void> {
    const { random } = this.#world;
    const offerId = offer.id.value;
    const room = this.#isDraining ? 0 : Math.min(3, this.#options.goal - this.#books.launched, fits(offer));
    const count = room > 0 ? random.integer(room + 1) : 0;
    if (count === 0) {
      await this.#client.decline([offerId], { refuse_seconds: 1 + random.integer(5) });
      return;
    }
    const tasks = Array.from({ length: count }, () => this.#newTask(offer));
    for (const task of tasks) {
      const record = { taskId: task.task_id.value, agentId: offer.agent_id.value, killRequested: false };
      this.#open.set(record.taskId, record);
    }
    // What the ACCEPT starts must be in the books of whoever comes after us.
    await this.#save();
    await this.#client.accept([offerId], [{ type: 'LAUNCH', launch: { task_infos: tasks } }], {
      refuse_seconds: random.integer(3),
    });
  }

  #newTask(offer: Offer): TaskInfo {
    const { random } = this.#world;
    this.#books.launched++;
    const taskId = `${this.#options.name}.${this.#books.launched}`;
    const role = offer.allocation_info?.role;
    const scalar = (name: string, value: number) => ({
      name,
      type: 'SCALAR' as const,
      scalar: { value },
      ...(role !== undefined && { allocation_info: { role } }),
    });
    return {
      name: taskId,
      task_id: { value: taskId },
      agent_id: offer.agent_id,
      resources: [scalar('cpus', 0.25 * (1 + random.integer(3))), scalar('mem', 32 * (1 + random.integer(3)))],
      command: { shell: true, value: random.shuffle([...PROGRAMS])[0] ?? 'true' },
      ...(random.float() < 0.3 && { health_check: this.#newHealthCheck() }),
      ...(random.float() < 0.2 && { kill_policy: { grace_period: { nanoseconds: 1e9 } } }),
    };
  }

  #newHealthCheck(): HealthCheck {
    const { random } = this.#world;
    return {
      ...random.shuffle([...HEALTH_CHECKS])[0],
      delay_seconds: random.integer(3),
      interval_seconds: 1,
      timeout_seconds: 2,
      grace_period_seconds: random.integer(10),
    };
  }

  async #updated(status: TaskStatus): Promise<void> {
    this.#options.ledger.told(status);
    const { state, reason, message, uuid } = status;
    this.#world.log.debug('told', { task: status.task_id.value, state, reason, message, uuid });
    const taskId = status.task_id.value;
    if (this.#isTheEnd(status)) {
      this.#open.delete(taskId);
      await this.#save();
      this.#options.ledger.settled(taskId);
    } else if (!this.#open.has(taskId) && !isTerminalState(status.state)) {
      // One we had given up for lost is back: it is ours to end.
      const agentId = status.agent_id?.value ?? '';
      this.#open.set(taskId, { taskId, agentId, killRequested: true });
      await this.#save();
    }
    await this.#client.acknowledge(status);
  }

  /**
   * An end told by the agent is one. One told by the master alone is believed only as an answer to our own question, and
   * not when it says that the agent may come back.
   */
  #isTheEnd(status: TaskStatus): boolean {
    if (!isTerminalState(status.state) && status.state !== 'TASK_UNKNOWN') {
      return false;
    }
    if (status.uuid !== undefined || status.reason === 'REASON_TASK_INVALID') {
      return true;
    }
    return status.reason === 'REASON_RECONCILIATION' && status.unreachable_time === undefined;
  }

  #takeCare(): void {
    if (!this.#client.isSubscribed) {
      return;
    }
    for (const record of this.#open.values()) {
      if (this.#world.random.float() < KILL_CHANCE) {
        record.killRequested = true;
      }
      if (record.killRequested) {
        this.#world.log.debug('kills', { task: record.taskId });
        void this.#client.kill(record.taskId, record.agentId);
      }
    }
    if (this.#world.random.float() < 0.3) {
      this.#reconcile();
    }
    if (this.#world.random.float() < 0.1) {
      void this.#client.revive();
    }
  }

  /** Asks for what it knows of, and for what it may not know of any more (all that the master has of it). */
  #reconcile(): void {
    if (this.#open.size > 0) {
      void this.#client.reconcile([...this.#open.values()]);
    }
    void this.#client.reconcile();
  }

  /** Durable when it resolves; saves follow each other. */
  #save(): Promise<void> {
    const text = () => JSON.stringify({ ...this.#books, open: [...this.#open.values()] });
    this.#saving = this.#saving.then(() => this.#world.disk.writeAtomic(BOOKS_PATH, text()));
    return this.#saving;
  }
}

/** How many tasks of the largest kind the offer has room for. */
function fits(offer: Offer): number {
  const scalar = (name: string) =>
    (offer.resources ?? []).filter((r) => r.name === name).reduce((sum, r) => sum + (r.scalar?.value ?? 0), 0);
  return Math.floor(Math.min(scalar('cpus') / 0.75, scalar('mem') / 96));
}
