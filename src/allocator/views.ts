// Looking at the allocator from outside: for /roles, metrics and people who ask why nothing is offered.

import { isRoleOrBeneath } from '../mesos/resources/roles.ts';
import type { Resources } from '../mesos/resources.ts';
import type { Books, HoldingPart } from './books.ts';
import { Quantities } from './sorter/cluster-totals.ts';
import type { TrackedRole } from './sorter/role-tree.ts';
import type { AllocatorMetrics, RoleView } from './types.ts';

export function roleOrder(books: Books): string[] {
  const paths: string[] = [];
  books.tree.visit((role) => {
    paths.push(role.path);
    return false;
  });
  return paths;
}

export function frameworkOrder(books: Books, role: string): string[] {
  const order = books.tree.get(role)?.order.entries() ?? [];
  return order.map((under) => under.framework.id);
}

export function frameworkShare(books: Books, frameworkId: string, role: string): number {
  const under = books.tree.get(role)?.frameworks.get(frameworkId);
  return under === undefined ? 0 : books.totals.share(under.held.vector, 1);
}

export function roleViews(books: Books): RoleView[] {
  const tracked: TrackedRole[] = [];
  books.tree.visit((role) => {
    tracked.push(role);
    return false;
  });
  const own = holdingsByRole(books);
  return books.tree.paths().map((path): RoleView => {
    const subtree = tracked.filter((role) => isRoleOrBeneath(role.path, path));
    const frameworks = books.tree.get(path)?.frameworks;
    let activeFilters = 0;
    for (const under of frameworks?.values() ?? []) activeFilters += under.filterCount;
    const total = (part: HoldingPart): Record<string, number> => {
      const sum = new Quantities();
      for (const role of subtree) {
        for (const resources of own.get(role.path)?.[part] ?? []) sum.add(books.totals, resources, 1);
      }
      return books.totals.toRecord(sum.vector);
    };
    return {
      role: path,
      share: books.tree.share(path),
      weight: books.tree.weight(path),
      frameworks: [...(frameworks?.keys() ?? [])].sort(),
      allocated: total('allocated'),
      offered: total('offered'),
      activeFilters,
    };
  });
}

/** Of known frameworks. */
function holdingsByRole(books: Books): Map<string, Record<HoldingPart, Resources[]>> {
  const byRole = new Map<string, Record<HoldingPart, Resources[]>>();
  for (const agent of books.agents.values()) {
    for (const { role, offered, allocated } of agent.holdings.values()) {
      const parts = byRole.get(role) ?? { offered: [], allocated: [] };
      parts.offered.push(offered);
      parts.allocated.push(allocated);
      byRole.set(role, parts);
    }
  }
  return byRole;
}

export function metricsOf(books: Books, runs: number, agentsVisited: number): AllocatorMetrics {
  const held = new Quantities();
  for (const agent of books.agents.values()) {
    for (const holding of [...agent.holdings.values(), ...agent.orphans]) {
      held.add(books.totals, holding.offered, 1);
      held.add(books.totals, holding.allocated, 1);
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
