// What counts against a quota, and what there is to be guaranteed. Looks at all agents: for operators who ask, not for runs
// of the allocator, which keeps such sums of its own.
import { withAncestors } from '../../../mesos/resources/roles.ts';
import type { Resources } from '../../../mesos/resources.ts';
import type { MasterState } from '../state/master-state.ts';
import { usedOn } from '../views/totals.ts';
import { QuantitySum } from './quantities.ts';

/** Of resources that a role holds or is offered: what a quota limits, beside reservations. */
export const limitable = (resources: Resources): Resources => resources.unreserved().nonRevocable();

/**
 * What is consumed of each role, and of `''`, which all roles are beneath: reservations of it and all beneath it, used or not,
 * and what is used there without one; offers aside. Roles without any are left out. One look at all agents.
 */
export function consumption(state: MasterState): ReadonlyMap<string, QuantitySum> {
  const sums = new Map<string, QuantitySum>();
  const add = (role: string, quantities: Quantities): void => {
    for (const name of [...withAncestors(role), '']) {
      const sum = sums.get(name) ?? new QuantitySum();
      sums.set(name, sum.add(quantities));
    }
  };
  for (const agent of state.agents.registered.values()) {
    for (const [role, amounts] of amountsOf(reservedAmounts, agent.totalResources, reservationsOf)) add(role, amounts);
    for (const [role, amounts] of amountsOf(limitableAmounts, usedOn(agent)(), limitableOf)) add(role, amounts);
  }
  return sums;
}

type Quantities = ReadonlyMap<string, number>;
type ByRole = readonly (readonly [string, Quantities])[];

/** Most agents have and use what they did at the last look. */
const reservedAmounts = new WeakMap<Resources, ByRole>();
const limitableAmounts = new WeakMap<Resources, ByRole>();

function amountsOf(known: WeakMap<Resources, ByRole>, resources: Resources, look: (of: Resources) => ByRole): ByRole {
  const old = known.get(resources);
  if (old !== undefined) return old;
  const found = look(resources);
  known.set(resources, found);
  return found;
}

function reservationsOf(total: Resources): ByRole {
  return Array.from(total.reservations(), ([role, reserved]) => [role, reserved.quantities()]);
}

function limitableOf(used: Resources): ByRole {
  return used.allocationRoles().map((role) => [role, limitable(used.ofAllocationRole(role)).quantities()]);
}

/** Scalars of all registered agents, connected or not, that do not go away by themselves. */
export function clusterCapacity(state: MasterState): QuantitySum {
  const sum = new QuantitySum();
  for (const agent of state.agents.registered.values()) sum.add(agent.totalResources.nonRevocable().quantities());
  return sum;
}
