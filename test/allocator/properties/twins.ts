// The allocator and the plain one beside it, told the same. The plain one's books say what there is to decide about.
import { HierarchicalAllocator, type MinAllocatable, type OfferedResources } from '../../../src/allocator/allocator.ts';
import { type Conversion, convert } from '../../../src/mesos/resources/conversion.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { inCuttingOrder, ReferenceAllocator } from '../reference/reference-allocator.ts';
import type { Agent, Framework, Holding, Part, ReferenceBooks } from '../reference/reference-books.ts';
import { type Command, ROLES } from './commands.ts';
import { conversionsFor } from './operations.ts';
import { TOTALS } from './totals.ts';

const REGION = 'here';
const HALF = Resources.parse('cpus:0.5');
/** Volumes alone are enough. */
const LITTLE: MinAllocatable = [{ cpus: 0.5, mem: 16 }, { ports: 2 }, { disk: 10 }];

interface TwinsOptions {
  readonly limitsBindSubroles: boolean;
  readonly weightsReachSubtrees: boolean;
  /** `random`: whom lots favour the plain one does not know, and takes our word for it. */
  readonly sorter: 'drf' | 'random';
  readonly minimum?: MinAllocatable | undefined;
  readonly lots: () => number;
}

export class Twins {
  readonly #isByLot: boolean;
  readonly #weightsReachSubtrees: boolean;
  readonly ours: HierarchicalAllocator;
  readonly plain: ReferenceAllocator;
  readonly books: ReferenceBooks;
  nowMs = 0;
  isPaused = false;
  /** Agents that events ask to be looked at. */
  #pending: Set<string> | 'all' = new Set();
  #nextId = 100;

  constructor({ limitsBindSubroles, weightsReachSubtrees, sorter, minimum, lots }: TwinsOptions) {
    this.ours = new HierarchicalAllocator({
      limitsBindSubroles,
      weightsReachSubtrees,
      region: REGION,
      order: 'shuffled',
      shuffle: inOneOrder,
      roleSorter: sorter,
      frameworkSorter: sorter,
      random: lots,
      ...(minimum && { minAllocatable: minimum }),
    });
    this.plain = new ReferenceAllocator({ limitsBindSubroles, region: REGION, minimum });
    this.#weightsReachSubtrees = weightsReachSubtrees;
    this.#isByLot = sorter === 'random';
    this.books = this.plain.books;
  }

  get isDue(): boolean {
    return this.#pending === 'all' || this.#pending.size > 0;
  }

