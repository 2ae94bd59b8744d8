// Starting and ending runs, and what is told of them (chronos.md 8.7, 8.9, 8.11, 8.14–8.16).
import * as z from 'zod';
import type { HttpResponse } from '../../../../world/net.ts';
import { count } from '../../input/members.ts';
import { Refusal } from '../../refusals.ts';
import { badRequest, done, plain } from '../answers.ts';
import type { ApiCore } from '../api-core.ts';
import { type ApiRequest, jsonBody } from '../request.ts';
import type { Answerer, Paths } from '../table.ts';
import { knownJob } from './look.ts';

/** Below either prefix. */
export function runningPaths(core: ApiCore): Paths {
  const { jobs, runs, storage } = core;
  return {
    'job/success/:name': {
      PUT: async (_request, name = '') => {
        // The original answers 200 for an unknown one as well.
        const isMarked = runs.markSuccess(name);
        await storage.flushed();
        return plain(`marked job ${name} as successful: ${isMarked}`);
      },
    },
    'job/:name/task/:task/progress': {
      POST: async (request, name = '', taskId = '') => {
        await progress(core, request, name, taskId);
        return done();
      },
    },
    'task/kill/:name': {
      DELETE: async (_request, name = '') => {
        knownJob({ jobs }, name);
        runs.kill(name);
        await storage.flushed();
        return done();
      },
    },
    'task/all': {
      DELETE: async () => {
        runs.purge();
        await storage.flushed();
        return done();
      },
    },
    'task/:task': {
      PUT: async (request, taskId = '') => {
        runs.report(taskId, statusCodeOf(request));
        await storage.flushed();
        return done();
      },
    },
  };
}

/** `?arguments=…`, appended to the command. Throws Refusal `unknown-job`, `already-queued`. */
export function startJob({ runs, storage }: ApiCore): Answerer {
  return async ({ query }, name = ''): Promise<HttpResponse> => {
    runs.start(name, query.get('arguments') ?? '');
    await storage.flushed();
    return done();
  };
}

const endReport = z.object({
  statusCode: z.union([
    z.int(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ]),
});

function statusCodeOf(request: ApiRequest): number {
  const parsed = endReport.safeParse(jsonBody(request));
  if (!parsed.success) throw badRequest('{"statusCode": <number>} is expected');
  return parsed.data.statusCode;
}

const progressReport = z.object({ numAdditionalElementsProcessed: count });

async function progress(core: ApiCore, request: ApiRequest, name: string, taskId: string): Promise<void> {
  const job = knownJob(core, name);
  if (!job.definition.dataProcessingJobType) throw new Refusal('invalid', `job '${name}' is not a data processing job`);
  if (core.runs.byTaskId(taskId)?.key.job !== name)
    throw new Refusal('unknown-task', `job '${name}' has no task '${taskId}' that runs`);
  const parsed = progressReport.safeParse(jsonBody(request));
  if (!parsed.success)
    throw badRequest('{"numAdditionalElementsProcessed": <number>} with a whole number from 0 on is expected');
  core.runs.progress(taskId, parsed.data.numAdditionalElementsProcessed);
  await core.storage.flushed();
}
