// ISO 8601 durations as the step of a schedule (chronos.md 3.5): a part that goes by the calendar and a part that goes by the clock.
import { CalendarError } from './calendar-error.ts';

/** `P1M` is a month whatever its length, `PT720H` is not. None is negative. */
export interface Period {
  readonly months: number;
  readonly days: number;
  readonly clockMs: number;
}

const PATTERN = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;
/** About 10,000 years: more than any series, and far from where numbers of ms lose their exactness. */
const MAX_YEARS = 10_000;

/** Throws CalendarError (`period`). `P` alone is zero, as it is to the original. */
export function parsePeriod(text: string): Period {
  const match = PATTERN.exec(text);
  if (match === null || text.endsWith('T')) {
    throw new CalendarError('period', `Not an ISO 8601 duration: '${text}' (for example P1D, PT15M, P1MT12H)`);
  }
  const count = (group: number): number => Number(match[group] ?? 0);
  const seconds = Number((match[7] ?? '0').replace(',', '.'));
  const period = {
    months: count(1) * 12 + count(2),
    days: count(3) * 7 + count(4),
    clockMs: Math.round(count(5) * 3_600_000 + count(6) * 60_000 + seconds * 1000),
  };
  if (nominalMs(period) > MAX_YEARS * 366 * DAY_MS) {
    throw new CalendarError('period', `Longer than ${MAX_YEARS} years: '${text}'`);
  }
  return period;
}

/** A day in ms, where no clock is changed. */
export const DAY_MS = 86_400_000;

/** True for `P`, `PT0S` and the like. */
export function isZero({ months, days, clockMs }: Period): boolean {
  return months === 0 && days === 0 && clockMs === 0;
}

/** The shortest that it can be told to be: months of 28 days. For bounds of a search, never for dates. */
export function shortestMs({ months, days, clockMs }: Period): number {
  return months * 28 * DAY_MS + days * DAY_MS + clockMs;
}

function nominalMs({ months, days, clockMs }: Period): number {
  return months * 31 * DAY_MS + days * DAY_MS + clockMs;
}
