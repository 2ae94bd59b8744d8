// The book of runs (chronos.md 4, 5): the only writer of their states. Every change is in memory at once and written in the same turn,
// together with what it does to the job, so that one commit holds both; launches, kills and answers wait until it is durable.
import type { TaskState, TaskStatus } from '../../../mesos/generated/v1.ts';
import type { Clock } from '../../../world/world.ts';
import type { ChronosCore, MesosLink, Runs, Unsubscribe } from '../core.ts';
import type { JobBook } from '../jobs/job-book.ts';
import type { Job } from '../model/job.ts';
import type { HistoryEntry, Run, RunKey, RunState } from '../model/run.ts';
import { Refusal, unknownJob } from '../refusals.ts';
import { Arrivals, NO_TASK } from './arrivals.ts';
import { afterFailure, afterSuccess, retryDelayMs } from './counters.ts';
import { hasTask, isAlive, LiveRuns, type RunChange } from './live-runs.ts';
import { meaningOf } from './meaning.ts';
import { Outcomes, type PassedBy } from './outcomes.ts';
import { epsilonOf, RunDeadlines } from './run-deadlines.ts';
import { parseTaskId } from './task-id.ts';
import { TaskKills } from './task-kills.ts';
import { Unheard } from './unheard.ts';

/** What the book takes. */
export type RunBookCore = Pick<ChronosCore, 'log' | 'storage' | 'options' | 'notices'> & {
  readonly world: { readonly clock: Clock };
  readonly jobs: JobBook;
  readonly mesos: Pick<MesosLink, 'calls'>;
};

/** A launch decided so lately may not have reached the master, which would call its task unknown. */
const FRESH_LAUNCH_MS = 10_000;
/** A launch that came to nothing so often counts as a lost attempt. */
const MAX_RELAUNCHES = 10;
/** Runs of a job that wait for their next attempt; beyond it there is none. */
const MAX_DELAYED = 100;

/** `load` after the jobs, then `begin`, then `stop`. */
export class RunBook implements Runs {
  readonly #core: RunBookCore;
  readonly #live: LiveRuns;
  readonly #outcomes: Outcomes;
  readonly #arrivals: Arrivals;
  readonly #deadlines: RunDeadlines;
  readonly #kills: TaskKills;
  readonly #unheard = new Unheard();
  /** Launches of this term that nothing was heard of: when they were decided, by the monotonic clock. */
  readonly #launches = new Map<string, number>();
  #unsubscribe: Unsubscribe | undefined;

  constructor(core: RunBookCore) {
    this.#core = core;
    this.#live = new LiveRuns(core);
    this.#outcomes = new Outcomes(core);
    this.#arrivals = new Arrivals({ jobs: core.jobs, live: this.#live, outcomes: this.#outcomes });
    const jobOf = (run: Run): Job | undefined => this.#jobOf(run);
    this.#deadlines = new RunDeadlines({ ...core, live: this.#live, jobOf }, (key) => this.#timeIsUp(key));
    this.#kills = new TaskKills(core);
  }

