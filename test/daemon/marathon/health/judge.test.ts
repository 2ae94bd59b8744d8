import { describe, expect, it } from 'vitest';
import type { HealthResult } from '../../../../src/daemon/marathon/core.ts';
import {
  failure,
  type Judgement,
  judge,
  NO_OUTCOME,
  type Outcome,
  SUCCESS,
} from '../../../../src/daemon/marathon/health/judge.ts';

const FAILURE = failure('500 Internal Server Error');
const limits = (maxConsecutiveFailures = 3, gracePeriodSeconds = 0) => ({ maxConsecutiveFailures, gracePeriodSeconds });

/** One outcome a second from the moment the task runs. */
function course(outcomes: readonly Outcome[], ...of: Parameters<typeof limits>): Judgement[] {
  let state: HealthResult | undefined;
  return outcomes.map((outcome, i) => {
    const judgement = judge(state, limits(...of), outcome, { nowMs: 1_000 * (i + 1), runningForMs: 1_000 * (i + 1) });
    state = judgement.result;
    return judgement;
  });
}

describe('a probe is judged', () => {
  it('with max 3 the fourth consecutive failure kills, three being shown before', () => {
    const judgements = course([FAILURE, FAILURE, FAILURE, FAILURE]);
    expect(judgements.map(({ mustDie }) => mustDie)).toEqual([false, false, false, true]);
    expect(judgements[2]?.result).toEqual({
      alive: false,
      consecutiveFailures: 3,
      lastFailureMs: 3_000,
      lastFailureCause: '500 Internal Server Error',
    });
  });

  it('with max 0 nothing ever kills, and the result stays unhealthy', () => {
    const judgements = course(new Array(50).fill(FAILURE), 0);
    expect(judgements.some(({ mustDie }) => mustDie)).toBe(false);
    expect(judgements.at(-1)?.result).toMatchObject({ alive: false, consecutiveFailures: 50 });
  });

  it('a success begins the counting anew and keeps what is known of the last failure', () => {
    const judgements = course([SUCCESS, FAILURE, FAILURE, FAILURE, SUCCESS, FAILURE]);
    expect(judgements.some(({ mustDie }) => mustDie)).toBe(false);
    expect(judgements[4]?.result).toEqual({
      alive: true,
      consecutiveFailures: 0,
      firstSuccessMs: 1_000,
      lastSuccessMs: 5_000,
      lastFailureMs: 4_000,
      lastFailureCause: '500 Internal Server Error',
    });
    expect(judgements[5]?.result).toMatchObject({ alive: false, consecutiveFailures: 1 });
  });

  it('the state flips with the first success, and with each change after it', () => {
    const judgements = course([FAILURE, SUCCESS, SUCCESS, FAILURE, FAILURE, SUCCESS]);
    expect(judgements.map(({ isFlipped }) => isFlipped)).toEqual([false, true, false, true, false, true]);
  });

  it('a failure within the grace period does not count, but leaves a result that is not alive and has no times', () => {
    const [first] = course([FAILURE], 3, 5);
    expect(first).toEqual({
      result: { alive: false, consecutiveFailures: 0 },
      isCountedFailure: false,
      isFlipped: false,
      mustDie: false,
    });
  });

  it('failures count from the end of the grace period', () => {
    const counted = course([FAILURE, FAILURE, FAILURE, FAILURE], 3, 3).map(({ isCountedFailure }) => isCountedFailure);
    expect(counted).toEqual([false, false, true, true]);
  });

  it('the first success ends the grace period', () => {
    const counted = course([SUCCESS, FAILURE], 3, 300).map(({ isCountedFailure }) => isCountedFailure);
    expect(counted).toEqual([false, true]);
  });

  it('nothing counts while the task does not run', () => {
    for (const outcome of [SUCCESS, FAILURE]) {
      const { result, isCountedFailure } = judge(undefined, limits(), outcome, { nowMs: 1, runningForMs: undefined });
      expect(result).toBeUndefined();
      expect(isCountedFailure).toBe(false);
    }
  });

  it('a probe that says nothing changes nothing', () => {
    const [, second] = course([SUCCESS, NO_OUTCOME]);
    expect(second).toMatchObject({ result: { lastSuccessMs: 1_000 }, isFlipped: false, mustDie: false });
    expect(course([NO_OUTCOME])[0]?.result).toBeUndefined();
  });

  it('a clock that is set back does not make a live task dead', () => {
    const ill = judge(undefined, limits(), FAILURE, { nowMs: 9_000_000, runningForMs: 1 }).result;
    const { result } = judge(ill, limits(), SUCCESS, { nowMs: 1_000, runningForMs: 2 });
    expect(result).toMatchObject({ alive: true, lastSuccessMs: 1_000, lastFailureMs: 9_000_000 });
  });
});
