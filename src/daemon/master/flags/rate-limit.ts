// `--agent_removal_rate_limit`: how many in which time, e.g. `1/10mins`.
import { parseDuration } from '../../../mesos/text/duration.ts';

/** At most `count` in any `periodMs`. */
export interface RateLimit {
  readonly count: number;
  readonly periodMs: number;
}

/** Throws when the text is not `<count>/<duration>`. */
export function parseRateLimit(text: string): RateLimit {
  const slash = text.indexOf('/');
  const count = Number(text.slice(0, Math.max(0, slash)));
  if (slash < 1 || !Number.isSafeInteger(count) || count < 1) {
    throw new Error('expected <number of agents>/<duration>, such as 1/10mins');
  }
  const periodMs = parseDuration(text.slice(slash + 1));
  if (periodMs <= 0) throw new Error('expected a duration longer than 0');
  return { count, periodMs };
}
