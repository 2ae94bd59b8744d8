// Asks Marathon for what may have changed: single apps while they are few, all of them when they are many; the queue while somebody
// waits; the steps of deployments while there are any.
import type { AppInfo, MarathonClient } from '../../../client/marathon.ts';
import { MarathonError } from '../../../client/marathon.ts';
import { taskKey } from '../../view/task-ids.ts';
import type { FeedContext } from '../feed.ts';
import type { Attempt } from '../keeper.ts';
import type { EventEffect } from './events.ts';
import { appRow, deploymentRow, healthOf, type LastFailure, lastFailureOf, type Waiting, waitingOf } from './rows.ts';

/** Asked for one by one, at most; beyond that all apps are asked for at once. */
const MAX_SINGLE = 20;
const AT_ONCE = 4;
/** After the list of all apps, so that a Marathon of thousands of apps is not asked for it all the time. */
const ALL_AGAIN_MS = 5_000;
const QUEUE_MS = 5_000;
const DEPLOYMENTS_MS = 2_000;
/** Of which the single instances are shown. */
const MAX_PROGRESS = 20;

export class MarathonLooks {
  readonly #context: FeedContext;
  readonly #marathon: MarathonClient;
  readonly #attempt: Attempt;
  readonly #known = new Map<string, AppInfo>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #failures = new Map<string, LastFailure>();
  /** Apps to be asked for one by one. */
  readonly #old = new Set<string>();
  #areAllOld = false;
  #areDeploymentsOld = false;
  #hasDeployments = false;
  #allDueMs = 0;
  #queueDueMs = 0;
  #deploymentsDueMs = 0;
  #frameworkId: string | undefined;

  constructor(context: FeedContext, marathon: MarathonClient, attempt: Attempt) {
    this.#context = context;
    this.#marathon = marathon;
    this.#attempt = attempt;
  }

  noteOld({ apps, isAboutAllApps, isAboutDeployments }: EventEffect): void {
    for (const id of apps) if (id !== '') this.#old.add(id);
    if (isAboutAllApps) this.#areAllOld = true;
    if (isAboutDeployments) {
      this.#areDeploymentsOld = true;
      // Its ids stand with the apps too.
      this.#areAllOld = true;
    }
  }

