// A schedule of Chronos in words: `cron: 30 2 * * 1-5` is at 02:30, Monday to Friday. What has no short words stays as it is written;
// the calendar itself is Chronos' business (chronos.md 3).
import { cronFields } from '../../client/chronos/cron-fields.ts';

const UNITS = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const;
const PERIOD = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;
const INTERVAL = /^R(\d*)\/([^/]*)\/([^/]+)$/;
const START = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?[^Z+-]*(Z|[+-]\d\d:?\d\d)?$/;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  '',
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** As it was posted, or what is left of it. `zone` "" is none. The text itself where there are no words for it. */
export function scheduleWords(text: string, zone: string): string {
  const cron = /^cron:\s*(.*?)\s*$/is.exec(text)?.[1];
  const words = cron === undefined ? intervalWords(text, zone) : cronWords(cron, zone);
  return words ?? (zone === '' ? text : `${text}, ${zone}`);
}

function intervalWords(text: string, zone: string): string | undefined {
  const [, count, start = '', period = ''] = INTERVAL.exec(text) ?? [];
  const parts = PERIOD.exec(period);
  if (count === undefined || parts === null) return undefined;
  if (count === '0') return 'no run is left';
  const [, year, month, day, hour, minute, second = '00', offset = ''] = START.exec(start) ?? [];
  const isTimed = year !== undefined && month !== undefined && day !== undefined;
  const where = zone === '' ? offset.replace(/^Z$/, 'UTC') : zone;
  const time = `${hour}:${minute}${second === '00' ? '' : `:${second}`}${where === '' ? '' : ` ${where}`}`;
  if (count === '1') return isTimed ? `once, ${year}-${month}-${day} ${time}` : 'once';
  const steps = UNITS.flatMap((unit, at) => {
    const many = Number((parts[at + 1] ?? '0').replace(',', '.'));
    return many === 0 ? [] : [{ unit, many }];
  });
  const [only, ...others] = steps;
  if (only === undefined) return undefined;
  const many = count === '' ? '' : `, ${count} runs`;
  if (others.length > 0 || !isTimed || ['hour', 'minute', 'second'].includes(only.unit))
    return `every ${every()}${many}`;
  const weekday = WEEKDAYS[new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDay()] ?? '';
  const isWeekly = only.unit === 'week' || (only.unit === 'day' && only.many % 7 === 0);
  const on = isWeekly
    ? ` on ${weekday}`
    : only.unit === 'month'
      ? ` on day ${Number(day)}`
      : only.unit === 'year'
        ? ` on ${Number(day)} ${MONTHS[Number(month)] ?? month}`
        : '';
  return `every ${every()}${on} at ${time}${many}`;

  function every(): string {
    if (only !== undefined && others.length === 0 && only.many === 1) return only.unit;
    return steps.map(({ unit, many: amount }) => `${amount} ${unit}${amount === 1 ? '' : 's'}`).join(' ');
  }
}

function cronWords(written: string, zone: string): string | undefined {
  const fields = cronFields(written);
  if (fields === undefined) return undefined;
  const { minute, hour, day, month, weekday, isEitherDay } = fields;
  const time = timeWords(minute, hour);
  const days = day === '*' ? undefined : fieldWords(day, []);
  const weekdays = weekday === '*' ? undefined : fieldWords(weekday, WEEKDAYS);
  const months = month === '*' ? undefined : fieldWords(month, MONTHS);
  const on = [
    ...(days === undefined ? [] : [`on day ${days}`]),
    ...(weekdays === undefined ? [] : [days === undefined ? weekdays : `on ${weekdays}`]),
  ];
  const when =
    on.length > 0 ? on.join(isEitherDay ? ' or ' : ' if ') : time.startsWith('at ') ? 'every day' : undefined;
  return [time, when, months === undefined ? undefined : `in ${months}`, zone === '' ? undefined : zone]
    .filter((part) => part !== undefined)
    .join(', ');
}

function timeWords(minute: string, hour: string): string {
  if (/^\d+$/.test(minute) && /^\d+(,\d+)*$/.test(hour)) {
    const times = hour.split(',').map((one) => `${one.padStart(2, '0')}:${minute.padStart(2, '0')}`);
    return `at ${listed(times)}`;
  }
  const [minutes, hours] = [stepWords(minute, 'minute'), stepWords(hour, 'hour') ?? `hour ${fieldWords(hour, [])}`];
  if (minutes === undefined) return `${hours} at minute ${fieldWords(minute, [])}`;
  return hour === '*' ? minutes : `${minutes}, ${hours}`;
}

function stepWords(field: string, unit: string): string | undefined {
  const [, step] = /^\*(?:\/(\d+))?$/.exec(field) ?? [undefined, ''];
  if (step === '') return undefined;
  return step === undefined || step === '1' ? `every ${unit}` : `every ${step} ${unit}s`;
}

/** `1-5` → `Monday to Friday`; steps are told as such. */
function fieldWords(text: string, names: readonly string[]): string {
  return listed(
    text.split(',').map((part) => {
      const [range = '', step] = part.split('/');
      const [from = '', to] = range.split('-');
      const words =
        range === '*' ? 'any' : to === undefined ? named(from, names) : `${named(from, names)} to ${named(to, names)}`;
      return step === undefined ? words : `${words} in steps of ${step}`;
    }),
  );
}

function named(word: string, names: readonly string[]): string {
  const short = word.toLowerCase();
  return names[Number(word)] ?? (names.find((name) => name !== '' && name.toLowerCase().slice(0, 3) === short) || word);
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
