// GET jobs/summary: one line a job, what the original's page is made of (chronos.md 8.4, 8.20), with what it left to its readers to
// work out: when the job runs next, and why it does not (chronos.md 4.5.2, 17.2).

import { remainingText } from '../calendar/schedule.ts';
import type { ChronosCore } from '../core.ts';
import type { Job } from '../model/job.ts';
import { scheduleOf } from './schedules.ts';
import { jobState, jobStatus } from './state.ts';
import { instantText } from './times.ts';

/** JSON-shaped. */
export function summaryJson({ jobs, runs, queue }: Pick<ChronosCore, 'jobs' | 'runs' | 'queue'>): object {
  const unplaceable = queue.unplaceable();
  return {
    jobs: Array.from(jobs.all(), (job) => {
      const { name, when } = job.definition;
      const why = unplaceable.get(name);
      return {
        name,
        status: jobStatus(job),
        state: jobState(job, runs),
        schedule: when.kind === 'scheduled' ? remainingText(scheduleOf(when, job.uncounted), job.next) : '',
        parents: when.kind === 'dependent' ? when.parents : [],
        disabled: job.isDisabled,
        nextRun: nextRun(job),
        ...(why !== undefined && { unplaceable: why }),
      };
    }),
  };
}

/** Null when no time is set for it. */
export function nextRun({ isDisabled, next }: Job): string | null {
  return isDisabled || next === undefined ? null : instantText(next.dueMs);
}
