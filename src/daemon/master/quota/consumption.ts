// What counts against a quota, and what there is to be guaranteed. Looks at all agents: for operators who ask, not for runs
// of the allocator, which keeps such sums of its own.
import { withAncestors } from '../../../mesos/resources/roles.ts';
import type { Resources } from '../../../mesos/resources.ts';
import type { MasterState } from '../state/master-state.ts';
import { QuantitySum } from './quantities.ts';

/** Of resources that a role holds or is offered: what a quota limits, beside reservations. */
export const limitable = (resources: Resources): Resources => resources.unreserved().nonRevocable();

/**
 * What is consumed of each role, and of `''`, which all roles are beneath: reservations of it and all beneath it, used or not,
 * and what is used there without one; offers aside. Roles without any are left out. One look at all agents.
 */
export function consumption(state: MasterState): ReadonlyMap<string, QuantitySum> {
  const sums = new Map<string, QuantitySum>();
  const add = (role: string, resources: Resources): void => {
    const quantities = resources.quantities();
    for (const name of [...withAncestors(role), '']) {
      const sum = sums.get(name) ?? new QuantitySum();
      sums.set(name, sum.add(quantities));
    }
  };
  for (const agent of state.agents.registered.values()) {
    for (const [role, reserved] of agent.totalResources.reservations()) add(role, reserved);
    for (const used of agent.usedResources.values()) {
      for (const role of used.allocationRoles()) add(role, limitable(used.ofAllocationRole(role)));
    }
  }
  return sums;
}

/** Scalars of all registered agents, connected or not, that do not go away by themselves. */
export function clusterCapacity(state: MasterState): QuantitySum {
  const sum = new QuantitySum();
  for (const agent of state.agents.registered.values()) sum.add(agent.totalResources.nonRevocable().quantities());
  return sum;
}