  /** One run of each. */
  run(batch: boolean): { readonly ours: OfferedResources[]; readonly plain: OfferedResources[] } {
    const { nowMs } = this;
    const ours = this.ours.allocate(nowMs, { batch });
    if (this.isPaused) return { ours, plain: [] };
    const candidates = batch || this.#pending === 'all' ? undefined : [...this.#pending];
    this.#pending = new Set();
    if (!this.#isByLot) return { ours, plain: this.plain.run(nowMs, batch, candidates) };
    this.plain.takeOver(nowMs, batch, ours);
    return { ours, plain: ours };
  }

  /** Does nothing when nothing is there that the command could be about. */
  tell(command: Command): void {
    const { ours, books } = this;
    const agent = 'which' in command ? pick([...books.agents.values()], command.which) : undefined;
    const framework = 'which' in command ? pick([...books.frameworks.values()], command.which) : undefined;
    switch (command.op) {
      case 'addAgent':
        this.#addAgent(command);
        break;
      case 'changeTotal':
        if (agent === undefined) break;
        agent.total = pick(TOTALS, command.total) ?? agent.total;
        ours.updateAgent(agent.id, { total: agent.total });
        this.#trigger(agent.id);
        break;
      case 'removeAgent':
        if (agent !== undefined) this.#removeAgent(agent);
        break;
      case 'toggleAgent':
        if (agent === undefined) break;
        agent.isActive = !agent.isActive;
        if (agent.isActive) ours.activateAgent(agent.id);
        else ours.deactivateAgent(agent.id);
        break;
      case 'changeAttributes':
        if (agent === undefined) break;
        ours.updateAgent(agent.id, {
          attributes: [{ name: `rack${this.#nextId++}`, type: 'TEXT', text: { value: 'r' } }],
        });
        books.filters = books.filters.filter((filter) => filter.agent !== agent.id);
        this.#trigger(agent.id);
        break;
      case 'addFramework':
        this.#addFramework(command);
        break;
      case 'removeFramework':
        if (framework !== undefined) this.#removeFramework(framework, command.leavesTasks);
        break;
      case 'toggleFramework':
        if (framework !== undefined) this.#toggle(framework);
        break;
      case 'suppress':
        if (framework === undefined) break;
        ours.suppress(framework.id, command.roles);
        for (const role of command.roles) if (framework.roles.has(role)) framework.suppressed.add(role);
        break;
      case 'revive':
        if (framework === undefined) break;
        ours.revive(framework.id, command.roles);
        for (const role of command.roles) framework.suppressed.delete(role);
        books.dropFilters(framework.id, command.roles);
        this.#triggerAll();
        break;
      case 'update':
        if (framework !== undefined) this.#update(framework, command);
        break;
      case 'decline':
        this.#giveBack('offered', command.which, command.isWhole, command.seconds);
        break;
      case 'finish':
        this.#giveBack('allocated', command.which, command.isWhole, 0);
        break;
      case 'use':
        this.#use(command.which, command.isWhole);
        break;
      case 'shareVolume':
        this.#shareVolume(command.which);
        break;
      case 'convertOffered':
      case 'convertAvailable':
        this.#convert(command, agent);
        break;
      case 'weight':
        ours.updateWeights(new Map([[command.role, command.weight]]));
        books.nodes.setWeight(command.role, command.weight, this.#weightsReachSubtrees);
        break;
      case 'quota': {
        const { role, guarantees, limits } = command;
        ours.setQuota(role, { guarantees, limits });
        books.quotas.set(role, { guarantees, limits });
        break;
      }
      case 'whitelist': {
        const hosts = command.hosts && new Set(command.hosts.map((host) => `host${host}`));
        ours.updateWhitelist(hosts);
        books.whitelist = hosts;
        break;
      }
      case 'pause':
        this.isPaused = !this.isPaused;
        if (this.isPaused) ours.pause();
        else ours.resume();
        break;
      case 'tick':
        this.nowMs += 1000;
        break;
    }
    books.settle();
  }

  #addAgent(command: Command & { op: 'addAgent' }): void {
    const { ours, books } = this;
    const number = this.#nextId++;
    const id = `agent${number}`;
    const total = pick(TOTALS, command.total) ?? Resources.EMPTY;
    const region = command.isRemote ? 'there' : undefined;
    const user = pick([...books.frameworks.keys(), 'later'], command.uses) ?? 'later';
    const role = pick(ROLES, command.uses) ?? '*';
    const used = command.uses % 3 === 0 && total.contains(HALF) ? HALF : Resources.EMPTY;
    const hostname = `host${number % 3}`;
    const capabilities = new Set(command.isOld ? [] : ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT']);
    books.agents.set(id, { id, hostname, region, capabilities, total, isActive: true });
    ours.addAgent(id, {
      hostname,
      attributes: [],
      capabilities,
      total,
      used: [{ frameworkId: user, resources: used.allocatedTo(role) }],
      ...(region && { domain: { fault_domain: { region: { name: region }, zone: { name: 'z' } } } }),
    });
    if (!used.isEmpty) books.hold(id, user, role, used, 'allocated');
    this.#trigger(id);
  }

  #removeAgent({ id }: Agent): void {
    const { books } = this;
    this.ours.removeAgent(id);
    books.agents.delete(id);
    books.holdings = books.holdings.filter((holding) => holding.agent !== id);
    books.filters = books.filters.filter((filter) => filter.agent !== id);
    if (this.#pending !== 'all') this.#pending.delete(id);
  }

  #addFramework(command: Command & { op: 'addFramework' }): void {
    const { books } = this;
    const isKnown = books.frameworks.has('later');
    const id = command.needsLittle && !isKnown ? 'later' : `framework${this.#nextId++}`;
    const capabilities = new Set([...command.capabilities, 'MULTI_ROLE']);
    const suppressedRoles = command.suppressed.filter((role) => command.roles.includes(role));
    const { roles, isActive } = command;
    const minimums = new Map(command.needsLittle ? roles.map((role) => [role, LITTLE] as const) : []);
    const admits = command.isChoosy ? isEven : undefined;
    this.ours.addFramework(id, {
      roles,
      suppressedRoles,
      capabilities,
      active: isActive,
      offerFilters: minimums,
      ...(admits && { admits }),
    });
    const suppressed = new Set(suppressedRoles);
    books.frameworks.set(id, { id, isActive, roles: new Set(roles), suppressed, capabilities, minimums, admits });
    books.countHoldingsOf(id);
    if (isActive) this.#triggerAll();
  }

  /** What it is offered comes back before it goes; tasks too, unless it leaves them. */
  #removeFramework({ id }: Framework, leavesTasks: boolean): void {
    const { books } = this;
    for (const holding of books.holdings.filter((h) => h.framework === id)) {
      this.#recover(holding, holding.offered, 'offered', 0);
      if (!leavesTasks) this.#recover(holding, holding.allocated, 'allocated', 0);
    }
    this.ours.removeFramework(id);
    books.frameworks.delete(id);
    books.dropFilters(id, ROLES);
  }

