// `mctl job enable|disable`.
import type { ChronosClient } from '../../client/chronos.ts';
import type { View } from '../output/view.ts';
import { findJob } from './ids.ts';
import { jobListView } from './views/jobs.ts';

/** One after the other, all of them known before the first is changed. Throws Problem. */
export async function switchJobs(
  chronos: ChronosClient,
  given: readonly string[],
  disabled: boolean,
  nowMs: number,
): Promise<View> {
  const names: string[] = [];
  for (const one of given) names.push((await findJob(chronos, one)).name);
  const jobs = [];
  for (const name of new Set(names)) jobs.push(await chronos.setDisabled(name, disabled));
  return jobListView(jobs, nowMs);
}
