// Schedules of jobs that are shown: their texts are parsed once as long as the definition is the same.
import { parseSchedule, type Schedule, withMoreRuns } from '../calendar/schedule.ts';
import type { Occurrence } from '../calendar/series.ts';
import type { Job, ScheduledWhen } from '../model/job.ts';

const parsed = new WeakMap<ScheduledWhen, { readonly uncounted: number; readonly schedule: Schedule }>();

/** Of a definition that was accepted; `uncounted` as of its job. Throws CalendarError for one that could not have been. */
export function scheduleOf(when: ScheduledWhen, uncounted = 0): Schedule {
  const known = parsed.get(when);
  if (known?.uncounted === uncounted) return known.schedule;
  // An accepted text has a start, so now means nothing; crontab lines only look forward from the place that they are asked about.
  const schedule = withMoreRuns(parseSchedule(when.text, when.zoneId, 0), uncounted);
  parsed.set(when, { uncounted, schedule });
  return schedule;
}

/** The occurrences that come next, at most so many; none for jobs without a schedule and for series at their end. */
export function upcoming(job: Job, most: number): readonly Occurrence[] {
  const { when } = job.definition;
  if (when.kind !== 'scheduled') return [];
  const { series } = scheduleOf(when, job.uncounted);
  const found: Occurrence[] = [];
  for (let at = job.next; at !== undefined && found.length < most; at = series.after(at)) found.push(at);
  return found;
}
