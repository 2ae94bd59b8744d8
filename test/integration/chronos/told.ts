// What Chronos tells of a job over its API, for the account.
import type { SoakedJob, SoakedLine } from './account.ts';
import type { SoakJob } from './jobs.ts';

interface Known {
  readonly successCount: number;
  readonly errorCount: number;
  readonly schedule?: string;
}

interface RunRow {
  readonly number: number;
  readonly cause: string;
  readonly due: string;
  readonly lastDue?: string;
  readonly count?: number;
  readonly attempt: number;
  readonly state: string;
  readonly end: string | null;
  readonly message: string;
}

function lineOf({ due, lastDue = due, count = 1, state, end, ...row }: RunRow): SoakedLine {
  const [dueMs, lastDueMs] = [Date.parse(due), Date.parse(lastDue)];
  const { number, cause, attempt, message } = row;
  // What is not over has no end; the account calls its state wrong.
  const endedMs = end === null ? Number.POSITIVE_INFINITY : Date.parse(end);
  return { number, cause, attempt, message, dueMs, lastDueMs, count, result: state, endedMs };
}

/** `get`: what is at a path, as JSON. */
export async function toldOf(
  { body: _, when, ...job }: SoakJob,
  get: <T>(path: string) => Promise<T>,
): Promise<SoakedJob> {
  const known = await get<Known>(`/v1/scheduler/job/${job.name}`);
  const { runs } = await get<{ runs: RunRow[] }>(`/v1/scheduler/job/${job.name}/runs?limit=100000`);
  const { successCount, errorCount } = known;
  const counted = { ...job, successCount, errorCount, history: runs.map(lineOf).reverse() };
  if (when.kind === 'dependent') return { ...counted, when };
  const [repeat, next = ''] = known.schedule?.split('/') ?? [];
  return { ...counted, when: { ...when, nextMs: repeat === 'R0' ? undefined : Date.parse(next) } };
}
