// Sums over the books: what an agent has in use, what a framework uses and has been offered. A sum is made again only when
// one of its parts is another one than before (parts never change): with thousands of parts most reads find none that is.

import { Resources } from '../../../mesos/resources.ts';
import { remembering } from '../../serving/remembering.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';

interface Sum {
  readonly parts: readonly Resources[];
  readonly total: Resources;
}

/** The latest sum of a book, kept with the book. */
const latest = remembering((_book: object): { sum?: Sum } => ({}));

/** Told of the parts as they are now; adds them up when it is asked for. */
type Total = () => Resources;

/** Sum of what all frameworks use on an agent. */
export function usedOn(agent: MasterAgent): Total {
  return total(agent.usedResources, agent.usedResources.size, agent.usedResources.values());
}

/** Sum of what a framework uses on all agents. */
export function usedBy(framework: MasterFramework): Total {
  return total(framework.usedResources, framework.usedResources.size, framework.usedResources.values());
}

/** Sum of a framework's outstanding offers. */
export function offeredTo(framework: MasterFramework): Total {
  const { offers } = framework;
  return total(
    offers,
    offers.size,
    Array.from(offers, (offer) => offer.resources),
  );
}

const nothing: Total = () => Resources.EMPTY;

function total(key: object, size: number, values: Iterable<Resources>): Total {
  if (size === 0) return nothing;
  const parts = [...values];
  const [only] = parts;
  if (size === 1 && only !== undefined) return () => only;
  return () => {
    const known = latest(key).sum;
    return known !== undefined && isSame(known.parts, parts) ? known.total : summed(key, parts);
  };
}

function summed(key: object, parts: readonly Resources[]): Resources {
  const sum = { parts, total: Resources.sum(parts) };
  latest(key).sum = sum;
  return sum.total;
}

function isSame(old: readonly Resources[], parts: readonly Resources[]): boolean {
  return old.length === parts.length && parts.every((part, index) => part === old[index]);
}
