// How tasks and operations of an ACCEPT are refused: tasks by an update, operations by an event if the framework named
// them, else without a word (mesos-api.md 14.1, 14.5).
import type { Offer_Operation, TaskInfo } from '../../../../mesos/generated/v1.ts';
import { forwardStatus, toFramework } from '../../books/deliver.ts';
import { type MasterStatus, masterStatus } from '../../books/statuses.ts';
import { countEndedTask } from '../../books/tasks.ts';
import type { MasterCore } from '../../core.ts';
import type { MasterFramework } from '../../state/framework.ts';

type Refusal = Pick<MasterStatus, 'state' | 'reason' | 'message'>;

/** An update without a uuid to the framework; the task never enters the books. */
export function refuseTask(core: MasterCore, framework: MasterFramework, task: TaskInfo, refusal: Refusal): void {
  const status = masterStatus(core, { taskId: task.task_id.value, agentId: task.agent_id.value, ...refusal });
  countEndedTask(core, framework, status);
  forwardStatus(framework, status);
}

/** Every task of a LAUNCH or LAUNCH_GROUP; nothing for other operations. */
export function refuseTasks(
  core: MasterCore,
  framework: MasterFramework,
  operation: Offer_Operation,
  refusal: Refusal,
): void {
  for (const task of tasksOf(operation)) refuseTask(core, framework, task, refusal);
}

/** An operation that launches nothing. */
export function refuseOperation(
  core: MasterCore,
  framework: MasterFramework,
  operation: Offer_Operation,
  message: string,
): void {
  if (operation.type === 'LAUNCH' || operation.type === 'LAUNCH_GROUP') return;
  core.state.operations.counts.moved(operation.type, undefined, 'OPERATION_ERROR');
  core.log.info('refused an operation', { frameworkId: framework.frameworkId, type: operation.type, message });
  if (operation.id === undefined) return;
  toFramework(framework, {
    type: 'UPDATE_OPERATION_STATUS',
    update_operation_status: { status: { operation_id: operation.id, state: 'OPERATION_ERROR', message } },
  });
}

/** The tasks a launch is about, none for all other operations. */
export function tasksOf(operation: Offer_Operation): readonly TaskInfo[] {
  if (operation.type === 'LAUNCH') return operation.launch?.task_infos ?? [];
  if (operation.type === 'LAUNCH_GROUP') return operation.launch_group?.task_group.tasks ?? [];
  return [];
}
