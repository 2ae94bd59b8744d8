// Wall times as the API has them.
import type { TimeInfo } from '../../../mesos/generated/v1.ts';

export function timeInfo(timeMs: number): TimeInfo {
  return { nanoseconds: Math.round(timeMs * 1e6) };
}
