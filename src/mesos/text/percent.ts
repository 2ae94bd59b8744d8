// Percentages in flags, where the sign is not optional: `100%` (mesos-api.md 13).
import { parseNumber, TextError } from './text-error.ts';

/** `25%` → 0.25. Throws TextError. */
export function parsePercent(text: string): number {
  if (!text.endsWith('%')) throw new TextError(`Missing '%' at the end of '${text}'`);
  return parseNumber(text.slice(0, -1)) / 100;
}

/** 0.25 → `25%`. */
export function formatPercent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(15))}%`;
}
