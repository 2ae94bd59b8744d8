// What one allocation run has offered so far. Resources change hands at once; shares follow when the visit of an agent ends,
// because the order of roles and frameworks holds for a whole visit.
import { Resources } from '../mesos/resources.ts';
import type { AgentRecord, Holding } from './agent.ts';
import type { Books } from './books.ts';
import type { FrameworkUnderRole } from './framework.ts';
import type { TrackedRole } from './sorter/role-tree.ts';
import type { OfferedResources } from './types.ts';

interface Given {
  readonly under: FrameworkUnderRole;
  readonly holding: Holding;
  readonly resources: Resources;
}

/** One run's offers: what the two stages give to one framework of one agent for one role is one offer. */
export class Round {
  readonly offers: OfferedResources[] = [];
  readonly #books: Books;
  /** Of the visit that is going on. */
  #given: Given[] = [];
  /** Where the offer of a holding is, of those that could get a second part. */
  readonly #offerIndexes = new Map<Holding, number>();
  /** In this run: a shared volume, which stays free, is offered once a run. */
  readonly #offeredShared = new Map<AgentRecord, Resources>();

  constructor(books: Books) {
    this.#books = books;
  }

  /** Free, and unreserved or reserved to the role or an ancestor of it. */
  availableTo(agent: AgentRecord, role: string): Resources {
    const available = agent.free.allocatableTo(role);
    const offered = agent.total.traits.hasShared ? this.#offeredShared.get(agent) : undefined;
    if (offered === undefined) return available;
    return available.select((item) => !item.identity.isShared || !offered.contains(Resources.ofItems([item])));
  }

  give(agent: AgentRecord, under: FrameworkUnderRole, resources: Resources): void {
    const frameworkId = under.framework.id;
    const role = under.role.path;
    const holding = this.#books.hold(agent, frameworkId, role, resources, 'offered');
    this.#given.push({ under, holding, resources });
    if (resources.traits.hasShared) {
      const before = this.#offeredShared.get(agent) ?? Resources.EMPTY;
      this.#offeredShared.set(agent, before.plus(resources.shared()));
    }
    const offered = resources.allocatedTo(role);
    const index = this.#offerIndexes.get(holding);
    const earlier = index === undefined ? undefined : this.offers[index];
    if (index !== undefined && earlier !== undefined) {
      this.offers[index] = { ...earlier, resources: earlier.resources.plus(offered) };
      return;
    }
    if (under.role.account.hasGuarantees) this.#offerIndexes.set(holding, this.offers.length);
    this.offers.push({ frameworkId, role, agentId: agent.id, resources: offered });
  }

  /** Shares catch up. Answers the roles that were given something. */
  endVisit(): TrackedRole[] {
    const given = this.#given;
    if (given.length === 0) return [];
    this.#given = [];
    for (const { holding, resources } of given) this.#books.countShares(holding, resources, 1);
    return given.map(({ under }) => under.role);
  }
}
