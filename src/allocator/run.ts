// One allocation run (mesos-semantics.md 3.3). First stage: roles whose guarantee is not met, until it is. Second: everyone.
// Each agent is tried with each role and each framework in the order of fairness; the first that may have its free part gets
// of it what quota allows: without any quota, all.
import type { Item } from '../mesos/resources/item.ts';
import type { Resources } from '../mesos/resources.ts';
import type { AgentRecord } from './agent.ts';
import type { Books } from './books.ts';
import { type AgentRules, obstacle, stripIncapable } from './eligibility.ts';
import type { FrameworkUnderRole } from './framework.ts';
import { isAllocatable, type MinimumSizes } from './minimum-sizes.ts';
import { cutToGuarantee, cutToLimits, isHopeless, isPlain, type LimitRules, limitedBy } from './quota/cuts.ts';
import { isQuotaResource } from './quota/ledger.ts';
import type { RoleAccount } from './quota/role-account.ts';
import { Round } from './round.ts';
import type { TrackedRole } from './sorter/role-tree.ts';
import type { OfferedResources } from './types.ts';
import { type SorterRules, type VisitingOrder, visitingOrder } from './visiting-order.ts';

/** The cluster's rules, for frameworks that bring none of their own. */
export interface RunRules extends AgentRules, LimitRules, SorterRules {
  readonly minimumSizes: MinimumSizes;
  /** Puts agents into the order of a visit, in place. */
  readonly inVisitingOrder: (agents: AgentRecord[]) => AgentRecord[];
  /** Shuffles in place; undefined: what comes first is served first. */
  readonly shuffle: (<T>(items: T[]) => T[]) | undefined;
}

/**
 * Tries every agent in turn; what is offered is in the books when it returns. `released`: agents that the headroom kept from
 * being tried again, asked for when the first stage meets the last guarantee.
 */
export function runAllocation(
  books: Books,
  agents: readonly AgentRecord[],
  rules: RunRules,
  released: () => readonly AgentRecord[],
): OfferedResources[] {
  if (books.listedCount === 0) return [];
  const round = new Round(books);
  const stages = new Stages(books, round, rules);
  let all = rules.inVisitingOrder([...agents]);
  if (books.quota.inDeficit.size > 0) {
    stages.meetGuarantees(all);
    all = rules.inVisitingOrder(books.quota.inDeficit.size > 0 ? all : [...all, ...released()]);
  }
  books.quota.beginSecondStage();
  for (const agent of all) stages.offerToEveryone(agent);
  books.quota.endRun();
  return round.offers;
}

class Stages {
  readonly #books: Books;
  readonly #round: Round;
  readonly #rules: RunRules;
  readonly #order: VisitingOrder;
  /** A visit found each role with frameworks at its limit: from then on, what is left of agents without reservations is for nobody. */
  #isEverybodySpent = false;
  /** What was last compared with the minimum sizes, and the result. */
  #sized: Resources | undefined;
  #isSizeReached = false;

  constructor(books: Books, round: Round, rules: RunRules) {
    this.#books = books;
    this.#round = round;
    this.#rules = rules;
    this.#order = visitingOrder(books.tree, rules);
  }

  meetGuarantees(agents: readonly AgentRecord[]): void {
    const { quota, tree } = this.#books;
    // Only these can get anything here, and nobody joins them during a run: they are put in order once, then kept in it.
    const short = tree.topLevelInOrder((role) => role.order.size > 0 && quota.inDeficit.has(role.account));
    for (const agent of agents) {
      if (quota.inDeficit.size === 0) return;
      for (const role of this.#order.someOf(short.members())) {
        if (agent.free.isEmpty) break;
        this.#meetGuarantee(agent, role);
      }
      for (const role of this.#round.endVisit()) {
        if (quota.inDeficit.has(role.account)) short.move(role);
        else short.drop(role);
      }
    }
  }

