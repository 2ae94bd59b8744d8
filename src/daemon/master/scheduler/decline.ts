// DECLINE, SUPPRESS and REVIVE: what a framework does not want, and wants again (mesos-semantics.md 3.4, 3.8).
import type { Call_Decline } from '../../../mesos/generated/scheduler.ts';
import { refuseOffer } from '../books/offers.ts';
import type { MasterCore } from '../core.ts';
import type { MasterFramework } from '../state/framework.ts';

/** Of `Filters.refuse_seconds`, and when there are no filters at all. */
export const DEFAULT_REFUSE_SECONDS = 5;

/** Offers that are not its own any more are passed over. */
export function decline(core: MasterCore, framework: MasterFramework, call: Call_Decline): void {
  core.state.counters.increment('master/messages_decline_offers');
  for (const { value } of call.offer_ids ?? []) {
    const offer = core.state.offers.get(value);
    if (offer === undefined || offer.frameworkId !== framework.frameworkId) continue;
    refuseOffer(core, offer, call.filters?.refuse_seconds ?? DEFAULT_REFUSE_SECONDS);
    framework.counters.increment('offers/declined');
  }
}

/** No roles = all. A role it does not have makes the whole call void. Outstanding offers stay. */
export function suppress(core: MasterCore, framework: MasterFramework, roles: readonly string[]): void {
  core.state.counters.increment('master/messages_suppress_offers');
  if (!hasRoles(framework, roles)) return;
  for (const role of roles.length === 0 ? framework.roles : roles) framework.suppressedRoles.add(role);
  core.allocator.suppress(framework.frameworkId, roles.length === 0 ? undefined : roles);
}

/** As `suppress`, the other way round: filters go and an allocation follows. */
export function revive(core: MasterCore, framework: MasterFramework, roles: readonly string[]): void {
  core.state.counters.increment('master/messages_revive_offers');
  if (!hasRoles(framework, roles)) return;
  for (const role of roles.length === 0 ? framework.roles : roles) framework.suppressedRoles.delete(role);
  core.allocator.revive(framework.frameworkId, roles.length === 0 ? undefined : roles);
  core.requestAllocation();
}

function hasRoles(framework: MasterFramework, roles: readonly string[]): boolean {
  return roles.every((role) => framework.roles.has(role));
}
