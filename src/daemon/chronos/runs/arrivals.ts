// Where runs come from: an occurrence of the calendar, a complete set of parents, somebody's wish (chronos.md 4.1, 6). What may not run
// beside what is there already is told and dropped here, so that every run in the queue may be launched.
import type { JobBook } from '../jobs/job-book.ts';
import { addSuccess, isComplete, withoutSet } from '../jobs/successes.ts';
import type { Job } from '../model/job.ts';
import type { Run, RunCause } from '../model/run.ts';
import { Refusal, unknownJob } from '../refusals.ts';
import { isAlive, type LiveRuns } from './live-runs.ts';
import type { Outcomes } from './outcomes.ts';

/** Runs of one job that are not over; occurrences beyond are skipped. */
export const MAX_LIVE_RUNS = 1_000;

/** What it takes. */
export interface ArrivalsCore {
  readonly jobs: JobBook;
  readonly live: LiveRuns;
  readonly outcomes: Outcomes;
}

/** Has no state of its own. */
export class Arrivals {
  readonly #core: ArrivalsCore;

  constructor(core: ArrivalsCore) {
    this.#core = core;
  }

  /**
   * A run of the job is due. With overlap, history tells and nothing else happens (chronos.md 4.1.2, 4.1.3). `coalesced`: it stands for one
   * that was queued.
   */
  due(job: Job, dueMs: number, cause: Exclude<RunCause, 'manual'>): 'coalesced' | undefined {
    const present = this.present(job);
    const why = this.#overlap(job, present);
    const skipped = { cause, result: 'skipped-overlap', dueMs, lastDueMs: dueMs, count: 1 } as const;
    if (why !== undefined) {
      this.#core.outcomes.passed(job, { ...skipped, message: why });
      return undefined;
    }
    const queued = job.definition.concurrent ? undefined : present.find(({ state }) => state === 'queued');
    if (queued === undefined) {
      this.#add(job, this.#freeDue(job, present, dueMs, cause), cause, '');
    } else if (isReplaceable(job, queued, cause)) {
      // The latest one stands for those before it, wherever it waits (chronos.md 4.4.3).
      this.#core.live.remove(queued);
      this.#core.outcomes.ended(job, queued, 'coalesced', 'a later occurrence came before this one was launched', true);
      this.#add(job, dueMs, cause, '');
      return 'coalesced';
    } else {
      this.#core.outcomes.passed(job, { ...skipped, message: 'a run of the job waits in the queue' });
    }
    return undefined;
  }

  /** chronos.md 4.1.2, 4.4.8. Throws Refusal (`unknown-job`, `already-queued`). */
  start(name: string, extraArguments: string): Run {
    const job = this.#core.jobs.get(name);
    if (job === undefined) throw unknownJob(name);
    const present = this.present(job);
    const isThere = present.some((run) => run.state === 'queued' && run.extraArguments === extraArguments);
    if (isThere && !job.definition.concurrent) throw new Refusal('already-queued', `job '${name}' is queued already`);
    if (present.length >= MAX_LIVE_RUNS) {
      throw new Refusal('already-queued', `job '${name}' has ${present.length} runs that are not over`);
    }
    const dueMs = this.#freeDue(job, present, this.#core.outcomes.nowMs(), 'manual');
    const why = this.#overlap(job, present);
    if (why === undefined) return this.#add(job, dueMs, 'manual', extraArguments);
    const run = this.#newRun(job, dueMs, 'manual', extraArguments);
    const after = this.#core.jobs.write({ ...job, runCount: run.key.number });
    const [result, cause, number] = ['skipped-overlap', 'manual', run.key.number] as const;
    this.#core.outcomes.passed(after, { cause, result, dueMs, lastDueMs: dueMs, count: 1, number, message: why });
    return run;
  }

  /** The job succeeded: its children count it, and those whose set is complete are due (chronos.md 6.1–6.6). */
  fire(parent: string, atMs: number): void {
    const { jobs } = this.#core;
    for (const child of jobs.children(parent)) {
      const job = jobs.get(child);
      if (job?.definition.when.kind !== 'dependent') continue;
      const { successes, isComplete: isDue } = addSuccess(job.successesOf, job.definition.when.parents, parent);
      jobs.write({ ...job, successesOf: successes });
      if (isDue) this.takeSet(child, atMs);
    }
  }

