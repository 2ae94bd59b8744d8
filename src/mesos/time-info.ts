// Wall times as messages have them.
import type { TimeInfo } from './generated/v1.ts';

/** From ms since 1970; nanoseconds beyond 2^53 are rounded, to well under a microsecond. */
export function timeInfo(timeMs: number): TimeInfo {
  return { nanoseconds: Math.round(timeMs * 1e6) };
}

/** Seconds with microseconds, as the JSON endpoints have times. */
export function seconds(timeMs: number): number {
  return Math.round(timeMs * 1000) / 1e6;
}
