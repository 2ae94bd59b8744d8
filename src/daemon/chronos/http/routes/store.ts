// Storing jobs and taking them away (chronos.md 7, 8.1, 8.2, 8.8, 8.29).
import type { HttpResponse } from '../../../../world/net.ts';
import { parseJob } from '../../input/parse.ts';
import type { JobDefinition } from '../../model/job.ts';
import { scheduleOf } from '../../output/schedules.ts';
import { badRequest, done } from '../answers.ts';
import type { ApiCore } from '../api-core.ts';
import { isAsked, jsonBody } from '../request.ts';
import type { Answerer, Paths } from '../table.ts';

/** Below either prefix. */
export function storingPaths(core: ApiCore): Paths {
  const scheduled = storeJob(core, 'scheduled');
  const dependent = storeJob(core, 'dependent');
  return {
    iso8601: { POST: scheduled, PUT: scheduled },
    dependency: { POST: dependent, PUT: dependent },
  };
}

/**
 * Either kind when none is given. `?dryRun=true`: only looks whether it would be taken. `?import=true`: counters and dates of a job that
 * is there already are those of the body.
 */
export function storeJob(core: ApiCore, kind?: 'scheduled' | 'dependent'): Answerer {
  return async (request): Promise<HttpResponse> => {
    const { jobs, storage, world } = core;
    const { definition, isDisabled, counters } = parseJob(jsonBody(request), {
      stored: (name) => jobs.get(name),
      nowMs: Math.floor(world.clock.nowMs()),
      ...(kind && { kind }),
      importsCounters: isAsked(request, 'import'),
    });
    if (isAsked(request, 'dryRun')) {
      jobs.check(definition);
      return done();
    }
    jobs.put(definition, { isDisabled, counters });
    sayZone(core, definition);
    await storage.flushed();
    return done();
  };
}

/** chronos.md 3.3. */
function sayZone({ world }: ApiCore, { name, when }: JobDefinition): void {
  if (when.kind === 'scheduled' && scheduleOf(when).isUtcAssumed)
    world.log.info('a schedule has neither a zone nor an offset: it goes by UTC', { job: name, schedule: when.text });
}

/** `?children=refuse`: not when others depend on it. */
export function removeJob({ jobs, storage }: ApiCore): Answerer {
  return async ({ query }, name = ''): Promise<HttpResponse> => {
    const children = query.get('children') ?? 'relink';
    if (children !== 'relink' && children !== 'refuse')
      throw badRequest(`children: relink or refuse is expected, not '${children}'`);
    jobs.remove(name, children);
    await storage.flushed();
    return done();
  };
}
