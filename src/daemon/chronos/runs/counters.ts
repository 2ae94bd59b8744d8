// What the end of a run does to the counters of its job (chronos.md 5.4, 5.11). Pure.
import type { Job } from '../model/job.ts';

/** One more success. */
export function afterSuccess(job: Job, nowMs: number): Job {
  return { ...job, successCount: job.successCount + 1, errorsSinceLastSuccess: 0, lastSuccessMs: nowMs };
}

/** One more final failure; `disableAfter` of them in a row disable it, 0 never. A disabled job stays so. */
export function afterFailure(job: Job, nowMs: number, disableAfter: number): Job {
  const errorsSinceLastSuccess = job.errorsSinceLastSuccess + 1;
  const isTooMany = disableAfter > 0 && errorsSinceLastSuccess >= disableAfter;
  return {
    ...job,
    errorCount: job.errorCount + 1,
    errorsSinceLastSuccess,
    lastErrorMs: nowMs,
    isDisabled: job.isDisabled || isTooMany,
  };
}

const MAX_RETRY_DELAY_MS = 30 * 86_400_000;

/** How long the attempt after `attempt` waits (chronos.md 5.10). */
export function retryDelayMs(job: Job, attempt: number, defaultMs: number): number {
  const { retryDelayMs: own, retryFactor } = job.definition;
  return Math.min(MAX_RETRY_DELAY_MS, (own ?? defaultMs) * retryFactor ** attempt);
}
