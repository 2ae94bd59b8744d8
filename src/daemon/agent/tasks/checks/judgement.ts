// What the results of checks mean for a task (mesos-semantics.md 9.3). Pure: what was known before and one outcome give what
// is known now and what has to be done.
import { isDeepStrictEqual } from 'node:util';
import type { CheckStatusInfo } from '../../../../mesos/generated/v1.ts';
import { isGood, type Outcome } from './outcome.ts';
import type { HealthRules } from './rules.ts';

/** What must be remembered of a task's checks, also by a later agent. */
export interface CheckMemory {
  /** Wall time of its TASK_RUNNING. */
  readonly runningSinceMs: number;
  /** The last one told; undefined until there is a result that counts. */
  readonly healthy?: boolean;
  /** The health check has succeeded once: the grace period is over. */
  readonly hasSucceeded?: boolean;
  /** Failures since the last success that counted. */
  readonly failures?: number;
  /** The last result of the general check that was told. */
  readonly checkStatus?: CheckStatusInfo;
}

/** What one outcome changes. */
export interface Verdict {
  readonly memory: CheckMemory;
  /** An update is due. */
  readonly isNews: boolean;
  /** The task has failed too often. */
  readonly mustDie: boolean;
}

/** `sinceMs`: how long the task has been running. */
export function judgeHealth(memory: CheckMemory, rules: HealthRules, outcome: Outcome, sinceMs: number): Verdict {
  const unchanged = { memory, isNews: false, mustDie: false };
  if (outcome.kind === 'not-run') return unchanged;
  const { hasSucceeded = false, failures = 0 } = memory;
  if (outcome.kind === 'result' && isGood(outcome.status)) {
    if (hasSucceeded && failures === 0) return unchanged;
    return { ...unchanged, memory: { ...memory, healthy: true, hasSucceeded: true, failures: 0 }, isNews: true };
  }
  if (!hasSucceeded && rules.graceMs > 0 && sinceMs <= rules.graceMs) return unchanged;
  const failed = { ...memory, healthy: false, failures: failures + 1 };
  return { memory: failed, isNews: true, mustDie: hasFailedTooOften(failed, rules) };
}

/** Whether the task is past saving: also what an agent finds that comes after one which died before it could kill. */
export function hasFailedTooOften({ failures = 0 }: CheckMemory, { maxFailures }: HealthRules): boolean {
  return failures > 0 && failures >= maxFailures;
}

/** A general check only tells, and only what is new; without a result it tells that there is none. */
export function judgeCheck(memory: CheckMemory, empty: CheckStatusInfo, outcome: Outcome): Verdict {
  const unchanged = { memory, isNews: false, mustDie: false };
  if (outcome.kind === 'not-run') return unchanged;
  const checkStatus = outcome.kind === 'result' ? outcome.status : empty;
  if (isDeepStrictEqual(checkStatus, memory.checkStatus ?? empty)) return unchanged;
  return { ...unchanged, memory: { ...memory, checkStatus }, isNews: true };
}
