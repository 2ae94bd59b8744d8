// Asks the master what became of our tasks (marathon.md 16.8): a while after the start, then at intervals, and right after
// every subscription, as updates made by a master are sent only once. First of each task we know of, then of all that the
// master knows of. The answers are ordinary status updates.
import type { Timer } from '../../../world/world.ts';
import type { Deployments, Groups, MarathonCore, MesosLink } from '../core.ts';
import { type Instance, type InstanceId, isActive, isUnreachable } from '../model/instance.ts';

/** What it takes. */
export type ReconciliationCore = Pick<MarathonCore, 'world' | 'log' | 'instances' | 'kills'> & {
  readonly mesos: Pick<MesosLink, 'calls' | 'isSubscribed'>;
  readonly groups: Pick<Groups, 'app'>;
  readonly deployments: Pick<Deployments, 'locking'>;
  readonly options: Pick<MarathonCore['options'], 'reconciliationInitialDelayMs' | 'reconciliationIntervalMs'>;
};

/** Tasks asked for with one call. */
const CHUNK_TASKS = 1_000;
/**
 * A launch decided so lately may not have reached the master, which would call its task unknown. Not so those of a process
 * before this one: the master takes no calls of its connection any more.
 */
const FRESH_LAUNCH_MS = 10_000;

/** Asks nothing before `start` and `connected`. */
export class Reconciliation {
  readonly #core: ReconciliationCore;
  /** Wall-clock ms. */
  #startedAtMs = 0;
  #timer: Timer | undefined;
  #later: Timer | undefined;
  /** Grows with each round; an older one that still asks gives way. */
  #round = 0;

  constructor(core: ReconciliationCore) {
    this.#core = core;
  }

  start(): void {
    const { world, options } = this.#core;
    this.#startedAtMs = world.clock.nowMs();
    this.#timer = world.clock.setTimer(options.reconciliationInitialDelayMs, () => {
      this.#atInterval();
      this.#timer = world.clock.every(options.reconciliationIntervalMs, () => this.#atInterval());
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#later?.cancel();
    this.#round += 1;
  }

  /** Subscribed (again). */
  connected(): void {
    void this.#ask();
  }

  #atInterval(): void {
    this.#endOrphans();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const { instances, mesos } = this.#core;
    this.#round += 1;
    const round = this.#round;
    const [fresh, known]: [Instance[], Instance[]] = [[], []];
    for (const instance of instances.all()) {
      if (!mayHaveTask(instance)) continue;
      (this.#isFresh(instance) ? fresh : known).push(instance);
    }
    if (!(await this.#askFor(known, round))) return;
    const outcome = await mesos.calls.reconcile();
    if (outcome.ok && round === this.#round) this.#askLater(fresh.map(({ id }) => id));
  }

  /** False when there is no point in going on. */
  async #askFor(instances: readonly Instance[], round: number): Promise<boolean> {
    const { mesos, log } = this.#core;
    for (let from = 0; from < instances.length; from += CHUNK_TASKS) {
      const tasks = instances.slice(from, from + CHUNK_TASKS).flatMap(({ task, agent }) => {
        if (task === undefined) return [];
        return [{ taskId: task.id, ...(agent && { agentId: agent.id }) }];
      });
      // None at all would ask for everything.
      if (tasks.length === 0) continue;
      const outcome = await mesos.calls.reconcile(tasks);
      if (!outcome.ok) log.debug('a reconciliation was not taken', { why: outcome.error.message });
      if (!outcome.ok || round !== this.#round) return false;
    }
    return mesos.isSubscribed;
  }

  #askLater(ids: readonly InstanceId[]): void {
    this.#later?.cancel();
    if (ids.length === 0) return;
    const { world, instances } = this.#core;
    this.#later = world.clock.setTimer(FRESH_LAUNCH_MS, () => {
      const still = ids.map((id) => instances.get(id)).filter((instance) => instance?.condition === 'Provisioned');
      void this.#askFor(
        still.filter((instance) => instance !== undefined),
        this.#round,
      );
    });
  }

  #isFresh({ condition, task }: Instance): boolean {
    if (condition !== 'Provisioned' || task === undefined || task.stagedAtMs < this.#startedAtMs) return false;
    const ageMs = this.#core.world.clock.nowMs() - task.stagedAtMs;
    return ageMs >= 0 && ageMs < FRESH_LAUNCH_MS;
  }

  /** Instances of apps that are gone, unless a deployment is about to end them. */
  #endOrphans(): void {
    const { instances, groups, deployments, kills, log } = this.#core;
    const orphans: InstanceId[] = [];
    for (const { id, app, goal } of instances.all()) {
      if (goal === 'Decommissioned' || groups.app(app.id) !== undefined) continue;
      if (deployments.locking(app.id).length === 0) orphans.push(id);
    }
    if (orphans.length === 0) return;
    log.warn('there are instances of apps that are gone; they are ended', { count: orphans.length });
    void kills.kill(orphans, 'stop', 'Decommissioned');
  }
}

/** Of which the master may have something to say. */
function mayHaveTask(instance: Instance): boolean {
  return isActive(instance) || isUnreachable(instance);
}
