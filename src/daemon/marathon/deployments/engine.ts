// All deployments under way: what they lock, what they are told, what is stored of them (marathon.md 12).
import type {
  DeploymentProgress,
  Deployments,
  EventBus,
  MarathonCore,
  RunningDeployment,
  Unsubscribe,
} from '../core.ts';
import { affectedApps, type DeploymentPlan } from '../model/deployment.ts';
import type { InstanceId } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import { type Timestamp, timestamp } from '../model/time.ts';
import type { ActionParts } from './actions/machine.ts';
import { DeploymentRun, type WorkersByApp } from './deployment-run.ts';
import { finalProgress, progressOf } from './progress.ts';
import { DEPLOYMENTS, parseRecords, planOf, recordEntries } from './record.ts';

/** What deployments use of the rest of Marathon. */
export type DeploymentParts = Pick<
  MarathonCore,
  | 'world'
  | 'log'
  | 'storage'
  | 'counters'
  | 'events'
  | 'groups'
  | 'instances'
  | 'kills'
  | 'backOffs'
  | 'health'
  | 'readiness'
>;

const REMEMBERED = 100;
const CANCELLED = 'The upgrade has been cancelled';

/** Use: `load`, then `resume`; `close` in the end. */
export class DeploymentEngine implements Deployments {
  readonly #parts: DeploymentParts;
  readonly #runs = new Map<string, DeploymentRun>();
  readonly #locks = new Map<PathId, DeploymentRun>();
  readonly #workersByApp: WorkersByApp = new Map();
  /** `<app id> <version>` → how many running deployments need that definition. */
  readonly #references = new Map<string, number>();
  /** Keys of the store, by id. */
  readonly #keys = new Map<string, readonly string[]>();
  /** Oldest first. */
  readonly #finished = new Map<string, DeploymentProgress>();
  readonly #listeners = new Set<(plan: DeploymentPlan) => void>();
  #subscriptions: Unsubscribe[] = [];
  #isClosed = false;
  /** Events of deployments follow from what is being written: they come when it is durable, after those of its causes. */
  readonly #events: EventBus = {
    publish: (event) => void this.#parts.storage.flushed().then(() => this.#parts.events.publish(event)),
  };

  constructor(parts: DeploymentParts) {
    this.#parts = parts;
  }

  /**
   * Reads what was under way; to be called when groups and instances are there. One that refers to what is not kept any
   * more is dropped with an error in the log. Throws when a record is damaged or of a newer format.
   */
  async load(): Promise<void> {
    const { storage, groups, log } = this.#parts;
    const entries = await storage.read(DEPLOYMENTS);
    for (const record of parseRecords(entries)) {
      const prefix = `${DEPLOYMENTS}${record.id}`;
      const keys = [...entries.keys()].filter((key) => key === prefix || key.startsWith(`${prefix}/`));
      try {
        const plan = await planOf(record, (id, version) => groups.appVersion(id, version));
        this.#add(plan, record.startedAt as Timestamp, keys);
      } catch (error) {
        log.error('a stored deployment cannot go on and is dropped', { deployment: record.id, error });
        for (const key of keys) void storage.remove(key);
      }
    }
  }

  /** Listens to instances and their checks from now on, and goes on with what was loaded. */
  resume(): void {
    const { instances, health } = this.#parts;
    this.#subscriptions = [
      instances.onChange(({ before, after }) => {
        const instance = after ?? before;
        if (instance !== undefined) this.#workersByApp.get(instance.app.id)?.look(instance.id);
      }),
      health.onChange((id) => this.#healthChanged(id)),
    ];
    for (const run of [...this.#runs.values()]) run.begin();
  }

  /** Stops all work, for good; nothing is cancelled. */
  close(): void {
    this.#isClosed = true;
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    for (const run of this.#runs.values()) run.stop();
  }

  get running(): readonly RunningDeployment[] {
    return [...this.#runs.values()];
  }

  get(id: string): RunningDeployment | undefined {
    return this.#runs.get(id);
  }

  locking(appId: PathId): readonly string[] {
    const run = this.#locks.get(appId);
    return run === undefined ? [] : [run.plan.id];
  }

  conflicts(plan: DeploymentPlan): readonly string[] {
    return [...new Set([...affectedApps(plan)].flatMap((appId) => this.locking(appId)))];
  }

  start(plan: DeploymentPlan, cancel: readonly string[]): void {
    for (const id of cancel) this.cancel(id, CANCELLED);
    const { storage, counters, world } = this.#parts;
    counters.add('deployments.counter');
    const startedAt = timestamp(world.clock.nowMs());
    if (plan.steps.length === 0) {
      this.#publishEmpty(plan, startedAt);
      return;
    }
    const entries = recordEntries(plan, startedAt);
    const run = this.#add(
      plan,
      startedAt,
      entries.map(([key]) => key),
    );
    for (const [key, text] of entries) void storage.put(key, text);
    void storage.flushed().then(() => {
      if (!this.#isClosed) run.begin();
    });
  }

  cancel(id: string, reason: string): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    const { plan, step } = run;
    this.#end(run, 'cancelled', reason);
    if (step !== undefined) this.#events.publish({ type: 'deployment_step_failure', plan, currentStep: step });
    this.#events.publish({ type: 'deployment_failed', plan, reason });
  }

  progress(id: string): DeploymentProgress | undefined {
    const run = this.#runs.get(id);
    return run === undefined ? this.#finished.get(id) : progressOf(run, this.#parts);
  }

  refersTo(appId: PathId, version: Timestamp): boolean {
    return this.#references.has(`${appId} ${version}`);
  }

  onEnd(fn: (plan: DeploymentPlan) => void): Unsubscribe {
    this.#listeners.add(fn);
    return () => void this.#listeners.delete(fn);
  }

  #add(plan: DeploymentPlan, startedAt: Timestamp, keys: readonly string[]): DeploymentRun {
    const clash = this.conflicts(plan);
    if (clash.length > 0) throw new Error(`deployment ${plan.id} changes what ${clash.join(', ')} holds`);
    const run: DeploymentRun = new DeploymentRun(plan, startedAt, this.#runParts(), this.#workersByApp, () => {
      this.#end(run, 'succeeded');
      this.#events.publish({ type: 'deployment_success', plan });
    });
    this.#runs.set(plan.id, run);
    this.#refer(plan, 1);
    this.#keys.set(plan.id, keys);
    for (const appId of affectedApps(plan)) this.#locks.set(appId, run);
    return run;
  }

  #runParts(): ActionParts & Pick<MarathonCore, 'log'> {
    const { world, log, instances, kills, backOffs, health, readiness } = this.#parts;
    return { world, log, instances, kills, backOffs, health, readiness, events: this.#events };
  }

  #end(run: DeploymentRun, state: 'succeeded' | 'cancelled', reason?: string): void {
    const { plan } = run;
    const endedAt = timestamp(this.#parts.world.clock.nowMs());
    const end = reason === undefined ? { state, endedAt } : { state, reason, endedAt };
    this.#remember(finalProgress(run, this.#parts, end));
    run.stop();
    this.#runs.delete(plan.id);
    this.#refer(plan, -1);
    for (const appId of affectedApps(plan)) if (this.#locks.get(appId) === run) this.#locks.delete(appId);
    for (const key of this.#keys.get(plan.id) ?? []) void this.#parts.storage.remove(key);
    this.#keys.delete(plan.id);
    for (const fn of this.#listeners) fn(plan);
  }

  #refer({ changes }: DeploymentPlan, by: 1 | -1): void {
    for (const { id, before, after } of changes.apps) {
      for (const app of [before, after]) {
        if (app === undefined) continue;
        const key = `${id} ${app.version}`;
        const count = (this.#references.get(key) ?? 0) + by;
        if (count === 0) this.#references.delete(key);
        else this.#references.set(key, count);
      }
    }
  }

  #publishEmpty(plan: DeploymentPlan, at: Timestamp): void {
    const { id } = plan;
    this.#remember({ id, state: 'succeeded', currentStep: 0, totalSteps: 0, startedAt: at, endedAt: at, actions: [] });
    this.#events.publish({ type: 'deployment_success', plan });
  }

  #remember(progress: DeploymentProgress): void {
    this.#finished.set(progress.id, progress);
    const [oldest] = this.#finished.keys();
    if (this.#finished.size > REMEMBERED && oldest !== undefined) this.#finished.delete(oldest);
  }

  #healthChanged(id: InstanceId): void {
    const instance = this.#parts.instances.get(id);
    if (instance !== undefined) this.#workersByApp.get(instance.app.id)?.look(id);
  }
}
