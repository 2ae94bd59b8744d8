// A job as it is stored: `jobs/<escaped name>`, JSON with its format.
import type { Job } from '../model/job.ts';
import { readRecord, safeName, writeRecord } from '../model/record.ts';

/** Where jobs are in the store. */
export const JOBS = 'jobs/';

export const jobKey = (name: string): string => `${JOBS}${safeName(name)}`;

/** Text of the record. */
export function writeJob(job: Job): string {
  return writeRecord({ job });
}

/** Reverse of `writeJob`. Throws RecordError. */
export function readJob(key: string, text: string): Job {
  return readRecord<{ job: Job }>(key, text, 'job').job;
}
