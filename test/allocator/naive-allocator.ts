// Progressive filling in its plainest form (mesos-semantics.md 3.2–3.6), for roles without children: nothing is cached, every
// share is summed up from the holdings whenever it is looked at, every agent is tried with everybody on every run.
import type { OfferedResources } from '../../src/allocator/allocator.ts';
import { Resources } from '../../src/mesos/resources.ts';

interface NaiveAgent {
  readonly id: string;
  readonly total: Resources;
  isActive: boolean;
  readonly hasGpus: boolean;
  readonly region: string | undefined;
}

interface NaiveFramework {
  readonly id: string;
  isActive: boolean;
  roles: Set<string>;
  suppressed: Set<string>;
  readonly capabilities: ReadonlySet<string>;
}

interface NaiveHolding {
  readonly agent: string;
  readonly framework: string;
  readonly role: string;
  offered: Resources;
  allocated: Resources;
}

interface NaiveFilter {
  readonly agent: string;
  readonly framework: string;
  readonly role: string;
  readonly refused: Resources;
  readonly endsMs: number;
  readonly isShort: boolean;
}

export class NaiveAllocator {
  readonly agents = new Map<string, NaiveAgent>();
  readonly frameworks = new Map<string, NaiveFramework>();
  holdings: NaiveHolding[] = [];
  filters: NaiveFilter[] = [];
  readonly weights = new Map<string, number>();
  readonly region: string;
  /** `role` and `role framework` → how often chosen since it is tracked. */
  readonly #counts = new Map<string, number>();

  constructor(region: string) {
    this.region = region;
  }

  run(nowMs: number, batch: boolean, candidates: readonly string[] = [...this.agents.keys()]): OfferedResources[] {
    this.forgetUntracked();
    this.filters = this.filters.filter((f) => f.endsMs > nowMs || (batch && f.isShort && f.endsMs === nowMs));
    const offers: OfferedResources[] = [];
    for (const id of [...candidates].sort()) {
      const agent = this.agents.get(id);
      if (agent?.isActive !== true) continue;
      for (const role of this.#rolesInOrder()) {
        for (const framework of this.#frameworksInOrder(role)) {
          const offer = this.#wouldOffer(agent, framework, role);
          if (offer === undefined) continue;
          this.hold(id, framework.id, role, offer, 'offered');
          offers.push({ frameworkId: framework.id, role, agentId: id, resources: offer });
        }
      }
    }
    this.filters = this.filters.filter((f) => f.endsMs > nowMs);
    return offers;
  }

  free(agent: NaiveAgent): Resources {
    const held = this.holdings.filter((holding) => holding.agent === agent.id);
    return agent.total.minus(Resources.sum(held.flatMap(({ offered, allocated }) => [offered, allocated])));
  }

  hold(agent: string, framework: string, role: string, resources: Resources, part: 'offered' | 'allocated'): void {
    let holding = this.holdings.find((h) => h.agent === agent && h.framework === framework && h.role === role);
    if (holding === undefined) {
      holding = { agent, framework, role, offered: Resources.EMPTY, allocated: Resources.EMPTY };
      this.holdings.push(holding);
    }
    holding[part] = holding[part].plus(resources);
    if (!this.frameworks.has(framework)) return;
    this.#count(role);
    this.#count(`${role} ${framework}`);
  }

  /** Who neither is subscribed nor holds anything starts from 0 again. */
  forgetUntracked(): void {
    this.holdings = this.holdings.filter(({ offered, allocated }) => !offered.isEmpty || !allocated.isEmpty);
    for (const key of [...this.#counts.keys()]) {
      const [role = '', id] = key.split(' ');
      const isTracked = (framework: NaiveFramework): boolean =>
        framework.roles.has(role) || this.holdings.some((h) => h.role === role && h.framework === framework.id);
      const tracked = [...this.frameworks.values()].filter(isTracked).map((framework) => framework.id);
      if (id === undefined ? tracked.length === 0 : !tracked.includes(id)) this.#counts.delete(key);
    }
  }

  /** A framework that agents knew before it came is chosen once for each of its holdings. */
  countHoldingsOf(framework: string): void {
    for (const holding of this.holdings) {
      if (holding.framework !== framework) continue;
      this.#count(holding.role);
      this.#count(`${holding.role} ${framework}`);
    }
  }

  #wouldOffer(agent: NaiveAgent, framework: NaiveFramework, role: string): Resources | undefined {
    if (agent.hasGpus && !framework.capabilities.has('GPU_RESOURCES')) return undefined;
    const isRemote = agent.region !== undefined && agent.region !== this.region;
    if (isRemote && !framework.capabilities.has('REGION_AWARE')) return undefined;
    const offer = this.free(agent)
      .allocatableTo(role)
      .filter(
        (resource) =>
          (resource.revocable === undefined || framework.capabilities.has('REVOCABLE_RESOURCES')) &&
          ((resource.reservations?.length ?? 0) < 2 || framework.capabilities.has('RESERVATION_REFINEMENT')),
      );
    if ((offer.scalar('cpus') ?? 0) < 0.01 && (offer.scalar('mem') ?? 0) < 32) return undefined;
    const isFiltered = this.filters.some(
      (f) => f.agent === agent.id && f.framework === framework.id && f.role === role && f.refused.contains(offer),
    );
    return isFiltered ? undefined : offer;
  }

  #rolesInOrder(): string[] {
    const roles = new Set([...this.frameworks.values()].flatMap((framework) => [...framework.roles]));
    return [...roles]
      .map((role) => ({
        id: role,
        share: this.#share(role) / (this.weights.get(role) ?? 1),
        count: this.#counts.get(role) ?? 0,
      }))
      .sort(byFairness)
      .map(({ id }) => id);
  }

  #frameworksInOrder(role: string): NaiveFramework[] {
    return [...this.frameworks.values()]
      .filter((framework) => framework.isActive && framework.roles.has(role) && !framework.suppressed.has(role))
      .map((framework) => ({
        framework,
        id: framework.id,
        share: this.#share(role, framework.id),
        count: this.#counts.get(`${role} ${framework.id}`) ?? 0,
      }))
      .sort(byFairness)
      .map(({ framework }) => framework);
  }

  #share(role: string, framework?: string): number {
    const total = Resources.sum([...this.agents.values()].map((agent) => agent.total)).quantities();
    const counted = this.holdings.filter(
      (h) =>
        h.role === role && this.frameworks.has(h.framework) && (framework === undefined || h.framework === framework),
    );
    const held = Resources.sum(counted.flatMap(({ offered, allocated }) => [offered, allocated])).quantities();
    return Math.max(0, ...[...held].map(([name, amount]) => amount / (total.get(name) ?? Number.POSITIVE_INFINITY)));
  }

  #count(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
}

interface Ranked {
  readonly id: string;
  readonly share: number;
  readonly count: number;
}

const byFairness = (a: Ranked, b: Ranked): number =>
  a.share - b.share || a.count - b.count || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
