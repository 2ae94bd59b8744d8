// One allocation run (mesos-semantics.md 3.3, the stage for everyone): each agent is tried with each role and each framework
// in the order of fairness; the first that may have its free part gets all of it.

import type { Item } from '../mesos/resources/item.ts';
import type { Resources } from '../mesos/resources.ts';
import type { AgentRecord } from './agent.ts';
import type { Books } from './books.ts';
import { type AgentRules, isAllocatable, type MinimumSizes, mayReceive, stripIncapable } from './eligibility.ts';
import type { FrameworkUnderRole } from './framework.ts';
import type { TrackedRole } from './sorter/role-tree.ts';
import type { OfferedResources } from './types.ts';

/** The cluster's rules, for frameworks that bring none of their own. */
export interface RunRules extends AgentRules {
  readonly minimumSizes: MinimumSizes;
}

interface Chosen {
  readonly under: FrameworkUnderRole;
  readonly resources: Resources;
}

/** Tries every agent in turn; what is offered is in the books when it returns. */
export function runAllocation(books: Books, agents: readonly AgentRecord[], rules: RunRules): OfferedResources[] {
  const offers: OfferedResources[] = [];
  if (books.listedCount === 0) return offers;
  for (const agent of agents) {
    // The order of roles holds for the whole visit, and nobody is asked twice: so the books may wait until its end.
    for (const { under, resources } of chooseFor(books, agent, rules)) {
      const frameworkId = under.framework.id;
      const role = under.role.path;
      books.give(agent, frameworkId, role, resources, 'offered');
      offers.push({ frameworkId, role, agentId: agent.id, resources: resources.allocatedTo(role) });
    }
    // A shared volume may be offered again by the next run though nothing changes.
    if (!agent.total.traits.hasShared) books.settle(agent);
  }
  return offers;
}

function chooseFor(books: Books, agent: AgentRecord, rules: RunRules): Chosen[] {
  const chosen: Chosen[] = [];
  let rest = agent.free;
  if (rest.isEmpty) return chosen;
  books.tree.visit((role) => {
    if (role.order.size > 0) rest = chooseUnderRole(books, agent, role, rest, rules, chosen);
    return rest.isEmpty;
  });
  return chosen;
}

/** Adds to `chosen` and answers what is left. */
function chooseUnderRole(
  books: Books,
  agent: AgentRecord,
  role: TrackedRole,
  free: Resources,
  rules: RunRules,
  chosen: Chosen[],
): Resources {
  let rest = free;
  let available = rest.allocatableTo(role.path);
  // Most frameworks are asked about the very same resources, by the very same rule.
  let sized: Resources | undefined;
  let isLargeEnough = false;
  for (const under of role.order.entries()) {
    if (available.isEmpty) break;
    // Found wanting when the agent was tried last, and nothing has changed for either since.
    if (under.wokenAt <= agent.settledAt) continue;
    const { framework } = under;
    if (!mayReceive(framework, role.path, agent, rules)) continue;
    const offer = arranged(agent, stripIncapable(available, framework));
    if (framework.minimumSizes.size > 0) {
      if (!isAllocatable(offer, framework.minimumSizes.get(role.path) ?? rules.minimumSizes)) continue;
    } else {
      if (sized !== offer) {
        sized = offer;
        isLargeEnough = isAllocatable(offer, rules.minimumSizes);
      }
      if (!isLargeEnough) continue;
    }
    if (books.filters.isFiltered(agent, under, offer)) continue;
    chosen.push({ under, resources: offer });
    rest = rest.minus(offer);
    available = rest.allocatableTo(role.path);
  }
  return rest;
}

/**
 * What a quota never limits first: reservations, ranges and sets, revocable resources; then plain scalars. The order shows
 * in offers. Most of the time an agent is asked about the same collection again: its answer is kept.
 */
function arranged(agent: AgentRecord, available: Resources): Resources {
  if (agent.arrangedFrom === available) return agent.arranged;
  const { hasReserved, hasNonScalar, hasRevocable } = available.traits;
  const isPlain = !hasReserved && !hasNonScalar && !hasRevocable;
  agent.arrangedFrom = available;
  agent.arranged = isPlain
    ? available
    : available.select((item) => !isLimitable(item)).plus(available.select(isLimitable));
  return agent.arranged;
}

const isLimitable = ({ identity }: Item): boolean =>
  identity.kind === 'SCALAR' && identity.role === undefined && !identity.isRevocable;
