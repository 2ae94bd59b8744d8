import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../../../src/daemon/chronos/calendar/schedule.ts';
import type { Occurrence } from '../../../../src/daemon/chronos/calendar/series.ts';
import { judge } from '../../../../src/daemon/chronos/scheduling/lateness.ts';
import fc from '../../../fast-check.ts';

const START = Date.parse('2012-01-01T00:00:00Z');
const DAY = 86_400_000;

/** Everything that would run if nobody looked before `nowMs`, and what is told about the rest. */
function catchUp(text: string, nowMs: number, epsilonMs: number | undefined) {
  const { series } = parseSchedule(text, '', 0);
  const runs: number[] = [];
  const passed: string[] = [];
  let place = series.first();
  while (place !== undefined) {
    const verdict = judge(series, place, nowMs, epsilonMs);
    if (verdict.passed !== undefined) passed.push(`${verdict.passed.count} ${verdict.passed.why}`);
    if (verdict.run !== undefined) runs.push(verdict.run.index);
    if (verdict.next === undefined || verdict.next.dueMs > nowMs) return { runs, passed, next: verdict.next?.index };
    place = verdict.next;
  }
  return { runs, passed, next: undefined };
}

describe('Late occurrences', () => {
  test('with an epsilon: those too late are skipped and used up (chronos.md 4.2)', () => {
    expect(catchUp('R5/2012-01-01T00:00:00Z/P1D', START + 2 * DAY, 60_000)).toEqual({
      runs: [2],
      passed: ['2 missed'],
      next: 3,
    });
  });

  test('with an epsilon longer than the period: each that may still start does', () => {
    expect(catchUp('R60/2012-01-01T00:00:00Z/PT1S', START + 59_000, 300_000).runs).toHaveLength(60);
  });

  test('without one: the latest runs, however late, and stands for the others, in counted series too', () => {
    expect(catchUp('R/2012-01-01T00:00:00Z/P1D', START + 10 * DAY, undefined)).toEqual({
      runs: [10],
      passed: ['10 coalesced'],
      next: 11,
    });
    expect(catchUp('R5/2012-01-01T00:00:00Z/P1D', START + 400 * DAY, undefined)).toEqual({
      runs: [4],
      passed: ['4 coalesced'],
      next: undefined,
    });
  });

  test('it may start at the very end of its epsilon, and not a ms later', () => {
    expect(catchUp('R1/2012-01-01T00:00:00Z/P1D', START + 10_000, 10_000).runs).toEqual([0]);
    expect(catchUp('R1/2012-01-01T00:00:00Z/P1D', START + 10_001, 10_000)).toEqual({
      runs: [],
      passed: ['1 missed'],
      next: undefined,
    });
  });

  test('every occurrence has exactly one fate, whenever somebody looks', () => {
    const looks = fc.array(fc.integer({ min: 0, max: 5 * DAY }), { maxLength: 12 });
    const epsilon = fc.option(fc.integer({ min: 0, max: DAY }), { nil: undefined });
    fc.assert(
      fc.property(
        looks,
        epsilon,
        fc.constantFrom('PT1H', 'PT7M', 'P1D'),
        fc.integer({ min: 1, max: 60 }),
        (delays, epsilonMs, step, limit) => {
          const { series } = parseSchedule(`R${limit}/2012-01-01T00:00:00Z/${step}`, '', 0);
          const fates: string[] = [];
          let place: Occurrence | undefined = series.first();
          let nowMs = START - 1;
          for (const delay of [...delays, 1000 * DAY]) {
            nowMs += delay;
            while (place !== undefined && place.dueMs <= nowMs) {
              const verdict = judge(series, place, nowMs, epsilonMs);
              if (verdict.passed !== undefined) {
                for (let index = verdict.passed.first.index; index <= verdict.passed.last.index; index += 1)
                  fates.push(`${index}`);
                expect(verdict.passed.last.index - verdict.passed.first.index + 1).toBe(verdict.passed.count);
              }
              if (verdict.run !== undefined) {
                fates.push(`${verdict.run.index}`);
                if (epsilonMs !== undefined) expect(nowMs).toBeLessThanOrEqual(verdict.run.dueMs + epsilonMs);
                expect(nowMs).toBeGreaterThanOrEqual(verdict.run.dueMs);
              }
              place = verdict.next;
            }
          }
          expect(fates).toEqual(Array.from({ length: limit }, (_, index) => `${index}`));
        },
      ),
    );
  });
});
