// The endpoints that every daemon answers about itself: /health, /version, /flags, /system/stats.json, /logging/toggle
// (mesos-api.md 3). None of them needs a leader.
import { parseDuration } from '../../../mesos/text/duration.ts';
import type { HttpResponse } from '../../../world/net.ts';
import type { Host } from '../../../world/world.ts';
import { json } from '../http/json-response.ts';
import { badRequest, ok, refusal } from '../http/responses.ts';
import type { Route, RoutedRequest } from '../http/router.ts';
import type { LoggingLevel } from './logging-level.ts';
import { VERSION_INFO } from './version.ts';

/** What a daemon tells of itself. */
export interface ProcessFacts {
  readonly host: Host;
  /** Name → text, as parseFlags gives them. */
  readonly flagTexts: Readonly<Record<string, string>>;
  readonly logging: LoggingLevel;
}

/** Never guarded, so that they answer during recovery too. */
export function processRoutes(facts: ProcessFacts): readonly Route[] {
  return [
    { path: '/health', handle: () => ok() },
    { path: '/version', handle: (request) => json(request, VERSION_INFO) },
    { path: '/flags', handle: (request) => json(request, { flags: facts.flagTexts }) },
    { path: '/system/stats.json', handle: (request) => json(request, systemStats(facts.host)) },
    { path: '/logging/toggle', handle: (request) => toggleLogging(facts.logging, request) },
  ];
}

/** Body of /system/stats.json. */
export function systemStats(host: Host): Record<string, number> {
  const [load1, load5, load15] = host.loadAverage();
  return {
    avg_load_15min: load15,
    avg_load_1min: load1,
    avg_load_5min: load5,
    cpus_total: host.cpus,
    mem_free_bytes: host.freeMemoryBytes(),
    mem_total_bytes: host.memoryBytes,
  };
}

/** Without `level` it tells the present one. */
function toggleLogging(logging: LoggingLevel, request: RoutedRequest): HttpResponse {
  const level = request.query.get('level');
  const duration = request.query.get('duration');
  if (level === undefined && duration === undefined) return refusal(200, `${logging.level}\n`);
  if (level === undefined) return badRequest("Expecting 'level=value' in query.\n");
  if (duration === undefined) return badRequest("Expecting 'duration=value' in query.\n");
  if (!/^[+-]?\d+$/.test(level)) return badRequest(`Failed to convert '${level}' to number.\n`);
  if (Number(level) < 0) return badRequest(`Invalid level '${level}'.\n`);
  try {
    logging.set(Number(level), parseDuration(duration));
  } catch (error) {
    return badRequest(`${error instanceof Error ? error.message : String(error)}.\n`);
  }
  return ok();
}
