// What the plain allocator knows, and every sum made from scratch whenever it is looked at (mesos-semantics.md 3.2, 3.3).
import type { MinAllocatable, Quota } from '../../../src/allocator/allocator.ts';
import type { Item } from '../../../src/mesos/resources/item.ts';
import { isRoleOrBeneath } from '../../../src/mesos/resources/roles.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { RoleNodes } from './role-nodes.ts';

export interface Agent {
  readonly id: string;
  readonly hostname: string;
  readonly region: string | undefined;
  readonly capabilities: ReadonlySet<string>;
  total: Resources;
  isActive: boolean;
}

export interface Framework {
  readonly id: string;
  isActive: boolean;
  roles: ReadonlySet<string>;
  suppressed: Set<string>;
  capabilities: ReadonlySet<string>;
  minimums: ReadonlyMap<string, MinAllocatable>;
  admits: ((agentId: string, role: string) => boolean) | undefined;
}

export type Part = 'offered' | 'allocated';

export interface Holding {
  readonly agent: string;
  readonly framework: string;
  readonly role: string;
  offered: Resources;
  allocated: Resources;
}

interface Filter {
  readonly agent: string;
  readonly framework: string;
  readonly role: string;
  readonly refused: Resources;
  readonly endsMs: number;
  /** As short as the interval. */
  readonly isShort: boolean;
}

/** name → thousandths. */
export type Amounts = Map<string, number>;

export const topLevel = (role: string): string => role.split('/')[0] ?? role;

/** Unreserved, not revocable, scalar. */
export const countsForQuota = ({ identity }: Item): boolean =>
  identity.kind === 'SCALAR' && identity.reservations.length === 0 && !identity.isRevocable;

export function addTo(amounts: Amounts, name: string, millis: number): void {
  amounts.set(name, (amounts.get(name) ?? 0) + millis);
}

export class ReferenceBooks {
  readonly agents = new Map<string, Agent>();
  readonly frameworks = new Map<string, Framework>();
  holdings: Holding[] = [];
  filters: Filter[] = [];
  readonly quotas = new Map<string, Quota>();
  readonly nodes = new RoleNodes();
  /** Undefined: all hosts. */
  whitelist: ReadonlySet<string> | undefined;
  /** `role framework` → how often it was chosen since it takes part or holds something there. */
  readonly #chosen = new Map<string, number>();

  /** `resources` of the agent become somebody's; whom nobody knows (yet) is not chosen by it. */
  hold(agent: string, framework: string, role: string, resources: Resources, part: Part): void {
    let holding = this.findHolding(agent, framework, role);
    if (holding === undefined) {
      holding = { agent, framework, role, offered: Resources.EMPTY, allocated: Resources.EMPTY };
      this.holdings.push(holding);
    }
    holding[part] = holding[part].plus(resources);
    this.settle();
    if (this.frameworks.has(framework)) this.#choose(role, framework);
  }

  findHolding(agent: string, framework: string, role: string): Holding | undefined {
    return this.holdings.find((h) => h.agent === agent && h.framework === framework && h.role === role);
  }

  /** A framework that agents knew before it came is chosen once for each of its holdings. */
  countHoldingsOf(framework: string): void {
    this.settle();
    for (const holding of this.holdings) if (holding.framework === framework) this.#choose(holding.role, framework);
  }

