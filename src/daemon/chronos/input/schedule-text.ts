// Which schedule a body means. Clients post back what they were shown, and that is the schedule as far as it is still to come: the
// series must not begin anew because of that (chronos.md 3.10, 3.11).
import { CalendarError } from '../calendar/calendar-error.ts';
import { parseSchedule, remainingText, type Schedule, withMoreRuns } from '../calendar/schedule.ts';
import type { Job, ScheduledWhen } from '../model/job.ts';

/** As the body has it. `original`: the text of `originalSchedule`. */
export interface WrittenSchedule {
  readonly text: string;
  readonly zoneId: string;
  readonly original: string | undefined;
}

/** When the job runs: as it did, where nothing else was meant. Throws CalendarError for what is no schedule. */
export function whenWritten(written: WrittenSchedule, stored: Job | undefined, nowMs: number): ScheduledWhen {
  const { zoneId } = written;
  const { text } = parseSchedule(written.text, zoneId, nowMs);
  const when = stored?.definition.when;
  const isKept = stored !== undefined && when?.kind === 'scheduled' && when.zoneId === zoneId;
  if (isKept && isMeant(written, when, stored, nowMs)) return when;
  const hasStart = text === written.text;
  return { kind: 'scheduled', text, zoneId, ...(!hasStart && { written: written.text }) };
}

function isMeant(written: WrittenSchedule, when: ScheduledWhen, stored: Job, nowMs: number): boolean {
  if (written.text === when.text) return true;
  // Without a start: the series that began when this was posted first, as long as anything is left of it. After its end it is run anew.
  if (written.text === when.written) return stored.next !== undefined;
  const present = withMoreRuns(parseSchedule(when.text, when.zoneId, nowMs), stored.uncounted ?? 0);
  if (written.text === remainingText(present, stored.next)) return true;
  // What was shown may be older than the last run.
  return written.original === when.text && wasShown(present, written);
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
