// Which schedule a body means. Clients post back what they were shown, and that is the schedule as far as it is still to come: the
// series must not begin anew because of that (chronos.md 3.10, 3.11).
import { CalendarError } from '../calendar/calendar-error.ts';
import { parseSchedule, remainingText, type Schedule } from '../calendar/schedule.ts';
import type { Job } from '../model/job.ts';

/** As the body has it. `original`: the text of `originalSchedule`. */
export interface WrittenSchedule {
  readonly text: string;
  readonly zoneId: string;
  readonly original: string | undefined;
}

/** The text to keep: that of the stored job where nothing else was meant. Throws CalendarError for what is no schedule. */
export function scheduleText(written: WrittenSchedule, stored: Job | undefined, nowMs: number): string {
  const { text } = parseSchedule(written.text, written.zoneId, nowMs);
  const when = stored?.definition.when;
  if (stored === undefined || when?.kind !== 'scheduled' || when.zoneId !== written.zoneId) return text;
  const present = parseSchedule(when.text, when.zoneId, nowMs);
  if (written.text === remainingText(present, stored.next)) return when.text;
  // What was shown may be older than the last run.
  const isOfSeries = written.original === when.text && wasShown(present, written);
  return isOfSeries ? when.text : text;
}

function wasShown(series: Schedule, { text, zoneId }: WrittenSchedule): boolean {
  if (series.kind !== 'interval') return false;
  try {
    // Its own first occurrence, of a limit of its own: the place in the series that it shows.
    const shown = parseSchedule(text.replace(/^R0\//, 'R1/'), zoneId, 0).series.first();
    const first = series.series.first();
    if (shown === undefined || first === undefined) return false;
    return remainingText(series, series.series.lastDue(first, shown.dueMs)) === text;
  } catch (error) {
    if (error instanceof CalendarError) return false;
    throw error;
  }
}