  /** Throws RecordError. */
  async load(): Promise<void> {
    await this.#live.load();
    await this.#outcomes.history.load();
    for (const run of [...this.#live.all()]) {
      if (!hasTask(run) || run.taskId === undefined) {
        if (this.#jobOf(run) === undefined) this.#live.remove(run);
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

  get(key: RunKey): Run | undefined {
    return this.#live.get(key);
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
      if (fresh === 'without-fresh' && this.#isFresh(run.taskId)) continue;
      asked.push({ taskId: run.taskId, ...(run.agentId !== undefined && { agentId: run.agentId }) });
    }
    return asked;
  }

  /** Launches that nothing was heard of in 10 s. For asking the master about them, not for more. */
  silentLaunches(): readonly { taskId: string; agentId?: string }[] {
    return [...this.#launches.keys()].flatMap((taskId) => {
      const run = this.#live.byTaskId(taskId);
      if (run === undefined || this.#isFresh(taskId)) return [];
      return [{ taskId, ...(run.agentId !== undefined && { agentId: run.agentId }) }];
    });
  }

  /** The framework is another one now: whatever ran is lost (chronos.md 13.11). */
  allLost(message: string): void {
    for (const run of [...this.#live.all()]) {
      if (!hasTask(run)) continue;
      this.#over(run, run.isKilled ? 'killed' : 'lost', message);
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
    const job = run === undefined ? undefined : this.#jobOf(run);
    if (run?.state !== 'queued' || job === undefined || !this.isReconciled) return false;
    return job.definition.concurrent || !this.#arrivals.present(job).some(isAlive);
  }

  /**
   * The write-ahead of a launch (chronos.md 4.4.5). In the same turn the run is not queued any more; the promise resolves when that is
   * durable, with false when it must not be launched, now or any more: the offer is then not to be used for it.
   */
  async launching(run: Run, taskId: string, agent: { readonly id: string; readonly host: string }): Promise<boolean> {
    const queued = this.#live.get(run.key);
    if (queued === undefined || !this.mayLaunch(queued) || this.#live.byTaskId(taskId) !== undefined) return false;
    const nowMs = this.#nowMs();
    const place = { taskId, agentId: agent.id, agentHost: agent.host };
    const launching: Run = { ...queued, ...place, state: 'launching', sinceMs: nowMs, launchedMs: nowMs };
    this.#launches.set(taskId, this.#core.world.clock.monotonicMs());
    this.#live.put(launching);
    this.#makeWay(launching);
    await this.#core.storage.flushed();
    const now = this.#live.get(run.key);
    if (now?.state !== 'launching' || now.taskId !== taskId) return false;
    const job = this.#jobOf(now);
    if (job === undefined || now.isKilled) {
      this.#over(now, 'killed', 'it was killed before it was launched');
      return false;
    }
    // The launch counts from here, however long writing took.
    this.#launches.set(taskId, this.#core.world.clock.monotonicMs());
    if (!this.#isTooLate(now, job)) return true;
    this.#miss(job, now);
    return false;
  }

  /** This launch was certainly not sent, or refused: it waits for another offer. */
  notLaunched(taskId: string): void {
    const run = this.#live.byTaskId(taskId);
    if (run?.state !== 'launching') return;
    if (run.isKilled || this.#jobOf(run) === undefined)
      this.#over(run, 'killed', 'it was killed before it was launched');
    else this.#requeue(run);
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
    const meaning = meaningOf(run, status, run.taskId !== undefined && this.#isFresh(run.taskId));
    switch (meaning.kind) {
      case 'none':
        return;
      case 'state':
        this.#goesOn(run, meaning.state, status);
        return;
      case 'over':
        this.#over(run, meaning.result, meaning.message);
        return;
      case 'not-started':
        this.#notStarted(run, meaning.message);
        return;
    }
  }

  #goesOn(run: Run, state: RunState, status: TaskStatus): void {
    const nowMs = this.#nowMs();
    if (run.taskId !== undefined) this.#launches.delete(run.taskId);
    const toldMs = Math.floor((status.timestamp ?? nowMs / 1000) * 1000);
    const startedMs = run.startedMs ?? (state === 'running' ? within(run.launchedMs ?? 0, toldMs, nowMs) : undefined);
    this.#live.put({ ...run, state, sinceMs: nowMs, startedMs, agentId: run.agentId ?? status.agent_id?.value });
  }

  #notStarted(run: Run, message: string): void {
    const job = this.#jobOf(run);
    if (job === undefined || run.relaunches >= MAX_RELAUNCHES) {
      this.#over(run, 'lost', message);
      return;
    }
    // History tells, as nobody can be sure that it did not run: two launches of one run must never be a secret (chronos.md 20.7).
    this.#outcomes.ended(job, run, 'lost', message, false);
    this.#requeue({ ...run, relaunches: run.relaunches + 1 });
  }

  /** The same attempt, in the queue again. */
  #requeue(run: Run): void {
    if (run.taskId !== undefined) this.#launches.delete(run.taskId);
    this.#live.put({ ...run, ...NO_TASK, state: 'queued', sinceMs: this.#nowMs() });
  }

  /** The task, or what stood for it, is at its end. */
  #over(run: Run, result: 'success' | 'failure' | 'lost' | 'killed', message: string): void {
    if (run.taskId !== undefined) {
      this.#kills.ended(run.taskId);
      this.#launches.delete(run.taskId);
    }
    const job = this.#jobOf(run);
    if (job === undefined) {
      // Of a job that is gone, or of another of the same name: nothing is booked (chronos.md 5.8, 7.9).
      this.#live.remove(run);
      return;
    }
    if (result === 'success' && job.definition.async && run.state !== 'reported') {
      if (run.reportedCode === undefined) {
        this.#live.put({ ...run, state: 'reported', sinceMs: this.#nowMs() });
        return;
      }
      this.#end(job, run, run.reportedCode === 0 ? 'success' : 'failure', `reported with ${run.reportedCode}`);
      return;
    }
    this.#end(job, run, result, message);
  }

  #end(job: Job, run: Run, result: 'success' | 'failure' | 'lost' | 'killed', message: string): void {
    switch (result) {
      case 'success':
        this.#succeeded(job, run, message);
        break;
      case 'failure':
      case 'lost':
        if (this.#mayRetry(job, run)) this.#delay(job, run, result, message);
        else this.#failed(job, run, result, message);
        break;
      case 'killed':
        this.#live.remove(run);
        this.#outcomes.ended(job, run, result, message, true);
        break;
    }
    this.#left(job.definition.name, result !== 'killed');
  }

  #succeeded(before: Job, run: Run, message: string): void {
    this.#live.remove(run);
    const nowMs = this.#nowMs();
    const job = this.#core.jobs.write(afterSuccess(before, nowMs));
    this.#outcomes.ended(job, run, 'success', message, true);
    this.#outcomes.notify('success', job, message, run.taskId);
    if (before.errorsSinceLastSuccess > 0) this.#outcomes.notify('recovered', job, message, run.taskId);
    this.#arrivals.fire(job.definition.name, nowMs);
  }

  #failed(before: Job, run: Run, result: 'failure' | 'lost', message: string): void {
    this.#live.remove(run);
    const nowMs = this.#nowMs();
    const job = this.#core.jobs.write(afterFailure(before, nowMs, this.#core.options.disableAfterFailures));
    this.#outcomes.ended(job, run, result, message, true);
    if (job.isDisabled && !before.isDisabled) {
      const why = `${job.errorsSinceLastSuccess} failures in a row; the last one: ${message}`;
      this.#outcomes.notify('disabled', job, why, run.taskId);
    } else {
      this.#outcomes.notify('failure', job, message, run.taskId);
    }
    if (job.definition.softError) this.#arrivals.fire(job.definition.name, nowMs);
  }

  #mayRetry(job: Job, run: Run): boolean {
    if (run.isKilled || run.attempt >= job.definition.retries) return false;
    // The next attempt of a disabled job would be discarded; what somebody asks for by hand is run (chronos.md 4.1.4).
    if (job.isDisabled && run.cause !== 'manual') return false;
    return this.#arrivals.present(job).filter(({ state }) => state === 'delayed').length < MAX_DELAYED;
  }

  #delay(job: Job, run: Run, result: 'failure' | 'lost', message: string): void {
    const nowMs = this.#nowMs();
    const notBeforeMs = nowMs + retryDelayMs(job, run.attempt, this.#core.options.failureRetryMs);
    const next = { attempt: run.attempt + 1, relaunches: 0, sinceMs: nowMs, notBeforeMs };
    this.#live.put({ ...run, ...NO_TASK, ...next, state: 'delayed' });
    this.#outcomes.ended(job, run, result, message, false);
  }

  /** A run of this job left the queue, or is over: what waited for that comes next. */
  #left(name: string, takesSets: boolean): void {
    for (const run of this.of(name)) if (run.state === 'delayed') this.#again(run);
    if (takesSets) this.#arrivals.takeSet(name, this.#nowMs());
    this.exhaust(name);
  }

  /** The next attempt, once its time has come and no other run of the job is in its way. */
  #again(run: Run): void {
    const job = this.#jobOf(run);
    const nowMs = this.#nowMs();
    if (job === undefined || run.notBeforeMs !== undefined) return;
    const isBusy = this.#arrivals.present(job).some((other) => other.state === 'queued' || isAlive(other));
    if (isBusy && !job.definition.concurrent) return;
    this.#live.put({ ...run, state: 'queued', sinceMs: nowMs, queuedMs: nowMs });
  }

  // ------------------------------------------------------------------------------------------------------ occurrences

  /** An occurrence is due, and not too late. */
  due(name: string, dueMs: number): void {
    const job = this.#core.jobs.get(name);
    if (job !== undefined) this.#arrivals.due(job, dueMs, 'schedule');
  }

  /** Occurrences that get no run. */
  passed(name: string, passed: PassedBy): void {
    const job = this.#core.jobs.get(name);
    if (job !== undefined) this.#outcomes.passed(job, passed);
  }

  /** A job whose series is at its end and whose last run is over is disabled, and somebody told (chronos.md 5.4). */
  exhaust(name: string): void {
    const job = this.#core.jobs.get(name);
    if (job === undefined || job.isDisabled || job.definition.when.kind !== 'scheduled') return;
    if (job.next !== undefined || this.of(name).length > 0) return;
    const after = this.#core.jobs.setDisabled(name, true);
    this.#outcomes.notify('disabled', after, 'it has exhausted all of its recurrences', undefined);
  }

  // ---------------------------------------------------------------------------------------------------------- by hand

  start(job: string, extraArguments: string): Run {
    return this.#arrivals.start(job, extraArguments);
  }

  kill(job: string): number {
    if (this.#core.jobs.get(job) === undefined) throw unknownJob(job);
    let count = 0;
    for (const run of this.of(job)) {
      if (run.isKilled) continue;
      count += 1;
      if (hasTask(run)) this.#killTask(run);
      else this.#over(run, 'killed', 'it was killed by an operator');
    }
    return count;
  }

  markSuccess(name: string): boolean {
    const { jobs } = this.#core;
    const job = jobs.get(name);
    if (job === undefined) return false;
    const nowMs = this.#nowMs();
    // What its parents gave it is used up, as if it had run (chronos.md 6.3).
    jobs.write({ ...afterSuccess(job, nowMs), successesOf: {} });
    this.#arrivals.fire(name, nowMs);
    return true;
  }

  report(taskId: string, statusCode: number): void {
    const run = this.#live.byTaskId(taskId);
    const job = run === undefined ? undefined : this.#jobOf(run);
    if (run === undefined || job === undefined) throw unknownTask(taskId);
    if (!job.definition.async)
      throw new Refusal('not-async', `job '${run.key.job}' is not async: its tasks tell their end`);
    if (run.state !== 'reported') {
      // Its process is still there; the next run must not start beside it.
      this.#live.put({ ...run, reportedCode: statusCode });
      return;
    }
    this.#end(job, run, statusCode === 0 ? 'success' : 'failure', `reported with ${statusCode}`);
  }

  progress(taskId: string, additionalElements: number): void {
    const run = this.#live.byTaskId(taskId);
    const job = run === undefined ? undefined : this.#jobOf(run);
    if (run === undefined || job === undefined) throw unknownTask(taskId);
    if (!job.definition.dataProcessingJobType) {
      throw new Refusal('invalid', `job '${run.key.job}' is not a dataProcessingJobType: it counts no elements`);
    }
    if (!Number.isSafeInteger(additionalElements) || additionalElements < 0) {
      throw new Refusal('invalid', `${additionalElements} is no number of elements`);
    }
    this.#live.put({ ...run, elementsProcessed: (run.elementsProcessed ?? 0) + additionalElements });
  }

  // ------------------------------------------------------------------------------------------------- what comes of it

  #jobChanged(job: Job | undefined, before: Job | undefined): void {
    if (job === undefined) {
      if (before !== undefined) this.#jobRemoved(before);
      return;
    }
    if (before === undefined || job.isDisabled === before.isDisabled) return;
    if (job.isDisabled) this.#discardWaiting(job);
    else this.#arrivals.dropSets(job);
  }

  #jobRemoved(job: Job): void {
    const { name } = job.definition;
    for (const run of this.#live.of(name)) {
      if (hasTask(run)) this.#killTask(run);
      else this.#live.remove(run);
    }
    this.#outcomes.history.remove(name);
    this.#outcomes.notify('removed', job, '', undefined);
  }

  /** chronos.md 4.1.4; what was asked for by hand is run. */
  #discardWaiting(job: Job): void {
    for (const run of this.#arrivals.present(job)) {
      if (run.cause === 'manual' || (run.state !== 'queued' && run.state !== 'delayed')) continue;
      this.#live.remove(run);
      this.#outcomes.ended(job, run, 'discarded', 'the job was disabled', true);
    }
  }

