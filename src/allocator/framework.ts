// What the allocator knows of a framework, and of each role it takes part in.
import type { MinimumSizes } from './minimum-sizes.ts';
import { Competitor } from './sorter/fair-order.ts';
import type { TrackedRole } from './sorter/role-tree.ts';
import type { FrameworkOptions } from './types.ts';

/** One framework in the allocator, over all of its roles. */
export class FrameworkRecord {
  readonly id: string;
  isActive: boolean;
  /** Every role it is subscribed to or still holds resources of. */
  readonly roles = new Map<string, FrameworkUnderRole>();
  /** Role → what is the least worth offering there; others take the cluster's. */
  minimumSizes: ReadonlyMap<string, MinimumSizes> = new Map();
  /** Its offer constraints, if it has any. */
  admits: FrameworkOptions['admits'];
  isMultiRole = false;
  isGpuAware = false;
  isRegionAware = false;
  /** What resources are stripped of before it sees them. */
  takesShared = false;
  takesRevocable = false;
  takesRefined = false;

  constructor(id: string, options: FrameworkOptions) {
    this.id = id;
    this.isActive = options.active;
    this.adopt(options.capabilities);
  }

  adopt(capabilities: ReadonlySet<string>): void {
    this.isMultiRole = capabilities.has('MULTI_ROLE');
    this.isGpuAware = capabilities.has('GPU_RESOURCES');
    this.isRegionAware = capabilities.has('REGION_AWARE');
    this.takesShared = capabilities.has('SHARED_RESOURCES');
    this.takesRevocable = capabilities.has('REVOCABLE_RESOURCES');
    this.takesRefined = capabilities.has('RESERVATION_REFINEMENT');
  }
}

/** A framework's part in one role: it competes there with the role's other frameworks. */
export class FrameworkUnderRole extends Competitor {
  readonly framework: FrameworkRecord;
  readonly role: TrackedRole;
  /** See Places: nobody else's while it is tracked. */
  readonly place: number;
  /** False once it dropped the role while holding resources of it. */
  isSubscribed = false;
  isSuppressed = false;
  /** See Books.setOwnMinimum. */
  hasOwnMinimum = false;
  /** In `role.order`: connected, subscribed and not suppressed. */
  isListed = false;
  /** On how many agents it holds something; what, they know. */
  holdingCount = 0;
  /** The epoch since which it may be offered what it was not before. */
  wokenAt = 0;
  /** In force; they are kept with the agents. */
  filterCount = 0;
  /** Of the time somebody last looked (Filters.findNextEnds), while there are filters. */
  nextFilterEndsMs = Number.POSITIVE_INFINITY;

  constructor(framework: FrameworkRecord, role: TrackedRole, place: number) {
    super(framework.id);
    this.framework = framework;
    this.role = role;
    this.place = place;
  }

  get wantsOffers(): boolean {
    return this.framework.isActive && this.isSubscribed && !this.isSuppressed;
  }
}
