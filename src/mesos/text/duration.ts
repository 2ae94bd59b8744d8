// Durations in flags and environment variables: a number and a unit, `10secs`, `1.5mins` (mesos-api.md 5.4, 13).
import { parseNumber, TextError } from './text-error.ts';

const NANOSECONDS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['ms', 1e6],
  ['secs', 1e9],
  ['mins', 60e9],
  ['hrs', 3600e9],
  ['days', 86_400e9],
  ['weeks', 604_800e9],
]);
const UNITS = [...NANOSECONDS];
const MAX_NANOSECONDS = 2 ** 63;

/** Milliseconds, with a fraction below one. Negative ones are not in the language. Throws TextError. */
export function parseDuration(text: string): number {
  const digits = /^[\d.]*/.exec(text)?.[0] ?? '';
  const unit = text.slice(digits.length);
  if (unit === '') throw new TextError(`Invalid duration '${text}'`);
  const value = parseNumber(digits);
  const scale = NANOSECONDS.get(unit);
  if (scale === undefined) throw new TextError(`Unknown duration unit '${unit}'`);
  const nanoseconds = value * scale;
  if (nanoseconds >= MAX_NANOSECONDS) {
    throw new TextError(`Argument out of the range that a Duration can represent: '${text}'`);
  }
  return nanoseconds / 1e6;
}

/** The largest unit not above the duration, or the one below where that makes it a whole number: `90secs`, `10days`. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '';
  const nanoseconds = Math.round(Math.abs(milliseconds) * 1e6);
  let index = UNITS.findLastIndex(([, scale]) => nanoseconds >= scale);
  if (index === -1) index = 0;
  const [unit, scale] = UNITS[index] ?? ['ns', 1];
  const [smallerUnit, smallerScale] = UNITS[index - 1] ?? [unit, scale];
  const readsBetterSmaller = nanoseconds % scale !== 0 && nanoseconds % smallerScale === 0;
  return readsBetterSmaller
    ? `${sign}${nanoseconds / smallerScale}${smallerUnit}`
    : `${sign}${Number((nanoseconds / scale).toPrecision(15))}${unit}`;
}
