// PlacedInstances of all apps, kept up to date with every change of an instance, so that nobody ever counts them all.
import type { InstanceChange } from '../core.ts';
import { type App, configVersionOf } from '../model/app.ts';
import { type Condition, type Instance, isTerminal, isUnreachable } from '../model/instance.ts';
import { PlacedInstances } from './placed-instances.ts';

/** One entry an app and configuration that has instances somewhere. */
export class Placements {
  readonly #byConfig = new Map<string, PlacedInstances>();

  /** Those that are there already. */
  constructor(instances: Iterable<Instance> = []) {
    for (const instance of instances) this.changed({ before: undefined, after: instance });
  }

  /** For Instances.onChange: to be called before anything is matched. */
  changed({ before, after }: InstanceChange): void {
    if (before !== undefined && (after === undefined || keyOf(before.app) !== keyOf(after.app))) this.#remove(before);
    if (after === undefined) return;
    if (counts(after)) this.#add(after);
    else this.#remove(after);
  }

  /** Instances that the app's constraints compare with; look it up anew for each match, an empty one is not kept. */
  of(app: App): PlacedInstances {
    return this.#byConfig.get(keyOf(app)) ?? new PlacedInstances(app);
  }

  #add({ id, app, agent }: Instance): void {
    if (agent === undefined) return;
    const key = keyOf(app);
    let placed = this.#byConfig.get(key);
    if (placed === undefined) {
      placed = new PlacedInstances(app);
      this.#byConfig.set(key, placed);
    }
    placed.add(id, agent);
  }

  #remove({ id, app }: Instance): void {
    const key = keyOf(app);
    const placed = this.#byConfig.get(key);
    placed?.remove(id);
    if (placed?.size === 0) this.#byConfig.delete(key);
  }
}

/** Instances that wait, that are lost, or whose task is over take no place. */
function counts(instance: Instance): boolean {
  return !isTerminal(instance) && !isUnreachable(instance) && instance.condition !== ('Scheduled' satisfies Condition);
}

/** No newline is in an id. */
function keyOf(app: App): string {
  return `${app.id}\n${configVersionOf(app)}`;
}
