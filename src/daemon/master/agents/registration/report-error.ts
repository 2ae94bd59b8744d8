// What is wrong with an agent's report: something that could not be kept in the books. Our own agents never say such things.
import type { Call_Subscribe } from '../../../../mesos/generated/agent_protocol.ts';
import type { Resource } from '../../../../mesos/generated/v1.ts';
import { because, firstProblem, type Problem } from '../../../../mesos/validation/problem.ts';
import { validateResources } from '../../../../mesos/validation/resource-form.ts';

/** The first problem, undefined when the report is fine. */
export function reportError(report: Call_Subscribe): Problem {
  return (
    totalError(report.agent_info.resources) ??
    firstProblem(report.tasks, (task) => because(`Task '${task.task_id.value}': `, heldError(task.resources))) ??
    firstProblem(report.executors, (executor) =>
      because(`Executor '${executor.executor_id.value}': `, heldError(executor.resources)),
    )
  );
}

/** Of the total resources of an agent. */
export function totalError(resources: readonly Resource[] | undefined): Problem {
  if (resources?.some((resource) => resource.allocation_info !== undefined)) {
    return 'The total resources of an agent must not be allocated to a role';
  }
  return because('Invalid total resources: ', validateResources(resources));
}

/** What is held is held for a role. */
function heldError(resources: readonly Resource[] | undefined): Problem {
  if (resources?.some((resource) => resource.allocation_info?.role === undefined)) {
    return "Resources need 'allocation_info.role'";
  }
  return because('Invalid resources: ', validateResources(resources));
}
