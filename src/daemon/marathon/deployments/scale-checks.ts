// Keeps apps at their size while no deployment holds them, and ends what is left of removed ones (marathon.md 12.9).
import type { Timer } from '../../../world/world.ts';
import type { InstanceChange, MarathonCore, ScaleChecks, Unsubscribe } from '../core.ts';
import { affectedApps } from '../model/deployment.ts';
import type { Instance } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import { missingOf } from './actions/scale.ts';
import { countsForSize, selectVictims } from './victims.ts';

/** What scale checks use of the rest of Marathon. */
export type ScaleCheckParts = Pick<
  MarathonCore,
  'world' | 'log' | 'options' | 'groups' | 'instances' | 'kills' | 'deployments'
>;

/** Apps looked at in one turn of the event loop. */
const APPS_A_TURN = 200;

/** Use: `start`, when groups, instances and deployments are there; `stop` in the end. */
export class ScaleChecker implements ScaleChecks {
  readonly #parts: ScaleCheckParts;
  readonly #pending = new Set<PathId>();
  #isScheduled = false;
  #isStopped = false;
  #timers: Timer[] = [];
  #subscriptions: Unsubscribe[] = [];

  constructor(parts: ScaleCheckParts) {
    this.#parts = parts;
  }

  start(): void {
    const { world, options, instances, deployments } = this.#parts;
    this.#subscriptions = [
      instances.onChange((change) => this.#changed(change)),
      deployments.onEnd((plan) => {
        for (const appId of affectedApps(plan)) this.check(appId);
      }),
    ];
    const first = world.clock.setTimer(options.scaleAppsInitialDelayMs, () => {
      this.#checkAll();
      this.#timers = [world.clock.every(options.scaleAppsIntervalMs, () => this.#checkAll())];
    });
    this.#timers = [first];
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#pending.clear();
  }

  check(appId: PathId): void {
    this.#pending.add(appId);
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    // One look for all that happens to an app within a turn.
    void Promise.resolve().then(() => this.#work());
  }

  /** An instance counts no more or again, or a record is gone that an app of one instance waited for. */
  #changed({ before, after }: InstanceChange): void {
    const instance = after ?? before;
    if (instance === undefined) return;
    if (after !== undefined && counts(before) === counts(after)) return;
    if (this.#parts.deployments.locking(instance.app.id).length === 0) this.check(instance.app.id);
  }

  #checkAll(): void {
    for (const appId of this.#parts.groups.root.apps.keys()) this.check(appId);
    for (const { app } of this.#parts.instances.all()) this.check(app.id);
  }

  #work(): void {
    let left = APPS_A_TURN;
    for (const appId of this.#pending) {
      if (left === 0) break;
      left -= 1;
      this.#pending.delete(appId);
      try {
        this.#examine(appId);
      } catch (error) {
        this.#parts.log.error('the size of an app could not be checked', { app: appId, error });
      }
    }
    this.#isScheduled = this.#pending.size > 0 && !this.#isStopped;
    if (this.#isScheduled) this.#parts.world.clock.setTimer(0, () => this.#work());
  }

  #examine(appId: PathId): void {
    const { groups, instances, deployments, log } = this.#parts;
    if (deployments.locking(appId).length > 0) return;
    const app = groups.app(appId);
    const { total, counted } = instances.countsOf(appId);
    if (app === undefined) {
      if (total > 0) this.#end(instances.ofApp(appId).filter(({ goal }) => goal !== 'Decommissioned'));
      return;
    }
    if (counted < app.instances) {
      const missing = missingOf(app, instances);
      if (missing > 0) log.info('an app has too few instances', { app: appId, missing });
      if (missing > 0) instances.schedule(app, missing);
    } else if (counted > app.instances) {
      log.info('an app has too many instances', { app: appId, surplus: counted - app.instances });
      const present = instances.ofApp(appId);
      this.#end(selectVictims({ app, instances: present, count: counted - app.instances }));
    }
  }

  #end(victims: readonly Instance[]): void {
    if (victims.length === 0) return;
    const ids = victims.map(({ id }) => id);
    void this.#parts.kills.kill(ids, 'scale', 'Decommissioned');
  }
}

function counts(instance: Instance | undefined): boolean {
  return instance !== undefined && countsForSize(instance);
}
