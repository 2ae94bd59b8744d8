// The allocator's books: who is there, who holds what, and what must be looked at again. Every change of a holding goes
// through `give` and `take`, so that an agent's free part, the shares of framework and roles, and the holding always agree.
import { isRoleOrBeneath } from '../mesos/resources/roles.ts';
import { Resources } from '../mesos/resources.ts';
import type { AgentRecord, Holding } from './agent.ts';
import { AllocatorError } from './errors.ts';
import { Filters } from './filters.ts';
import { type FrameworkRecord, FrameworkUnderRole } from './framework.ts';
import { QuotaLedger } from './quota/ledger.ts';
import { Places } from './refused-alike.ts';
import { countedOnce } from './shared-volumes.ts';
import { ClusterTotals } from './sorter/cluster-totals.ts';
import { RoleTree } from './sorter/role-tree.ts';

/** Whether resources are in an offer, or with tasks and executors. */
type HoldingPart = 'offered' | 'allocated';

/** No rules in here: who may have what is decided in run.ts and eligibility.ts. */
export class Books {
  readonly totals: ClusterTotals;
  readonly quota: QuotaLedger;
  readonly tree: RoleTree;
  readonly filters = new Filters();
  readonly frameworks = new Map<string, FrameworkRecord>();
  readonly agents = new Map<string, AgentRecord>();
  /** Of the frameworks under roles. */
  readonly #places = new Places();
  /**
   * Agents where a run might find something to offer. One leaves when a run has tried everybody on it and comes back when
   * its free part, its filters or who may be offered it changes: a cycle costs what changed, not agents × frameworks.
   * (Whatever else will decide an offer must put agents back in as it changes.)
   */
  #unsettled: AgentRecord[] = [];
  /** Settled, but somebody would have been offered more if quota had left more room. */
  readonly #heldBack = new Set<AgentRecord>();
  /** QuotaLedger.slackVersion when these were looked at. */
  #slackVersion = 0;
  /** Grows when a framework may be offered more than before; see AgentRecord.settledAt. */
  epoch = 1;
  /** Frameworks under roles that bring minimum sizes of their own. */
  ownMinimums = 0;
  /** Listed in some role's order. Nobody there: nothing to do. */
  listedCount = 0;
  /** Grows whenever what somebody holds, or who takes part, changes. */
  version = 0;

  constructor(fairSharingExcluded: readonly string[]) {
    this.totals = new ClusterTotals(fairSharingExcluded);
    this.quota = new QuotaLedger(this.totals);
    this.tree = new RoleTree(this.totals, this.quota);
  }

  framework(id: string): FrameworkRecord {
    const framework = this.frameworks.get(id);
    if (framework === undefined) throw new AllocatorError('FRAMEWORK_UNKNOWN', `Framework ${id} is unknown`);
    return framework;
  }

  agent(id: string): AgentRecord {
    const agent = this.agents.get(id);
    if (agent === undefined) throw new AllocatorError('AGENT_UNKNOWN', `Agent ${id} is unknown`);
    return agent;
  }

  /** Something about the agent itself changed: everybody is to be tried on it again. */
  unsettle(agent: AgentRecord): void {
    agent.settledAt = 0;
    this.#enlist(agent);
  }

  /** The framework may be offered more than before: it alone is to be tried again, on every agent. */
  wake(unders: Iterable<FrameworkUnderRole>): void {
    this.epoch += 1;
    for (const under of unders) under.wokenAt = this.epoch;
    for (const agent of this.agents.values()) this.#enlist(agent);
  }

  /** A run tried everybody on the agent. `isHeldBack`: quota kept somebody from more of it. */
  settle(agent: AgentRecord, isHeldBack: boolean): void {
    agent.settledAt = this.epoch;
    agent.isUnsettled = false;
    if (isHeldBack) this.#heldBack.add(agent);
  }

