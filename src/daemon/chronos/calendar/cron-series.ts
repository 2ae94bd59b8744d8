// Occurrences of a cron pattern on the walls of a zone. A day is looked at whole, so months without a fitting day cost 30 looks, not
// 43,200 minutes. Indices only count: there is no k-th run of a cron job but by going there.
import { type CronPattern, fitsDay } from './cron-pattern.ts';
import { DAY_MS } from './period.ts';
import type { Occurrence, Series } from './series.ts';
import { instantOf, wallAt } from './wall-time.ts';
import type { Zone } from './zone.ts';

/** 29 February on a given weekday comes at least once in 40 years. */
const MAX_DAYS = 366 * 41;

/**
 * A wall time that a change of clocks skips runs when the change is over, as for an interval; one that comes twice runs the first time
 * only. So a job of every minute does not run in the hour that is repeated, and one of 02:30 runs once on every day of the year.
 */
export class CronSeries implements Series {
  readonly limit = undefined;
  readonly #pattern: CronPattern;
  readonly #zone: Zone;
  readonly #fromMs: number;

  /** No occurrence is before `fromMs`. */
  constructor(pattern: CronPattern, zone: Zone, fromMs: number) {
    this.#pattern = pattern;
    this.#zone = zone;
    this.#fromMs = fromMs;
  }

  first(): Occurrence | undefined {
    const dueMs = this.#next(this.#fromMs - 1);
    return dueMs === undefined ? undefined : { index: 0, dueMs };
  }

  after(place: Occurrence): Occurrence | undefined {
    const dueMs = this.#next(place.dueMs);
    return dueMs === undefined ? undefined : { index: place.index + 1, dueMs };
  }

  lastDue(place: Occurrence, nowMs: number): Occurrence {
    const dueMs = this.#last(nowMs);
    return dueMs === undefined || dueMs <= place.dueMs ? place : { index: place.index + 1, dueMs };
  }

  limitedTo(): Series {
    return this;
  }

  #next(afterMs: number): number | undefined {
    let day = startOfDay(wallAt(afterMs, this.#zone));
    // A skipped time of the day before may be told only now.
    day -= DAY_MS;
    for (let looked = 0; looked < MAX_DAYS; looked += 1, day += DAY_MS) {
      const found = this.#timesOf(day).find((dueMs) => dueMs > afterMs);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #last(atMs: number): number | undefined {
    let day = startOfDay(wallAt(atMs, this.#zone)) + DAY_MS;
    for (let looked = 0; looked < MAX_DAYS; looked += 1, day -= DAY_MS) {
      const found = this.#timesOf(day).findLast((dueMs) => dueMs <= atMs);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Instants of one day, ascending, each once. */
  #timesOf(day: number): readonly number[] {
    const date = new Date(day);
    const pattern = this.#pattern;
    if (!fitsDay(pattern, date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay())) return [];
    const times = new Set<number>();
    for (const hour of pattern.hours) {
      for (const minute of pattern.minutes) times.add(instantOf(day + hour * 3_600_000 + minute * 60_000, this.#zone));
    }
    return [...times].sort((a, b) => a - b);
  }
}

function startOfDay(wall: number): number {
  return Math.floor(wall / DAY_MS) * DAY_MS;
}
