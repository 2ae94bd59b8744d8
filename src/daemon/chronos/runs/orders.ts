// What people and tasks tell Chronos of runs: kills, marks of success, the end of async runs, progress (chronos.md 5.9, 5.18, 8.9, 8.11).
import type { JobBook } from '../jobs/job-book.ts';
import type { Run } from '../model/run.ts';
import { Refusal, unknownJob } from '../refusals.ts';
import type { Arrivals } from './arrivals.ts';
import { afterSuccess } from './counters.ts';
import type { Endings } from './endings.ts';
import { hasTask, type LiveRuns } from './live-runs.ts';
import type { Outcomes } from './outcomes.ts';
import type { TaskKills } from './task-kills.ts';

/** What it takes. */
export interface OrdersCore {
  readonly jobs: JobBook;
  readonly live: LiveRuns;
  readonly outcomes: Outcomes;
  readonly arrivals: Arrivals;
  readonly kills: TaskKills;
  readonly endings: Endings;
}

const KILLED = 'it was killed by an operator';
const PURGED = 'an operator purged what was waiting';

/** Has no state of its own; what each answers and refuses is in core.ts, `Runs`. */
export class Orders {
  readonly #core: OrdersCore;

  constructor(core: OrdersCore) {
    this.#core = core;
  }

  kill(job: string): number {
    const known = this.#core.jobs.get(job);
    if (known === undefined) throw unknownJob(job);
    let count = 0;
    // What came while one waited would come next (chronos.md 6.4): it waits, too.
    this.#core.arrivals.dropSets(known, 'killed', KILLED);
    for (const run of this.#core.arrivals.present(known)) {
      if (run.isKilled) continue;
      count += 1;
      if (hasTask(run)) this.killTask(run);
      else this.#core.endings.over(run, 'killed', KILLED);
    }
    return count;
  }

  purge(): number {
    const { live, endings, arrivals } = this.#core;
    let count = 0;
    for (const { key } of [...live.all()]) {
      // The end of one may have moved the next attempt of another.
      const run = live.get(key);
      if (run?.state !== 'queued' && run?.state !== 'delayed') continue;
      count += 1;
      const job = endings.jobOf(run);
      if (job !== undefined) arrivals.dropSets(job, 'killed', PURGED);
      endings.over(run, 'killed', PURGED);
    }
    return count;
  }

  markSuccess(name: string): boolean {
    const { jobs } = this.#core;
    const job = jobs.get(name);
    if (job === undefined) return false;
    const nowMs = this.#core.outcomes.nowMs();
    // What its parents gave it is used up, as if it had run (chronos.md 6.3).
    jobs.write({ ...afterSuccess(job, nowMs), successesOf: {} });
    this.#core.arrivals.fire(name, nowMs);
    return true;
  }

  report(taskId: string, statusCode: number): void {
    const run = this.#core.live.byTaskId(taskId);
    const job = run === undefined ? undefined : this.#core.endings.jobOf(run);
    if (run === undefined || job === undefined) throw unknownTask(taskId);
    if (!job.definition.async)
      throw new Refusal('not-async', `job '${run.key.job}' is not async: its tasks tell their end`);
    if (run.state !== 'reported') {
      // Its process is still there; the next run must not start beside it.
      this.#core.live.put({ ...run, reportedCode: statusCode });
      return;
    }
    this.#core.endings.end(job, run, statusCode === 0 ? 'success' : 'failure', `reported with ${statusCode}`);
  }

  progress(taskId: string, additionalElements: number): void {
    const run = this.#core.live.byTaskId(taskId);
    const job = run === undefined ? undefined : this.#core.endings.jobOf(run);
    if (run === undefined || job === undefined) throw unknownTask(taskId);
    if (!job.definition.dataProcessingJobType) {
      throw new Refusal('invalid', `job '${run.key.job}' is not a dataProcessingJobType: it counts no elements`);
    }
    if (!Number.isSafeInteger(additionalElements) || additionalElements < 0) {
      throw new Refusal('invalid', `${additionalElements} is no number of elements`);
    }
    this.#core.live.put({ ...run, elementsProcessed: (run.elementsProcessed ?? 0) + additionalElements });
  }

  /** Its end is `killed`, and no failure. */
  killTask(run: Run): void {
    if (run.taskId === undefined || run.isKilled) return;
    this.#core.live.put({ ...run, isKilled: true });
    this.#core.kills.kill(run.taskId, run.agentId);
  }
}

const unknownTask = (taskId: string): Refusal => new Refusal('unknown-task', `no run has the task '${taskId}'`);
