// LAUNCH_GROUP: all tasks or none (mesos-api.md 14.3). This version's agents have no default executor, so a group that is
// valid is refused too, in words that say so.
import type { Offer_Operation } from '../../../../mesos/generated/v1.ts';
import { validateTaskGroup } from '../../../../mesos/validation/launch/task-group.ts';
import type { MasterCore } from '../../core.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { Acceptance } from './acceptance.ts';
import { launchContext } from './launch-context.ts';
import { normalisedExecutor, normalisedTask } from './normalise.ts';
import { refuseTasks } from './refusals.ts';

/** Every task of the group becomes TASK_ERROR, with the reason REASON_TASK_GROUP_INVALID. */
export function refuseTaskGroup(
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
  const problem =
    operation.id !== undefined
      ? "The 'id' field of 'Offer.Operation' is not supported for LAUNCH_GROUP operations"
      : (validateTaskGroup({ tasks }, executor, launchContext(acceptance, agent)) ??
        'Task groups are not supported by this version: launch their tasks one by one');
  refuseTasks(core, framework, operation, {
    state: 'TASK_ERROR',
    reason: 'REASON_TASK_GROUP_INVALID',
    message: problem,
  });
}
