// ScaleApplication: brings an app to its size (marathon.md 12.3). Going up it waits for as many instances as it started,
// not for those that ran before; going down for the end of those it chose.
import type { Timer } from '../../../../world/world.ts';
import { type App, SINGLE_INSTANCE_LABEL } from '../../model/app.ts';
import type { DeploymentAction } from '../../model/deployment.ts';
import { type InstanceId, isActive } from '../../model/instance.ts';
import { countsForSize, selectVictims } from '../victims.ts';
import { Arrivals } from './arrivals.ts';
import { type ActionMachine, type MachineContext, someOf } from './machine.ts';

const FIRST_RESYNC_MS = 1_000;
const RESYNC_INTERVAL_MS = 5_000;

type ScaleAction = Extract<DeploymentAction, { kind: 'ScaleApplication' }>;

export class ScaleMachine implements ActionMachine {
  readonly #action: ScaleAction;
  readonly #context: MachineContext;
  readonly #arrivals: Arrivals;
  /** Told to end, by this action or by an earlier one; waited for unless the app grows. */
  readonly #ending = new Set<InstanceId>();
  /** How many of `#arrivals` it takes; undefined before the first act. */
  #needed: number | undefined;
  #isEnding = false;
  #isResyncDue = false;
  #timer: Timer | undefined;

  constructor(action: ScaleAction, context: MachineContext) {
    this.#action = action;
    this.#context = context;
    this.#arrivals = new Arrivals(action.app, context);
  }

  look(id: InstanceId): void {
    if (this.#ending.has(id) && !this.#mayRun(id)) this.#ending.delete(id);
    if (!this.#arrivals.has(id)) return;
    const instance = this.#context.parts.instances.get(id);
    if (instance !== undefined && countsForSize(instance)) this.#arrivals.look(instance);
    else this.#arrivals.drop(id);
  }

  act(): boolean {
    if (this.#needed === undefined) {
      this.#needed = this.#begin();
      if (this.#needed > 0) this.#resyncAfter(FIRST_RESYNC_MS);
    }
    if (this.#isResyncDue) {
      this.#isResyncDue = false;
      this.#needed = this.#resync(this.#needed);
    }
    return !this.#isEnding && this.#arrivals.arrived >= this.#needed;
  }

  waitsFor(): string[] {
    const ending = someOf([...this.#ending], {
      one: (id) => `waits for instance ${id} to end`,
      many: (count) => `${count} instances have not ended yet`,
    });
    return [...this.#arrivals.waitsFor(), ...ending];
  }

  stop(): void {
    this.#timer?.cancel();
    this.#arrivals.stop();
  }

  /** How many arrivals to wait for. */
  #begin(): number {
    const { app, instancesToKill: named } = this.#action;
    const { instances } = this.#context.parts;
    const all = instances.ofApp(app.id);
    // Instances of this very version were added by this action before it was interrupted: they are still waited for.
    const before = all.filter((one) => countsForSize(one) && one.app.version === app.version);
    for (const instance of before) this.#arrivals.look(instance);
    const difference = app.instances - instances.countsOf(app.id).counted;
    if (difference > 0) {
      this.#schedule(missingOf(app, instances));
      return before.length + difference;
    }
    const victims = selectVictims({ app, instances: all, count: -difference, named }).map(({ id }) => id);
    for (const id of victims) this.#arrivals.drop(id);
    this.#end([...victims, ...all.filter((one) => one.goal !== 'Running' && isActive(one)).map(({ id }) => id)]);
    return this.#arrivals.size;
  }

  /**
   * Adds what is missing. When nothing is although some that it had started are gone, others have taken their place,
   * such as lost ones that came back: those ran before and are not waited for.
   */
  #resync(needed: number): number {
    const { app } = this.#action;
    const { instances } = this.#context.parts;
    if (instances.countsOf(app.id).counted >= app.instances) return Math.min(needed, this.#arrivals.size);
    this.#schedule(missingOf(app, instances));
    return needed;
  }

  #schedule(count: number): void {
    if (count === 0) return;
    for (const instance of this.#context.parts.instances.schedule(this.#action.app, count))
      this.#arrivals.look(instance);
  }

  #end(ids: readonly InstanceId[]): void {
    if (ids.length === 0) return;
    this.#isEnding = true;
    for (const id of ids) this.#ending.add(id);
    void this.#context.parts.kills.kill(ids, 'scale', 'Decommissioned').then(() => {
      this.#ending.clear();
      this.#isEnding = false;
      this.#context.wake();
    });
  }

  #mayRun(id: InstanceId): boolean {
    const instance = this.#context.parts.instances.get(id);
    return instance !== undefined && isActive(instance);
  }

  #resyncAfter(delayMs: number): void {
    this.#timer = this.#context.parts.world.clock.setTimer(delayMs, () => {
      this.#isResyncDue = true;
      this.#resyncAfter(RESYNC_INTERVAL_MS);
      this.#context.wake();
    });
  }
}

/**
 * How many instances to add so that the app has its size. None while the former one of an app that may have one only is
 * still ending.
 */
export function missingOf(app: App, instances: MachineContext['parts']['instances']): number {
  const missing = Math.max(0, app.instances - instances.countsOf(app.id).counted);
  const isAlone = app.labels[SINGLE_INSTANCE_LABEL] === 'true';
  return isAlone && missing > 0 && instances.ofApp(app.id).some(isActive) ? 0 : missing;
}
