// The executor book: custom and default executors with their own resources, under their agent and their framework until
// they exit or the agent is lost (mesos-semantics.md 5.3). Command tasks have none.
import type { ExecutorInfo } from '../../../mesos/generated/v1.ts';
import { Resources } from '../../../mesos/resources.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';
import { deleteNested, putNested } from './nested-map.ts';
import { trackHeldRole, untrackFreedRole } from './roles.ts';
import { addUsage, subtractUsage } from './usage.ts';

/**
 * Books it on both sides with its resources. The allocator must know of them already: they were offered, or came with
 * the agent.
 */
export function addExecutor(
  core: MasterCore,
  agent: MasterAgent,
  framework: MasterFramework,
  executor: ExecutorInfo,
): void {
  const executorId = executor.executor_id.value;
  const resources = Resources.of(executor.resources);
  putNested(agent.executors, framework.frameworkId, executorId, executor);
  putNested(framework.executors, agent.agentId, executorId, executor);
  addUsage(agent.usedResources, framework.frameworkId, resources);
  addUsage(framework.usedResources, agent.agentId, resources);
  for (const role of resources.allocationRoles()) trackHeldRole(core, framework, role);
}

/** Gives its resources back; nothing happens when it is not in the books. */
export function removeExecutor(core: MasterCore, agent: MasterAgent, frameworkId: string, executorId: string): void {
  const executor = agent.executors.get(frameworkId)?.get(executorId);
  if (executor === undefined) return;
  const resources = Resources.of(executor.resources);
  deleteNested(agent.executors, frameworkId, executorId);
  subtractUsage(agent.usedResources, frameworkId, resources);
  const framework = core.state.frameworks.get(frameworkId);
  if (framework !== undefined) {
    deleteNested(framework.executors, agent.agentId, executorId);
    subtractUsage(framework.usedResources, agent.agentId, resources);
  }
  const nowMs = core.world.clock.nowMs();
  for (const role of resources.allocationRoles()) {
    core.allocator.recoverResources(
      {
        frameworkId,
        agentId: agent.agentId,
        role,
        resources: resources.ofAllocationRole(role),
        wasAllocated: true,
      },
      nowMs,
    );
    if (framework !== undefined) untrackFreedRole(core, framework, role);
  }
}
