// Runs that the calendar has ahead: of one job, of all jobs together, of a schedule that nobody has stored yet.
import { isoText, type Schedule } from '../calendar/schedule.ts';
import type { Job } from '../model/job.ts';
import { scheduleOf, upcoming } from './schedules.ts';
import { instantText } from './times.ts';

/** `due` is the instant, `local` what clocks show then in the job's zone, with the offset of that moment. */
export interface UpcomingRun {
  readonly job?: string;
  readonly due: string;
  readonly local: string;
}

/** None of a job that is disabled. */
export function upcomingRuns(job: Job, most: number): readonly UpcomingRun[] {
  const { name, when } = job.definition;
  if (job.isDisabled || when.kind !== 'scheduled') return [];
  const schedule = scheduleOf(when, job.uncounted);
  return upcoming(job, most).map(({ dueMs }) => ({ job: name, ...runAt(schedule, dueMs) }));
}

/** The soonest of all jobs, in order of time, then of name. */
export function upcomingOfAll(jobs: Iterable<Job>, most: number): readonly UpcomingRun[] {
  const dueOf = ({ next }: Job): number => next?.dueMs ?? Number.POSITIVE_INFINITY;
  // Later runs of a job that is not among the soonest cannot be among the soonest either.
  const soonest = Array.from(jobs)
    .filter((job) => !job.isDisabled && job.next !== undefined)
    .sort((a, b) => dueOf(a) - dueOf(b))
    .slice(0, most);
  return soonest
    .flatMap((job) => upcomingRuns(job, most))
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    .slice(0, most);
}

function orderOf({ due, job }: UpcomingRun): string {
  return `${due} ${job}`;
}

/** From `nowMs` on. */
export function upcomingInstants(schedule: Schedule, most: number, nowMs: number): readonly UpcomingRun[] {
  const { series } = schedule;
  const first = series.first();
  if (first === undefined) return [];
  const last = first.dueMs >= nowMs ? undefined : series.lastDue(first, nowMs - 1);
  const runs: UpcomingRun[] = [];
  for (let at = last === undefined ? first : series.after(last); at && runs.length < most; at = series.after(at))
    runs.push(runAt(schedule, at.dueMs));
  return runs;
}

function runAt({ zone }: Schedule, dueMs: number): UpcomingRun {
  const offsetMs = zone.offsetAt(dueMs);
  return { due: instantText(dueMs), local: isoText(dueMs + offsetMs, offsetMs) };
}
