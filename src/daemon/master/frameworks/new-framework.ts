// The record of a framework the master did not know, and what its FrameworkInfo says in the master's terms.

import type { FrameworkOptions } from '../../../allocator/allocator.ts';
import type { OfferConstraints } from '../../../mesos/generated/scheduler.ts';
import type { FrameworkInfo } from '../../../mesos/generated/v1.ts';
import type { MasterCore } from '../core.ts';
import { compileConstraints, maxPatternSize } from '../offers/constraints/offer-constraints.ts';
import { FRAMEWORK_COUNTERS } from '../state/counter-names.ts';
import { Counters } from '../state/counters.ts';
import type { FrameworkState, MasterFramework } from '../state/framework.ts';
import { BoundedTaskMap, TaskMap } from '../state/task-maps.ts';

/**
 * A record with empty books, not in the state yet. One that is RECOVERED has registered times of 0 until it subscribes
 * (mesos-semantics.md 2).
 */
export function newFramework(
  core: MasterCore,
  info: FrameworkInfo,
  given: {
    readonly frameworkId: string;
    readonly state: FrameworkState;
    readonly suppressedRoles: readonly string[];
    readonly offerConstraints: OfferConstraints | undefined;
  },
): MasterFramework {
  const nowMs = given.state === 'RECOVERED' ? 0 : core.world.clock.nowMs();
  return {
    frameworkId: given.frameworkId,
    info: { ...info, id: { value: given.frameworkId } },
    capabilities: capabilitiesOf(info),
    state: given.state,
    active: given.state === 'CONNECTED',
    roles: rolesOf(info),
    suppressedRoles: new Set(given.suppressedRoles),
    offerConstraints: given.offerConstraints,
    connection: undefined,
    registeredTimeMs: nowMs,
    reregisteredTimeMs: nowMs,
    failoverTimer: undefined,
    tasks: new TaskMap(),
    unreachableTasks: new BoundedTaskMap(core.options.maxUnreachableTasksPerFramework, core.state.unreachableTasks),
    completedTasks: [],
    executors: new Map(),
    offers: new Set(),
    inverseOffers: new Set(),
    usedResources: new Map(),
    trackedRoles: new Set(),
    counters: new Counters(FRAMEWORK_COUNTERS),
  };
}

/** Names of the capabilities; entries without a type are of a future this master does not know. */
export function capabilitiesOf(info: FrameworkInfo): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { type } of info.capabilities ?? []) if (type !== undefined) names.add(type);
  return names;
}

/** `roles` with MULTI_ROLE, else `role` alone. */
export function rolesOf(info: FrameworkInfo): ReadonlySet<string> {
  return capabilitiesOf(info).has('MULTI_ROLE') ? new Set(info.roles ?? []) : new Set([info.role ?? '*']);
}

/** The framework as the allocator wants it. */
export function allocatorOptions(core: MasterCore, framework: MasterFramework): Omit<FrameworkOptions, 'active'> {
  const admits = constraintsOf(core, framework);
  return {
    ...(admits !== undefined && { admits }),
    roles: [...framework.roles],
    suppressedRoles: [...framework.suppressedRoles],
    capabilities: framework.capabilities,
    offerFilters: offerFiltersOf(framework.info),
  };
}

function constraintsOf(core: MasterCore, { offerConstraints }: MasterFramework): FrameworkOptions['admits'] {
  if (offerConstraints === undefined) return undefined;
  const compiled = compileConstraints(offerConstraints, maxPatternSize(core.options));
  // What cannot be compiled was refused when the framework subscribed.
  if (compiled.kind === 'invalid') throw new Error(compiled.why);
  const { registered } = core.state.agents;
  return (agentId, role) => {
    const agent = registered.get(agentId);
    return agent !== undefined && compiled.admits(agent.info, role);
  };
}

function offerFiltersOf(info: FrameworkInfo): ReadonlyMap<string, readonly Readonly<Record<string, number>>[]> {
  const filters = new Map<string, readonly Readonly<Record<string, number>>[]>();
  for (const [role, filter] of Object.entries(info.offer_filters ?? {})) {
    const minimum = filter.min_allocatable_resources;
    if (minimum === undefined) continue;
    filters.set(
      role,
      (minimum.quantities ?? []).map((alternative) =>
        Object.fromEntries(Object.entries(alternative.quantities ?? {}).map(([name, scalar]) => [name, scalar.value])),
      ),
    );
  }
  return filters;
}
