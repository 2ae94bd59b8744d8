// `mctl job next`: coming runs in the time of this machine and in that of the job.
import type { UpcomingRun } from '../../../client/chronos.ts';
import type { View } from '../../output/view.ts';
import { localText, untilText, wallText } from './times.ts';

/** In order of time. */
export function nextView(runs: readonly UpcomingRun[], nowMs: number): View {
  return {
    data: runs,
    names: [...new Set(runs.map(({ job }) => job))],
    body: {
      kind: 'table',
      columns: [{ title: 'JOB' }, { title: 'IN' }, { title: 'LOCAL TIME' }, { title: 'JOB TIME' }],
      rows: runs.map(({ job, due, local }) => [
        job,
        untilText(due, nowMs).replace(/^in /, ''),
        localText(due),
        wallText(local),
      ]),
    },
    empty: 'No run is planned: jobs that are disabled, done, or wait for others have no time of their own.',
  };
}
