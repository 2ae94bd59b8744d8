// The core of Chronos without a cluster: jobs, runs, scheduler and queue on a clock that a test moves, a store that can be stopped, and a
// Mesos that does what the test says. `restart` is a failover: all memory is gone, the store stays.
import { SchedulerCalls } from '../../../../src/client/scheduler/calls.ts';
import type { CallOutcome } from '../../../../src/client/scheduler/errors.ts';
import { type CommitOptions, type StoreChange, StoreError } from '../../../../src/cluster/store.ts';
import type { ChronosCore, CoreOptions, Notices } from '../../../../src/daemon/chronos/core.ts';
import { JobBook } from '../../../../src/daemon/chronos/jobs/job-book.ts';
import type { Job, JobDefinition } from '../../../../src/daemon/chronos/model/job.ts';
import type { HistoryEntry, Run } from '../../../../src/daemon/chronos/model/run.ts';
import { RunQueue } from '../../../../src/daemon/chronos/queue/run-queue.ts';
import { RunBook } from '../../../../src/daemon/chronos/runs/run-book.ts';
import { taskIdOf } from '../../../../src/daemon/chronos/runs/task-id.ts';
import { Scheduler } from '../../../../src/daemon/chronos/scheduling/scheduler.ts';
import { Storage } from '../../../../src/daemon/serving/storage/storage.ts';
import type { Call } from '../../../../src/mesos/generated/scheduler.ts';
import type { TaskState, TaskStatus } from '../../../../src/mesos/generated/v1.ts';
import type { Log } from '../../../../src/world/world.ts';
import { MemoryStore } from '../../marathon/support/memory-store.ts';
import { settled, VirtualClock } from '../../marathon/support/virtual-clock.ts';

/** Its wall clock can be set; whiles go on as they were. */
class SettableClock extends VirtualClock {
  aheadMs = 0;
  override nowMs(): number {
    return super.nowMs() + this.aheadMs;
  }
}

/** Commits wait while it is stopped, and are refused to whoever does not lead any more. */
class StoppableStore extends MemoryStore {
  commits = 0;
  epoch = 0;
  #gate: PromiseWithResolvers<void> | undefined;

  stop(): void {
    this.#gate ??= Promise.withResolvers<void>();
  }

