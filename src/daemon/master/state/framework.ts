// A framework the master knows: subscribed, away for a while, or known only from its agents after a master restart
// (mesos-semantics.md 2).

import type { OfferConstraints } from '../../../mesos/generated/scheduler.ts';
import type { ExecutorInfo, FrameworkInfo } from '../../../mesos/generated/v1.ts';
import type { Resources } from '../../../mesos/resources.ts';
import type { Timer } from '../../../world/world.ts';
import type { SchedulerConnection } from '../scheduler/connection.ts';
import type { Counters } from './counters.ts';
import type { MasterInverseOffer } from './maintenance.ts';
import type { MasterOffer } from './offer.ts';
import type { MasterTask } from './task.ts';
import type { BoundedTaskMap, TaskMap } from './task-maps.ts';

/**
 * - `CONNECTED`: its event stream is open.
 * - `DISCONNECTED`: the stream is gone, the failover timer runs.
 * - `RECOVERED`: known from agents only; has no timer, stays until it subscribes or is torn down.
 */
export type FrameworkState = 'CONNECTED' | 'DISCONNECTED' | 'RECOVERED';

/** The names of FrameworkInfo.Capability.Type. */
export type FrameworkCapability =
  | 'REVOCABLE_RESOURCES'
  | 'TASK_KILLING_STATE'
  | 'GPU_RESOURCES'
  | 'SHARED_RESOURCES'
  | 'PARTITION_AWARE'
  | 'MULTI_ROLE'
  | 'RESERVATION_REFINEMENT'
  | 'REGION_AWARE';

/** A framework that has not ended, connected or not, and all that is booked on it. */
export interface MasterFramework {
  readonly frameworkId: string;
  /** With `id`, as subscribed (`role` or `roles` by MULTI_ROLE). */
  info: FrameworkInfo;
  capabilities: ReadonlySet<string>;
  state: FrameworkState;
  /** May receive offers. */
  active: boolean;
  /** What it subscribes to: `roles`, or `role` alone. */
  roles: ReadonlySet<string>;
  suppressedRoles: Set<string>;
  offerConstraints: OfferConstraints | undefined;
  connection: SchedulerConnection | undefined;
  /** 0 while it never subscribed (RECOVERED). */
  registeredTimeMs: number;
  /** Equal to `registeredTimeMs` until it subscribes again. */
  reregisteredTimeMs: number;
  failoverTimer: Timer | undefined;
  /** Live tasks and terminal ones whose last update is not acknowledged, by task id. */
  readonly tasks: TaskMap;
  /** Tasks on unreachable agents, by task id (LOST for frameworks that are not PARTITION_AWARE). Oldest dropped. */
  readonly unreachableTasks: BoundedTaskMap;
  /** Newest last; oldest dropped. Their messages do not change any more. */
  readonly completedTasks: MasterTask[];
  /** By agent id, then executor id. */
  readonly executors: Map<string, Map<string, ExecutorInfo>>;
  readonly offers: Set<MasterOffer>;
  /** Agents that it was asked to leave. */
  readonly inverseOffers: Set<MasterInverseOffer>;
  /** Resources of live tasks and executors by agent id, allocated form. No entry when nothing is used there. */
  readonly usedResources: Map<string, Resources>;
  /** Roles it no longer subscribes to but still has resources allocated under, see RoleIndex. */
  readonly trackedRoles: Set<string>;
  /** Names without the `master/frameworks/<name>/<id>/` prefix: `calls`, `calls/subscribe`, `offers/sent`, … */
  readonly counters: Counters;
}

/** What is remembered of a framework that was removed, at most `--max_completed_frameworks` of them. */
export interface CompletedFramework {
  readonly frameworkId: string;
  readonly info: FrameworkInfo;
  readonly capabilities: ReadonlySet<string>;
  readonly offerConstraints: OfferConstraints | undefined;
  readonly registeredTimeMs: number;
  readonly reregisteredTimeMs: number;
  readonly unregisteredTimeMs: number;
  /** Those that were unreachable at its end included. */
  readonly completedTasks: readonly MasterTask[];
}