  /** Before a run: where quota held something back, there may be more room now. */
  unsettleHeldBack(): void {
    if (this.#slackVersion === this.quota.slackVersion) return;
    this.#slackVersion = this.quota.slackVersion;
    for (const agent of this.#heldBack) this.unsettle(agent);
    this.#heldBack.clear();
  }

  /** An agent came with this total (`sign` 1) or went (-1). */
  changeTotal(total: Resources, sign: 1 | -1): void {
    this.totals.change(total, sign);
    this.quota.changeTotal(total, sign);
  }

  /** No run looks at it any more. */
  forgetAgent(agent: AgentRecord): void {
    this.agents.delete(agent.id);
    this.#heldBack.delete(agent);
    agent.isUnsettled = false;
  }

  unsettledAgents(): readonly AgentRecord[] {
    return this.#unsettled;
  }

  /** After a run: those it settled, and those that went, leave the list. */
  dropSettled(): void {
    this.#unsettled = this.#unsettled.filter((agent) => agent.isUnsettled);
  }

  #enlist(agent: AgentRecord): void {
    if (agent.isUnsettled) return;
    agent.isUnsettled = true;
    this.#unsettled.push(agent);
  }

  /** The framework's part in `role`, tracked from now on. */
  trackUnderRole(framework: FrameworkRecord, role: string): FrameworkUnderRole {
    const known = framework.roles.get(role);
    if (known !== undefined) return known;
    const tracked = this.tree.track(role);
    const under = new FrameworkUnderRole(framework, tracked, this.#places.take());
    this.version += 1;
    tracked.frameworks.set(framework.id, under);
    framework.roles.set(role, under);
    return under;
  }

  /** Forgets the framework's part in a role when it neither subscribes to it nor holds anything of it. */
  untrackIfIdle(under: FrameworkUnderRole): void {
    if (under.isSubscribed || under.holdingCount > 0) return;
    this.list(under);
    this.version += 1;
    this.clearFilters(under);
    this.setOwnMinimum(under, false);
    if (under.framework.roles.delete(under.role.path)) this.#places.giveBack(under.place);
    under.role.frameworks.delete(under.framework.id);
    if (under.role.frameworks.size === 0) this.tree.untrack(under.role);
  }

  /** What it refused may be offered to it again. */
  clearFilters(under: FrameworkUnderRole): void {
    this.filters.clearOwner(under, this.agents.values());
  }

  /** Puts it into or out of its role's order, as it wants offers or not. */
  list(under: FrameworkUnderRole): void {
    const { wantsOffers } = under;
    if (under.isListed === wantsOffers) return;
    under.isListed = wantsOffers;
    this.version += 1;
    this.listedCount += wantsOffers ? 1 : -1;
    if (wantsOffers) under.role.order.add(under);
    else under.role.order.remove(under);
  }

  /** Whether the framework brings a minimum size of its own for the role. */
  setOwnMinimum(under: FrameworkUnderRole, has: boolean): void {
    const change = Number(has) - Number(under.hasOwnMinimum);
    under.role.ownMinimums += change;
    this.ownMinimums += change;
    under.hasOwnMinimum = has;
  }

  /** `resources` (without allocation roles) of the agent's free part become the framework's: in quota, and in shares. */
  give(agent: AgentRecord, frameworkId: string, role: string, resources: Resources, part: HoldingPart): void {
    if (resources.isEmpty) return;
    this.countShares(this.hold(agent, frameworkId, role, resources, part), resources, 1);
  }

  /** As `give` without the shares: the caller sees to it that `countShares` follows. */
  hold(agent: AgentRecord, frameworkId: string, role: string, resources: Resources, part: HoldingPart): Holding {
    const holding = this.findHolding(agent, frameworkId, role) ?? this.#addHolding(agent, frameworkId, role);
    holding[part] = holding[part].plus(resources);
    agent.addHeld(resources.allocatedTo(role));
    if (holding.holder !== undefined) this.quota.changeHeld(holding.holder.role.account, resources, 1);
    return holding;
  }

  /** They come back. Throws when the framework does not hold them there. */
  take(holding: Holding, resources: Resources, part: HoldingPart): void {
    const { agent } = holding;
    const had = holding[part];
    if (!had.contains(resources)) {
      throw new AllocatorError(
        'RESOURCES_NOT_HELD',
        `Framework ${holding.frameworkId} has ${part} "${had.format()}" of agent ${agent.id} for role ${holding.role}, not "${resources.format()}"`,
      );
    }
    holding[part] = had.minus(resources);
    this.#countHeld(holding, resources, -1);
    const isUsedUp = holding.offered.isEmpty && holding.allocated.isEmpty;
    if (isUsedUp) this.#dropHolding(holding);
    agent.removeHeld(resources.allocatedTo(holding.role));
    this.unsettle(agent);
    if (isUsedUp && holding.holder !== undefined) this.untrackIfIdle(holding.holder);
  }

  /** What is offered there becomes something else of the same quantities: shares stay. */
  exchange(holding: Holding, offered: Resources): void {
    const { agent, role } = holding;
    agent.removeHeld(holding.offered.allocatedTo(role));
    agent.addHeld(offered.allocatedTo(role));
    const account = holding.holder?.role.account;
    if (account !== undefined) {
      this.quota.changeHeld(account, holding.offered, -1);
      this.quota.changeHeld(account, offered, 1);
    }
    holding.offered = offered;
    this.version += 1;
  }

  /** What the agent has becomes something else of the same quantities: what is reserved counts for quota, shares stay. */
  exchangeTotal(agent: AgentRecord, total: Resources): void {
    this.quota.changeTotal(agent.total, -1);
    this.quota.changeTotal(total, 1);
    agent.adoptTotal(total);
  }

  findHolding(agent: AgentRecord, frameworkId: string, role: string): Holding | undefined {
    const under = this.frameworks.get(frameworkId)?.roles.get(role);
    if (under !== undefined) return agent.holdings.get(under);
    return agent.orphans.find((holding) => holding.frameworkId === frameworkId && holding.role === role);
  }

  /** A framework turned up that agents already knew: what it holds counts from now on. */
  adoptHoldings(framework: FrameworkRecord): void {
    for (const agent of this.agents.values()) {
      if (agent.orphans.length === 0) continue;
      for (const holding of agent.orphans.filter(({ frameworkId }) => frameworkId === framework.id)) {
        this.#attach(holding, this.trackUnderRole(framework, holding.role));
        this.#countHeld(holding, holding.offered.plus(holding.allocated), 1);
      }
      agent.orphans = agent.orphans.filter((holding) => holding.frameworkId !== framework.id);
    }
  }

  /** A framework went: what it holds stays held, without counting for anybody's share. */
  orphanHoldings(under: FrameworkUnderRole): void {
    if (under.holdingCount === 0) return;
    for (const agent of this.agents.values()) {
      const holding = agent.holdings.get(under);
      if (holding === undefined) continue;
      this.#dropHolding(holding);
      this.#countHeld(holding, holding.offered.plus(holding.allocated), -1);
      holding.holder = undefined;
      agent.orphans.push(holding);
    }
  }

  /** An agent went, and everything on it. */
  forgetHoldings(agent: AgentRecord): void {
    for (const [under, holding] of [...agent.holdings]) {
      this.#dropHolding(holding);
      this.#countHeld(holding, holding.offered.plus(holding.allocated), -1);
      this.untrackIfIdle(under);
    }
  }

  #addHolding(agent: AgentRecord, frameworkId: string, role: string): Holding {
    const framework = this.frameworks.get(frameworkId);
    const { EMPTY } = Resources;
    const holding: Holding = { agent, frameworkId, role, holder: undefined, offered: EMPTY, allocated: EMPTY };
    if (framework === undefined) agent.orphans.push(holding);
    else this.#attach(holding, this.trackUnderRole(framework, role));
    return holding;
  }

  #attach(holding: Holding, holder: FrameworkUnderRole): void {
    holding.holder = holder;
    holder.holdingCount += 1;
    holding.agent.holdings.set(holder, holding);
  }

