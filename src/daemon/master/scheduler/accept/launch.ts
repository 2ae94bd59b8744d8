// LAUNCH: each task for itself, in order; a bad one is told TASK_ERROR and the others go on (mesos-api.md 14.2).
import type { Offer_Operation, TaskInfo } from '../../../../mesos/generated/v1.ts';
import { Resources } from '../../../../mesos/resources.ts';
import { validateTask } from '../../../../mesos/validation/launch/task.ts';
import { toAgent } from '../../books/deliver.ts';
import { addTask, stagingTask } from '../../books/tasks.ts';
import type { MasterCore } from '../../core.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { Acceptance } from './acceptance.ts';
import { launchContext } from './launch-context.ts';
import { normalisedTask } from './normalise.ts';
import { refuseTask } from './refusals.ts';

/** Launches the valid tasks on `agent` and takes their resources from what remains of the offers. */
export function launch(core: MasterCore, acceptance: Acceptance, agent: MasterAgent, operation: Offer_Operation): void {
  const { framework, role } = acceptance;
  for (const given of operation.launch?.task_infos ?? []) {
    const task = normalisedTask(given, framework.frameworkId, role);
    const problem =
      operation.id !== undefined
        ? "The 'id' field of 'Offer.Operation' is not supported for LAUNCH operations"
        : (validateTask(task, launchContext(acceptance, agent)) ?? unsupported(task));
    if (problem === undefined) launchTask(core, acceptance, agent, task);
    else {
      refuseTask(core, framework, task, { state: 'TASK_ERROR', reason: 'REASON_TASK_INVALID', message: problem });
    }
  }
}

/** Agents of this version run commands themselves and have no executor API yet. */
function unsupported(task: TaskInfo): string | undefined {
  return task.executor === undefined
    ? undefined
    : `Custom executors are not supported by this version: give task '${task.task_id.value}' a command instead`;
}

function launchTask(core: MasterCore, acceptance: Acceptance, agent: MasterAgent, info: TaskInfo): void {
  const { framework, role } = acceptance;
  const resources = Resources.of(info.resources);
  acceptance.remaining = acceptance.remaining.minus(resources);
  core.allocator.transitionOfferedToAllocated(agent.agentId, role, framework.frameworkId, resources);
  addTask(core, agent, framework, stagingTask(info, framework.frameworkId, resources));
  toAgent(agent, { type: 'RUN_TASK', run_task: { framework_info: framework.info, task: info, launch_executor: true } });
}
