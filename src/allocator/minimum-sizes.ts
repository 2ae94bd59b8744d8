// What is too little to be offered: the cluster's minimum sizes, or those that a framework brings (mesos-semantics.md 3.6).
import { quantityOf } from '../mesos/resources/item.ts';
import { toMillis } from '../mesos/resources/scalar.ts';
import type { Resources } from '../mesos/resources.ts';
import type { MinAllocatable } from './types.ts';

/** MinAllocatable in thousandths, quick to walk. */
export type MinimumSizes = readonly (readonly { readonly name: string; readonly millis: number }[])[];

/** Units → thousandths, once for all comparisons. */
export const toMinimumSizes = (minimum: MinAllocatable): MinimumSizes =>
  minimum.map((all) => Object.entries(all).map(([name, quantity]) => ({ name, millis: toMillis(quantity) })));

/** Is there something, and at least one of the minimum sizes? */
export function isAllocatable(resources: Resources, minimum: MinimumSizes): boolean {
  if (resources.isEmpty) return false;
  if (minimum.length === 0) return true;
  for (const sizes of minimum) {
    let isReached = true;
    for (const { name, millis } of sizes) {
      if (totalMillis(resources, name) < millis) {
        isReached = false;
        break;
      }
    }
    if (isReached) return true;
  }
  return false;
}

function totalMillis(resources: Resources, name: string): number {
  let total = 0;
  for (const item of resources.items) {
    if (item.identity.name !== name) continue;
    total += item.identity.kind === 'SCALAR' ? item.millis : quantityOf(item) * 1000;
  }
  return total;
}
