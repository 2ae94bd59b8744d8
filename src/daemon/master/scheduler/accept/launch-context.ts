// What the validators look up of the cluster while a launch is checked.
import type { LaunchContext } from '../../../../mesos/validation/launch/launch-context.ts';
import { capabilityNames } from '../../agents/registration/admission.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { Acceptance } from './acceptance.ts';

/** Made anew for each task: the tasks before it in the call are in the books by then. */
export function launchContext({ framework, remaining }: Acceptance, agent: MasterAgent): LaunchContext {
  const { frameworkId } = framework;
  return {
    frameworkId,
    agentId: agent.agentId,
    agentCapabilities: capabilityNames(agent),
    liveTasks: framework.tasks,
    unreachableTasks: framework.unreachableTasks,
    executors: agent.executors.get(frameworkId) ?? new Map(),
    containersUnder: (executorId) =>
      [...(agent.tasks.get(frameworkId)?.values() ?? []), ...framework.unreachableTasks.values()]
        .filter((task) => task.agentId === agent.agentId && task.executorId === executorId)
        .map((task) => task.message.container),
    offered: remaining,
  };
}
