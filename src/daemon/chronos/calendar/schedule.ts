// The text of a schedule and its zone, as a series (chronos.md 3): `R5/2026-02-01T03:00:00Z/P1D`, `cron: 0 2 * * 1-5`.
import { CalendarError } from './calendar-error.ts';
import { parseCron } from './cron-pattern.ts';
import { CronSeries } from './cron-series.ts';
import { isZero, type Period, parsePeriod } from './period.ts';
import { IntervalSeries, type Occurrence, type Series } from './series.ts';
import { parseStart, type WrittenStart } from './start.ts';
import { fixedZone, type Zone, zoneOf } from './zone.ts';

/** An accepted schedule. */
export interface Schedule {
  readonly kind: 'interval' | 'cron';
  /** What was written, with an empty start filled in: the identity of the series (chronos.md 3.11). */
  readonly text: string;
  readonly series: Series;
  /** In which its calendar goes. */
  readonly zone: Zone;
  /** (interval) */
  readonly period: Period | undefined;
  /** Neither a zone nor an offset was written (chronos.md 3.3). */
  readonly isUtcAssumed: boolean;
}

const INTERVAL = /^R(\d*)\/([^/]*)\/(P.*)$/;
const CRON = /^cron:(.*)$/is;
/** 1970-01-01T00:00:01Z (chronos.md 3.12). */
const EARLIEST_MS = 1000;
const UTC = fixedZone(0);

/**
 * `zoneId` "" is none. An empty start is `nowMs`. Throws CalendarError: `zone`, or `schedule` with the original's message,
 * `Cannot parse schedule '…'`, and the reason after it (chronos.md 3.13).
 */
export function parseSchedule(text: string, zoneId: string, nowMs: number): Schedule {
  const zone = zoneId.trim() === '' ? undefined : zoneOf(zoneId);
  const cron = CRON.exec(text);
  const match = INTERVAL.exec(text);
  try {
    if (cron !== null) return cronSchedule(text, cron[1] ?? '', zone, nowMs);
    if (match === null) throw new CalendarError('schedule', 'R[n]/<start>/<period> or cron: <five fields> is expected');
    const [, count = '', written = '', step = ''] = match;
    const start = written === '' ? undefined : parseStart(written);
    const period = parsePeriod(step);
    const limit = count === '' ? undefined : Number(count);
    if (limit !== undefined && !Number.isSafeInteger(limit))
      throw new CalendarError('schedule', 'so many runs cannot be counted');
    if (isZero(period) && (limit === undefined || limit > 1)) {
      throw new CalendarError('period', `a period of nothing ('${step}') goes with one run only`);
    }
    return intervalSchedule(text, start, { count, step, period, limit, nowMs, zone });
  } catch (cause) {
    if (!(cause instanceof CalendarError)) throw cause;
    throw new CalendarError('schedule', `Cannot parse schedule '${text}': ${cause.message}`, { cause });
  }
}

/** The schedule with so many runs more than it says; one without end stays what it is. */
export function withMoreRuns(schedule: Schedule, more: number): Schedule {
  const { limit } = schedule.series;
  return more === 0 || limit === undefined
    ? schedule
    : { ...schedule, series: schedule.series.limitedTo(limit + more) };
}

function intervalSchedule(
  written: string,
  start: WrittenStart | undefined,
  parts: {
    readonly count: string;
    readonly step: string;
    readonly period: Period;
    readonly limit: number | undefined;
    readonly nowMs: number;
    readonly zone: Zone | undefined;
  },
): Schedule {
  const { count, step, period, limit, nowMs } = parts;
  const zone = parts.zone ?? fixedZone(start?.offsetMs ?? 0);
  // Now is an instant, a written start is what walls show: the zone replaces its offset (chronos.md 3.6).
  const anchor = start?.wall ?? nowMs + zone.offsetAt(nowMs);
  const series = new IntervalSeries({ anchor, zone, period, limit });
  const first = new IntervalSeries({ anchor, zone, period, limit: 1 }).first();
  if (first === undefined || Number.isNaN(first.dueMs) || first.dueMs < EARLIEST_MS) {
    throw new CalendarError('start', 'it starts before 1970-01-01T00:00:01Z');
  }
  const text = start === undefined ? `R${count}/${isoText(anchor, zone.offsetAt(nowMs))}/${step}` : written;
  const isUtcAssumed = parts.zone === undefined && start !== undefined && start.offsetMs === undefined;
  return { kind: 'interval', text, series, zone, period, isUtcAssumed };
}

function cronSchedule(text: string, fields: string, written: Zone | undefined, nowMs: number): Schedule {
  const zone = written ?? UTC;
  const series = new CronSeries(parseCron(fields), zone, nowMs);
  return { kind: 'cron', text, series, zone, period: undefined, isUtcAssumed: written === undefined };
}

/** `2026-02-01T03:00:00.000+01:00`, `Z` for UTC; without an offset when there is none to tell. */
export function isoText(wall: number, offsetMs: number | undefined): string {
  const bare = new Date(wall).toISOString().slice(0, -1);
  if (offsetMs === undefined) return bare;
  if (offsetMs === 0) return `${bare}Z`;
  const minutes = Math.abs(offsetMs) / 60_000;
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  return `${bare}${offsetMs < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/**
 * The schedule as far as it is still to come, in the form the original stores (chronos.md 3.10): the runs that are left, the next
 * start in full, the period. `next` undefined: nothing is left. A cron schedule stays what it is.
 */
export function remainingText(schedule: Schedule, next: Occurrence | undefined): string {
  if (schedule.kind === 'cron') return schedule.text;
  const [, period = ''] = /\/([^/]*)$/.exec(schedule.text) ?? [];
  const { limit } = schedule.series;
  if (next === undefined) return `R0/${schedule.text.split('/')[1] ?? ''}/${period}`;
  const offsetMs = schedule.zone.offsetAt(next.dueMs);
  return `R${limit === undefined ? '' : limit - next.index}/${isoText(next.dueMs + offsetMs, offsetMs)}/${period}`;
}
