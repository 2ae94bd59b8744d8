// RestartApplication: replaces instances of former configurations a few at a time (marathon.md 12.5). It goes by what it
// finds, not by what it did: interrupted at any point, another one goes on where it was.
import { type App, configVersionOf } from '../../model/app.ts';
import type { DeploymentAction } from '../../model/deployment.ts';
import { type Instance, type InstanceId, isActive, isUnreachable } from '../../model/instance.ts';
import { type RestartLimits, restartLimits, toLaunch } from '../rolling-restart.ts';
import { countsForSize, preference, selectVictims } from '../victims.ts';
import { Arrivals, isConsideredHealthy } from './arrivals.ts';
import { type ActionMachine, type MachineContext, someOf } from './machine.ts';
import { OldInstances } from './old-instances.ts';

export class RestartMachine implements ActionMachine {
  readonly #app: App;
  readonly #context: MachineContext;
  /** Instances of the new configuration that are to run, and count for the app's size. */
  readonly #arrivals: Arrivals;
  /** All others that may run. */
  readonly #old: OldInstances;
  /** To run with a former configuration, but without a task that could serve: given up at the next act. */
  readonly #useless = new Set<InstanceId>();
  #limits: RestartLimits | undefined;
  /** How many old ones this has told to end to make way. */
  #replaced = 0;

  constructor(action: DeploymentAction, context: MachineContext) {
    this.#app = action.app;
    this.#context = context;
    this.#arrivals = new Arrivals(action.app, context);
    this.#old = new OldInstances(context.parts.health);
  }

  look(id: InstanceId): void {
    const instance = this.#context.parts.instances.get(id);
    this.#useless.delete(id);
    const isNew = instance !== undefined && this.#isNew(instance);
    if (isNew && countsForSize(instance)) this.#arrivals.look(instance);
    else this.#arrivals.drop(id);
    if (instance !== undefined && !isNew && isActive(instance)) this.#old.put(instance);
    else this.#old.remove(id);
    if (instance !== undefined && !isNew && isUseless(instance)) this.#useless.add(id);
  }

  act(): boolean {
    const limits = this.#limits ?? this.#begin();
    this.#limits = limits;
    this.#giveUp();
    this.#removeSurplus();
    const victims = this.#replaceable(limits);
    this.#replaced += victims.length;
    this.#end(victims, 'upgrade');
    const { instances: target } = this.#app;
    const launched = toLaunch(target, limits.maxCapacity, this.#old.size, this.#arrivals.size);
    if (launched > 0)
      for (const instance of this.#context.parts.instances.schedule(this.#app, launched)) this.#arrivals.look(instance);
    if (victims.length + launched === 0 && this.#isStuck(target)) this.#unstick(limits);
    return this.#arrivals.arrived >= target && this.#old.size === 0 && this.#useless.size === 0;
  }

  waitsFor(): string[] {
    const ending = someOf([...this.#old.ending], {
      one: (id) => `waits for old instance ${id} to end`,
      many: (count) => `${count} old instances have not ended yet`,
    });
    const texts = [...this.#arrivals.waitsFor(), ...ending];
    if (texts.length > 0 || this.#old.staying === 0) return texts;
    return [`waits until checks tell which of ${this.#old.staying} old instances may be replaced`];
  }

  stop(): void {
    this.#arrivals.stop();
  }

  #isNew(instance: Instance): boolean {
    return instance.goal === 'Running' && configVersionOf(instance.app) === configVersionOf(this.#app);
  }

  #begin(): RestartLimits {
    const { instances, backOffs, health } = this.#context.parts;
    let healthyNew = 0;
    for (const instance of [...instances.ofApp(this.#app.id)].sort(preference(this.#app))) {
      this.look(instance.id);
      if (this.#isNew(instance) && isConsideredHealthy(instance, health)) healthyNew += 1;
    }
    backOffs.reset(this.#app.id);
    return restartLimits({
      target: this.#app.instances,
      healthy: healthyNew + this.#old.count('healthy'),
      current: this.#arrivals.size + this.#old.staying,
      strategy: this.#app.upgradeStrategy,
      // No kind of volume keeps data yet.
      isResident: false,
    });
  }

  #giveUp(): void {
    if (this.#useless.size > 0) this.#end([...this.#useless], 'upgrade');
  }

  /** One that was given up as unreachable may come back when its place is taken. */
  #removeSurplus(): void {
    const count = this.#arrivals.size - this.#app.instances;
    if (count <= 0) return;
    const present = this.#context.parts.instances.ofApp(this.#app.id).filter(({ id }) => this.#arrivals.has(id));
    this.#end(
      selectVictims({ app: this.#app, instances: present, count }).map(({ id }) => id),
      'scale',
    );
  }

  /** One old instance for each new one that has arrived, besides those to go at once; all when all have arrived. */
  #replaceable({ minHealthy, killNow }: RestartLimits): InstanceId[] {
    const { arrived } = this.#arrivals;
    const credit = arrived >= this.#app.instances ? this.#old.staying : killNow + arrived - this.#replaced;
    return this.#take(credit, minHealthy);
  }

  #take(count: number, minHealthy: number): InstanceId[] {
    const taken: InstanceId[] = [];
    while (taken.length < count) {
      const id = this.#old.take(this.#arrivals.serving, minHealthy);
      if (id === undefined) break;
      taken.push(id);
    }
    return taken;
  }

  /** Nothing is under way that could make room. */
  #isStuck(target: number): boolean {
    const { size, arrived } = this.#arrivals;
    return size < target && arrived === size && this.#old.ending.size === 0 && this.#useless.size === 0;
  }

  /**
   * All room is taken by old instances, and none of them was to go: some are not healthy, became so after the beginning,
   * or replaced ones that were. Those that serve nobody go first; when all serve and all are needed, one more may run.
   */
  #unstick(limits: RestartLimits): void {
    const { minHealthy } = limits;
    const healthy = this.#arrivals.serving + this.#old.count('healthy');
    const beyond = this.#arrivals.size + this.#old.size - minHealthy;
    const isAnyUnfit = this.#old.count('unhealthy') > 0;
    const victims = isAnyUnfit
      ? this.#take(Math.min(this.#old.count('unhealthy'), Math.max(1, beyond)), Number.POSITIVE_INFINITY)
      : this.#take(Math.max(1, healthy - minHealthy), minHealthy);
    this.#end(victims, 'upgrade');
    if (victims.length === 0 && this.#old.count('unknown') === 0) {
      this.#limits = { ...limits, maxCapacity: limits.maxCapacity + 1 };
      this.#context.wake();
    }
  }

  #end(ids: readonly InstanceId[], reason: 'upgrade' | 'scale'): void {
    if (ids.length === 0) return;
    const { instances, kills } = this.#context.parts;
    for (const id of ids) instances.setGoal(id, 'Decommissioned');
    // Those without a task are gone by now. The end of the others is seen by `look`.
    const left = ids.filter((id) => instances.get(id) !== undefined);
    if (left.length > 0) void kills.kill(left, reason, 'Decommissioned');
    for (const id of ids) this.look(id);
  }
}

/** It waits to be launched with what is to be replaced, or is on an agent that is gone. */
function isUseless(instance: Instance): boolean {
  if (instance.goal !== 'Running') return false;
  if (!isActive(instance)) return true;
  // "disabled" asks to wait for such an instance: it goes when its turn comes.
  return isUnreachable(instance) && instance.app.unreachableStrategy !== 'disabled';
}
