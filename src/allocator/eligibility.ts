// Whether a framework may have something of an agent at all, and what of it (mesos-semantics.md 3.5).
import type { Resources } from '../mesos/resources.ts';
import type { AgentRecord } from './agent.ts';
import type { FrameworkRecord } from './framework.ts';

/** `region` is the master's own. */
export interface AgentRules {
  readonly filterGpuResources: boolean;
  readonly region: string | undefined;
}

/** What keeps a framework from an agent altogether, whatever is free there. */
export type Obstacle = 'gpus' | 'multi-role' | 'hierarchical-role' | 'region' | 'constraints';

/**
 * GPUs, multiple roles, hierarchical roles and regions need capabilities of the framework or the agent; then the
 * framework's offer constraints decide. Quantities are not looked at. Undefined: nothing is in the way.
 */
export function obstacle(
  framework: FrameworkRecord,
  role: string,
  agent: AgentRecord,
  rules: AgentRules,
): Obstacle | undefined {
  if (agent.hasGpus && rules.filterGpuResources && !framework.isGpuAware) return 'gpus';
  if (framework.isMultiRole && !agent.isMultiRole) return 'multi-role';
  if (!agent.isHierarchicalRole && role.includes('/')) return 'hierarchical-role';
  // Without a region of its own on either side nothing is known to be remote.
  const isRemote = agent.region !== undefined && rules.region !== undefined && agent.region !== rules.region;
  if (isRemote && !framework.isRegionAware) return 'region';
  return framework.admits?.(agent.id, role) === false ? 'constraints' : undefined;
}

/** Without what the framework does not understand. */
export function stripIncapable(available: Resources, framework: FrameworkRecord): Resources {
  let rest = available;
  if (!framework.takesShared) rest = rest.nonShared();
  if (!framework.takesRevocable) rest = rest.nonRevocable();
  if (!framework.takesRefined) rest = rest.withoutRefined();
  return rest;
}
