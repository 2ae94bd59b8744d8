// The book of runs (chronos.md 4, 5): the only writer of their states. Every change is in memory at once and written in the same turn,
// together with what it does to the job, so that one commit holds both; launches, kills and answers wait until it is durable.
import type { TaskState, TaskStatus } from '../../../mesos/generated/v1.ts';
import type { Clock } from '../../../world/world.ts';
import type { ChronosCore, MesosLink, Runs, Unsubscribe } from '../core.ts';
import type { JobBook } from '../jobs/job-book.ts';
import type { Job } from '../model/job.ts';
import type { HistoryEntry, Run, RunKey, RunState } from '../model/run.ts';
import { Arrivals } from './arrivals.ts';
import { Endings } from './endings.ts';
import { Launches } from './launches.ts';
import { hasTask, isAlive, LiveRuns, type RunChange } from './live-runs.ts';
import { meaningOf } from './meaning.ts';
import { Orders } from './orders.ts';
import { Outcomes, type PassedBy } from './outcomes.ts';
import { RunDeadlines } from './run-deadlines.ts';
import { parseTaskId } from './task-id.ts';
import { TaskKills } from './task-kills.ts';
import { Unheard } from './unheard.ts';
import { Waiting } from './waiting.ts';

/** What the book takes. */
export type RunBookCore = Pick<ChronosCore, 'log' | 'storage' | 'options' | 'notices'> & {
  readonly world: { readonly clock: Clock };
  readonly jobs: JobBook;
  readonly mesos: Pick<MesosLink, 'calls'>;
};

/** Where a run is launched. `sandbox`: as of Run. */
export interface LaunchPlace {
  readonly id: string;
  readonly host: string;
  readonly sandbox?: string | undefined;
}

/** `load` after the jobs, then `begin`, then `stop`. */
export class RunBook implements Runs {
  readonly #core: RunBookCore;
  readonly #live: LiveRuns;
  readonly #outcomes: Outcomes;
  readonly #arrivals: Arrivals;
  readonly #deadlines: RunDeadlines;
  readonly #kills: TaskKills;
  readonly #launches: Launches;
  readonly #endings: Endings;
  readonly #orders: Orders;
  readonly #waiting: Waiting;
  readonly #unheard = new Unheard();
  #unsubscribe: Unsubscribe | undefined;

