// Looking at the allocator from outside: for /roles, metrics and people who ask why nothing is offered.

import { withAncestors } from '../mesos/resources/roles.ts';
import type { Books, HoldingPart } from './books.ts';
import { Quantities } from './sorter/cluster-totals.ts';
import type { AllocatorMetrics, RoleSummary, RoleView } from './types.ts';

/** Leaf roles as the next run would serve them, the first one next in line. */
export function roleOrder(books: Books): string[] {
  const paths: string[] = [];
  books.tree.visit((role) => {
    paths.push(role.path);
    return false;
  });
  return paths;
}

/** Ids of the role's frameworks, the first one next in line; empty when there is no such role. */
export function frameworkOrder(books: Books, role: string): string[] {
  const order = books.tree.get(role)?.order.entries() ?? [];
  return order.map((under) => under.framework.id);
}

/** Dominant share within the role, between 0 and 1, unweighted; 0 for who is not there. */
export function frameworkShare(books: Books, frameworkId: string, role: string): number {
  const under = books.tree.get(role)?.frameworks.get(frameworkId);
  return under === undefined ? 0 : books.totals.share(under.held.vector, 1);
}

/** Every role of the tree, ancestors included. */
export function roleViews(books: Books): RoleView[] {
  const sums = subtreeSums(books);
  const none = { offered: new Quantities(), allocated: new Quantities() };
  return books.tree.paths().map((path): RoleView => {
    const frameworks = books.tree.get(path)?.frameworks;
    let activeFilters = 0;
    for (const under of frameworks?.values() ?? []) activeFilters += under.filterCount;
    const { offered, allocated } = sums.get(path) ?? none;
    return {
      role: path,
      share: books.tree.share(path),
      weight: books.tree.weight(path),
      frameworks: [...(frameworks?.keys() ?? [])].sort(),
      allocated: books.totals.toRecord(allocated.vector),
      offered: books.totals.toRecord(offered.vector),
      activeFilters,
    };
  });
}

/** As `roleViews`, of what is known without a look at each agent. */
export function roleSummaries(books: Books): RoleSummary[] {
  return books.tree.paths().map((path): RoleSummary => {
    const frameworks = books.tree.get(path)?.frameworks;
    let activeFilters = 0;
    for (const under of frameworks?.values() ?? []) activeFilters += under.filterCount;
    const held = books.tree.held(path);
    return {
      role: path,
      share: books.tree.share(path),
      frameworkCount: frameworks?.size ?? 0,
      held: held === undefined ? {} : books.totals.toRecord(held.vector),
      activeFilters,
    };
  });
}

/** What known frameworks hold, by the path of every role that has some of it at or beneath it. */
function subtreeSums(books: Books): Map<string, Record<HoldingPart, Quantities>> {
  const sums = new Map<string, Record<HoldingPart, Quantities>>();
  for (const agent of books.agents.values()) {
    for (const { role, offered, allocated } of agent.holdings.values()) {
      for (const path of withAncestors(role)) {
        const sum = sums.get(path) ?? { offered: new Quantities(), allocated: new Quantities() };
        sum.offered.add(books.totals, offered, 1);
        sum.allocated.add(books.totals, allocated, 1);
        sums.set(path, sum);
      }
    }
  }
  return sums;
}

/** `runs` and `agentsVisited` are counted by the caller and only passed through. */
export function metricsOf(books: Books, runs: number, agentsVisited: number): AllocatorMetrics {
  const held = new Quantities();
  for (const { vector } of books.tree.heldAtTop()) {
    for (const [index, millis] of vector.entries()) held.addAt(index, millis);
  }
  for (const { orphans } of books.agents.values()) {
    for (const { offered, allocated } of orphans) {
      held.add(books.totals, offered, 1);
      held.add(books.totals, allocated, 1);
    }
  }
  return {
    runs,
    activeFilters: books.filters.count,
    agentsVisited,
    total: books.totals.toRecord(),
    offeredOrAllocated: books.totals.toRecord(held.vector),
  };
}
