// The occurrences of a schedule: how the calendar turns an anchor, a step and a zone into instants. Pure. What a job has already
// had is not known here; it keeps a place in the series and asks for the next.
import { DAY_MS, isZero, type Period, shortestMs } from './period.ts';
import { instantOf, plusMonths, type WallMs } from './wall-time.ts';
import type { Zone } from './zone.ts';

/** One occurrence: the k-th, from 0, and its instant. */
export interface Occurrence {
  readonly index: number;
  readonly dueMs: number;
}

/** What every kind of schedule answers. Instants grow strictly with the index. */
export interface Series {
  /** How many there are in all; undefined without end. */
  readonly limit: number | undefined;
  /** The first one; undefined when there is none at all. */
  first(): Occurrence | undefined;
  /** The one after `place`; undefined at the end. */
  after(place: Occurrence): Occurrence | undefined;
  /**
   * The last one that is due at `nowMs`, seen from `place` which is; so `place` itself when the next is in the future. For catching
   * up: what lies between them was missed. Its cost does not grow with how many those are.
   */
  lastDue(place: Occurrence, nowMs: number): Occurrence;
  /** The same one with so many in all; a series that knows no limit stays what it is. */
  limitedTo(limit: number | undefined): Series;
}

const CLOCK_CHANGE_MS = 26 * 3_600_000;

/** `anchor`: the first occurrence, on the walls of the zone. */
export interface Interval {
  readonly anchor: WallMs;
  readonly zone: Zone;
  readonly period: Period;
  /** Undefined: without end. */
  readonly limit: number | undefined;
}

/**
 * `anchor + k × period` by the calendar of the zone (chronos.md 3.8, 3.10): months and days are added to the wall time of the anchor,
 * hours and less to the instant that this is. So a day that is too short for a time does not shift the days after it. Where a change
 * of clocks makes an occurrence fall on the instant of the one before it, or before that, it is left out: its index has no run.
 */
export class IntervalSeries implements Series {
  readonly limit: number | undefined;
  readonly #interval: Interval;

  constructor(interval: Interval) {
    this.#interval = interval;
    this.limit = interval.limit;
  }

  first(): Occurrence | undefined {
    return this.#has(0) ? { index: 0, dueMs: this.#at(0) } : undefined;
  }

  after(place: Occurrence): Occurrence | undefined {
    if (isZero(this.#interval.period)) return undefined;
    for (let index = place.index + 1; this.#has(index); index += 1) {
      const dueMs = this.#at(index);
      // Beyond what a date can be (the year 275760): the end.
      if (Number.isNaN(dueMs)) return undefined;
      if (dueMs > place.dueMs) return { index, dueMs };
    }
    return undefined;
  }

  lastDue(place: Occurrence, nowMs: number): Occurrence {
    const next = this.after(place);
    if (next === undefined || next.dueMs > nowMs) return place;
    let low = next.index;
    // Never fewer ms lie between two occurrences than the shortest form of the period less one change of clocks.
    const reach = Math.ceil((nowMs - place.dueMs + CLOCK_CHANGE_MS) / shortestMs(this.#interval.period)) + 1;
    let high = Math.min(place.index + reach, (this.limit ?? Number.POSITIVE_INFINITY) - 1);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#at(middle) <= nowMs) low = middle;
      else high = middle - 1;
    }
    const dueMs = this.#at(low);
    while (low > next.index && this.#at(low - 1) === dueMs) low -= 1;
    return { index: low, dueMs };
  }

  limitedTo(limit: number | undefined): Series {
    return new IntervalSeries({ ...this.#interval, limit });
  }

  #has(index: number): boolean {
    return this.limit === undefined || index < this.limit;
  }

  #at(index: number): number {
    const { anchor, zone, period } = this.#interval;
    const wall = plusMonths(anchor, index * period.months) + index * period.days * DAY_MS;
    return instantOf(wall, zone) + index * period.clockMs;
  }
}
