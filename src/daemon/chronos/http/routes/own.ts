// What is ours: runs with everything that is known of them, why a job does not run, what comes next, one switch for one job. Below
// /mctl/v1, and what chronos.md 8.28 adds below /v1/scheduler.
import * as z from 'zod';
import type { HttpResponse } from '../../../../world/net.ts';
import { json } from '../../../serving/http/json-answers.ts';
import { CalendarError } from '../../calendar/calendar-error.ts';
import { parseSchedule } from '../../calendar/schedule.ts';
import { name as filled, flag, member, text } from '../../input/members.ts';
import { planJobs } from '../../input/plan.ts';
import type { Job } from '../../model/job.ts';
import { aliveJson, endedJson } from '../../output/history.ts';
import { jobJson } from '../../output/job.ts';
import { jobState, jobStatus } from '../../output/state.ts';
import { nextRun } from '../../output/summary.ts';
import { upcomingInstants, upcomingOfAll, upcomingRuns } from '../../output/upcoming.ts';
import { reasonsOf } from '../../output/why.ts';
import { badRequest } from '../answers.ts';
import type { Api, ApiCore } from '../api-core.ts';
import { type ApiRequest, countOf, jsonBody } from '../request.ts';
import type { Paths } from '../table.ts';
import { knownJob } from './look.ts';
import { removeJob, storeJob } from './store.ts';

const MOST_INSTANTS = 1000;
const VALIDATED_INSTANTS = 10;
const FLUSH_PATIENCE_MS = 1000;

/** Below /mctl/v1. (`ready` is answered before, by standbys too.) */
export function ownPaths({ core, control }: Api): Paths {
  const { jobs, runs, storage } = core;
  const shown = (job: Job) => ownJobJson({ core, control }, job, core.queue.unplaceable());
  return {
    jobs: { GET: () => json({ jobs: allJobs({ core, control }) }), POST: storeJob(core) },
    next: { GET: (request) => json({ runs: upcomingOfAll(jobs.all(), mostInstants(request)) }) },
    'jobs/:name': {
      GET: (_request, name = '') => json(shown(knownJob(core, name))),
      PUT: (request, name = '') => switchJob({ core, control }, request, name),
      DELETE: removeJob(core),
    },
    'jobs/:name/run': {
      POST: async ({ query }, name = '') => {
        const run = runs.start(name, query.get('arguments') ?? '');
        await storage.flushed();
        return json(aliveJson(run), 201);
      },
    },
    'jobs/:name/kill': {
      POST: async (_request, name = '') => {
        knownJob(core, name);
        const killed = runs.kill(name);
        await storage.flushed();
        return json({ killed });
      },
    },
    'jobs/:name/runs': { GET: (request, name = '') => runsOf(core, request, name) },
    'jobs/:name/why': {
      GET: (_request, name = '') => {
        const job = knownJob(core, name);
        return json({ job: name, state: jobState(job, runs), reasons: reasonsOf(core, job) });
      },
    },
    'jobs/:name/next': {
      GET: (request, name = '') => json({ runs: upcomingRuns(knownJob(core, name), mostInstants(request)) }),
    },
    plan: { POST: (request) => plan(core, request) },
    validate: { POST: (request) => validate(core, request) },
    health: { GET: () => health({ core, control }) },
  };
}

/** Below /v1/scheduler alone (chronos.md 8.28). */
export function additionalPaths(api: Api): Paths {
  return {
    'job/:name/runs': { GET: (request, name = '') => runsOf(api.core, request, name) },
    validate: { POST: (request) => validate(api.core, request) },
    health: { GET: () => health(api) },
  };
}

function allJobs(api: Api): readonly object[] {
  const { jobs, queue } = api.core;
  const unplaceable = queue.unplaceable();
  return Array.from(jobs.all(), (job) => ownJobJson(api, job, unplaceable));
}

