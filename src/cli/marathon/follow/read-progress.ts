// Where a deployment stands. Our Marathon tells it whole; another lists only what is under way, so that its instances come
// from the apps, and how it ended from what the apps look like after it.
import {
  type ActionProgress,
  type AppInfo,
  type AppTask,
  type Deployment,
  type DeploymentProgress,
  type InstanceMark,
  type MarathonClient,
  MarathonError,
} from '../../../client/marathon.ts';

/** `nothing`: it was never seen; a plan without steps is over at once. */
export type Reading =
  | { readonly kind: 'progress'; readonly progress: DeploymentProgress }
  | { readonly kind: 'nothing' };

/** Reads one deployment again and again. */
export class ProgressReader {
  readonly #marathon: MarathonClient;
  readonly #id: string;
  #last: DeploymentProgress | undefined;
  #isForeign = false;

  constructor(marathon: MarathonClient, id: string) {
    this.#marathon = marathon;
    this.#id = id;
  }

  /** Throws MarathonError. */
  async read(): Promise<Reading> {
    const progress = this.#isForeign ? undefined : await this.#own();
    if (progress === 'gone') return this.#afterwards();
    if (progress !== undefined) return this.#remember(progress);
    this.#isForeign = true;
    const found = (await this.#marathon.deployments()).find(({ id }) => id === this.#id);
    if (found === undefined) return this.#afterwards();
    return this.#remember(await this.#foreign(found));
  }

  async #own(): Promise<DeploymentProgress | 'gone' | undefined> {
    try {
      return await this.#marathon.deploymentProgress(this.#id);
    } catch (error) {
      if (error instanceof MarathonError && error.code === 'not-found') return 'gone';
      throw error;
    }
  }

  #remember(progress: DeploymentProgress): Reading {
    this.#last = progress;
    return { kind: 'progress', progress };
  }

  /** Marathon does not know it any more: did its apps become what they were to be? */
  async #afterwards(): Promise<Reading> {
    const last = this.#last;
    if (last === undefined) return { kind: 'nothing' };
    const ends = await Promise.all(last.actions.map((action) => this.#isReached(action)));
    const missed = last.actions.filter((_, index) => !ends[index]).map(({ appId }) => appId);
    if (missed.length === 0) return { kind: 'progress', progress: { ...last, state: 'succeeded' } };
    const reason = `it is over, and ${missed.join(', ')} ${missed.length === 1 ? 'is' : 'are'} not as it was to be`;
    return { kind: 'progress', progress: { ...last, state: 'cancelled', reason } };
  }

  async #isReached({ action, appId, target }: ActionProgress): Promise<boolean> {
    const app = await appIfThere(this.#marathon, appId);
    if (app === undefined) return action === 'StopApplication';
    const isHealthy = app.healthChecks.length === 0 || app.tasksHealthy >= app.instances;
    return app.instances === target ? app.tasksRunning >= app.instances && isHealthy : action !== 'ScaleApplication';
  }

  async #foreign({ id, currentActions, currentStep, totalSteps }: Deployment): Promise<DeploymentProgress> {
    const actions: ActionProgress[] = [];
    for (const { action, app: appId } of currentActions) {
      if (typeof appId !== 'string') continue; // a pod
      const app = await appIfThere(this.#marathon, appId);
      actions.push(actionOf(action, appId, app));
    }
    return { id, state: 'running', currentStep, totalSteps, actions };
  }
}

async function appIfThere(marathon: MarathonClient, id: string): Promise<AppInfo | undefined> {
  try {
    return await marathon.app(id);
  } catch (error) {
    if (error instanceof MarathonError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** As far as the app tells it. */
export function actionOf(action: string, appId: string, app: AppInfo | undefined): ActionProgress {
  const target = app?.instances ?? 0;
  const tasks = (app?.tasks ?? []).map((task) => ({
    id: task.id,
    mark: markOf(task, app),
    ...(typeof task.host === 'string' && { host: task.host }),
  }));
  const missing = Math.max(0, target - tasks.length);
  const waiting = Array.from({ length: missing }, (_, index) => ({
    id: `${appId} ${index}`,
    mark: 'waiting' as const,
  }));
  const waitsFor = missing > 0 ? `${missing} of ${target} instances wait for an offer` : undefined;
  return { action, appId, target, done: false, instances: [...tasks, ...waiting], ...(waitsFor && { waitsFor }) };
}

function markOf({ state, version, healthCheckResults }: AppTask, app: AppInfo | undefined): InstanceMark {
  const config = app?.versionInfo?.lastConfigChangeAt ?? '';
  if (state === 'TASK_UNREACHABLE') return 'unreachable';
  if (state === 'TASK_KILLING') return 'killed';
  if (version !== '' && config !== '' && version < config) return 'old';
  if (state !== 'TASK_RUNNING') return 'staged';
  if (healthCheckResults.length === 0) return 'running';
  return healthCheckResults.every(({ alive }) => alive) ? 'healthy' : 'unhealthy';
}
