// The end of a framework: TEARDOWN by itself or an operator, or its failover timeout. Everything of it is killed without
// a status update being sent; its id can never subscribe again while it is remembered (mesos-semantics.md 2).
import { Event as AgentEvent } from '../../../mesos/generated/agent_protocol.ts';
import { EncodedEvent } from '../../serving/streams/encoded-event.ts';
import { toAllAgents } from '../books/deliver.ts';
import { removeExecutor } from '../books/executors.ts';
import { discardInverseOffer } from '../books/inverse-offers.ts';
import { discardOffer } from '../books/offers.ts';
import { untrackAllRoles } from '../books/roles.ts';
import { statusOfTask } from '../books/statuses.ts';
import { addCompletedTask, applyStatus, removeTask } from '../books/tasks.ts';
import type { MasterCore } from '../core.ts';
import { forgetOperationsOf } from '../operations/feedback.ts';
import type { MasterFramework } from '../state/framework.ts';
import type { MasterTask } from '../state/task.ts';

/**
 * Ends it at once: agents are told to shut it down, tasks and executors leave the books, its stream is closed, and what
 * was known of it goes to the completed ones.
 */
export function removeFramework(core: MasterCore, framework: MasterFramework): void {
  const { frameworkId } = framework;
  core.log.info('removing framework', { framework: framework.info.name, frameworkId });
  framework.failoverTimer?.cancel();
  if (framework.active) {
    framework.active = false;
    core.allocator.deactivateFramework(frameworkId);
  }
  for (const offer of [...framework.offers]) discardOffer(core, offer);
  for (const offer of [...framework.inverseOffers]) discardInverseOffer(core, offer);

  toAllAgents(
    core,
    new EncodedEvent(AgentEvent, {
      type: 'SHUTDOWN_FRAMEWORK',
      shutdown_framework: { framework_id: { value: frameworkId } },
    }),
  );
  for (const task of [...framework.tasks.values()]) {
    markKilled(core, framework, task);
    removeTask(core, task, 'completed');
  }
  for (const task of [...framework.unreachableTasks.values()]) {
    markKilled(core, framework, task);
    framework.unreachableTasks.delete(task.taskId);
    addCompletedTask(core, framework, task);
  }
  for (const [agentId, executors] of [...framework.executors]) {
    const agent = core.state.agents.registered.get(agentId);
    if (agent === undefined) continue;
    for (const executorId of [...executors.keys()]) removeExecutor(core, agent, frameworkId, executorId);
  }
  forgetOperationsOf(core, frameworkId);

  framework.state = 'DISCONNECTED';
  const { connection } = framework;
  framework.connection = undefined;
  connection?.end();
  untrackAllRoles(core, framework);
  core.allocator.removeFramework(frameworkId);
  core.state.frameworks.delete(frameworkId);
  core.state.completedFrameworks.set(frameworkId, {
    frameworkId,
    info: framework.info,
    capabilities: framework.capabilities,
    offerConstraints: framework.offerConstraints,
    registeredTimeMs: framework.registeredTimeMs,
    reregisteredTimeMs: framework.reregisteredTimeMs,
    unregisteredTimeMs: core.world.clock.nowMs(),
    completedTasks: framework.completedTasks,
  });
  core.events.frameworkRemoved(framework.info);
}

function markKilled(core: MasterCore, framework: MasterFramework, task: MasterTask): void {
  const status = statusOfTask(core, task, {
    state: 'TASK_KILLED',
    reason: 'REASON_FRAMEWORK_REMOVED',
    message: `Framework ${framework.frameworkId} removed`,
  });
  applyStatus(core, task, status);
}