  #killTask(run: Run): void {
    if (run.taskId === undefined || run.isKilled) return;
    this.#live.put({ ...run, isKilled: true });
    this.#kills.kill(run.taskId, run.agentId);
  }

  /** Others of the job that wait in the queue cannot start beside this one (chronos.md 4.1.3). */
  #makeWay(launching: Run): void {
    const job = this.#jobOf(launching);
    if (job === undefined || job.definition.concurrent) return;
    for (const run of this.#arrivals.present(job)) {
      if (run.state !== 'queued') continue;
      if (run.attempt > 0) {
        this.#live.put({ ...run, state: 'delayed', sinceMs: this.#nowMs() });
        continue;
      }
      this.#live.remove(run);
      this.#outcomes.ended(job, run, 'skipped-overlap', 'a task of the job is alive', true);
    }
  }

  #timeIsUp(key: RunKey): void {
    const run = this.#live.get(key);
    const job = run === undefined ? undefined : this.#jobOf(run);
    if (run === undefined) return;
    switch (run.state) {
      case 'queued':
        if (job !== undefined && this.#isTooLate(run, job)) this.#miss(job, run);
        else this.#live.put(run);
        return;
      case 'delayed': {
        const ready: Run = { ...run, notBeforeMs: undefined };
        this.#live.put(ready);
        this.#again(ready);
        return;
      }
      case 'unreachable':
        this.#over(run, run.isKilled ? 'killed' : 'lost', 'its agent was unreachable for too long');
        return;
      case 'reported':
        if (job !== undefined) this.#end(job, run, 'failure', 'its end was not reported in time');
        else this.#live.remove(run);
        return;
      default:
        return;
    }
  }

  #miss(job: Job, run: Run): void {
    if (run.taskId !== undefined) this.#launches.delete(run.taskId);
    this.#live.remove(run);
    const message = 'it could not be launched within its epsilon';
    this.#outcomes.ended(job, { ...run, ...NO_TASK }, 'missed', message, true);
    this.#outcomes.notify('late', job, message, undefined);
    this.#left(job.definition.name, true);
  }

  #isTooLate(run: Run, job: Job): boolean {
    const epsilonMs = epsilonOf(run, job);
    return epsilonMs !== undefined && this.#core.world.clock.nowMs() > run.key.dueMs + epsilonMs;
  }

  /** Undefined: it was deleted, or it is another one of the same name. */
  #jobOf({ key }: Run): Job | undefined {
    const job = this.#core.jobs.get(key.job);
    return job?.generation === key.generation ? job : undefined;
  }

  #isFresh(taskId: string): boolean {
    const sinceMs = this.#launches.get(taskId);
    return sinceMs !== undefined && this.#core.world.clock.monotonicMs() - sinceMs < FRESH_LAUNCH_MS;
  }

  #nowMs(): number {
    return this.#outcomes.nowMs();
  }
}

const unknownTask = (taskId: string): Refusal => new Refusal('unknown-task', `no run has the task '${taskId}'`);

const MAY_RUN: ReadonlySet<TaskState> = new Set(['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING']);

function within(lowest: number, value: number, highest: number): number {
  return Math.max(lowest, Math.min(value, highest));
}
