// Looking at the allocator from outside: for metrics and people who ask why nothing is offered.
import type { Books } from './books.ts';
import { Quantities } from './sorter/cluster-totals.ts';
import type { AllocatorMetrics, RoleSummary } from './types.ts';

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
