// How many instances are in which state, kept up to date change by change (marathon.md 3.8, 22).
import type { InstanceCounts } from '../../core.ts';
import { type Instance, isScheduled } from '../../model/instance.ts';

const COUNTED = [
  'total',
  'scheduled',
  'staged',
  'starting',
  'running',
  'killing',
  'unreachable',
  'unreachableInactive',
  'counted',
] as const satisfies readonly (keyof InstanceCounts)[];

/** One set of counts; `add` and `subtract` take an instance in and out. */
export class MutableCounts implements InstanceCounts {
  total = 0;
  scheduled = 0;
  staged = 0;
  starting = 0;
  running = 0;
  killing = 0;
  unreachable = 0;
  unreachableInactive = 0;
  counted = 0;

  add(instance: Instance): void {
    this.#count(instance, 1);
  }

  subtract(instance: Instance): void {
    this.#count(instance, -1);
  }

  /** What it is now. */
  snapshot(): InstanceCounts {
    return Object.fromEntries(COUNTED.map((name) => [name, this[name]])) as Record<(typeof COUNTED)[number], number>;
  }

  #count(instance: Instance, by: number): void {
    const { condition, goal } = instance;
    this.total += by;
    if (goal === 'Running' && condition !== 'UnreachableInactive') this.counted += by;
    if (isScheduled(instance)) this.scheduled += by;
    else if (condition === 'Provisioned' || condition === 'Staging') this.staged += by;
    else if (condition === 'Starting') this.starting += by;
    else if (condition === 'Running') this.running += by;
    else if (condition === 'Killing') this.killing += by;
    else if (condition === 'Unreachable') this.unreachable += by;
    else if (condition === 'UnreachableInactive') this.unreachableInactive += by;
  }
}

/** Of an app without instances. */
export const NO_INSTANCES: InstanceCounts = new MutableCounts().snapshot();
