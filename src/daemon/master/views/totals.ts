// Sums over the books: what an agent has in use, what a framework uses and has been offered. A sum is made again only when
// one of its parts is another one than before (parts never change): with thousands of parts most reads find none that is.
import { Resources } from '../../../mesos/resources.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';

interface Sum {
  readonly parts: readonly Resources[];
  readonly total: Resources;
}

const sums = new WeakMap<object, Sum>();

/** Sum of what all frameworks use on an agent. */
export function usedOn(agent: MasterAgent): Resources {
  return total(agent.usedResources, agent.usedResources.size, () => agent.usedResources.values());
}

/** Sum of what a framework uses on all agents. */
export function usedBy(framework: MasterFramework): Resources {
  return total(framework.usedResources, framework.usedResources.size, () => framework.usedResources.values());
}

/** Sum of a framework's outstanding offers. */
export function offeredTo(framework: MasterFramework): Resources {
  const { offers } = framework;
  return total(offers, offers.size, () => Array.from(offers, (offer) => offer.resources));
}

function total(key: object, size: number, parts: () => Iterable<Resources>): Resources {
  if (size === 0) return Resources.EMPTY;
  const known = sums.get(key);
  if (known !== undefined && known.parts.length === size && isSame(known.parts, parts())) return known.total;
  return summed(key, [...parts()]);
}

function summed(key: object, parts: readonly Resources[]): Resources {
  const sum = { parts, total: Resources.sum(parts) };
  sums.set(key, sum);
  return sum.total;
}

function isSame(old: readonly Resources[], parts: Iterable<Resources>): boolean {
  let index = 0;
  for (const part of parts) {
    if (part !== old[index]) return false;
    index += 1;
  }
  return true;
}
