// How runs end, and what follows from it (chronos.md 5): counters, retries, history, notices, children, and the end of a series. All in the
// turn in which the end is told.
import type { Clock } from '../../../world/world.ts';
import type { ChronosCore } from '../core.ts';
import type { JobBook } from '../jobs/job-book.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { type Arrivals, NO_TASK } from './arrivals.ts';
import { afterFailure, afterSuccess, retryDelayMs } from './counters.ts';
import type { Launches } from './launches.ts';
import { isAlive, type LiveRuns } from './live-runs.ts';
import type { Outcomes } from './outcomes.ts';
import { epsilonOf } from './run-deadlines.ts';
import type { TaskKills } from './task-kills.ts';

/** What it takes. */
export interface EndingsCore {
  readonly world: { readonly clock: Clock };
  readonly options: Pick<ChronosCore['options'], 'failureRetryMs' | 'disableAfterFailures'>;
  readonly jobs: JobBook;
  readonly live: LiveRuns;
  readonly outcomes: Outcomes;
  readonly arrivals: Arrivals;
  readonly launches: Launches;
  readonly kills: TaskKills;
}

/** How the task of an attempt ended. */
type AttemptResult = 'success' | 'failure' | 'lost' | 'killed';

/** A launch that came to nothing so often counts as a lost attempt. */
const MAX_RELAUNCHES = 10;
/** Runs of a job that wait for their next attempt; beyond it there is none. */
const MAX_DELAYED = 100;

/** Has no state of its own. */
export class Endings {
  readonly #core: EndingsCore;

  constructor(core: EndingsCore) {
    this.#core = core;
  }

  notStarted(run: Run, message: string): void {
    const job = this.jobOf(run);
    if (job === undefined || run.relaunches >= MAX_RELAUNCHES) {
      this.over(run, 'lost', message);
      return;
    }
    // History tells, as nobody can be sure that it did not run: two launches of one run must never be a secret (chronos.md 20.7).
    this.#core.outcomes.ended(job, run, 'lost', message, false);
    this.requeue({ ...run, relaunches: run.relaunches + 1 });
  }

  /** The same attempt, in the queue again. */
  requeue(run: Run): void {
    this.#core.launches.forget(run.taskId);
    this.#core.live.put({ ...run, ...NO_TASK, state: 'queued', sinceMs: this.#core.outcomes.nowMs() });
  }

  /** The task, or what stood for it, is at its end. */
  over(run: Run, result: AttemptResult, message: string): void {
    if (run.taskId !== undefined) this.#core.kills.ended(run.taskId);
    this.#core.launches.forget(run.taskId);
    const job = this.jobOf(run);
    if (job === undefined) {
      // Of a job that is gone, or of another of the same name: nothing is booked (chronos.md 5.8, 7.9).
      this.#core.live.remove(run);
      return;
    }
    if (result === 'success' && job.definition.async && run.state !== 'reported') {
      if (run.reportedCode === undefined) {
        this.#core.live.put({ ...run, state: 'reported', sinceMs: this.#core.outcomes.nowMs() });
        return;
      }
      this.end(job, run, run.reportedCode === 0 ? 'success' : 'failure', `reported with ${run.reportedCode}`);
      return;
    }
    this.end(job, run, result, message);
  }