/** As clients know it, with how it is. */
function ownJobJson({ core, control }: Api, job: Job, hopeless: ReadonlyMap<string, string>): object {
  const { runs, jobs } = core;
  const { name } = job.definition;
  const unplaceable = hopeless.get(name);
  return {
    ...jobJson(job, { user: control.user }),
    status: jobStatus(job),
    state: jobState(job, runs),
    nextRun: nextRun(job),
    children: jobs.children(name),
    changed: new Date(job.changedMs).toISOString(),
    alive: runs.of(name).map(aliveJson),
    ...(unplaceable !== undefined && { unplaceable }),
  };
}

const switches = z.object({ disabled: flag });

/** `{"disabled": true}`: nothing else of the job is touched. */
async function switchJob({ core, control }: Api, request: ApiRequest, name: string): Promise<HttpResponse> {
  knownJob(core, name);
  const parsed = switches.safeParse(jsonBody(request));
  if (!parsed.success) throw badRequest('{"disabled": true} or {"disabled": false} is expected');
  const job = core.jobs.setDisabled(name, parsed.data.disabled);
  await core.storage.flushed();
  return json(ownJobJson({ core, control }, job, core.queue.unplaceable()));
}

/**
 * Newest first, those under way before those that are over. `before`: an instant; only what was over by then, so that the end of the
 * last row leads to the next page.
 */
async function runsOf(core: ApiCore, request: ApiRequest, name: string): Promise<HttpResponse> {
  knownJob(core, name);
  const limit = countOf(request, 'limit', 20);
  const before = request.query.get('before');
  const beforeMs = before === null ? Number.POSITIVE_INFINITY : Date.parse(before);
  if (Number.isNaN(beforeMs)) throw badRequest(`before: an instant is expected, not '${before}'`);
  const history = await core.runs.history(name);
  const alive = before === null ? core.runs.of(name).toReversed() : [];
  const rows = [...alive.map(aliveJson), ...history.filter(({ endedMs }) => endedMs < beforeMs).map(endedJson)];
  return json({ runs: rows.slice(0, limit) });
}

function mostInstants(request: ApiRequest): number {
  const most = countOf(request, 'n', 5);
  if (most > MOST_INSTANTS) throw badRequest(`n: at most ${MOST_INSTANTS}`);
  return most;
}

const wished = z.object({ jobs: z.array(z.unknown()) });

/** What storing these jobs would change. */
function plan({ jobs, world }: ApiCore, request: ApiRequest): HttpResponse {
  const parsed = wished.safeParse(jsonBody(request));
  if (!parsed.success) throw badRequest('{"jobs": […]} is expected');
  return json(planJobs(parsed.data.jobs, jobs, Math.floor(world.clock.nowMs())));
}

const written = z.object({ schedule: filled, scheduleTimeZone: member(text, '') });

/** What a schedule means: the next ten instants. */
function validate({ world }: ApiCore, request: ApiRequest): HttpResponse {
  const parsed = written.safeParse(jsonBody(request));
  if (!parsed.success) throw badRequest('{"schedule": …, "scheduleTimeZone": …} is expected');
  const nowMs = Math.floor(world.clock.nowMs());
  try {
    const schedule = parseSchedule(parsed.data.schedule.trim(), parsed.data.scheduleTimeZone, nowMs);
    return json({ schedule: schedule.text, runs: upcomingInstants(schedule, VALIDATED_INSTANTS, nowMs) });
  } catch (error) {
    if (error instanceof CalendarError) throw badRequest(error.message);
    throw error;
  }
}

/** 503 when it cannot run anything now. */
async function health({ core, control }: Api): Promise<HttpResponse> {
  const { mesos, storage, world } = core;
  const isStoreReachable = await Promise.race([
    storage.flushed().then(() => true),
    world.clock.sleep(FLUSH_PATIENCE_MS).then(() => false),
  ]);
  const isWell = mesos.isSubscribed && isStoreReachable;
  const body = {
    healthy: isWell,
    leader: control.leader(),
    registered: mesos.isSubscribed,
    frameworkId: mesos.frameworkId ?? null,
    store: isStoreReachable,
  };
  return json(body, isWell ? 200 : 503);
}
