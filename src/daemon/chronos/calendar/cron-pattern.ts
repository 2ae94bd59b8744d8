// What the five fields of a crontab line allow (chronos.md 3.14, crontab(5)): minute, hour, day of month, month, day of week.
import { cronFields } from '../../../client/chronos/cron-fields.ts';
import { CalendarError } from './calendar-error.ts';

/** Allowed values, ascending. */
export interface CronPattern {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** As of CronFields. */
  readonly isEitherDay: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Throws CalendarError (`schedule`) that names the field. */
export function parseCron(text: string): CronPattern {
  const trimmed = text.trim();
  const fields = cronFields(trimmed);
  if (fields === undefined) {
    throw new CalendarError(
      'schedule',
      `Not a cron schedule: '${trimmed}' (minute, hour, day of month, month and day of week are expected)`,
    );
  }
  const { minute, hour, day, month, weekday, isEitherDay } = fields;
  const weekdays = readField('day of week', weekday, 0, 7, WEEKDAYS, 0);
  const pattern = {
    minutes: [...readField('minute', minute, 0, 59)].sort(ascending),
    hours: [...readField('hour', hour, 0, 23)].sort(ascending),
    days: readField('day of month', day, 1, 31),
    months: readField('month', month, 1, 12, MONTHS, 1),
    weekdays: new Set([...weekdays].map((number) => number % 7)),
    isEitherDay,
  };
  const longest = Math.max(...[...pattern.months].map((number) => new Date(Date.UTC(2024, number, 0)).getUTCDate()));
  if (!pattern.isEitherDay && Math.min(...pattern.days) > longest) {
    throw new CalendarError('schedule', `Never: '${trimmed}' asks for a day that none of its months has`);
  }
  return pattern;
}

/** Whether a day fits; `month` from 1, `weekday` 0 is Sunday. */
export function fitsDay(pattern: CronPattern, month: number, day: number, weekday: number): boolean {
  if (!pattern.months.has(month)) return false;
  const fitsMonth = pattern.days.has(day);
  const fitsWeek = pattern.weekdays.has(weekday);
  return pattern.isEitherDay ? fitsMonth || fitsWeek : fitsMonth && fitsWeek;
}

/** Lists, ranges, steps and names: `1-5`, `*\/15`, `mon,wed`, `10-20/5`. */
function readField(
  what: string,
  text: string,
  low: number,
  high: number,
  names: readonly string[] = [],
  firstName = 0,
): Set<number> {
  const values = new Set<number>();
  const refuse = (): never => {
    throw new CalendarError(
      'schedule',
      `'${text}' is no ${what} of a cron schedule (${low}-${high}, *, a list, a range or a step)`,
    );
  };
  const read = (word: string): number => {
    const named = names.indexOf(word.toLowerCase());
    const value = named >= 0 ? named + firstName : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
    return value >= low && value <= high ? value : refuse();
  };
  for (const part of text.split(',')) {
    const match = /^(\*|[a-z\d]+)(?:-([a-z\d]+))?(?:\/(\d{1,2}))?$/i.exec(part) ?? refuse();
    const [, from = '', to, step] = match;
    if (from === '*' && to !== undefined) refuse();
    const start = from === '*' ? low : read(from);
    const end = from === '*' ? high : to !== undefined ? read(to) : step === undefined ? start : high;
    const stride = step === undefined ? 1 : Number(step);
    if (stride === 0 || end < start) refuse();
    for (let value = start; value <= end; value += stride) values.add(value);
  }
  return values;
}

function ascending(a: number, b: number): number {
  return a - b;
}