  go(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  override async commit(changes: readonly StoreChange[], { fence }: CommitOptions = {}): Promise<void> {
    this.commits += 1;
    if (this.#gate !== undefined) await this.#gate.promise;
    if (fence !== undefined && fence < this.epoch) throw new StoreError('fenced', 'another one leads');
    return super.commit(changes);
  }
}

class NotedCalls extends SchedulerCalls {
  readonly killed: string[] = [];
  override call(call: Omit<Call, 'framework_id'>): Promise<CallOutcome> {
    if (call.kill !== undefined) this.killed.push(call.kill.task_id.value);
    return Promise.resolve({ ok: true });
  }
}

const OPTIONS: CoreOptions = {
  failureRetryMs: 60_000,
  disableAfterFailures: 0,
  jobHistoryLimit: 50,
  unreachableTimeoutMs: 300_000,
  finiteCatchup: false,
};

/** Of 2026-02-01T00:00:00Z, when every rig starts. */
export const T0 = Date.parse('2026-02-01T00:00:00Z');
export const iso = (ms: number): string => new Date(ms).toISOString();

export function definition(name: string, more: Partial<JobDefinition> = {}): JobDefinition {
  return {
    name,
    command: 'true',
    arguments: [],
    shell: true,
    executor: '',
    executorFlags: '',
    taskInfoData: '',
    description: '',
    owner: '',
    ownerName: '',
    retries: 0,
    cpus: 0,
    mem: 0,
    disk: 0,
    softError: false,
    highPriority: false,
    concurrent: false,
    maxCompletionTimeSeconds: 0,
    epsilonMs: undefined,
    epsilon: undefined,
    async: false,
    runAsUser: '',
    environmentVariables: [],
    uris: [],
    fetch: [],
    constraints: [],
    container: undefined,
    dataProcessingJobType: false,
    notify: undefined,
    retryDelayMs: undefined,
    retryFactor: 1,
    when: { kind: 'scheduled', text: 'R/2030-01-01T00:00:00Z/P1D', zoneId: '' },
    ...more,
  };
}

export class CoreRig {
  readonly clock = new SettableClock(T0);
  readonly store = new StoppableStore();
  readonly notices: Parameters<Notices['tell']>[0][] = [];
  readonly errors: string[] = [];
  /** Tasks that were accepted, in order. */
  readonly launched: string[] = [];
  calls = new NotedCalls();
  jobs!: JobBook;
  runs!: RunBook;
  queue!: RunQueue;
  scheduler!: Scheduler;
  storage!: Storage;
  readonly #options: CoreOptions;
  /** Launches whatever waits, whenever something does; off: only `offer` does. */
  offers = true;

  private constructor(options: Partial<CoreOptions>) {
    this.#options = { ...OPTIONS, ...options };
  }

  static async start(options: Partial<CoreOptions> = {}): Promise<CoreRig> {
    const rig = new CoreRig(options);
    await rig.restart();
    return rig;
  }

  /** What was not durable is lost, and who led before does nothing any more. */
  async restart(): Promise<void> {
    this.scheduler?.stop();
    this.queue?.stop();
    this.runs?.stop();
    this.calls = new NotedCalls();
    this.store.epoch += 1;
    const { epoch } = this.store;
    const storage = new Storage(this.store, epoch, (why) => {
      if (epoch === this.store.epoch) this.errors.push(why);
    });
    const core = {
      world: { clock: this.clock },
      log: this.#log(),
      options: this.#options,
      storage,
      mesos: { calls: this.calls },
      notices: { tell: (notice: Parameters<Notices['tell']>[0]) => void this.notices.push(notice) },
    } satisfies Partial<Record<keyof ChronosCore, unknown>>;
    this.storage = storage;
    this.jobs = new JobBook(core);
    this.runs = new RunBook({ ...core, jobs: this.jobs });
    this.queue = new RunQueue({ ...core, runs: this.runs });
    this.scheduler = new Scheduler({ ...core, jobs: this.jobs, runs: this.runs });
    await this.jobs.load();
    await this.runs.load();
    this.runs.begin();
    this.queue.start();
    this.scheduler.start();
    this.queue.onChange(() => {
      if (this.offers) void Promise.resolve().then(() => this.offer());
    });
    await settled();
    if (this.offers) await this.offer();
  }

  /** Puts a job; `schedule` or `parents` make its kind. */
  put(name: string, when: string | readonly string[], more: Partial<JobDefinition> & { zone?: string } = {}): Job {
    const { zone = '', ...rest } = more;
    const kind: JobDefinition['when'] =
      typeof when === 'string'
        ? { kind: 'scheduled', text: when, zoneId: zone }
        : { kind: 'dependent', parents: [...when].sort() };
    return this.jobs.put(definition(name, { ...rest, when: kind }), { isDisabled: false });
  }

  job(name: string): Job {
    const job = this.jobs.get(name);
    if (job === undefined) throw new Error(`no job ${name}`);
    return job;
  }

  pass(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** An offer that takes everything comes: the task ids that were launched. */
  async offer(): Promise<string[]> {
    const placed = [...this.queue.waiting()].map((run) => {
      const taskId = taskIdOf(run, this.job(run.key.job).definition);
      return { taskId, mayLaunch: this.runs.launching(run, taskId, { id: 'a1', host: 'agent1' }) };
    });
    const launched: string[] = [];
    for (const { taskId, mayLaunch } of placed) if (await mayLaunch) launched.push(taskId);
    this.launched.push(...launched);
    return launched;
  }

  /** An update of this task, or of the only one of this job. */
  async tell(of: string, state: TaskState, more: Partial<TaskStatus> = {}): Promise<void> {
    const taskId = of.startsWith('ct:') ? of : this.taskOf(of);
    this.runs.update({ task_id: { value: taskId }, state, agent_id: { value: 'a1' }, uuid: 'u', ...more });
    await settled();
  }

  /** Runs and ends well. */
  async succeed(job: string): Promise<void> {
    await this.tell(job, 'TASK_RUNNING');
    await this.tell(job, 'TASK_FINISHED');
  }

  taskOf(job: string): string {
    const taskId = this.runs.of(job).find((run) => run.taskId !== undefined)?.taskId;
    if (taskId === undefined) throw new Error(`no task of ${job}: ${JSON.stringify(this.runs.of(job))}`);
    return taskId;
  }

  states(job: string): string[] {
    return this.runs.of(job).map(({ state }: Run) => state);
  }

  /** `result attempt`, oldest first, with the count where it is more than one. */
  async history(job: string): Promise<string[]> {
    const entries: HistoryEntry[] = [...(await this.runs.history(job))].reverse();
    return entries.map(({ result, attempt, count }) => `${result} ${attempt}${count > 1 ? ` x${count}` : ''}`);
  }

  /** Occasions told of a job. */
  told(job: string): string[] {
    return this.notices.filter((notice) => notice.job.definition.name === job).map(({ occasion }) => occasion);
  }

  #log(): Log {
    const quiet = () => undefined;
    const error = (message: string, fields: { readonly error?: unknown } = {}) => {
      this.errors.push(`${message} ${fields.error instanceof Error ? fields.error.stack : JSON.stringify(fields)}`);
    };
    const log: Log = { debug: quiet, info: quiet, warn: quiet, error, child: () => log };
    return log;
  }
}
