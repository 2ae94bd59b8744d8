// LAUNCH_GROUP: all tasks or none (mesos-api.md 14.3).
import type { Offer_Operation } from '../../../../mesos/generated/v1.ts';
import { validateTaskGroup } from '../../../../mesos/validation/launch/task-group.ts';
import { toAgent } from '../../books/deliver.ts';
import type { MasterCore } from '../../core.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { Acceptance } from './acceptance.ts';
import { bookExecutor, bookTask } from './launch.ts';
import { launchContext } from './launch-context.ts';
import { normalisedExecutor, normalisedTask } from './normalise.ts';
import { refuseTasks } from './refusals.ts';

/**
 * Launches the group on `agent` and takes its resources, and those of an executor that is not there yet, from what remains
 * of the offers. When anything is wrong every task of it becomes TASK_ERROR with REASON_TASK_GROUP_INVALID. A group
 * without tasks is nothing (mesos-observed.md 21).
 */
export function launchGroup(
  core: MasterCore,
  acceptance: Acceptance,
  agent: MasterAgent,
  operation: Offer_Operation,
): void {
  const { framework, role } = acceptance;
  const group = operation.launch_group;
  if (group === undefined) return;
  const executor = normalisedExecutor(group.executor, role);
  const tasks = (group.task_group.tasks ?? []).map((task) =>
    normalisedTask({ ...task, executor: task.executor ?? group.executor }, framework.frameworkId, role),
  );
  if (tasks.length === 0) return;
  const problem =
    operation.id !== undefined
      ? "The 'id' field of 'Offer.Operation' is not supported for LAUNCH_GROUP operations"
      : validateTaskGroup({ tasks }, executor, launchContext(core, acceptance, agent));
  if (problem !== undefined) {
    refuseTasks(core, framework, operation, {
      state: 'TASK_ERROR',
      reason: 'REASON_TASK_GROUP_INVALID',
      message: problem,
    });
    return;
  }
  const launch_executor = bookExecutor(core, acceptance, agent, executor);
  for (const task of tasks) bookTask(core, acceptance, agent, task);
  toAgent(agent, {
    type: 'RUN_TASK_GROUP',
    run_task_group: { framework_info: framework.info, executor, task_group: { tasks }, launch_executor },
  });
}
