// Cutting resources down to an amount (mesos-semantics.md 3.3): what is divisible is cut to what is left of it, what is not is
// taken whole or not at all.
import { type Item, scalarItem } from '../../mesos/resources/item.ts';
import { Resources } from '../../mesos/resources.ts';

/** Thousandths that may still be taken of the scalar of this name; infinite: as much as there is. */
export type Allowance = (name: string) => number;

/**
 * The scalars of `resources` as far as `allowance` goes, over all objects of a name together. Answers `resources` itself
 * when nothing is cut. Several objects of one name, such as disks, are served in the order that `shuffle` makes of them.
 */
export function shrink(resources: Resources, allowance: Allowance, shuffle?: (items: Item[]) => Item[]): Resources {
  const { items } = resources;
  const isAmbiguous = shuffle !== undefined && new Set(items.map(({ identity }) => identity.name)).size < items.length;
  const taken = new Map<string, number>();
  const kept: Item[] = [];
  let isCut = false;
  for (const item of isAmbiguous ? shuffle([...items]) : items) {
    const { name, isIndivisible } = item.identity;
    const left = allowance(name) - (taken.get(name) ?? 0);
    if (item.millis > left) isCut = true;
    const part = item.millis <= left ? item.millis : isIndivisible ? 0 : left;
    if (part <= 0) continue;
    taken.set(name, (taken.get(name) ?? 0) + part);
    kept.push(part === item.millis ? item : scalarItem(item.identity, part, item.disk));
  }
  return isCut ? Resources.ofItems(kept) : resources;
}
