// The vocabulary of the allocator's public face: what the master tells it and what it answers.
import type { Attribute, DomainInfo, Unavailability } from '../mesos/generated/v1.ts';
import type { Resources } from '../mesos/resources.ts';

/** name → scalar total. A conjunction: every name must be reached. Ranges and sets count their elements. */
type MinimumQuantities = Readonly<Record<string, number>>;

/** Alternatives (or) of conjunctions (and). An empty list means that everything is worth offering. */
export type MinAllocatable = readonly MinimumQuantities[];

/** From the master's flags; fixed for the life of the allocator. */
export interface AllocatorOptions {
  /** `--allocation_interval`: filters last at least this long. Default 1000. */
  readonly allocationIntervalMs?: number;
  /** `--min_allocatable_resources`. Default: 0.01 cpus or 32 MB of mem. */
  readonly minAllocatable?: MinAllocatable;
  /** `--filter_gpu_resources`: agents with GPUs go to GPU_RESOURCES frameworks only. Default true. */
  readonly filterGpuResources?: boolean;
  /** `--fair_sharing_excluded_resource_names`. */
  readonly fairSharingExcluded?: readonly string[];
  /** Region of the master; agents of another one go to REGION_AWARE frameworks only. */
  readonly region?: string;
  /**
   * Whether the limit of a top-level role cuts what its sub-roles are offered. What they hold counts for it in any case. The
   * original lets them pass it; default true: a limit is one.
   */
  readonly limitsBindSubroles?: boolean;
  /**
   * Whether a changed weight reaches a role that has only sub-roles at once. In the original it waits until that role goes and
   * comes back; default true: what an operator sets is in force.
   */
  readonly weightsReachSubtrees?: boolean;
  /** `--role_sorter`, `--framework_sorter`: by fairness, or by lot. Default `drf`; `random` needs the option of that name. */
  readonly roleSorter?: 'drf' | 'random';
  readonly frameworkSorter?: 'drf' | 'random';
  /** From 0 (included) to 1 (excluded), as `World.random.float`. */
  readonly random?: () => number;
  /** In which order a run visits agents. `by-id` makes the answer determined. Default `shuffled`. */
  readonly order?: 'shuffled' | 'by-id';
  /** Shuffles in place and returns the same array, as `World.random.shuffle`. Needed for `shuffled`. */
  readonly shuffle?: <T>(items: T[]) => T[];
}

/** What a framework's FrameworkInfo and connection mean to the allocator. */
export interface FrameworkOptions {
  /** Roles it is subscribed to, each once; `*` is written out. */
  readonly roles: readonly string[];
  readonly suppressedRoles?: readonly string[];
  /** Names of FrameworkInfo.Capability.Type, such as `MULTI_ROLE`. */
  readonly capabilities: ReadonlySet<string>;
  /** May receive offers (connected). */
  readonly active: boolean;
  /** Per-role override of the minimum offer (FrameworkInfo.offer_filters). */
  readonly offerFilters?: ReadonlyMap<string, MinAllocatable>;
  /** Offer constraints: whether an agent, by its id, may be offered for this role. Absent: all may. */
  readonly admits?: (agentId: string, role: string) => boolean;
}

/** What SUBSCRIBE again or UPDATE_FRAMEWORK may change. `suppressedRoles` is authoritative: absent means none. */
export type FrameworkUpdate = Omit<FrameworkOptions, 'active'>;

/** Resources that run tasks or executors of a framework. Each carries its allocation role (`allocatedTo`). */
interface UsedResources {
  readonly frameworkId: string;
  readonly resources: Resources;
}

/** An agent as it registers. */
export interface AgentOptions {
  readonly hostname: string;
  readonly attributes: readonly Attribute[];
  readonly domain?: DomainInfo | undefined;
  /** Names of AgentInfo.Capability.Type. */
  readonly capabilities: ReadonlySet<string>;
  /** Everything the agent has, without allocation roles. */
  readonly total: Resources;
  readonly used: readonly UsedResources[];
  /** Default true. */
  readonly active?: boolean;
}