  #dropHolding(holding: Holding): void {
    const { agent, holder } = holding;
    if (holder === undefined) agent.orphans = agent.orphans.filter((other) => other !== holding);
    else if (agent.holdings.delete(holder)) holder.holdingCount -= 1;
  }

  /** In quota, and in shares. Unless somebody known holds it, it counts for nobody. */
  #countHeld(holding: Holding, resources: Resources, sign: 1 | -1): void {
    if (holding.holder === undefined) return;
    this.quota.changeHeld(holding.holder.role.account, resources, sign);
    this.countShares(holding, resources, sign);
  }

  /** In the shares of the framework under the role, and of the role and its ancestors. */
  countShares(holding: Holding, resources: Resources, sign: 1 | -1): void {
    const { holder, agent } = holding;
    if (holder === undefined) return;
    this.version += 1;
    const { hasShared } = resources.traits;
    const counted = hasShared ? countedOnce(agent, resources, sign, (other) => other === holding) : resources;
    const count = (): void => {
      holder.held.add(this.totals, counted, sign);
      if (sign > 0) holder.count += 1;
    };
    if (holder.isListed) holder.role.order.change(holder, count);
    else count();
    this.tree.change(holder.role, sign, (path, isSubtree) => {
      if (!hasShared) return resources;
      return countedOnce(agent, resources, sign, ({ role }) =>
        isSubtree ? isRoleOrBeneath(role, path) : role === path,
      );
    });
  }
}