  /** Everything, for the beginning. Throws MarathonError. */
  async all(): Promise<void> {
    const { frameworkId } = await this.#marathon.info();
    if (this.#attempt.isOver) return;
    this.#frameworkId = frameworkId ?? undefined;
    this.#context.sink.setMarathonFramework(this.#frameworkId);
    await this.#lookAtQueue();
    await this.#lookAtAllApps();
    await this.#lookAtDeployments();
    for (const app of this.#known.values()) if (isOfInterest(app)) this.#old.add(app.id);
    // Those in trouble first come to mind; there may be thousands.
    for (const id of [...this.#old].slice(MAX_SINGLE)) this.#old.delete(id);
  }

  /** What is old by now, and what nobody tells. Throws MarathonError. */
  async whatIsOld(): Promise<void> {
    const nowMs = this.#context.world.clock.monotonicMs();
    if (this.#areDeploymentsOld || (this.#hasDeployments && nowMs >= this.#deploymentsDueMs)) {
      await this.#lookAtDeployments();
    }
    if (nowMs >= this.#queueDueMs && (this.#waiting.size > 0 || this.#hasDeployments || this.#isSomethingMissing())) {
      await this.#lookAtQueue();
    }
    if ((this.#areAllOld || this.#old.size > MAX_SINGLE) && nowMs >= this.#allDueMs) await this.#lookAtAllApps();
    else if (this.#old.size > 0 && this.#old.size <= MAX_SINGLE) await this.#lookAtOldApps();
  }

  #isSomethingMissing(): boolean {
    for (const { tasksRunning, instances } of this.#known.values()) if (tasksRunning < instances) return true;
    return false;
  }

  async #lookAtAllApps(): Promise<void> {
    this.#areAllOld = false;
    const wereOld = [...this.#old];
    this.#old.clear();
    const apps = await this.#marathon.apps();
    if (this.#attempt.isOver) return;
    this.#known.clear();
    for (const app of apps) this.#known.set(app.id, app);
    for (const id of this.#failures.keys()) if (!this.#known.has(id)) this.#failures.delete(id);
    this.#context.sink.replaceApps(apps.map((app) => this.#rowOf(app)));
    this.#allDueMs = this.#context.world.clock.monotonicMs() + (apps.length > MAX_SINGLE ? ALL_AGAIN_MS : 0);
    // What only single answers have: the health of each task, the last failure.
    for (const id of wereOld.slice(0, MAX_SINGLE)) if (this.#known.has(id)) this.#old.add(id);
  }

  async #lookAtOldApps(): Promise<void> {
    const ids = [...this.#old];
    this.#old.clear();
    for (let begin = 0; begin < ids.length; begin += AT_ONCE) {
      await Promise.all(ids.slice(begin, begin + AT_ONCE).map((id) => this.#lookAtApp(id)));
      if (this.#attempt.isOver) return;
    }
  }

  async #lookAtApp(id: string): Promise<void> {
    let app: AppInfo;
    try {
      app = await this.#marathon.app(id);
    } catch (error) {
      if (!(error instanceof MarathonError) || error.code !== 'not-found') throw error;
      if (this.#attempt.isOver) return;
      // Gone meanwhile, or a pod, which is none of the apps.
      this.#known.delete(id);
      this.#context.sink.removeApp(id);
      return;
    }
    if (this.#attempt.isOver) return;
    this.#known.set(id, { ...app, tasks: [] });
    this.#failures.set(id, lastFailureOf(app));
    this.#context.sink.putApp(this.#rowOf(app));
    if (this.#frameworkId === undefined || app.healthChecks.length === 0) return;
    for (const task of app.tasks) {
      const healthy = healthOf(task);
      if (healthy !== undefined) this.#context.sink.changeTask(taskKey(this.#frameworkId, task.id), { healthy });
    }
  }

  async #lookAtQueue(): Promise<void> {
    const items = await this.#marathon.queue();
    if (this.#attempt.isOver) return;
    this.#queueDueMs = this.#context.world.clock.monotonicMs() + QUEUE_MS;
    const before = new Set(this.#waiting.keys());
    this.#waiting.clear();
    for (const item of items) {
      const id = item.app?.id;
      const waiting = waitingOf(item);
      if (id === undefined || waiting.waitsFor === undefined) continue;
      this.#waiting.set(id, waiting);
      before.delete(id);
      this.#context.sink.changeApp(id, waiting);
    }
    for (const id of before) {
      this.#context.sink.changeApp(id, { waitsFor: undefined, waitsSinceMs: undefined });
    }
  }

  async #lookAtDeployments(): Promise<void> {
    this.#areDeploymentsOld = false;
    const deployments = await this.#marathon.deployments();
    const progress = await Promise.all(deployments.slice(0, MAX_PROGRESS).map(({ id }) => this.#progressOf(id)));
    if (this.#attempt.isOver) return;
    this.#hasDeployments = deployments.length > 0;
    this.#deploymentsDueMs = this.#context.world.clock.monotonicMs() + DEPLOYMENTS_MS;
    this.#context.sink.replaceDeployments(
      deployments.map((deployment, index) => deploymentRow(deployment, progress[index])),
    );
  }

  /** Undefined from a Marathon that does not tell it, and when the deployment has ended meanwhile. */
  async #progressOf(id: string) {
    try {
      return await this.#marathon.deploymentProgress(id);
    } catch (error) {
      if (error instanceof MarathonError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  #rowOf(app: AppInfo) {
    return appRow(app, this.#waiting.get(app.id), this.#failures.get(app.id));
  }
}

/** Something is wrong with it, or each of its tasks has a health of its own. */
function isOfInterest({ tasksUnhealthy, tasksRunning, instances, healthChecks }: AppInfo): boolean {
  return tasksUnhealthy > 0 || tasksRunning < instances || healthChecks.length > 0;
}