  /** Takes one success of each parent for a run, if there are. While a run is queued they stay for later (chronos.md 6.4). */
  takeSet(name: string, atMs: number): void {
    const job = this.#core.jobs.get(name);
    if (job === undefined || job.isDisabled || job.definition.when.kind !== 'dependent') return;
    const { parents } = job.definition.when;
    if (!isComplete(job.successesOf, parents)) return;
    const waits = this.present(job).some(({ state }) => state === 'queued');
    if (waits && !job.definition.concurrent) return;
    this.due(this.#core.jobs.write({ ...job, successesOf: withoutSet(job.successesOf, parents) }), atMs, 'parents');
  }

  /** Complete sets that are to start nothing: history tells what became of them, and why. */
  dropSets(job: Job, result: 'discarded' | 'killed', message: string): void {
    if (job.definition.when.kind !== 'dependent') return;
    const { parents } = job.definition.when;
    let { successesOf } = job;
    let count = 0;
    for (; isComplete(successesOf, parents); count += 1) successesOf = withoutSet(successesOf, parents);
    if (count === 0) return;
    const dueMs = this.#core.outcomes.nowMs();
    const passed = { cause: 'parents', result, dueMs, lastDueMs: dueMs, count, message } as const;
    this.#core.outcomes.passed(this.#core.jobs.write({ ...job, successesOf }), passed);
  }

  /** Runs of the job as it is now, not of one that had its name before. */
  present({ definition: { name }, generation }: Job): readonly Run[] {
    return this.#core.live.of(name).filter(({ key }) => key.generation === generation);
  }

  #overlap({ definition: { concurrent } }: Job, present: readonly Run[]): string | undefined {
    if (!concurrent && present.some(isAlive)) return 'a task of the job is alive';
    if (present.length >= MAX_LIVE_RUNS) return `${present.length} runs of the job are not over`;
    return undefined;
  }

  /** Planned times stay what they are; others give way, as a task's id is made of them. */
  #freeDue(job: Job, present: readonly Run[], dueMs: number, cause: RunCause): number {
    if (cause === 'schedule') return dueMs;
    const taken = new Set([...present.map(({ key }) => key.dueMs), job.next?.dueMs]);
    let free = dueMs;
    while (taken.has(free)) free += 1;
    return free;
  }

  #add(job: Job, dueMs: number, cause: RunCause, extraArguments: string): Run {
    // What came before may have changed it.
    const now = this.#core.jobs.get(job.definition.name) ?? job;
    const run = this.#newRun(now, dueMs, cause, extraArguments);
    this.#core.jobs.write({ ...now, runCount: run.key.number });
    this.#core.live.put(run);
    return run;
  }

  #newRun(job: Job, dueMs: number, cause: RunCause, extraArguments: string): Run {
    const nowMs = this.#core.outcomes.nowMs();
    const { name, highPriority } = job.definition;
    return {
      key: { job: name, generation: job.generation, dueMs, number: job.runCount + 1 },
      cause,
      state: 'queued',
      attempt: 0,
      extraArguments,
      isHighPriority: highPriority,
      sinceMs: nowMs,
      queuedMs: nowMs,
      notBeforeMs: undefined,
      isKilled: false,
      relaunches: 0,
      ...NO_TASK,
    };
  }
}

/** Of a run that has no task, not yet or not any more. */
export const NO_TASK = {
  taskId: undefined,
  agentId: undefined,
  agentHost: undefined,
  launchedMs: undefined,
  startedMs: undefined,
  sandbox: undefined,
  reportedCode: undefined,
  elementsProcessed: undefined,
} as const;

function isReplaceable({ definition: { epsilonMs } }: Job, queued: Run, cause: RunCause): boolean {
  return cause === 'schedule' && queued.cause === 'schedule' && queued.attempt === 0 && epsilonMs === undefined;
}
