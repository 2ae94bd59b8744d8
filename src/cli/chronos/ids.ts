// The job that an argument means: its name, or the beginning of it that only one job has.
import { type ChronosClient, ChronosError, type OwnJob } from '../../client/chronos.ts';
import { pick } from '../ids.ts';

/** Throws Problem `notFound`, `usage` when several fit. */
export async function findJob(chronos: ChronosClient, given: string): Promise<OwnJob> {
  try {
    return await chronos.ownJob(given);
  } catch (error) {
    if (!(error instanceof ChronosError) || error.code !== 'unknown-job') throw error;
    const jobs = await chronos.ownJobs();
    return pick(
      'job',
      jobs.map((job) => ({ ...job, id: job.name })),
      given,
    );
  }
}
