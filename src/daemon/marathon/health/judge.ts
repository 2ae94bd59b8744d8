// What one finished probe means (marathon.md 17.2, 17.3): pure, so that every rule of counting is one case of a table.
import type { HealthResult } from '../core.ts';
import type { HealthCheck } from '../model/app.ts';

/** What a probe brought. `none`: neither good nor bad, as if it had not been made. */
export type Outcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure'; readonly cause: string }
  | { readonly kind: 'none' };

/** The task answered well. */
export const SUCCESS: Outcome = { kind: 'success' };
/** Nothing was learnt. */
export const NO_OUTCOME: Outcome = { kind: 'none' };

/** A probe that failed, and why in words. */
export function failure(cause: string): Outcome {
  return { kind: 'failure', cause };
}

/** When a probe was judged. `runningForMs`: since the task turned Running; undefined while it does not run. */
export interface Moment {
  readonly nowMs: number;
  readonly runningForMs: number | undefined;
}

/** The limits that count. */
export type Limits = Pick<HealthCheck, 'gracePeriodSeconds' | 'maxConsecutiveFailures'>;

/** What follows from a probe. */
export interface Judgement {
  /** undefined: there is still no result. */
  readonly result: HealthResult | undefined;
  /** A failure that counts. */
  readonly isCountedFailure: boolean;
  /** The task became alive, or ceased to be. */
  readonly isFlipped: boolean;
  /** The task has failed too often. */
  readonly mustDie: boolean;
}

/**
 * A failure does not count until the first success or the end of the grace period, but leaves a result that is not alive.
 * Nothing counts while the task does not run. The limit is compared with the failures before this one; 0 is no limit.
 * "Alive" is "the last thing that counted was a success", which is what comparing the times of last success and last
 * failure means as long as the clock does not jump.
 */
export function judge(state: HealthResult | undefined, limits: Limits, outcome: Outcome, now: Moment): Judgement {
  if (now.runningForMs === undefined || outcome.kind === 'none') return unchanged(state);
  if (outcome.kind === 'success') return succeeded(state, now.nowMs);
  const hasSucceeded = state?.firstSuccessMs !== undefined;
  if (!hasSucceeded && now.runningForMs < limits.gracePeriodSeconds * 1000) {
    return unchanged(state ?? { alive: false, consecutiveFailures: 0 });
  }
  const failuresBefore = state?.consecutiveFailures ?? 0;
  return {
    result: {
      ...state,
      alive: false,
      consecutiveFailures: failuresBefore + 1,
      lastFailureMs: now.nowMs,
      lastFailureCause: outcome.cause,
    },
    isCountedFailure: true,
    isFlipped: state?.alive === true,
    mustDie: limits.maxConsecutiveFailures > 0 && failuresBefore >= limits.maxConsecutiveFailures,
  };
}

function succeeded(state: HealthResult | undefined, nowMs: number): Judgement {
  return {
    result: {
      ...state,
      alive: true,
      consecutiveFailures: 0,
      firstSuccessMs: state?.firstSuccessMs ?? nowMs,
      lastSuccessMs: nowMs,
    },
    isCountedFailure: false,
    isFlipped: state?.alive !== true,
    mustDie: false,
  };
}

function unchanged(result: HealthResult | undefined): Judgement {
  return { result, isCountedFailure: false, isFlipped: false, mustDie: false };
}
