// Allocation as mesos-semantics.md 3.2–3.6 tells it, in its plainest form: nothing is kept up to date, every sum is made when
// it is needed, and every run tries every agent with everybody.
import type { MinAllocatable, OfferedResources } from '../../../src/allocator/allocator.ts';
import { type Item, quantityOf, scalarItem } from '../../../src/mesos/resources/item.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import {
  type Agent,
  type Amounts,
  addTo,
  countsForQuota,
  type Framework,
  ReferenceBooks,
  topLevel,
} from './reference-books.ts';

export interface ReferenceOptions {
  readonly region: string;
  readonly limitsBindSubroles: boolean;
  readonly minimum?: MinAllocatable | undefined;
}

const DEFAULT_MINIMUM: MinAllocatable = [{ cpus: 0.01 }, { mem: 32 }];

export class ReferenceAllocator {
  readonly books = new ReferenceBooks();
  readonly #options: ReferenceOptions;
  /** Of the run that is going on. */
  #offers: OfferedResources[] = [];
  #offeredShared = new Map<string, Resources>();
  /** Top-level role → what its sub-roles were given, where limits do not bind those. */
  #exempt = new Map<string, Amounts>();

  constructor(options: ReferenceOptions) {
    this.#options = options;
  }

  /** For roles of frameworks that bring none of their own. */
  get minimum(): MinAllocatable {
    return this.#options.minimum ?? DEFAULT_MINIMUM;
  }

  /** One offer for each framework, role and agent. */
  run(
    nowMs: number,
    batch: boolean,
    candidates: readonly string[] = [...this.books.agents.keys()],
  ): OfferedResources[] {
    const { books } = this;
    this.#begin(nowMs, batch);
    this.#offers = [];
    this.#offeredShared = new Map();
    this.#exempt = new Map();
    const agents: Agent[] = [];
    for (const id of [...candidates].sort()) {
      const agent = books.agents.get(id);
      if (agent?.isActive === true && books.whitelist?.has(agent.hostname) !== false) agents.push(agent);
    }
    for (const agent of agents) this.#meetGuarantees(agent);
    const required = books.required();
    for (const agent of agents) {
      for (const role of this.#rolesInOrder()) this.#offer(agent, role, required);
    }
    books.filters = books.filters.filter((f) => f.endsMs > nowMs);
    return this.#offers;
  }

  /** What a run has offered that somebody else made. */
  takeOver(nowMs: number, batch: boolean, offers: readonly OfferedResources[]): void {
    this.#begin(nowMs, batch);
    for (const { agentId, frameworkId, role, resources } of offers) {
      this.books.hold(agentId, frameworkId, role, resources.unallocated(), 'offered');
    }
    this.books.filters = this.books.filters.filter((f) => f.endsMs > nowMs);
  }

  #begin(nowMs: number, batch: boolean): void {
    const { books } = this;
    books.filters = books.filters.filter((f) => f.endsMs > nowMs || (batch && f.isShort && f.endsMs === nowMs));
    if (books.agents.size > 0) books.nodes.fixWeights();
  }

