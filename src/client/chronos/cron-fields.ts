// A crontab line taken apart (chronos.md 3.14, crontab(5)), the same for the daemon that runs by it and for those who show
// it. What a field may say is the calendar's business.

/** As they are written. */
export interface CronFields {
  readonly minute: string;
  readonly hour: string;
  readonly day: string;
  readonly month: string;
  readonly weekday: string;
  /** Both day fields are restricted: a day that fits either will do, as crontab(5) has it. */
  readonly isEitherDay: boolean;
}

const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** Undefined when these are not five fields, nor a nickname of some. */
export function cronFields(text: string): CronFields | undefined {
  const trimmed = text.trim();
  const fields = (NICKNAMES.get(trimmed.toLowerCase()) ?? trimmed).split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (minute === undefined || hour === undefined || day === undefined || month === undefined) return undefined;
  if (weekday === undefined || fields.length > 5) return undefined;
  const isEitherDay = !day.startsWith('*') && !weekday.startsWith('*');
  return { minute, hour, day, month, weekday, isEitherDay };
}
