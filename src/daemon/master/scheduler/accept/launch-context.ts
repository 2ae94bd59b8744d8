// What the validators look up of the cluster while a launch is checked.
import type { LaunchContext } from '../../../../mesos/validation/launch/launch-context.ts';
import { capabilityNames } from '../../agents/registration/admission.ts';
import type { MasterCore } from '../../core.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { Acceptance } from './acceptance.ts';

/** Made anew for each task: the tasks before it in the call are in the books by then. */
export function launchContext(core: MasterCore, acceptance: Acceptance, agent: MasterAgent): LaunchContext {
  const { framework, remaining } = acceptance;
  const { frameworkId } = framework;
  const { unreachableTasks } = core.state;
  return {
    frameworkId,
    agentId: agent.agentId,
    agentCapabilities: capabilityNames(agent),
    liveTasks: framework.tasks,
    unreachableTasks: framework.unreachableTasks,
    executors: agent.executors.get(frameworkId) ?? new Map(),
    containersUnder: (executorId) =>
      [...(agent.tasks.get(frameworkId)?.values() ?? []), ...unreachableTasks.of(agent.agentId, frameworkId)]
        .filter((task) => task.executorId === executorId)
        .map((task) => task.message.container),
    offered: remaining,
  };
}
