// Takes occurrences when they are due (chronos.md 4.1, 4.4): a heap of the next one of each job; what is late is judged by lateness.ts, and
// the place in the series goes on in the same commit as the run that comes of it.
import type { Clock } from '../../../world/world.ts';
import type { Schedule } from '../calendar/schedule.ts';
import type { Occurrence } from '../calendar/series.ts';
import type { ChronosCore, Unsubscribe } from '../core.ts';
import type { JobBook } from '../jobs/job-book.ts';
import type { Job } from '../model/job.ts';
import type { RunBook } from '../runs/run-book.ts';
import { DueTimes } from './due-times.ts';
import { judge, type Passed } from './lateness.ts';

/** What it takes. */
export interface SchedulerCore extends Pick<ChronosCore, 'log'> {
  readonly world: { readonly clock: Clock };
  readonly options: Pick<ChronosCore['options'], 'finiteCatchup'>;
  readonly jobs: JobBook;
  readonly runs: RunBook;
}

/** What becomes of the later occurrence is told of that one: it may be skipped itself. */
const WHY: Readonly<Record<Passed['why'], string>> = {
  missed: 'it could not start within its epsilon',
  coalesced: 'a later occurrence was due by then, and stands for it',
};

/** Takes nothing before `start`. */
export class Scheduler {
  readonly #core: SchedulerCore;
  readonly #due: DueTimes<string>;
  readonly #subscriptions: Unsubscribe[] = [];

  constructor(core: SchedulerCore) {
    this.#core = core;
    this.#due = new DueTimes(core.world.clock, 'wall', (name) => this.#look(name));
  }

  /** Once jobs and runs are loaded. */
  start(): void {
    const { jobs, runs } = this.#core;
    this.#subscriptions.push(
      jobs.onChange(({ name, job, before }) => this.#changed(name, job, before)),
      runs.onHeard((name) => this.#watch(name)),
    );
    for (const job of jobs.all()) this.#watch(job.definition.name);
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    this.#due.clearAll();
  }

  /** Jobs that wait for their next occurrence. */
  get size(): number {
    return this.#due.size;
  }

  #changed(name: string, job: Job | undefined, before: Job | undefined): void {
    if (job === undefined) {
      this.#due.clear(name);
      return;
    }
    if (before?.isDisabled && !job.isDisabled) this.#skipDisabledTime(job, before);
    if (before?.isDisabled !== job.isDisabled || before.next?.dueMs !== job.next?.dueMs) this.#watch(name);
  }

  #watch(name: string): void {
    const job = this.#core.jobs.get(name);
    const isKnown = this.#core.jobs.schedule(name) !== undefined;
    if (job === undefined || job.isDisabled || job.next === undefined || !isKnown) this.#due.clear(name);
    // What runs of it is not known: whether the occurrence overlaps cannot be told yet (chronos.md 13.9).
    else if (this.#core.runs.isUnheard(name)) this.#due.clear(name);
    else this.#due.set(name, job.next.dueMs);
  }

  /** Occurrences of the time it was disabled are not made up for (chronos.md 4.1.4). */
  #skipDisabledTime(job: Job, before: Job): void {
    const { jobs, runs } = this.#core;
    const { name } = job.definition;
    const schedule = jobs.schedule(name);
    const { next } = job;
    const nowMs = this.#nowMs();
    if (next === undefined || schedule === undefined || next.dueMs > nowMs) return;
    // A new series starts with its first occurrence, even if that is now.
    if (before.definition.when !== job.definition.when) return;
    const series = this.#makesUp(job) ? schedule.series.limitedTo(undefined) : schedule.series;
    const last = series.lastDue(next, nowMs);
    const count = last.index - next.index + 1;
    jobs.write(this.#after(job, schedule, last, count));
    const passed = { cause: 'schedule', result: 'discarded', dueMs: next.dueMs, lastDueMs: last.dueMs } as const;
    runs.passed(name, { ...passed, count, message: 'the job was disabled' });
    runs.exhaust(name);
  }

  /** The next occurrence of this job is due, by the wall clock of this moment. */
  #look(name: string): void {
    const { jobs, runs } = this.#core;
    for (;;) {
      const job = jobs.get(name);
      const schedule = jobs.schedule(name);
      const nowMs = this.#nowMs();
      if (job?.next === undefined || schedule === undefined || job.isDisabled || job.next.dueMs > nowMs) break;
      const series = this.#makesUp(job) ? schedule.series.limitedTo(undefined) : schedule.series;
      const { run, passed } = judge(series, job.next, nowMs, job.definition.epsilonMs);
      const last = run ?? passed?.last ?? job.next;
      jobs.write(this.#after(job, schedule, last, passed?.count ?? 0));
      if (passed !== undefined) this.#passed(name, passed);
      if (run !== undefined && runs.due(name, run.dueMs) === 'coalesced') this.#coalesced(name, run);
    }
    runs.exhaust(name);
    this.#watch(name);
  }

  /** The run of this occurrence stands for one that was queued. */
  #coalesced(name: string, last: Occurrence): void {
    const { jobs } = this.#core;
    const job = jobs.get(name);
    const schedule = jobs.schedule(name);
    if (job !== undefined && schedule !== undefined && this.#makesUp(job))
      jobs.write(this.#after(job, schedule, last, 1));
  }

  /** The job as of after `last`, of which `count` occurrences got no run of their own. */
  #after(job: Job, { series }: Schedule, last: Occurrence, count: number): Job {
    const { limit } = series;
    if (count === 0 || limit === undefined || !this.#makesUp(job)) return { ...job, next: series.after(last) };
    return { ...job, uncounted: (job.uncounted ?? 0) + count, next: series.limitedTo(limit + count).after(last) };
  }

  /** What is missed does not count towards the end of its series (`--finite_catchup`). */
  #makesUp({ definition: { epsilonMs } }: Job): boolean {
    return this.#core.options.finiteCatchup && epsilonMs === undefined;
  }

  #passed(name: string, { first, last, count, why }: Passed): void {
    const passed = { cause: 'schedule', result: why, dueMs: first.dueMs, lastDueMs: last.dueMs, count } as const;
    this.#core.runs.passed(name, { ...passed, message: WHY[why] });
  }

  #nowMs(): number {
    return this.#core.world.clock.nowMs();
  }
}
