// Who is offered what: the hierarchical dominant-resource-fairness allocator (mesos-semantics.md 3). Synchronous, without
// clock and I/O: the master tells it what happened and asks `allocate` for offers, on every interval with `batch: true`
// and, whenever `hasPendingAgents()`, as soon as its turn ends.

import type { Unavailability } from '../mesos/generated/v1.ts';
import type { Conversion } from '../mesos/resources/conversion.ts';
import type { Resources } from '../mesos/resources.ts';
import type { AgentRecord } from './agent.ts';
import { addAgent, removeAgent, updateAgent } from './agents.ts';
import { Books } from './books.ts';
import { Candidates } from './candidates.ts';
import { allocateShared, convertAvailable, convertOffered } from './conversions.ts';
import { AllocatorError } from './errors.ts';
import { explain, type RoleExplanation } from './explain/explain.ts';
import { filterDurationMs } from './filters.ts';
import {
  activateFramework,
  addFramework,
  deactivateFramework,
  removeFramework,
  revive,
  suppress,
  updateFramework,
} from './frameworks.ts';
import { Maintenance } from './maintenance.ts';
import { toMinimumSizes } from './minimum-sizes.ts';
import type { Quota } from './quota/role-account.ts';
import { type RunRules, runAllocation } from './run.ts';
import { shareViews } from './share-views.ts';
import type {
  AgentOptions,
  AgentUpdate,
  AllocatorMetrics,
  AllocatorOptions,
  FrameworkOptions,
  FrameworkUpdate,
  InverseOfferAnswer,
  InverseOfferStatusView,
  MinAllocatable,
  OfferedInverse,
  OfferedResources,
  Recovered,
  RoleSummary,
  ShareViews,
} from './types.ts';
import { frameworkOrder, frameworkShare, metricsOf, roleOrder, roleSummaries } from './views.ts';

export type { RoleExplanation } from './explain/explain.ts';
export type { AgentVerdict, VerdictKind } from './explain/verdict.ts';
export type { Quota } from './quota/role-account.ts';
export type * from './types.ts';

const DEFAULT_MIN_ALLOCATABLE: MinAllocatable = [{ cpus: 0.01 }, { mem: 32 }];
const DEFAULT_INTERVAL_MS = 1000;

/**
 * Throws AllocatorError when it is told something that contradicts what it was told before. Nothing calls back: offers
 * are the answer of `allocate`.
 */
export class HierarchicalAllocator {
  readonly #books: Books;
  readonly #rules: RunRules;
  readonly #intervalMs: number;
  readonly #maintenance: Maintenance;
  readonly #candidates: Candidates;
  readonly #weightsReachSubtrees: boolean;
  #isPaused = false;
  #runs = 0;
  #agentsVisited = 0;

