// What Marathon answers, as far as the command line and the views read it. Members they do not read stay where they are,
// and what some release leaves out has a default: an older Marathon must be readable too.
import { z } from 'zod';

const time = z.string();
const reference = z.looseObject({ id: z.string() });

const healthResult = z.looseObject({
  alive: z.boolean().default(false),
  consecutiveFailures: z.number().default(0),
  firstSuccess: time.nullish(),
  lastSuccess: time.nullish(),
  lastFailure: time.nullish(),
  lastFailureCause: z.string().nullish(),
});

/** marathon.md 6.1. */
export const appTask = z.looseObject({
  id: z.string(),
  appId: z.string().default(''),
  host: z.string().nullish(),
  slaveId: z.string().nullish(),
  state: z.string().default('TASK_STAGING'),
  ports: z.array(z.number()).default([]),
  stagedAt: time.nullish(),
  startedAt: time.nullish(),
  version: time.default(''),
  healthCheckResults: z.array(healthResult).default([]),
});
/** A task as Marathon shows it. */
export type AppTask = z.infer<typeof appTask>;

const lastTaskFailure = z.looseObject({
  taskId: z.string().default(''),
  state: z.string().default(''),
  message: z.string().default(''),
  host: z.string().nullish(),
  version: time.nullish(),
  timestamp: time.nullish(),
});
/** marathon.md 3.9. */
export type LastTaskFailure = z.infer<typeof lastTaskFailure>;

/** The definition; of its members those that are shown (marathon.md 3.2). */
export const appDefinition = z.looseObject({
  id: z.string(),
  cmd: z.string().nullish(),
  args: z.array(z.string()).nullish(),
  instances: z.number().default(1),
  cpus: z.number().default(0),
  mem: z.number().default(0),
  disk: z.number().default(0),
  gpus: z.number().default(0),
  labels: z.record(z.string(), z.string()).default({}),
  healthChecks: z.array(z.unknown()).default([]),
  role: z.string().nullish(),
  version: time.nullish(),
  versionInfo: z.looseObject({ lastScalingAt: time.nullish(), lastConfigChangeAt: time.nullish() }).nullish(),
});
/** An app's definition. */
export type AppDefinition = z.infer<typeof appDefinition>;

/** The definition with what is known of its instances (marathon.md 3.8). */
export const appInfo = appDefinition.extend({
  tasksStaged: z.number().default(0),
  tasksRunning: z.number().default(0),
  tasksHealthy: z.number().default(0),
  tasksUnhealthy: z.number().default(0),
  deployments: z.array(reference).default([]),
  tasks: z.array(appTask).default([]),
  lastTaskFailure: lastTaskFailure.nullish(),
});
/** An app and its instances. */
export type AppInfo = z.infer<typeof appInfo>;

/** marathon.md 5.1. */
export interface GroupInfo {
  readonly id: string;
  readonly version?: string | undefined;
  readonly dependencies: readonly string[];
  readonly apps: readonly AppInfo[];
  readonly groups: readonly GroupInfo[];
  readonly [member: string]: unknown;
}
export const groupInfo: z.ZodType<GroupInfo> = z.lazy(() =>
  z.looseObject({
    id: z.string(),
    version: time.optional(),
    dependencies: z.array(z.string()).default([]),
    apps: z.array(appInfo).default([]),
    groups: z.array(groupInfo).default([]),
  }),
);

const action = z.looseObject({ action: z.string(), app: z.string().nullish() });
/** marathon.md 7.1. */
export const deployment = z.looseObject({
  id: z.string(),
  version: time.default(''),
  affectedApps: z.array(z.string()).default([]),
  steps: z.array(z.looseObject({ actions: z.array(action).default([]) })).default([]),
  currentActions: z.array(action).default([]),
  currentStep: z.number().default(0),
  totalSteps: z.number().default(0),
});
/** One that is under way. */
export type Deployment = z.infer<typeof deployment>;

const rejectSummary = z.looseObject({ reason: z.string(), declined: z.number(), processed: z.number() });
/** One step of the funnel: of `processed` offers that got here, `declined` ended here. */
export type RejectSummary = z.infer<typeof rejectSummary>;

const unusedOffer = z.looseObject({
  offer: z.looseObject({ hostname: z.string().default(''), agentId: z.string().default('') }),
  reason: z.array(z.string()).default([]),
  timestamp: time.nullish(),
});

/** marathon.md 7.3. */
export const queueItem = z.looseObject({
  app: appDefinition.optional(),
  count: z.number().default(0),
  role: z.string().nullish(),
  since: time.nullish(),
  delay: z
    .looseObject({ timeLeftSeconds: z.number().default(0), overdue: z.boolean().default(true) })
    .default({ timeLeftSeconds: 0, overdue: true }),
  processedOffersSummary: z
    .looseObject({
      processedOffersCount: z.number().default(0),
      unusedOffersCount: z.number().default(0),
      rejectSummaryLastOffers: z.array(rejectSummary).default([]),
      rejectSummaryLaunchAttempt: z.array(rejectSummary).default([]),
    })
    .default({
      processedOffersCount: 0,
      unusedOffersCount: 0,
      rejectSummaryLastOffers: [],
      rejectSummaryLaunchAttempt: [],
    }),
  lastUnusedOffers: z.array(unusedOffer).default([]),
});
/** An app that has instances to launch. Pods have no `app`. */
export type QueueItem = z.infer<typeof queueItem>;

/** marathon.md 8.1. */
export const marathonInfo = z.looseObject({
  name: z.string().default('marathon'),
  version: z.string().default(''),
  elected: z.boolean().nullish(),
  leader: z.string().nullish(),
  frameworkId: z.string().nullish(),
  marathon_config: z.looseObject({ master: z.string().nullish(), hostname: z.string().nullish() }).default({}),
});
/** What it is and how it was started. */
export type MarathonInfo = z.infer<typeof marathonInfo>;

export const apps = z.object({ apps: z.array(appInfo) });
export const app = z.object({ app: appInfo });
export const groupApps = z.object({ '*': z.array(appInfo) });
export const tasks = z.object({ tasks: z.array(appTask) });
export const deployments = z.array(deployment);
export const queue = z.object({ queue: z.array(queueItem) });
export const versions = z.union([
  z.object({ versions: z.array(time) }).transform(({ versions }) => versions),
  z.array(time),
]);
export const leader = z.object({ leader: z.string() });
export const result = z.looseObject({
  version: time.nullish(),
  deploymentId: z.string().nullish(),
  deployments: z.array(reference).nullish(),
});
