// What Chronos answers, as far as we read it (chronos.md 8, 10); what more there is stays as it came. Below /mctl/v1 only ours answers.
import { z } from 'zod';

const text = z.string().default('');
const number = z.number().default(0);
const flag = z.boolean().default(false);

const jobMembers = {
  name: z.string(),
  command: text,
  description: text,
  owner: text,
  successCount: number,
  errorCount: number,
  errorsSinceLastSuccess: number,
  lastSuccess: text,
  lastError: text,
  cpus: number,
  mem: number,
  disk: number,
  retries: number,
  disabled: flag,
  /** Scheduled jobs have this one. */
  schedule: z.string().optional(),
  scheduleTimeZone: z.string().optional(),
  originalSchedule: z.string().optional(),
  /** Dependent jobs have this one. */
  parents: z.array(z.string()).optional(),
  runAsUser: text,
  epsilon: z.string().optional(),
  maxCompletionTime: number,
  concurrent: flag,
  softError: flag,
  highPriority: flag,
  async: z.boolean().optional(),
  /** [attribute, operator, value] each. */
  constraints: z.array(z.array(z.string())).optional(),
  environmentVariables: z.array(z.looseObject({ name: z.string() })).optional(),
  fetch: z.array(z.looseObject({ uri: z.string() })).optional(),
  uris: z.array(z.string()).optional(),
  container: z.looseObject({ type: z.string().optional(), image: text, network: z.string().optional() }).nullish(),
};

export const job = z.looseObject(jobMembers);
/** A definition with its counters. */
export type ChronosJob = z.infer<typeof job>;
export const jobs = z.array(job);

export const run = z.looseObject({
  /** Of the run, the same for all its attempts; 0: an occurrence that got none. */
  number: z.number(),
  taskId: z.string().nullable(),
  cause: z.string(),
  due: z.string(),
  /** So many occurrences with the same end; absent for one. */
  count: z.number().optional(),
  attempt: z.number(),
  /** `queued`, `launching`, `staged`, `running`, `unreachable`, `delayed`, `reported`, or how it ended: `success`, `failure`, … */
  state: z.string(),
  start: z.string().nullable(),
  /** Null while it is not over. */
  end: z.string().nullable(),
  /** When the next attempt comes. */
  retryAt: z.string().nullish(),
  agentHost: z.string().nullable(),
  /** Address that lists its files on its agent; null where nobody knows. */
  sandbox: z.string().nullish(),
  message: text,
});
/** One attempt of a run. */
export type ChronosRun = z.infer<typeof run>;
export const runs = z.object({ runs: z.array(run) });

export const ownJob = z.looseObject({
  ...jobMembers,
  status: z.string(),
  state: z.string(),
  nextRun: z.string().nullable(),
  children: z.array(z.string()),
  alive: z.array(run),
  unplaceable: z.string().optional(),
});
/** A job, how it is, what comes next. */
export type OwnJob = z.infer<typeof ownJob>;
export const ownJobs = z.object({ jobs: z.array(ownJob) });

const summaryLine = z.looseObject({
  name: z.string(),
  status: text,
  state: text,
  /** Empty for a dependent job. */
  schedule: text,
  parents: z.array(z.string()).default([]),
  disabled: flag,
  /** Only ours tells this one and the next. */
  nextRun: z.string().nullish(),
  unplaceable: z.string().optional(),
});
/** A job in one line. */
export type JobSummary = z.infer<typeof summaryLine>;
export const summary = z.object({ jobs: z.array(summaryLine) });

const upcomingRun = z.object({ job: z.string(), due: z.string(), local: z.string() });
/** `local`: what clocks show then in the job's zone. */
export type UpcomingRun = z.infer<typeof upcomingRun>;
export const upcoming = z.object({ runs: z.array(upcomingRun) });

export const why = z.looseObject({ reasons: z.array(z.object({ kind: z.string(), message: z.string() })) });
/** Why a job does not run; the first is what there is to do something about. */
export type WhyReason = z.infer<typeof why>['reasons'][number];

export const plan = z.looseObject({
  steps: z.array(
    z.object({
      name: z.string(),
      change: z.enum(['create', 'update', 'none']),
      fields: z.array(z.string()),
      kind: z.enum(['scheduled', 'dependent']),
      job: z.record(z.string(), z.unknown()),
      /** Members that mean nothing, and are left out. */
      ignored: z.array(z.string()).default([]),
    }),
  ),
  others: z.array(z.string()),
});
/** What posting a list of jobs would change; parents before children. */
export type JobsPlan = z.infer<typeof plan>;

export const killed = z.object({ killed: z.number() });
export const leader = z.object({ leader: z.string() });
export const ready = z.looseObject({ leading: z.boolean(), election: z.string().optional() });
