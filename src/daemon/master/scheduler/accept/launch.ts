// LAUNCH: each task for itself, in order; a bad one is told TASK_ERROR and the others go on (mesos-api.md 14.2).
import type { ExecutorInfo, Offer_Operation, TaskInfo } from '../../../../mesos/generated/v1.ts';
import { Resources } from '../../../../mesos/resources.ts';
import { validateTask } from '../../../../mesos/validation/launch/task.ts';
import { toAgent } from '../../books/deliver.ts';
import { addExecutor } from '../../books/executors.ts';
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
    const task = withExecutorType(normalisedTask(given, framework.frameworkId, role));
    const problem =
      operation.id !== undefined
        ? "The 'id' field of 'Offer.Operation' is not supported for LAUNCH operations"
        : validateTask(task, launchContext(core, acceptance, agent));
    if (problem === undefined) launchTask(core, acceptance, agent, task);
    else {
      refuseTask(core, framework, task, { state: 'TASK_ERROR', reason: 'REASON_TASK_INVALID', message: problem });
    }
  }
}

/** LAUNCH runs custom executors only, and old frameworks do not say that theirs is one. */
function withExecutorType(task: TaskInfo): TaskInfo {
  if (task.executor === undefined || task.executor.type !== undefined) return task;
  return { ...task, executor: { ...task.executor, type: 'CUSTOM' } };
}

function launchTask(core: MasterCore, acceptance: Acceptance, agent: MasterAgent, info: TaskInfo): void {
  const { framework } = acceptance;
  const isNewExecutor = info.executor !== undefined && bookExecutor(core, acceptance, agent, info.executor);
  bookTask(core, acceptance, agent, info);
  toAgent(agent, {
    type: 'RUN_TASK',
    // A command task's executor is the agent's own affair, and always new.
    run_task: {
      framework_info: framework.info,
      task: info,
      launch_executor: info.executor === undefined || isNewExecutor,
    },
  });
}

/** Enters the task as STAGING; its resources are no longer offered. */
export function bookTask(core: MasterCore, acceptance: Acceptance, agent: MasterAgent, info: TaskInfo): void {
  const { framework } = acceptance;
  const resources = Resources.of(info.resources);
  allocate(core, acceptance, agent, resources);
  addTask(core, agent, framework, stagingTask(info, framework.frameworkId, resources));
}

/** False when the agent runs this executor already: then it costs nothing. */
export function bookExecutor(
  core: MasterCore,
  acceptance: Acceptance,
  agent: MasterAgent,
  executor: ExecutorInfo,
): boolean {
  const { framework } = acceptance;
  if (agent.executors.get(framework.frameworkId)?.has(executor.executor_id.value)) return false;
  allocate(core, acceptance, agent, Resources.of(executor.resources));
  addExecutor(core, agent, framework, executor);
  return true;
}

function allocate(core: MasterCore, acceptance: Acceptance, agent: MasterAgent, resources: Resources): void {
  const { framework, role } = acceptance;
  // Shared volumes stay in the offer: the next task of the call may use them too.
  const [own, shared] = [resources.nonShared(), resources.shared()];
  acceptance.remaining = acceptance.remaining.minus(own);
  if (!own.isEmpty) core.allocator.transitionOfferedToAllocated(agent.agentId, role, framework.frameworkId, own);
  if (!shared.isEmpty) core.allocator.allocateShared(agent.agentId, role, framework.frameworkId, shared);
}
