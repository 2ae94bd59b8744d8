// Looking at jobs (chronos.md 8.3–8.6, 8.10, 8.12, 8.13).
import type { HttpResponse } from '../../../../world/net.ts';
import { json } from '../../../serving/http/json-answers.ts';
import type { ChronosCore } from '../../core.ts';
import type { Job } from '../../model/job.ts';
import { type GraphNode, graphCsv, graphDot, graphJson } from '../../output/graph.ts';
import { statRows } from '../../output/history.ts';
import { jobJson } from '../../output/job.ts';
import { jobState, jobStatus } from '../../output/state.ts';
import { histogram, statistic } from '../../output/statistics.ts';
import { summaryJson } from '../../output/summary.ts';
import { unknownJob } from '../../refusals.ts';
import { plain } from '../answers.ts';
import type { Api } from '../api-core.ts';
import { type ApiRequest, countOf } from '../request.ts';
import type { Paths } from '../table.ts';

/** Below either prefix. */
export function lookingPaths({ core, control }: Api): Paths {
  const { jobs, runs } = core;
  const { user } = control;
  return {
    jobs: { GET: () => json(Array.from(jobs.all(), (job) => jobJson(job, { user, mirrorsUris: true }))) },
    'jobs/summary': { GET: () => json(summaryJson(core)) },
    'jobs/search': {
      GET: (request) => json(found(jobs.all(), request).map((job) => jobJson(job, { user }))),
    },
    'job/stat/:name': { GET: (_request, name = '') => jobStat({ core, control }, name) },
    'stats/:percentile': { GET: (_request, word = '') => json(percentiles(core, word)) },
    'graph/dot': { GET: () => plain(graphDot(graphNodes(core))) },
    'graph/csv': { GET: () => plain(graphCsv(graphNodes(core))) },
    'graph/json': { GET: () => json(graphJson(graphNodes({ jobs, runs }))) },
  };
}

/** Throws Refusal `unknown-job`. */
export function knownJob({ jobs }: Pick<ChronosCore, 'jobs'>, name: string): Job {
  const job = jobs.get(name);
  if (job === undefined) throw unknownJob(name);
  return job;
}

/** chronos.md 8.21: conditions are ANDed, in order of names. */
function found(jobs: Iterable<Job>, request: ApiRequest): readonly Job[] {
  const { query } = request;
  const has = (text: string, wanted: string | null): boolean =>
    wanted === null || text.toLowerCase().includes(wanted.toLowerCase());
  const limit = countOf(request, 'limit', 10);
  const offset = countOf(request, 'offset', 0);
  const fitting = Array.from(jobs).filter(
    ({ definition: { name, command } }) =>
      has(name, query.get('name')) &&
      has(command, query.get('command')) &&
      (has(name, query.get('any')) || has(command, query.get('any'))),
  );
  return fitting.slice(offset, offset + limit);
}

async function jobStat({ core, control }: Api, name: string): Promise<HttpResponse> {
  const job = knownJob(core, name);
  const history = await core.runs.history(name);
  return json({
    histogram: histogram(core.runs.durationsMs(name)),
    taskStatHistory: statRows(job.definition, core.runs.of(name), history, control.historyLimit),
  });
}

/** Slowest first, in seconds; nothing for a word that names no statistic (chronos.md 10.7). */
function percentiles({ jobs, runs }: Pick<ChronosCore, 'jobs' | 'runs'>, word: string): readonly object[] {
  return Array.from(jobs.all(), ({ definition: { name } }) => ({ name, ms: statistic(word, runs.durationsMs(name)) }))
    .flatMap(({ name, ms }) => (ms === undefined ? [] : [{ jobNameLabel: name, time: ms / 1000 }]))
    .sort((a, b) => b.time - a.time);
}

function graphNodes({ jobs, runs }: Pick<ChronosCore, 'jobs' | 'runs'>): readonly GraphNode[] {
  return Array.from(jobs.all(), (job) => {
    const { name, when } = job.definition;
    return {
      name,
      parents: when.kind === 'dependent' ? when.parents : [],
      status: jobStatus(job),
      state: jobState(job, runs),
    };
  });
}
