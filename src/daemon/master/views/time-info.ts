// Wall times as the API has them.
import type { TimeInfo } from '../../../mesos/generated/v1.ts';

export function timeInfo(timeMs: number): TimeInfo {
  return { nanoseconds: Math.round(timeMs * 1e6) };
}

/** Seconds with microseconds, as the JSON endpoints have times. */
export function seconds(timeMs: number): number {
  return Math.round(timeMs * 1000) / 1e6;
}
