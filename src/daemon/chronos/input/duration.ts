// ISO 8601 durations that are a length of time and not a step of a calendar: epsilon, the delay of a retry.
import { CalendarError } from '../calendar/calendar-error.ts';
import { DAY_MS, parsePeriod } from '../calendar/period.ts';

/** In ms. Throws CalendarError (`period`), also for months and years, which have no length of their own. */
export function parseDurationMs(text: string): number {
  const { months, days, clockMs } = parsePeriod(text.trim());
  if (months !== 0)
    throw new CalendarError(
      'period',
      `Months and years have no fixed length: '${text}' (write days, hours or minutes)`,
    );
  return days * DAY_MS + clockMs;
}

/** `PT90S`, `PT0.1S`. */
export function durationText(ms: number): string {
  return `PT${ms / 1000}S`;
}
