// The start of a schedule (chronos.md 3.3, 3.6): ISO 8601 date and time, with or without an offset.
import { DateTime } from 'luxon';
import { CalendarError } from './calendar-error.ts';
import type { WallMs } from './wall-time.ts';

/** `offsetMs`: as written; undefined when none was. */
export interface WrittenStart {
  readonly wall: WallMs;
  readonly offsetMs: number | undefined;
}

const WITH_OFFSET = /T.*(?:Z|[+-]\d{2}(?::?\d{2})?)$/i;

/** As far as Java's offsets go. */
const FARTHEST_MINUTES = 18 * 60;

/** Throws CalendarError (`start`). */
export function parseStart(text: string): WrittenStart {
  const parsed = DateTime.fromISO(text, { setZone: true, zone: 'utc' });
  // Luxon reads more than dates: times alone ("12:00"), which would mean today.
  if (!parsed.isValid || !/^[+-]?\d{4}/.test(text)) {
    throw new CalendarError('start', `Not an ISO 8601 date and time: '${text}' (for example 2026-02-01T03:00:00Z)`);
  }
  if (Math.abs(parsed.offset) > FARTHEST_MINUTES) {
    throw new CalendarError('start', `No zone is as far from UTC as in '${text}'`);
  }
  const offsetMs = parsed.offset * 60_000;
  return { wall: parsed.toMillis() + offsetMs, offsetMs: WITH_OFFSET.test(text) ? offsetMs : undefined };
}
