// The instances that a rolling restart replaces: which of them may still run, and which may go next (marathon.md 12.5).
import type { Health } from '../../core.ts';
import type { Instance, InstanceId } from '../../model/instance.ts';
import { isConsideredHealthy } from './arrivals.ts';

/** What is known of the health of an instance that stays: nothing when its checks have not said anything yet. */
type HealthClass = 'healthy' | 'unknown' | 'unhealthy';

/** Every call costs the same whatever the number of instances; where there is an order, the first put goes first. */
export class OldInstances {
  readonly #health: Pick<Health, 'healthOf'>;
  readonly #staying: Record<HealthClass, Set<InstanceId>> = {
    healthy: new Set(),
    unknown: new Set(),
    unhealthy: new Set(),
  };
  readonly #ending = new Set<InstanceId>();

  constructor(health: Pick<Health, 'healthOf'>) {
    this.#health = health;
  }

  /** How many may run, those told to end included. */
  get size(): number {
    return this.staying + this.#ending.size;
  }

  /** How many were not told to end. */
  get staying(): number {
    return this.#staying.healthy.size + this.#staying.unknown.size + this.#staying.unhealthy.size;
  }

  get ending(): ReadonlySet<InstanceId> {
    return this.#ending;
  }

  /** How many of those that stay are in a class. */
  count(health: HealthClass): number {
    return this.#staying[health].size;
  }

  /** One whose task may run, new or changed. */
  put(instance: Instance): void {
    const { id } = instance;
    const health = instance.goal === 'Running' ? this.#classOf(instance) : undefined;
    if (health === undefined ? this.#ending.has(id) : this.#staying[health].has(id)) return;
    this.remove(id);
    (health === undefined ? this.#ending : this.#staying[health]).add(id);
  }

  /** Its task is over, or it is none of these any more. Harmless when it was not here. */
  remove(id: InstanceId): void {
    this.#ending.delete(id);
    for (const set of Object.values(this.#staying)) set.delete(id);
  }

  /**
   * One that may go, and counts as ending from now on: an unhealthy one, else one of which at least `minHealthy`
   * healthy instances are left when it is gone. `others`: healthy instances besides these.
   */
  take(others: number, minHealthy: number): InstanceId | undefined {
    const { healthy, unknown, unhealthy } = this.#staying;
    const known = others + healthy.size;
    let from: ReadonlySet<InstanceId> = unhealthy;
    if (from.size === 0 && known >= minHealthy) from = unknown;
    if (from.size === 0 && known > minHealthy) from = healthy;
    const [id] = from;
    if (id === undefined) return undefined;
    this.remove(id);
    this.#ending.add(id);
    return id;
  }

  #classOf(instance: Instance): HealthClass {
    if (isConsideredHealthy(instance, this.#health)) return 'healthy';
    const isUnknown = instance.condition === 'Running' && this.#health.healthOf(instance) === undefined;
    return isUnknown ? 'unknown' : 'unhealthy';
  }
}