  /** Empty holdings go; whoever neither is subscribed nor holds anything starts from 0 again. */
  settle(): void {
    this.holdings = this.holdings.filter(({ offered, allocated }) => !offered.isEmpty || !allocated.isEmpty);
    const pairs = new Set<string>();
    const roles = new Set<string>();
    const add = (role: string, framework: string): void => {
      pairs.add(`${role} ${framework}`);
      roles.add(role);
    };
    for (const framework of this.frameworks.values()) for (const role of framework.roles) add(role, framework.id);
    for (const { role, framework } of this.holdings) if (this.frameworks.has(framework)) add(role, framework);
    for (const key of [...this.#chosen.keys()]) if (!pairs.has(key)) this.#chosen.delete(key);
    this.nodes.use(roles);
  }

  chosen(role: string, framework: string): number {
    return this.#chosen.get(`${role} ${framework}`) ?? 0;
  }

  #choose(role: string, framework: string): void {
    this.nodes.count(role);
    this.#chosen.set(`${role} ${framework}`, this.chosen(role, framework) + 1);
  }

  dropFilters(framework: string, roles: Iterable<string>): void {
    const dropped = new Set(roles);
    this.filters = this.filters.filter((filter) => filter.framework !== framework || !dropped.has(filter.role));
  }

  heldOn(agent: string): Resources {
    const held = this.holdings.filter((holding) => holding.agent === agent);
    return Resources.sum(held.flatMap(({ offered, allocated }) => [offered, allocated]));
  }

  /** Shared volumes are free however often they are held. */
  free(agent: Agent): Resources {
    return agent.total.minus(this.heldOn(agent.id).nonShared());
  }

  /** Scalars of the cluster. */
  totals(): Amounts {
    const totals: Amounts = new Map();
    for (const { total } of this.agents.values()) {
      for (const { identity, millis } of total.items) {
        if (identity.kind === 'SCALAR') addTo(totals, identity.name, millis);
      }
    }
    return totals;
  }

  /** What known frameworks hold, as far as `counts` says; a shared volume once for each agent. */
  held(counts: (holding: Holding) => boolean): Amounts {
    const held: Amounts = new Map();
    const seen = new Set<string>();
    for (const holding of this.holdings) {
      if (!this.frameworks.has(holding.framework) || !counts(holding)) continue;
      for (const { identity, millis } of [...holding.offered.items, ...holding.allocated.items]) {
        if (identity.kind !== 'SCALAR') continue;
        if (identity.isShared) {
          const key = `${holding.agent} ${identity.key}`;
          if (seen.has(key)) continue;
          seen.add(key);
        }
        addTo(held, identity.name, millis);
      }
    }
    return held;
  }

  heldBeneath(path: string): Amounts {
    if (path.endsWith('/.')) return this.held(({ role }) => `${role}/.` === path);
    return this.held(({ role }) => isRoleOrBeneath(role, path));
  }

  /** Of a top-level role: everything reserved to it or beneath it, used or not, and what else is held there. */
  consumed(role: string): Amounts {
    const consumed = this.#heldOfQuota((holding) => topLevel(holding.role) === role);
    for (const { total } of this.agents.values()) {
      for (const { identity, millis } of total.items) {
        const reservedTo = identity.reservations.at(-1)?.role;
        if (identity.kind !== 'SCALAR' || reservedTo === undefined || topLevel(reservedTo) !== role) continue;
        addTo(consumed, identity.name, millis);
      }
    }
    return consumed;
  }

  #heldOfQuota(counts: (holding: Holding) => boolean): Amounts {
    const held: Amounts = new Map();
    for (const holding of this.holdings) {
      if (!this.frameworks.has(holding.framework) || !counts(holding)) continue;
      for (const item of [...holding.offered.items, ...holding.allocated.items]) {
        if (countsForQuota(item)) addTo(held, item.identity.name, item.millis);
      }
    }
    return held;
  }

  /** What is missing of the guarantee of a top-level role; names that nothing is missing of are left out. */
  missing(role: string): Amounts {
    const missing: Amounts = new Map();
    const consumed = this.consumed(role);
    for (const [name, amount] of Object.entries(this.quotas.get(role)?.guarantees ?? {})) {
      const millis = Math.round(amount * 1000) - (consumed.get(name) ?? 0);
      if (millis > 0) missing.set(name, millis);
    }
    return missing;
  }

  /** The headroom that is required: what is missing of all guarantees. */
  required(): Amounts {
    const required: Amounts = new Map();
    for (const role of this.quotas.keys()) {
      for (const [name, millis] of this.missing(role)) addTo(required, name, millis);
    }
    return required;
  }

  /** The headroom that there is: quota resources that nobody known holds. */
  headroom(): Amounts {
    const headroom: Amounts = new Map();
    for (const { total } of this.agents.values()) {
      for (const item of total.items) if (countsForQuota(item)) addTo(headroom, item.identity.name, item.millis);
    }
    for (const [name, millis] of this.#heldOfQuota(() => true)) addTo(headroom, name, -millis);
    return headroom;
  }

  /** Dominant share, divided by the weight, of what is held. */
  share(held: Amounts, totals: Amounts, weight: number): number {
    let share = 0;
    for (const [name, millis] of held) {
      const total = (totals.get(name) ?? 0) / 1000;
      if (total > 0) share = Math.max(share, millis / 1000 / total);
    }
    return share / weight;
  }
}
