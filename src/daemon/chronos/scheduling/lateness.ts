// What is to be done about a job's occurrences at an instant (chronos.md 4.4.2–4.4.3): which one runs now, which ones were missed,
// and which comes next. Pure; several occurrences in a row with the same fate are told as one.
import type { Occurrence, Series } from '../calendar/series.ts';

/** Occurrences that get no run of their own: `count` of them from `first` to `last`. */
export interface Passed {
  readonly first: Occurrence;
  readonly last: Occurrence;
  readonly count: number;
  readonly why: 'missed' | 'coalesced';
}

export interface Verdict {
  /** Due, and not too late. */
  readonly run: Occurrence | undefined;
  readonly passed: Passed | undefined;
  /** The first that is in the future; undefined: the series is at its end. */
  readonly next: Occurrence | undefined;
}

/**
 * `place`: the first occurrence that was not taken. With `epsilonMs` an occurrence may start until `due + epsilon`, and all that still
 * may are due one after the other: the earliest runs, the caller asks again. Without it the latest one that is due runs, however late, and
 * stands for those before it.
 */
export function judge(series: Series, place: Occurrence, nowMs: number, epsilonMs: number | undefined): Verdict {
  if (place.dueMs > nowMs) return { run: undefined, passed: undefined, next: place };
  if (epsilonMs === undefined) {
    const last = series.lastDue(place, nowMs);
    return { run: last, passed: between(series, place, last, 'coalesced'), next: series.after(last) };
  }
  if (nowMs <= place.dueMs + epsilonMs) return { run: place, passed: undefined, next: series.after(place) };
  // Everything due before `now − epsilon` is too late.
  const lastMissed = series.lastDue(place, nowMs - epsilonMs - 1);
  const next = series.after(lastMissed);
  const passed: Passed = { first: place, last: lastMissed, count: lastMissed.index - place.index + 1, why: 'missed' };
  if (next === undefined || next.dueMs > nowMs) return { run: undefined, passed, next };
  return { run: next, passed, next: series.after(next) };
}

/** Those from `place` until before `last`. */
function between(series: Series, place: Occurrence, last: Occurrence, why: Passed['why']): Passed | undefined {
  const count = last.index - place.index;
  if (count === 0) return undefined;
  return { first: place, last: series.lastDue(place, last.dueMs - 1), count, why };
}