/** What is absent stays as it is. */
export interface AgentUpdate {
  readonly total?: Resources;
  readonly attributes?: readonly Attribute[];
  readonly domain?: DomainInfo | undefined;
  readonly capabilities?: ReadonlySet<string>;
}

/** One offer: the free resources of one agent for one role of one framework, carrying the role as allocation role. */
export interface OfferedResources {
  readonly frameworkId: string;
  readonly role: string;
  readonly agentId: string;
  readonly resources: Resources;
}

/** A framework that is to be asked to leave an agent which will be away. */
export interface OfferedInverse {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly unavailability: Unavailability;
}

/** Without `status`: the question is taken back. `refuseSeconds` as in Recovered. */
export interface InverseOfferAnswer {
  readonly status?: 'ACCEPT' | 'DECLINE';
  readonly refuseSeconds?: number;
}

/** What a framework said last; `atMs` since 1970. */
export interface InverseOfferStatusView {
  readonly frameworkId: string;
  readonly status: 'ACCEPT' | 'DECLINE';
  readonly atMs: number;
}

/** Resources that come back from an offer, a task or an executor. */
export interface Recovered {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  /** With or without allocation role. */
  readonly resources: Resources;
  /**
   * How long the framework does not want to see these again, in seconds. Absent or 0: no filter. Negative or NaN: the
   * default of 5. Shorter than the allocation interval counts as that, more than 365 days as 365 days (mesos-semantics.md 3.4).
   */
  readonly refuseSeconds?: number;
  /** True for resources of tasks and executors, false for (parts of) an offer. */
  readonly wasAllocated: boolean;
}

/** A role of the tree. Amounts in units, memory in MB. */
export interface RoleSummary {
  readonly role: string;
  /** Dominant share of the whole subtree, divided by the weight. */
  readonly share: number;
  /** Tracked under exactly this role. */
  readonly frameworkCount: number;
  /** name → scalar total that is offered or allocated to this role and the roles beneath it; a shared volume counts once. */
  readonly held: Readonly<Record<string, number>>;
  /** Filters in force under exactly this role. */
  readonly activeFilters: number;
}

/** The allocator as a whole. Amounts in units, memory in MB. */
export interface AllocatorMetrics {
  readonly runs: number;
  /** Filters in force, all roles. */
  readonly activeFilters: number;
  /** Agents looked at by the last run: those whose situation had changed. */
  readonly agentsVisited: number;
  readonly total: Readonly<Record<string, number>>;
  readonly offeredOrAllocated: Readonly<Record<string, number>>;
}

/** A role, or a framework in one, where it stands in the order of fairness. Amounts in units, memory in MB. */
export interface ShareView {
  readonly kind: 'role' | 'framework';
  readonly role: string;
  /** Of frameworks only. */
  readonly frameworkId: string | undefined;
  readonly weight: number;
  /** Of the cluster, 0–1, not weighted; of a role: its whole subtree. */
  readonly share: number;
  /** Whose part is the largest; undefined when nothing is held. */
  readonly dominantResource: string | undefined;
  /** What is allocated or offered to it: both count for the share. */
  readonly held: Readonly<Record<string, number>>;
  /** Place in the order, from 1, roles and frameworks counted apart; undefined when it takes no part. */
  readonly position: number | undefined;
  /** Why it comes after the sibling before it; `first` when there is none. */
  readonly after: 'first' | 'share' | 'count' | 'name';
  /** What stands in the way of taking part: nothing (`undefined`), or the first of these that holds. */
  readonly absence: 'disconnected' | 'unsubscribed' | 'suppressed' | 'nobody' | undefined;
  /** Filters in force, and when the first of them ends, in ms since 1970; of frameworks only. */
  readonly filterCount: number;
  readonly nextFilterEndsMs: number | undefined;
}

/** `total` counts those that were left out too. */
export interface ShareViews {
  readonly rows: readonly ShareView[];
  readonly total: number;
}
