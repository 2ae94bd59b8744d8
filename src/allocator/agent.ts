// What the allocator knows of an agent: what it has, who holds what of it, who refused what of it.
import { Resources } from '../mesos/resources.ts';
import type { Filter } from './filters.ts';
import type { FrameworkUnderRole } from './framework.ts';
import { isQuotaResource } from './quota/ledger.ts';
import { RefusedAlike } from './refused-alike.ts';
import type { AgentOptions, AgentUpdate } from './types.ts';

/** What one framework holds of one agent for one role. Without allocation roles. Never both parts empty. */
export interface Holding {
  readonly agent: AgentRecord;
  readonly frameworkId: string;
  readonly role: string;
  /** Undefined while the framework is not known (yet, or any more): it counts for no share then. */
  holder: FrameworkUnderRole | undefined;
  offered: Resources;
  allocated: Resources;
}

/** What was given last, and how things were before: for when it comes back at once. */
interface LastAdded {
  readonly resources: Resources;
  readonly before: Resources;
  readonly after: Resources;
  readonly freeBefore: Resources | undefined;
}

/** One agent in the allocator. Its free part is what the total leaves after everything held, and never negative. */
export class AgentRecord {
  readonly id: string;
  hostname: string;
  attributes: AgentOptions['attributes'];
  total: Resources;
  /** Everything offered or allocated, with allocation roles. More than the total for a while when that shrank. */
  #held = Resources.EMPTY;
  #free: Resources | undefined;
  #lastAdded: LastAdded | undefined;
  /** What `free` was last, when it was something. */
  #lastFree = Resources.EMPTY;
  isActive: boolean;
  region: string | undefined;
  isMultiRole = false;
  isHierarchicalRole = false;
  hasGpus = false;
  /** Several parts of one scalar that quota may cut, such as disks: which of them somebody gets is left to the order of the cut. */
  hasAlternatives = false;
  /**
   * The epoch in which a run had tried everybody on it without leaving anything that it could offer; 0 when its own free
   * part, filters or attributes changed since. Frameworks that were woken later are yet to be tried.
   */
  settledAt = 0;
  /** In Books' list of agents to be looked at. */
  isUnsettled = false;
  /** The last collection of free resources that somebody was asked about, and the same in the order in which it is offered. */
  arrangedFrom = Resources.EMPTY;
  arranged = Resources.EMPTY;
  /** Of frameworks that are known. */
  readonly holdings = new Map<FrameworkUnderRole, Holding>();
  /** Of others: not subscribed yet since the master started, or gone with tasks left. */
  orphans: Holding[] = [];
  /** Refusals in force; of several by one framework for one role, a chain. */
  readonly filters = new Map<FrameworkUnderRole, Filter>();
  readonly refusedAlike = new RefusedAlike();

  constructor(id: string, options: AgentOptions) {
    this.id = id;
    this.hostname = options.hostname;
    this.attributes = options.attributes;
    this.total = Resources.EMPTY;
    this.isActive = options.active ?? true;
    this.adoptTotal(options.total);
    this.adoptCapabilities(options.capabilities);
    this.adoptDomain(options.domain);
  }

  adoptTotal(total: Resources): void {
    this.total = total;
    this.hasGpus = (total.scalar('gpus') ?? 0) > 0;
    const names = total.items.filter(isQuotaResource).map(({ identity }) => identity.name);
    this.hasAlternatives = new Set(names).size < names.length;
    this.#free = undefined;
    this.#lastAdded = undefined;
  }

  adoptCapabilities(capabilities: ReadonlySet<string>): void {
    this.isMultiRole = capabilities.has('MULTI_ROLE');
    this.isHierarchicalRole = capabilities.has('HIERARCHICAL_ROLE');
  }

  adoptDomain(domain: AgentUpdate['domain']): void {
    this.region = domain?.fault_domain?.region.name;
  }

  /** `resources`, carrying their allocation role, became somebody's. */
  addHeld(resources: Resources): void {
    const before = this.#held;
    const after = before.plus(resources);
    const freeBefore = this.#free;
    this.#lastAdded = { resources, before, after, freeBefore };
    this.#held = after;
    // Most offers are all that was free, which run.ts takes from `arranged`: then nothing need be subtracted, unless a shared
    // volume stays free.
    const isAll =
      freeBefore !== undefined && freeBefore === this.arrangedFrom && resources.unallocated() === this.arranged;
    this.#free = isAll && !freeBefore.traits.hasShared ? Resources.EMPTY : undefined;
  }

  /** They are nobody's again. */
  removeHeld(resources: Resources): void {
    const last = this.#lastAdded;
    // An offer refused as a whole, with nothing between: the most frequent of all cases.
    if (last !== undefined && last.resources === resources && last.after === this.#held) {
      this.#held = last.before;
      this.#free = last.freeBefore;
      return;
    }
    this.#held = this.#held.minus(resources);
    this.#free = undefined;
  }

  /**
   * total − held; a shared volume is free however often it is held. The same contents as last time something was free are
   * the same object again, so that comparing them with what was refused then is quick.
   */
  get free(): Resources {
    if (this.#free === undefined) {
      const free = this.total.minusAllocated(this.#held.nonShared());
      if (free.isEmpty) this.#free = free;
      else {
        if (!free.equals(this.#lastFree)) this.#lastFree = free;
        this.#free = this.#lastFree;
      }
    }
    return this.#free;
  }
}
