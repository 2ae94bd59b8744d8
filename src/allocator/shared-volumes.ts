// A shared volume may be held several times at once; in shares it counts once for each agent (mesos-semantics.md 3.2).

import { sameIdentity } from '../mesos/resources/identity.ts';
import type { Item } from '../mesos/resources/item.ts';
import type { Resources } from '../mesos/resources.ts';
import type { AgentRecord, Holding } from './agent.ts';

/**
 * `resources` without those shared volumes that others of the agent's holdings in scope have too. With `sign` 1 the
 * resources are in the books already, with -1 no longer.
 */
export function countedOnce(
  agent: AgentRecord,
  resources: Resources,
  sign: 1 | -1,
  isInScope: (holding: Holding) => boolean,
): Resources {
  return resources.select((item) => {
    if (!item.identity.isShared) return true;
    const own = sign > 0 ? item.count : 0;
    return references(agent, item, isInScope) - own <= 0;
  });
}

function references(agent: AgentRecord, item: Item, isInScope: (holding: Holding) => boolean): number {
  let count = 0;
  for (const holding of agent.holdings.values()) {
    if (!isInScope(holding)) continue;
    for (const held of [...holding.offered.items, ...holding.allocated.items]) {
      if (sameIdentity(held.identity, item.identity)) count += held.count;
    }
  }
  return count;
}
