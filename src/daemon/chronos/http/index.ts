// Which path is answered by what (chronos.md 8). The original's paths are served below both of its prefixes, with the union of what
// its lines had.
import type { HttpHandler } from '../../../world/net.ts';
import { json } from '../../serving/http/json-answers.ts';
import { jobJson } from '../output/job.ts';
import type { Api, ApiControl, ApiCore } from './api-core.ts';
import { knownJob, lookingPaths } from './routes/look.ts';
import { additionalPaths, ownPaths } from './routes/own.ts';
import { runningPaths, startJob } from './routes/run.ts';
import { removeJob, storingPaths } from './routes/store.ts';
import { leaderMethods, systemPaths } from './routes/system.ts';
import { createChronosService } from './service.ts';
import { type Paths, PathTable } from './table.ts';

/** The whole API of a Chronos that leads. `DELETE jobs`, which removed every job, is not there any more. */
export function createApi(core: ApiCore, control: ApiControl): HttpHandler {
  const api: Api = { core, control };
  const both = schedulerPaths(api);
  return createChronosService(
    core.world,
    [
      [['v1', 'scheduler'], new PathTable({ ...both, ...additionalPaths(api) })],
      [['scheduler'], new PathTable(both)],
      [['mctl', 'v1'], new PathTable(ownPaths(api))],
      [[], new PathTable(systemPaths(control))],
    ],
    control,
  );
}

function schedulerPaths(api: Api): Paths {
  const { core, control } = api;
  return {
    ...storingPaths(core),
    ...lookingPaths(api),
    ...runningPaths(core),
    leader: leaderMethods(control),
    // After job/stat and job/success, which are longer.
    'job/:name': {
      GET: (_request, name = '') => json(jobJson(knownJob(core, name), { user: control.user })),
      PUT: startJob(core),
      DELETE: removeJob(core),
    },
  };
}