  constructor(core: RunBookCore) {
    this.#core = core;
    this.#live = new LiveRuns(core);
    this.#outcomes = new Outcomes(core);
    this.#arrivals = new Arrivals({ jobs: core.jobs, live: this.#live, outcomes: this.#outcomes });
    this.#launches = new Launches(core.world.clock);
    this.#kills = new TaskKills(core);
    const { live, outcomes, arrivals } = { live: this.#live, outcomes: this.#outcomes, arrivals: this.#arrivals };
    const [launches, kills] = [this.#launches, this.#kills];
    this.#endings = new Endings({ ...core, live, outcomes, arrivals, launches, kills });
    this.#orders = new Orders({ jobs: core.jobs, live, outcomes, arrivals, kills, endings: this.#endings });
    this.#waiting = new Waiting({ live, outcomes, arrivals, endings: this.#endings });
    const jobOf = (run: Run): Job | undefined => this.#endings.jobOf(run);
    this.#deadlines = new RunDeadlines({ ...core, live, jobOf }, (key) => this.#timeIsUp(key));
  }

  /** Throws RecordError. */
  async load(): Promise<void> {
    await this.#live.load();
    await this.#outcomes.history.load();
    for (const run of [...this.#live.all()]) {
      if (!hasTask(run) || run.taskId === undefined) {
        if (this.#endings.jobOf(run) === undefined) this.#live.remove(run);
        continue;
      }
      this.#unheard.wait(run.taskId, run.key.job);
      if (run.isKilled) this.#kills.kill(run.taskId, run.agentId);
    }
  }

  /** Acts from here on. Not called `start`, which starts a run. */
  begin(): void {
    this.#unsubscribe = this.#core.jobs.onChange(({ job, before }) => this.#jobChanged(job, before));
    this.#deadlines.start();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#deadlines.stop();
    this.#kills.stop();
    this.#outcomes.stop();
  }

  // ------------------------------------------------------------------------------------------------------- questions

  of(job: string): readonly Run[] {
    const known = this.#core.jobs.get(job);
    return known === undefined ? [] : this.#arrivals.present(known);
  }

  alive(): Iterable<Run> {
    return this.#live.all();
  }

  byTaskId(taskId: string): Run | undefined {
    return this.#live.byTaskId(taskId);
  }

  history(job: string): Promise<readonly HistoryEntry[]> {
    return this.#outcomes.history.of(job);
  }

  durationsMs(job: string): readonly number[] {
    return this.#outcomes.history.durationsMs(job);
  }

  onEnd(listener: Parameters<Runs['onEnd']>[0]): Unsubscribe {
    return this.#outcomes.onEnd(listener);
  }

  /** After every change of a run that is not over, once in its turn. */
  onChange(listener: (change: RunChange) => void): Unsubscribe {
    return this.#live.onChange(listener);
  }

  // --------------------------------------------------------------------------------------------------- reconciliation

  /** Mesos has said something of every task of the time before this start, or will not. Nothing is launched until then. */
  get isReconciled(): boolean {
    return this.#unheard.size === 0;
  }

  /** There is no point in waiting any longer: the master was asked and has had its time (chronos.md 13.9). */
  reconciled(): void {
    this.#unheard.all();
  }

  /** A task of this job is from before this start, and Mesos has said nothing of it. */
  isUnheard(job: string): boolean {
    return this.#unheard.has(job);
  }

  /** Of a job of which nothing is unheard any more. */
  onHeard(listener: (job: string) => void): Unsubscribe {
    return this.#unheard.onHeard(listener);
  }

  /** What to ask the master for: tasks that it has, or may have. `fresh`: not those whose launch may still be on its way to it. */
  tasks(fresh: 'with-fresh' | 'without-fresh' = 'without-fresh'): readonly { taskId: string; agentId?: string }[] {
    const asked: { taskId: string; agentId?: string }[] = [];
    for (const run of this.#live.all()) {
      if (run.taskId === undefined || !hasTask(run)) continue;
      if (fresh === 'without-fresh' && this.#launches.isFresh(run.taskId)) continue;
      asked.push({ taskId: run.taskId, ...(run.agentId !== undefined && { agentId: run.agentId }) });
    }
    return asked;
  }

  /** Launches that nothing was heard of in 10 s. For asking the master about them, not for more. */
  silentLaunches(): readonly { taskId: string; agentId?: string }[] {
    return this.#launches.silent().map((taskId) => {
      const agentId = this.#live.byTaskId(taskId)?.agentId;
      return { taskId, ...(agentId !== undefined && { agentId }) };
    });
  }

  /** The framework is another one now: whatever ran is lost (chronos.md 13.11). */
  allLost(message: string): void {
    for (const run of [...this.#live.all()]) {
      if (!hasTask(run)) continue;
      this.#endings.over(run, run.isKilled ? 'killed' : 'lost', message);
      if (run.taskId !== undefined) this.#unheard.heard(run.taskId);
    }
  }

  /** Subscribed (again). */
  connected(): void {
    this.#kills.connected();
  }

  // -------------------------------------------------------------------------------------------------------- launching

  /** Whether this run may be launched now: it is queued, and no task of its job is in its way. */
  mayLaunch({ key }: Run): boolean {
    const run = this.#live.get(key);
    const job = run === undefined ? undefined : this.#endings.jobOf(run);
    if (run?.state !== 'queued' || job === undefined || !this.isReconciled) return false;
    return job.definition.concurrent || !this.#arrivals.present(job).some(isAlive);
  }

  /**
   * The write-ahead of a launch (chronos.md 4.4.5). In the same turn the run is not queued any more; the promise resolves when that is
   * durable, with false when it must not be launched, now or any more: the offer is then not to be used for it.
   */
  async launching(run: Run, taskId: string, agent: LaunchPlace): Promise<boolean> {
    const queued = this.#live.get(run.key);
    if (queued === undefined || !this.mayLaunch(queued) || this.#live.byTaskId(taskId) !== undefined) return false;
    const nowMs = this.#nowMs();
    const place = { taskId, agentId: agent.id, agentHost: agent.host, sandbox: agent.sandbox };
    const launching: Run = { ...queued, ...place, state: 'launching', sinceMs: nowMs, launchedMs: nowMs };
    const launch = this.#launches.begin(taskId);
    this.#live.put(launching);
    this.#waiting.makeWay(launching);
    await this.#core.storage.flushed();
    const now = this.#live.get(run.key);
    // The launch counts from here, however long writing took.
    if (!this.#launches.isWritten(taskId, launch) || now?.state !== 'launching') return false;
    const job = this.#endings.jobOf(now);
    if (job === undefined || now.isKilled) {
      this.#endings.over(now, 'killed', 'it was killed before it was launched');
      return false;
    }
    if (!this.#endings.isTooLate(now, job)) return true;
    this.#endings.miss(job, now);
    return false;
  }

  /** This launch was certainly not sent, or refused: it waits for another offer. */
  notLaunched(taskId: string): void {
    const run = this.#live.byTaskId(taskId);
    if (run?.state !== 'launching') return;
    if (run.isKilled || this.#endings.jobOf(run) === undefined)
      this.#endings.over(run, 'killed', 'it was killed before it was launched');
    else this.#endings.requeue(run);
  }

  /** Where its sandbox is, once somebody has found out. */
  located(taskId: string, sandbox: string): void {
    const run = this.#live.byTaskId(taskId);
    if (run !== undefined && run.sandbox !== sandbox) this.#live.put({ ...run, sandbox });
  }

  // ---------------------------------------------------------------------------------------------------------- updates

  /** One UPDATE event. To be acknowledged when `Storage.flushed` resolves, whatever it was. */
  update(status: TaskStatus): void {
    const taskId = status.task_id.value;
    const run = this.#live.byTaskId(taskId);
    if (run === undefined) this.#ofNobody(taskId, status);
    else this.#ofRun(run, status);
    this.#unheard.heard(taskId);
  }

  #ofNobody(taskId: string, { state, agent_id }: TaskStatus): void {
    // A task of ours that was given up, or whose job is gone, must not run beside the next one (chronos.md 5.7, 5.8).
    if (MAY_RUN.has(state) && parseTaskId(taskId) !== undefined) this.#kills.killStray(taskId, agent_id?.value);
    else this.#kills.ended(taskId);
  }

  #ofRun(run: Run, status: TaskStatus): void {
    const meaning = meaningOf(run, status, this.#launches.isFresh(run.taskId));
    switch (meaning.kind) {
      case 'none':
        return;
      case 'state':
        this.#goesOn(run, meaning.state, status);
        return;
      case 'over':
        this.#endings.over(run, meaning.result, meaning.message);
        return;
      case 'not-started':
        this.#endings.notStarted(run, meaning.message);
        return;
    }
  }

  #goesOn(run: Run, state: RunState, status: TaskStatus): void {
    const nowMs = this.#nowMs();
    this.#launches.forget(run.taskId);
    const toldMs = Math.floor((status.timestamp ?? nowMs / 1000) * 1000);
    const startedMs = run.startedMs ?? (state === 'running' ? within(run.launchedMs ?? 0, toldMs, nowMs) : undefined);
    this.#live.put({ ...run, state, sinceMs: nowMs, startedMs, agentId: run.agentId ?? status.agent_id?.value });
  }

  // ------------------------------------------------------------------------------------------------------ occurrences

  /** An occurrence is due, and not too late. `coalesced`: it stands for one that was queued. */
  due(name: string, dueMs: number): 'coalesced' | undefined {
    const job = this.#core.jobs.get(name);
    return job && this.#arrivals.due(job, dueMs, 'schedule');
  }

  /** Occurrences that get no run. */
  passed(name: string, passed: PassedBy): void {
    const job = this.#core.jobs.get(name);
    if (job !== undefined) this.#outcomes.passed(job, passed);
  }

  /** After its last occurrence was passed without a run. */
  exhaust(name: string): void {
    this.#endings.exhaust(name);
  }

  // ---------------------------------------------------------------------------------------------------------- by hand

  start(job: string, extraArguments: string): Run {
    return this.#arrivals.start(job, extraArguments);
  }

  kill(job: string): number {
    return this.#orders.kill(job);
  }

  purge(): number {
    return this.#orders.purge();
  }

  markSuccess(name: string): boolean {
    return this.#orders.markSuccess(name);
  }

  report(taskId: string, statusCode: number): void {
    this.#orders.report(taskId, statusCode);
  }

  progress(taskId: string, additionalElements: number): void {
    this.#orders.progress(taskId, additionalElements);
  }

  // ------------------------------------------------------------------------------------------------- what comes of it

  #jobChanged(job: Job | undefined, before: Job | undefined): void {
    if (job === undefined) {
      if (before !== undefined) this.#jobRemoved(before);
      return;
    }
    if (before === undefined || job.isDisabled === before.isDisabled) return;
    if (job.isDisabled) this.#waiting.discard(job);
    // Of the time that it was disabled (chronos.md 4.1.4).
    else this.#arrivals.dropSets(job, 'discarded', 'the job was disabled when its parents succeeded');
  }

  #jobRemoved(job: Job): void {
    const { name } = job.definition;
    for (const run of this.#live.of(name)) {
      if (hasTask(run)) this.#orders.killTask(run);
      else this.#live.remove(run);
    }
    this.#outcomes.history.remove(name);
    this.#outcomes.notify('removed', job, '', undefined);
  }

  #timeIsUp(key: RunKey): void {
    const run = this.#live.get(key);
    const job = run === undefined ? undefined : this.#endings.jobOf(run);
    if (run === undefined) return;
    switch (run.state) {
      case 'queued':
        if (job !== undefined && this.#endings.isTooLate(run, job)) this.#endings.miss(job, run);
        else this.#live.put(run);
        return;
      case 'delayed': {
        const ready: Run = { ...run, notBeforeMs: undefined };
        this.#live.put(ready);
        this.#endings.again(ready);
        return;
      }
      case 'unreachable':
        this.#endings.over(run, run.isKilled ? 'killed' : 'lost', 'its agent was unreachable for too long');
        return;
      case 'reported':
        if (job !== undefined) this.#endings.end(job, run, 'failure', 'its end was not reported in time');
        else this.#live.remove(run);
        return;
      default:
        return;
    }
  }

  #nowMs(): number {
    return this.#outcomes.nowMs();
  }
}

const MAY_RUN: ReadonlySet<TaskState> = new Set(['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING']);

function within(lowest: number, value: number, highest: number): number {
  return Math.max(lowest, Math.min(value, highest));
}
