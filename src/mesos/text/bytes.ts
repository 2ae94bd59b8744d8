// Amounts of memory and disk in flags and messages: `2GB`, counted in 1024s (mesos-api.md 13).
import { parseNumber, TextError } from './text-error.ts';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Whole bytes. Throws TextError. */
export function parseBytes(text: string): number {
  const digits = /^[\d.]*/.exec(text)?.[0] ?? '';
  const unit = text.slice(digits.length);
  if (unit === '') throw new TextError(`Invalid bytes '${text}'`);
  if (digits.includes('.')) throw new TextError(`Fractional bytes '${text}'`);
  const value = parseNumber(digits);
  const power = (UNITS as readonly string[]).indexOf(unit);
  if (power === -1) throw new TextError(`Unknown bytes unit '${unit}'`);
  return value * 1024 ** power;
}

/** The largest unit that loses nothing: 1536 is `1536B`, 2048 is `2KB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let power = 0;
  while (value !== 0 && value % 1024 === 0 && power < UNITS.length - 1) {
    value /= 1024;
    power += 1;
  }
  return `${value}${UNITS[power]}`;
}