  #meetGuarantees(agent: Agent): void {
    const { books } = this;
    if (books.required().size === 0) return;
    const roles = this.#rolesInOrder().filter((role) => !role.includes('/'));
    for (const role of roles) {
      for (const framework of this.#frameworksInOrder(role)) {
        const missing = books.missing(role);
        const available = this.available(agent, framework, role);
        if (missing.size === 0 || available === undefined) continue;
        const limitable = available.select(countsForQuota);
        const guaranteed = cut(limitable, (name) => missing.get(name) ?? 0);
        if (guaranteed.isEmpty) continue;
        const given: Amounts = new Map();
        for (const { identity, millis } of guaranteed.items) addTo(given, identity.name, millis);
        const slack = this.#slack(role);
        const surplus = this.#surplus(books.required());
        const others = cut(limitable.minus(guaranteed), (name) =>
          Math.min(slack(name) - (given.get(name) ?? 0), surplus(name)),
        );
        this.#give(agent, framework, role, available.minus(limitable).plus(guaranteed).plus(others));
      }
    }
  }

  #offer(agent: Agent, role: string, required: Amounts): void {
    for (const framework of this.#frameworksInOrder(role)) {
      const available = this.available(agent, framework, role);
      if (available === undefined) continue;
      const limitable = available.select(countsForQuota);
      const slack = this.#slack(role);
      const surplus = this.#surplus(required);
      const allowed = cut(limitable, (name) => Math.min(slack(name), surplus(name)));
      this.#give(agent, framework, role, available.minus(limitable).plus(allowed));
    }
  }

  /** What of the agent the framework may be shown for the role; undefined: nothing. */
  available(agent: Agent, framework: Framework, role: string): Resources | undefined {
    const { capabilities } = framework;
    if ((agent.total.scalar('gpus') ?? 0) > 0 && !capabilities.has('GPU_RESOURCES')) return undefined;
    if (capabilities.has('MULTI_ROLE') && !agent.capabilities.has('MULTI_ROLE')) return undefined;
    if (role.includes('/') && !agent.capabilities.has('HIERARCHICAL_ROLE')) return undefined;
    if (framework.admits?.(agent.id, role) === false) return undefined;
    const isRemote = agent.region !== undefined && agent.region !== this.#options.region;
    if (isRemote && !capabilities.has('REGION_AWARE')) return undefined;
    const shown = this.#offeredShared.get(agent.id) ?? Resources.EMPTY;
    return this.books
      .free(agent)
      .allocatableTo(role)
      .select(({ identity }) => {
        if (identity.isShared && shown.items.some((item) => item.identity.key === identity.key)) return false;
        if (identity.isShared && !capabilities.has('SHARED_RESOURCES')) return false;
        if (identity.isRevocable && !capabilities.has('REVOCABLE_RESOURCES')) return false;
        return identity.reservations.length < 2 || capabilities.has('RESERVATION_REFINEMENT');
      });
  }

  #give(agent: Agent, framework: Framework, role: string, offer: Resources): void {
    const { books } = this;
    if (!isLargeEnough(offer, framework.minimums.get(role) ?? this.minimum)) return;
    const isFiltered = books.filters.some(
      (f) => f.agent === agent.id && f.framework === framework.id && f.role === role && f.refused.contains(offer),
    );
    if (isFiltered) return;
    books.hold(agent.id, framework.id, role, offer, 'offered');
    const shown = this.#offeredShared.get(agent.id) ?? Resources.EMPTY;
    this.#offeredShared.set(agent.id, shown.plus(offer.shared()));
    if (!this.#options.limitsBindSubroles && role.includes('/')) {
      const exempt: Amounts = this.#exempt.get(topLevel(role)) ?? new Map();
      for (const item of offer.items) if (countsForQuota(item)) addTo(exempt, item.identity.name, item.millis);
      this.#exempt.set(topLevel(role), exempt);
    }
    const index = this.#offers.findIndex(
      (o) => o.agentId === agent.id && o.frameworkId === framework.id && o.role === role,
    );
    const earlier = this.#offers[index];
    if (earlier === undefined) {
      this.#offers.push({ frameworkId: framework.id, role, agentId: agent.id, resources: offer });
    } else {
      this.#offers[index] = { ...earlier, resources: earlier.resources.plus(offer) };
    }
  }

  /** How much of a name the limit still lets the role have. */
  #slack(role: string): (name: string) => number {
    const top = topLevel(role);
    const limits = this.books.quotas.get(top)?.limits ?? {};
    if (role !== top && !this.#options.limitsBindSubroles) return () => Number.POSITIVE_INFINITY;
    const consumed = this.books.consumed(top);
    const exempt = this.#exempt.get(top);
    return (name) => {
      const limit = limits[name];
      if (limit === undefined) return Number.POSITIVE_INFINITY;
      return Math.max(0, Math.round(limit * 1000) - (consumed.get(name) ?? 0) + (exempt?.get(name) ?? 0));
    };
  }

  /** How much of a name may go to others than those whose guarantees are not met. */
  #surplus(required: Amounts): (name: string) => number {
    if (required.size === 0) return () => Number.POSITIVE_INFINITY;
    const headroom = this.books.headroom();
    return (name) => Math.max(0, (headroom.get(name) ?? 0) - (required.get(name) ?? 0));
  }

  #rolesInOrder(): string[] {
    const { books } = this;
    const totals = books.totals();
    const collect = (path: string): string[] => {
      const ranked = books.nodes.competitors(path).map((place) => ({
        id: place.path,
        share: books.share(books.heldBeneath(place.path), totals, place.weight),
        count: place.count,
      }));
      return ranked.sort(byFairness).flatMap(({ id }) => {
        if (id.endsWith('/.')) return [id.slice(0, -2)];
        return books.nodes.isLeaf(id) ? [id] : collect(id);
      });
    };
    return collect('').filter((role) => books.nodes.isTracked(role));
  }

  #frameworksInOrder(role: string): Framework[] {
    const { books } = this;
    const totals = books.totals();
    return [...books.frameworks.values()]
      .filter((framework) => framework.isActive && framework.roles.has(role) && !framework.suppressed.has(role))
      .map((framework) => ({
        framework,
        id: framework.id,
        share: books.share(
          books.held((holding) => holding.role === role && holding.framework === framework.id),
          totals,
          1,
        ),
        count: books.chosen(role, framework.id),
      }))
      .sort(byFairness)
      .map(({ framework }) => framework);
  }
}

/** Items in the order in which both allocators cut them, where chance decides otherwise. */
export const inCuttingOrder = (a: Item, b: Item): number =>
  a.identity.key < b.identity.key ? -1 : a.identity.key > b.identity.key ? 1 : a.millis - b.millis;

/** Not more of each name than `allowance` says; what cannot be divided whole or not at all. */
export function cut(resources: Resources, allowance: (name: string) => number): Resources {
  const taken: Amounts = new Map();
  const kept: Item[] = [];
  for (const item of [...resources.items].sort(inCuttingOrder)) {
    const { identity, millis, disk } = item;
    const left = Math.max(0, allowance(identity.name) - (taken.get(identity.name) ?? 0));
    const part = identity.isIndivisible && millis > left ? 0 : Math.min(millis, left);
    addTo(taken, identity.name, part);
    kept.push(scalarItem(identity, part, disk));
  }
  return Resources.ofItems(kept);
}

export function isLargeEnough(resources: Resources, minimum: MinAllocatable): boolean {
  if (resources.isEmpty) return false;
  const quantity = (name: string): number =>
    resources.items.reduce((sum, item) => sum + (item.identity.name === name ? quantityOf(item) : 0), 0);
  return (
    minimum.length === 0 ||
    minimum.some((sizes) => Object.entries(sizes).every(([name, wanted]) => quantity(name) >= wanted))
  );
}

interface Ranked {
  readonly id: string;
  readonly share: number;
  readonly count: number;
}

const byFairness = (a: Ranked, b: Ranked): number =>
  a.share - b.share || a.count - b.count || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
