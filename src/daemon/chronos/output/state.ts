// How a job is, in the words of the original (chronos.md 8.20): `status` is its last result, `state` what it does now.
import type { Runs } from '../core.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';

/** Never run, or how it ended last. */
export type JobStatus = 'success' | 'failure' | 'fresh';

/** A success counts when it is later than the last error. */
export function jobStatus({ lastSuccessMs, lastErrorMs }: Job): JobStatus {
  if (lastSuccessMs === undefined) return lastErrorMs === undefined ? 'fresh' : 'failure';
  return lastErrorMs === undefined || lastSuccessMs > lastErrorMs ? 'success' : 'failure';
}

/** `idle`, `queued` or `2 running`. A run that waits for its retry does nothing. */
export function jobState(job: Job, runs: Pick<Runs, 'of'>): string {
  const alive = runs.of(job.definition.name);
  const running = alive.filter(isLaunched).length;
  if (running > 0) return `${running} running`;
  return alive.some(({ state }) => state === 'queued') ? 'queued' : 'idle';
}

/** Mesos may have it, or had it. */
export function isLaunched({ state }: Run): boolean {
  return state !== 'queued' && state !== 'delayed';
}
