// A quota that was just set takes effect on what is out already (mesos-semantics.md 3.9): offers beyond the limits are taken back,
// then offers of other roles until there is enough for the guarantees. What runs goes on.
import { isRoleOrBeneath } from '../../../mesos/resources/roles.ts';
import { rescindOffer } from '../books/offers.ts';
import type { MasterCore } from '../core.ts';
import type { MasterOffer } from '../state/offer.ts';
import { limitable } from './consumption.ts';
import { QuantitySum } from './quantities.ts';
import type { RoleQuota } from './role-quota.ts';

/**
 * Only offers that have some of what is too much, or missing, are taken back. What is free is not counted as enough for
 * the guarantees: the role may have refused it, or be kept from it.
 */
export function rescindForQuota(core: MasterCore, role: string, { guarantees, limits }: RoleQuota): void {
  // The allocator's sums are at hand, offers included.
  const held = new QuantitySum().add(Object.entries(core.allocator.quotaConsumption(role)));
  if (held.above(limits).length === 0 && held.below(guarantees).length === 0) return;

  const [own, others] = offersOf(core, role);
  for (const offer of own) {
    const excess = held.above(limits);
    if (excess.length === 0) break;
    if (takeBack(core, offer, excess)) held.add(limitable(offer.resources).quantities(), -1);
  }
  // What is taken back from others is as good as held from here on.
  for (const offer of others) {
    const missing = held.below(guarantees);
    if (missing.length === 0) break;
    if (takeBack(core, offer, missing)) held.add(limitable(offer.resources).quantities());
  }
}

/** Those to the role or beneath it, and all others agent by agent, since a whole agent is of more use than two halves. */
function offersOf(core: MasterCore, role: string): readonly [own: MasterOffer[], others: MasterOffer[]] {
  const own: MasterOffer[] = [];
  const others: MasterOffer[] = [];
  for (const agent of core.state.agents.registered.values()) {
    for (const offer of agent.offers) (isRoleOrBeneath(offer.role, role) ? own : others).push(offer);
  }
  return [own, others];
}

function takeBack(core: MasterCore, offer: MasterOffer, names: readonly string[]): boolean {
  const part = limitable(offer.resources);
  if (!names.some((name) => (part.scalar(name) ?? 0) > 0)) return false;
  rescindOffer(core, offer);
  return true;
}