  /** Throws AllocatorError (INVALID_ARGUMENT) when something is to be random and the randomness for it is missing. */
  constructor(options: AllocatorOptions) {
    const order = options.order ?? 'shuffled';
    if (order === 'shuffled' && options.shuffle === undefined) {
      throw new AllocatorError('INVALID_ARGUMENT', 'Visiting agents in shuffled order needs the option "shuffle"');
    }
    const { roleSorter = 'drf', frameworkSorter = 'drf', random, shuffle } = options;
    if ((roleSorter === 'random' || frameworkSorter === 'random') && random === undefined) {
      throw new AllocatorError('INVALID_ARGUMENT', 'A random sorter needs the option "random"');
    }
    this.#books = new Books(options.fairSharingExcluded ?? []);
    this.#weightsReachSubtrees = options.weightsReachSubtrees ?? true;
    this.#intervalMs = options.allocationIntervalMs ?? DEFAULT_INTERVAL_MS;
    this.#maintenance = new Maintenance(this.#intervalMs);
    this.#candidates = new Candidates(this.#books);
    this.#rules = {
      minimumSizes: toMinimumSizes(options.minAllocatable ?? DEFAULT_MIN_ALLOCATABLE),
      filterGpuResources: options.filterGpuResources ?? true,
      region: options.region,
      limitsBindSubroles: options.limitsBindSubroles ?? true,
      inVisitingOrder: order === 'shuffled' && shuffle !== undefined ? shuffle : byId,
      shuffle: order === 'shuffled' ? shuffle : undefined,
      roleSorter,
      frameworkSorter,
      random: random ?? (() => 0),
    };
  }

  // Frameworks ------------------------------------------------------------------------------------------------------

  /** Starts tracking a framework. What agents already report as used by it counts for its shares. Triggers a run when active. */
  addFramework(id: string, options: FrameworkOptions): void {
    addFramework(this.#books, id, options);
    if (options.active) this.#triggerAll();
  }

  /**
   * New roles, suppressed roles, capabilities, offer filters. Filters of removed and of newly unsuppressed roles go; offers
   * stay. What became offerable by it waits for the next run.
   */
  updateFramework(id: string, update: FrameworkUpdate): void {
    updateFramework(this.#books, id, update);
  }

  /** Forgets it. What it still holds on agents stays held until recovered. Unknown id: nothing happens. */
  removeFramework(id: string): void {
    removeFramework(this.#books, id);
  }

  /** Connected (again). Triggers a run. */
  activateFramework(id: string): void {
    activateFramework(this.#books, id);
    this.#triggerAll();
  }

  /** Disconnected: no more offers, its filters are forgotten; what it holds stays its own. */
  deactivateFramework(id: string): void {
    deactivateFramework(this.#books, id);
    this.#maintenance.clearFilters(id);
  }

  /** No offers for these roles (default: all its roles) until revived. Roles it is not subscribed to are ignored. */
  suppress(frameworkId: string, roles?: readonly string[]): void {
    suppress(this.#books, frameworkId, roles);
  }

  /** Unsuppresses, forgets filters of these roles (default: all) and triggers a run over all agents. */
  revive(frameworkId: string, roles?: readonly string[]): void {
    revive(this.#books, frameworkId, roles);
    this.#maintenance.clearFilters(frameworkId);
    this.#triggerAll();
  }

  // Agents ----------------------------------------------------------------------------------------------------------

  /** Triggers a run for this agent. */
  addAgent(id: string, options: AgentOptions): void {
    this.#trigger(addAgent(this.#books, id, options));
  }

  /** Triggers a run for this agent, whatever changed; changed attributes clear its filters. */
  updateAgent(id: string, update: AgentUpdate): void {
    this.#trigger(updateAgent(this.#books, id, update));
  }

  /** Everything held on it is gone with it; a later recovery of that is ignored. Unknown id: nothing happens. */
  removeAgent(id: string): void {
    const agent = removeAgent(this.#books, id);
    if (agent === undefined) return;
    this.#maintenance.forgetAgent(id);
    this.#candidates.forget(agent);
  }

  /** May be offered (again) from the next batch run on. */
  activateAgent(id: string): void {
    const agent = this.#books.agent(id);
    agent.isActive = true;
    this.#books.unsettle(agent);
  }

  deactivateAgent(id: string): void {
    this.#books.agent(id).isActive = false;
  }

  /** Agents whose hostname is not in the list are never offered; undefined: all are. */
  updateWhitelist(hostnames: ReadonlySet<string> | undefined): void {
    this.#candidates.adoptWhitelist(hostnames);
  }

  #trigger(agent: AgentRecord): void {
    if (!this.#isPaused) this.#candidates.trigger(agent);
    this.#books.unsettle(agent);
  }

  #triggerAll(): void {
    if (!this.#isPaused) this.#candidates.triggerAll();
  }

  // Maintenance -----------------------------------------------------------------------------------------------------

  /** When it will be away, or that it will not. Triggers a run for this agent; questions and answers so far are void. */
  updateUnavailability(id: string, unavailability: Unavailability | undefined): void {
    const agent = this.#books.agent(id);
    this.#maintenance.update(agent, unavailability);
    this.#trigger(agent);
  }

  /** To be asked after `allocate`, with the same run: whom to ask now to leave agents that will be away. */
  inverseOffers(nowMs: number, run: { readonly batch: boolean }): OfferedInverse[] {
    return this.#isPaused ? [] : this.#maintenance.ask(nowMs, run.batch);
  }

  /** An inverse offer was answered, or taken back. Unknown agent, or one that stays: nothing happens. */
  updateInverseOffer(agentId: string, frameworkId: string, answer: InverseOfferAnswer, nowMs: number): void {
    this.#maintenance.answer(agentId, frameworkId, answer, nowMs);
  }

  /** What frameworks said about leaving it. */
  inverseOfferStatuses(agentId: string): InverseOfferStatusView[] {
    return this.#maintenance.answers(agentId);
  }

  // Resources -------------------------------------------------------------------------------------------------------

  /**
   * Gives back what was offered or allocated, and remembers a refusal. Unknown framework: the agent's part is still freed;
   * unknown agent, or nothing held there by that framework for that role: ignored, somebody else was quicker.
   * Throws AllocatorError (RESOURCES_NOT_HELD) when it holds less than that.
   */
  recoverResources(recovered: Recovered, nowMs: number): void {
    const agent = this.#books.agents.get(recovered.agentId);
    if (agent === undefined) return;
    const resources = recovered.resources.unallocated();
    const holding = this.#books.findHolding(agent, recovered.frameworkId, recovered.role);
    if (holding === undefined || resources.isEmpty) return;
    const part = recovered.wasAllocated ? 'allocated' : 'offered';
    // One and the same object for the same thing makes later comparisons with the filter quick.
    const returned = holding[part].equals(resources) ? holding[part] : resources;
    this.#books.take(holding, returned, part);
    const durationMs = filterDurationMs(recovered.refuseSeconds, this.#intervalMs);
    const owner = holding.holder;
    if (durationMs === 0 || owner === undefined || !owner.isSubscribed) return;
    this.#books.filters.add(agent, owner, returned, nowMs + durationMs, durationMs === this.#intervalMs);
  }

  /** A launch: part of an offer now runs a task or an executor. Shares do not change. */
  transitionOfferedToAllocated(agentId: string, role: string, frameworkId: string, resources: Resources): void {
    const holding = this.#books.findHolding(this.#books.agent(agentId), frameworkId, role);
    const used = resources.unallocated();
    if (holding === undefined || !holding.offered.contains(used)) {
      throw new AllocatorError(
        'RESOURCES_NOT_HELD',
        `"${used.format()}" of agent ${agentId} is not offered to framework ${frameworkId} for role ${role}`,
      );
    }
    holding.offered = holding.offered.minus(used);
    holding.allocated = holding.allocated.plus(used);
  }

  /** As `transitionOfferedToAllocated`, of shared volumes: they stay in the offer too. */
  allocateShared(agentId: string, role: string, frameworkId: string, shared: Resources): void {
    allocateShared(this.#books, this.#books.agent(agentId), { frameworkId, role }, shared.unallocated());
  }

  /**
   * An operation of a framework on what it is offered: the agent's total changes with the offer. Conversions without allocation
   * roles. Throws AllocatorError (RESOURCES_NOT_HELD) when what they consume is not there; then nothing changed.
   */
  convertOffered(agentId: string, frameworkId: string, role: string, conversions: readonly Conversion[]): void {
    convertOffered(this.#books, this.#books.agent(agentId), { frameworkId, role }, conversions);
  }

  /** As `convertOffered`, an operation of an operator on what nobody is offered. The agent is looked at by the next batch. */
  convertAvailable(agentId: string, conversions: readonly Conversion[]): void {
    convertAvailable(this.#books, this.#books.agent(agentId), conversions);
  }

  /** Role path → weight; roles not named keep theirs. Takes effect with the next run. Throws unless all are positive. */
  updateWeights(weights: ReadonlyMap<string, number>): void {
    for (const [role, weight] of weights) {
      if (!(weight > 0))
        throw new AllocatorError('INVALID_ARGUMENT', `Weight ${weight} of role ${role} is not positive`);
    }
    for (const [role, weight] of weights) this.#books.tree.setWeight(role, weight, this.#weightsReachSubtrees);
  }

  /** Guarantees and limits of a top-level role; neither: no quota any more. Takes effect with the next batch run. */
  setQuota(role: string, quota: Quota): void {
    if (role.includes('/')) throw new AllocatorError('INVALID_ARGUMENT', `Role ${role} is not a top-level role`);
    this.#books.quota.setQuota(role, quota);
  }

  /** What counts for the quota of the top-level role: reservations, used or not, and what else is held. Name → units. */
  quotaConsumption(role: string): Record<string, number> {
    return this.#books.quota.consumption(role);
  }

  // Runs ------------------------------------------------------------------------------------------------------------

  /** No runs until `resume`, and what would trigger one meanwhile is forgotten: the next batch comes soon enough. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  /** True when something that triggers a run happened since the last one (mesos-semantics.md 3.1). */
  hasPendingAgents(): boolean {
    return this.#candidates.isRunDue;
  }

  /**
   * One run: over all agents when `batch`, else over those with a pending trigger. What it answers counts as offered.
   * A filter of the shortest length (one interval) that ends at this very moment still holds for a batch, a longer one does
   * not: in the original the timer that was set first goes first.
   */
  allocate(nowMs: number, run: { readonly batch: boolean }): OfferedResources[] {
    if (this.#isPaused) return [];
    const unsettle = (agent: AgentRecord): void => this.#books.unsettle(agent);
    this.#books.filters.expire(nowMs, run.batch, unsettle);
    const { agents, released } = this.#candidates.take(run.batch);
    if (this.#books.agents.size > 0) this.#books.tree.fixWeights();
    this.#runs += 1;
    this.#agentsVisited = agents.length;
    const offers = runAllocation(this.#books, agents, this.#rules, released);
    this.#books.dropSettled();
    this.#books.filters.expire(nowMs, false, unsettle);
    return offers;
  }

  // Views -----------------------------------------------------------------------------------------------------------

  /** Free resources of an agent: total − offered − allocated. */
  available(agentId: string): Resources {
    return this.#books.agent(agentId).free;
  }

  /**
   * Every role with frameworks, and its ancestors; sorted by path. Costs as much as there are roles and frameworks, whatever
   * they hold.
   */
  roleSummaries(): RoleSummary[] {
    return roleSummaries(this.#books);
  }

  /** Roles in the order the next run would visit them. */
  roleOrder(): string[] {
    return roleOrder(this.#books);
  }

  /** Active, unsuppressed frameworks of a role in the order the next run would visit them. */
  frameworkOrder(role: string): string[] {
    return frameworkOrder(this.#books, role);
  }

  /** Dominant share of a framework under one role; 0 when it is not tracked there. */
  frameworkShare(frameworkId: string, role: string): number {
    return frameworkShare(this.#books, frameworkId, role);
  }

  /** Why the framework is offered what it is, for each of its roles; undefined when it is unknown. */
  explain(frameworkId: string): RoleExplanation[] | undefined {
    return explain(this.#books, frameworkId, this.#rules, (hostname) => this.#candidates.isWhitelisted(hostname));
  }

  /** No runs at the moment: see `pause`. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Grows whenever `shares` may answer something else. */
  get sharesVersion(): number {
    const { version, filters, totals, tree, quota } = this.#books;
    return version + filters.version + totals.version + tree.version + quota.slackVersion;
  }

  /**
   * The tree of fair shares in the order of the next run, the first `limit` rows. Looks at everything, all filters too: ask
   * when `sharesVersion` has grown, and not more often than somebody can look at it.
   */
  shares(limit: number): ShareViews {
    return shareViews(this.#books, limit);
  }

  metrics(): AllocatorMetrics {
    return metricsOf(this.#books, this.#runs, this.#agentsVisited);
  }
}

const byId = (agents: AgentRecord[]): AgentRecord[] => agents.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