  #meetGuarantee(agent: AgentRecord, role: TrackedRole): void {
    const { quota } = this.#books;
    const { shuffle } = this.#rules;
    this.#tryFrameworks(agent, role, (available) => {
      const limitable = available.select(isQuotaResource);
      const guaranteed = cutToGuarantee(quota, role.account, limitable, shuffle);
      if (guaranteed.isEmpty) return guaranteed;
      const others = cutToLimits(quota, role.account, limitable.minus(guaranteed), guaranteed, shuffle);
      return guaranteed.plus(available.select(isNotQuotaResource)).plus(others);
    });
  }

  offerToEveryone(agent: AgentRecord): void {
    const { quota } = this.#books;
    // Quota kept somebody from something of it: when quota leaves more room, it is to be looked at again.
    let isHeldBack = this.#isKeptFromAll(agent) || (this.#isEverybodySpent && isPlain(agent.free));
    // Some role has not reached its limit.
    let isAnyoneLeft = false;
    if (!agent.free.isEmpty && !isHeldBack) {
      this.#order.roles((role) => {
        if (role.order.size === 0) return false;
        const limiting = limitedBy(role, this.#rules);
        if (limiting === undefined && !quota.isHeadroomRequired) {
          isAnyoneLeft = true;
          this.#tryFrameworks(agent, role, undefined);
          return agent.free.isEmpty;
        }
        if (limiting !== undefined && this.#isPassedOver(agent, role, limiting)) {
          isHeldBack = true;
          return false;
        }
        isAnyoneLeft = true;
        const wasGiven = this.#tryFrameworks(agent, role, (available) => {
          const limitable = available.select(isQuotaResource);
          const allowed = cutToLimits(quota, limiting, limitable, undefined, this.#rules.shuffle);
          if (allowed === limitable) return available;
          isHeldBack = true;
          return available.select(isNotQuotaResource).plus(allowed);
        });
        return agent.free.isEmpty || (wasGiven && this.#isKeptFromAll(agent));
      });
      this.#round.endVisit();
      // Limits only come nearer during a run.
      if (isHeldBack && !isAnyoneLeft) this.#isEverybodySpent = true;
    }
    // A shared volume may be offered again by the next run though nothing changes.
    if (agent.total.traits.hasShared) return;
    // Who refused one of several cuts may be offered another one by the next run.
    if (isHeldBack && agent.hasAlternatives) this.#books.unsettle(agent);
    else this.#books.settle(agent, isHeldBack);
  }

  /** The limit leaves the role less than any minimum size, and the agent has nothing that is not limited. */
  #isPassedOver(agent: AgentRecord, role: TrackedRole, limiting: RoleAccount): boolean {
    return (
      isPlain(agent.free) && role.ownMinimums === 0 && limiting.isSpent(this.#books.quota, this.#rules.minimumSizes)
    );
  }

  /** Headroom leaves nothing of it that is worth offering to anybody. */
  #isKeptFromAll(agent: AgentRecord): boolean {
    const { quota, ownMinimums } = this.#books;
    return quota.isHeadroomRequired && ownMinimums === 0 && isHopeless(quota, agent.free, this.#rules.minimumSizes);
  }

  /**
   * Offers the agent to each of the role's frameworks in turn, and says whether one of them got something. `cut`: what of the
   * resources that are available to the role it may have now; undefined: all.
   */
  #tryFrameworks(
    agent: AgentRecord,
    role: TrackedRole,
    cut: ((available: Resources) => Resources) | undefined,
  ): boolean {
    let available = this.#round.availableTo(agent, role.path);
    let allowed: Resources | undefined;
    let wasGiven = false;
    for (const block of this.#order.frameworks(role)) {
      for (const under of block) {
        // Found wanting when the agent was tried last, and nothing has changed for either since.
        if (under.wokenAt <= agent.settledAt) continue;
        allowed ??= cut === undefined ? available : cut(available);
        if (allowed.isEmpty) return wasGiven;
        const offer = this.#acceptable(agent, under, allowed);
        if (offer === undefined) continue;
        this.#round.give(agent, under, offer);
        this.#exempt(role, offer);
        available = this.#round.availableTo(agent, role.path);
        allowed = undefined;
        wasGiven = true;
      }
    }
    return wasGiven;
  }

  /** What of the resources that it may have the framework can be offered; undefined: nothing. */
  #acceptable(agent: AgentRecord, under: FrameworkUnderRole, allowed: Resources): Resources | undefined {
    const { framework, role } = under;
    if (obstacle(framework, role.path, agent, this.#rules) !== undefined) return undefined;
    const offer = arranged(agent, stripIncapable(allowed, framework));
    const own = framework.minimumSizes.size > 0 ? framework.minimumSizes.get(role.path) : undefined;
    if (!(own === undefined ? this.#isLargeEnough(offer) : isAllocatable(offer, own))) return undefined;
    return this.#books.filters.isFiltered(agent, under, offer) ? undefined : offer;
  }

  /** For who brings no minimum sizes of its own. Most frameworks are asked about the very same resources. */
  #isLargeEnough(offer: Resources): boolean {
    if (offer !== this.#sized) {
      this.#sized = offer;
      this.#isSizeReached = isAllocatable(offer, this.#rules.minimumSizes);
    }
    return this.#isSizeReached;
  }

  #exempt(role: TrackedRole, offer: Resources): void {
    if (this.#rules.limitsBindSubroles || role.account.role === role.path) return;
    this.#books.quota.exempt(role.account, offer);
  }
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
  agent.arranged = isPlain ? available : available.select(isNotQuotaResource).plus(available.select(isQuotaResource));
  return agent.arranged;
}

const isNotQuotaResource = (item: Item): boolean => !isQuotaResource(item);
