// What counts against a quota, and what there is to be guaranteed, for operators who ask: the allocator keeps sums of its own.
import { withAncestors } from '../../../mesos/resources/roles.ts';
import type { Resources } from '../../../mesos/resources.ts';
import type { MasterState } from '../state/master-state.ts';
import { QuantitySum } from './quantities.ts';

/** Of resources that a role holds or is offered: what a quota limits, beside reservations. */
export const limitable = (resources: Resources): Resources => resources.unreserved().nonRevocable();

/**
 * What is consumed of each role, and of `''`, which all roles are beneath: reservations of it and all beneath it, used or not,
 * and what is used there without one; offers aside. Roles without any are left out.
 */
export function consumption({ agents }: MasterState): ReadonlyMap<string, QuantitySum> {
  const own = new Map<string, QuantitySum>();
  for (const { identity, millis } of agents.registered.total.values()) {
    const { role, name } = identity;
    if (role !== undefined) sumOf(own, role).addMillis(name, millis);
  }
  for (const { identity, millis } of agents.registered.used.values()) {
    const { role, name, isRevocable, allocationRole } = identity;
    if (role !== undefined || isRevocable || allocationRole === undefined) continue;
    sumOf(own, allocationRole).addMillis(name, millis);
  }
  const sums = new Map<string, QuantitySum>();
  for (const [role, sum] of own) {
    for (const path of [...withAncestors(role), '']) sumOf(sums, path).addSum(sum);
  }
  return sums;
}

function sumOf(sums: Map<string, QuantitySum>, role: string): QuantitySum {
  const known = sums.get(role);
  if (known !== undefined) return known;
  const sum = new QuantitySum();
  sums.set(role, sum);
  return sum;
}

/** Scalars of all registered agents, connected or not, that do not go away by themselves. */
export function clusterCapacity({ agents }: MasterState): QuantitySum {
  const sum = new QuantitySum();
  for (const { identity, millis } of agents.registered.total.values()) {
    if (!identity.isRevocable) sum.addMillis(identity.name, millis);
  }
  return sum;
}