  end(job: Job, run: Run, result: AttemptResult, message: string): void {
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
        this.#core.live.remove(run);
        this.#core.outcomes.ended(job, run, result, message, true);
        break;
    }
    this.#left(job.definition.name);
  }

  #succeeded(before: Job, run: Run, message: string): void {
    this.#core.live.remove(run);
    const nowMs = this.#core.outcomes.nowMs();
    const job = this.#core.jobs.write(afterSuccess(before, nowMs));
    this.#core.outcomes.ended(job, run, 'success', message, true);
    this.#core.outcomes.notify('success', job, message, run);
    if (before.errorsSinceLastSuccess > 0) this.#core.outcomes.notify('recovered', job, message, run);
    this.#core.arrivals.fire(job.definition.name, nowMs);
  }

  #failed(before: Job, run: Run, result: 'failure' | 'lost', message: string): void {
    this.#core.live.remove(run);
    const nowMs = this.#core.outcomes.nowMs();
    const job = this.#core.jobs.write(afterFailure(before, nowMs, this.#core.options.disableAfterFailures));
    this.#core.outcomes.ended(job, run, result, message, true);
    if (job.isDisabled && !before.isDisabled) {
      const why = `${job.errorsSinceLastSuccess} failures in a row; the last one: ${message}`;
      this.#core.outcomes.notify('disabled', job, why, run);
    } else {
      this.#core.outcomes.notify('failure', job, message, run);
    }
    if (job.definition.softError) this.#core.arrivals.fire(job.definition.name, nowMs);
  }

  #mayRetry(job: Job, run: Run): boolean {
    if (run.isKilled || run.attempt >= job.definition.retries) return false;
    // The next attempt of a disabled job would be discarded; what somebody asks for by hand is run (chronos.md 4.1.4).
    if (job.isDisabled && run.cause !== 'manual') return false;
    return this.#core.arrivals.present(job).filter(({ state }) => state === 'delayed').length < MAX_DELAYED;
  }

  #delay(job: Job, run: Run, result: 'failure' | 'lost', message: string): void {
    const nowMs = this.#core.outcomes.nowMs();
    const notBeforeMs = nowMs + retryDelayMs(job, run.attempt, this.#core.options.failureRetryMs);
    const next = { attempt: run.attempt + 1, relaunches: 0, sinceMs: nowMs, notBeforeMs };
    this.#core.live.put({ ...run, ...NO_TASK, ...next, state: 'delayed' });
    this.#core.outcomes.ended(job, run, result, message, false);
  }

  /** A run of this job left the queue, or is over: what waited for that comes next. */
  #left(name: string): void {
    for (const run of this.#present(name)) if (run.state === 'delayed') this.again(run);
    this.#core.arrivals.takeSet(name, this.#core.outcomes.nowMs());
    this.exhaust(name);
  }

  /** The next attempt, once its time has come and no other run of the job is in its way. */
  again(run: Run): void {
    const job = this.jobOf(run);
    const nowMs = this.#core.outcomes.nowMs();
    if (job === undefined || run.notBeforeMs !== undefined) return;
    const isBusy = this.#core.arrivals.present(job).some((other) => other.state === 'queued' || isAlive(other));
    if (isBusy && !job.definition.concurrent) return;
    this.#core.live.put({ ...run, state: 'queued', sinceMs: nowMs, queuedMs: nowMs });
  }

  miss(job: Job, run: Run): void {
    this.#core.launches.forget(run.taskId);
    this.#core.live.remove(run);
    const message = 'it could not be launched within its epsilon';
    this.#core.outcomes.ended(job, { ...run, ...NO_TASK }, 'missed', message, true);
    this.#core.outcomes.notify('late', job, message, undefined);
    this.#left(job.definition.name);
  }

  isTooLate(run: Run, job: Job): boolean {
    const epsilonMs = epsilonOf(run, job);
    return epsilonMs !== undefined && this.#core.world.clock.nowMs() > run.key.dueMs + epsilonMs;
  }

  /** A job whose series is at its end and whose last run is over is disabled, and somebody told (chronos.md 5.4). */
  exhaust(name: string): void {
    const job = this.#core.jobs.get(name);
    if (job === undefined || job.isDisabled || job.definition.when.kind !== 'scheduled') return;
    if (job.next !== undefined || this.#present(name).length > 0) return;
    const after = this.#core.jobs.setDisabled(name, true);
    this.#core.outcomes.notify('disabled', after, 'it has exhausted all of its recurrences', undefined);
  }

  /** Undefined: it was deleted, or it is another one of the same name. */
  jobOf({ key }: Run): Job | undefined {
    const job = this.#core.jobs.get(key.job);
    return job?.generation === key.generation ? job : undefined;
  }

  #present(name: string): readonly Run[] {
    const job = this.#core.jobs.get(name);
    return job === undefined ? [] : this.#core.arrivals.present(job);
  }
}
