// What Marathon answers → rows of the view.
import type { AppInfo, AppTask, Deployment, DeploymentProgress, QueueItem } from '../../../client/marathon.ts';
import type { AppRow, DeploymentRow } from '../../view/model.ts';

/** What the launch queue says of an app. */
export interface Waiting {
  readonly waitsFor: string | undefined;
  readonly waitsSinceMs: number | undefined;
}

/** What is only told when one app is asked for. */
export interface LastFailure {
  readonly lastFailure: string | undefined;
  readonly lastFailureMs: number | undefined;
}

/** Amounts are those of all its instances together. */
export function appRow(app: AppInfo, waiting: Waiting | undefined, failure: LastFailure | undefined): AppRow {
  const { instances, cpus, mem, disk, gpus } = app;
  return {
    id: app.id,
    instances,
    running: app.tasksRunning,
    healthy: app.tasksHealthy,
    unhealthy: app.tasksUnhealthy,
    staged: app.tasksStaged,
    amounts: { cpus: cpus * instances, memMb: mem * instances, diskMb: disk * instances, gpus: gpus * instances },
    hasHealthChecks: app.healthChecks.length > 0,
    deploymentIds: app.deployments.map(({ id }) => id),
    versionMs: msOf(app.version),
    lastFailure: failure?.lastFailure,
    lastFailureMs: failure?.lastFailureMs,
    waitsFor: waiting?.waitsFor,
    waitsSinceMs: waiting?.waitsSinceMs,
    labels: app.labels,
  };
}

/** Of an app that was asked for by its id. */
export function lastFailureOf({ lastTaskFailure }: AppInfo): LastFailure {
  if (lastTaskFailure === undefined || lastTaskFailure === null) {
    return { lastFailure: undefined, lastFailureMs: undefined };
  }
  const { state, message, timestamp } = lastTaskFailure;
  return { lastFailure: message === '' ? state : `${state}: ${message}`, lastFailureMs: msOf(timestamp) };
}

/** Undefined while no check has said anything. */
export function healthOf({ healthCheckResults }: AppTask): boolean | undefined {
  return healthCheckResults.length === 0 ? undefined : healthCheckResults.every(({ alive }) => alive);
}

/** Why nothing of it starts now, in one line. */
export function waitingOf({ count, since, delay, processedOffersSummary }: QueueItem): Waiting {
  return {
    waitsFor: count === 0 && delay.overdue ? undefined : reasonOf(delay, processedOffersSummary),
    waitsSinceMs: msOf(since),
  };
}

function reasonOf(delay: QueueItem['delay'], summary: QueueItem['processedOffersSummary']): string {
  if (!delay.overdue && delay.timeLeftSeconds > 0) return `back-off after failures, ${delay.timeLeftSeconds} s more`;
  const worst = summary.rejectSummaryLastOffers
    .filter(({ declined }) => declined > 0)
    .sort((a, b) => b.declined - a.declined)[0];
  if (worst !== undefined) return `${wordsFor(worst.reason)} in ${worst.declined} of ${worst.processed} offers`;
  return summary.processedOffersCount === 0 ? 'no offer has come yet' : 'an offer that fits';
}

const WORDS: Readonly<Record<string, string>> = {
  UnfulfilledRole: 'no resources of its role',
  UnfulfilledConstraint: 'constraints do not hold',
  InsufficientCpus: 'too few cpus',
  InsufficientMemory: 'too little memory',
  InsufficientDisk: 'too little disk',
  InsufficientGpus: 'too few gpus',
  InsufficientPorts: 'ports are missing',
  DeclinedScarceResources: 'keeps scarce resources free',
  AgentMaintenance: 'agents are under maintenance',
  NoCorrespondingReservationFound: 'no reservation of its own',
};

function wordsFor(reason: string): string {
  return WORDS[reason] ?? reason;
}

/** `progress`: of our own Marathon only. */
export function deploymentRow(deployment: Deployment, progress: DeploymentProgress | undefined): DeploymentRow {
  const { id, affectedApps, currentStep, totalSteps, currentActions, version } = deployment;
  return {
    id,
    apps: affectedApps,
    step: progress?.currentStep ?? currentStep,
    steps: progress?.totalSteps ?? totalSteps,
    startedMs: msOf(progress?.startedAt ?? version),
    actions:
      progress?.actions.map(({ action, appId, target, instances, waitsFor }) => ({
        action,
        appId,
        target,
        marks: instances.map(({ mark }) => mark),
        waitsFor,
      })) ??
      currentActions.map(({ action, app }) => ({
        action,
        appId: app ?? '',
        target: undefined,
        marks: [],
        waitsFor: undefined,
      })),
  };
}

function msOf(time: string | null | undefined): number | undefined {
  if (time === undefined || time === null || time === '') return undefined;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
}