  #toggle(framework: Framework): void {
    framework.isActive = !framework.isActive;
    if (framework.isActive) {
      this.ours.activateFramework(framework.id);
      this.#triggerAll();
      return;
    }
    this.ours.deactivateFramework(framework.id);
    this.books.dropFilters(framework.id, ROLES);
  }

  #update(framework: Framework, command: Command & { op: 'update' }): void {
    const roles = new Set(command.roles);
    const suppressed = new Set(command.suppressed.filter((role) => roles.has(role)));
    const capabilities = new Set([...command.capabilities, 'MULTI_ROLE']);
    const admits = command.isChoosy ? isEven : undefined;
    const minimums = new Map(command.needsLittle ? command.roles.map((role) => [role, LITTLE] as const) : []);
    this.ours.updateFramework(framework.id, {
      roles: command.roles,
      suppressedRoles: [...suppressed],
      capabilities,
      offerFilters: minimums,
      ...(admits && { admits }),
    });
    const removed = [...framework.roles].filter((role) => !roles.has(role));
    const revived = [...framework.suppressed].filter((role) => !suppressed.has(role));
    this.books.dropFilters(framework.id, [...removed, ...revived]);
    Object.assign(framework, { roles, suppressed, capabilities, admits, minimums });
  }

  #giveBack(part: Part, which: number, isWhole: boolean, seconds: number): void {
    const holding = this.#pickHolding(part, which);
    if (holding !== undefined) this.#recover(holding, isWhole ? holding[part] : piece(holding[part]), part, seconds);
  }

  #recover(holding: Holding, resources: Resources, part: Part, refuseSeconds: number): void {
    const { books, nowMs } = this;
    const { agent, framework, role } = holding;
    const wasAllocated = part === 'allocated';
    this.ours.recoverResources(
      { frameworkId: framework, agentId: agent, role, resources, wasAllocated, refuseSeconds },
      nowMs,
    );
    if (resources.isEmpty) return;
    holding[part] = holding[part].minus(resources);
    if (refuseSeconds === 0 || books.frameworks.get(framework)?.roles.has(role) !== true) return;
    const endsMs = nowMs + refuseSeconds * 1000;
    books.filters.push({ agent, framework, role, refused: resources, endsMs, isShort: refuseSeconds === 1 });
  }

  #use(which: number, isWhole: boolean): void {
    const holding = this.#pickHolding('offered', which);
    if (holding === undefined) return;
    const used = isWhole ? holding.offered : piece(holding.offered);
    this.ours.transitionOfferedToAllocated(
      holding.agent,
      holding.role,
      holding.framework,
      used.allocatedTo(holding.role),
    );
    holding.offered = holding.offered.minus(used);
    holding.allocated = holding.allocated.plus(used);
  }

  /** One more task on a shared volume that is in an offer. */
  #shareVolume(which: number): void {
    const { books } = this;
    const holding = pick(
      books.holdings.filter(({ offered }) => offered.traits.hasShared),
      which,
    );
    if (holding === undefined) return;
    const once = Resources.of(holding.offered.shared().toMessages().slice(0, 1));
    this.ours.allocateShared(holding.agent, holding.role, holding.framework, once.allocatedTo(holding.role));
    books.hold(holding.agent, holding.framework, holding.role, once, 'allocated');
  }

  #convert(command: Command & { op: 'convertOffered' | 'convertAvailable' }, agent: Agent | undefined): void {
    const isOffered = command.op === 'convertOffered';
    const holding = isOffered ? this.#pickHolding('offered', command.which) : undefined;
    const target = holding === undefined ? agent : this.books.agents.get(holding.agent);
    if (target === undefined || (isOffered && holding === undefined)) return;
    const atHand = holding?.offered ?? this.books.free(target);
    const volumeId = `volume${this.#nextId++}`;
    const conversions = conversionsFor(command.operation, command.role, volumeId, atHand);
    if (conversions === undefined || this.#isUsedElsewhere(target, holding, conversions)) return;
    const total = convert(target.total, conversions);
    const rest = convert(atHand, conversions);
    if (total.kind === 'lacking' || rest.kind === 'lacking') return;
    target.total = total.resources;
    if (holding === undefined) {
      this.ours.convertAvailable(target.id, conversions);
      return;
    }
    holding.offered = rest.resources;
    this.ours.convertOffered(target.id, holding.framework, holding.role, conversions);
  }

  /** Destroying a shared volume is refused while anybody else has it: the master sees to that. */
  #isUsedElsewhere(agent: Agent, holding: Holding | undefined, conversions: readonly Conversion[]): boolean {
    const shared = Resources.sum(conversions.map(({ consumed }) => consumed.shared()));
    if (shared.isEmpty) return false;
    return this.books.holdings.some(
      (other) =>
        other.agent === agent.id &&
        (other.allocated.contains(shared) || (other !== holding && other.offered.contains(shared))),
    );
  }

  #pickHolding(part: Part, which: number): Holding | undefined {
    return pick(
      this.books.holdings.filter((holding) => !holding[part].isEmpty),
      which,
    );
  }

  #trigger(agent: string): void {
    if (!this.isPaused && this.#pending !== 'all') this.#pending.add(agent);
  }

  #triggerAll(): void {
    if (!this.isPaused) this.#pending = 'all';
  }
}

const pick = <T>(items: readonly T[], which: number): T | undefined => items[which % Math.max(1, items.length)];

const isEven = (agentId: string): boolean => Number(agentId.slice(-1)) % 2 === 0;

/** A part of it, or all when it cannot be divided. */
function piece(resources: Resources): Resources {
  const rest = resources.minus(Resources.parse('cpus:1;mem:100'));
  return rest.isEmpty ? resources : rest;
}

/** Agents by id; resources in the order in which the plain allocator cuts them. So chance decides nothing. */
function inOneOrder<T>(items: T[]): T[] {
  return items.sort((a, b) => compare(a as Sortable, b as Sortable));
}

type Sortable = Parameters<typeof inCuttingOrder>[0] | { readonly id: string };

function compare(a: Sortable, b: Sortable): number {
  if ('id' in a && 'id' in b) return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  return 'id' in a || 'id' in b ? 0 : inCuttingOrder(a, b);
}
