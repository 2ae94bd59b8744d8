// RECONCILE: what the master knows of tasks, in the order of mesos-semantics.md 6.2. No answer at all for tasks whose agent
// may still come back after a failover.
import type { Call_Reconcile_Task } from '../../../mesos/generated/scheduler.ts';
import { forwardStatus } from '../books/deliver.ts';
import { lostOr, type MasterStatus, masterStatus, statusWithCondition } from '../books/statuses.ts';
import type { MasterCore } from '../core.ts';
import type { MasterFramework } from '../state/framework.ts';
import type { MasterTask } from '../state/task.ts';

/** No tasks = implicit: one update for each task in the books. */
export function reconcile(core: MasterCore, framework: MasterFramework, tasks: readonly Call_Reconcile_Task[]): void {
  core.state.counters.increment('master/messages_reconcile_tasks');
  if (tasks.length === 0) {
    for (const task of framework.tasks.values()) sendLatest(core, framework, task);
    return;
  }
  for (const task of tasks) reconcileTask(core, framework, task.task_id.value, task.agent_id?.value);
}

/** Sends at most one update. `agentId` as the framework believes it; without it any agent may have the task. */
export function reconcileTask(
  core: MasterCore,
  framework: MasterFramework,
  taskId: string,
  agentId: string | undefined,
): void {
  const task = framework.tasks.get(taskId);
  if (task !== undefined) {
    sendLatest(core, framework, task);
    return;
  }
  const found = conditionOf(core, framework, agentId);
  if (found === undefined) return;
  forwardStatus(framework, masterStatus(core, { taskId, agentId, reason: 'REASON_RECONCILIATION', ...found }));
}

function conditionOf(
  core: MasterCore,
  { capabilities }: MasterFramework,
  agentId: string | undefined,
): Pick<MasterStatus, 'state' | 'message' | 'unreachableTime'> | undefined {
  const { agents } = core.state;
  if (agentId === undefined ? agents.recovered.size > 0 : agents.recovered.has(agentId)) return undefined;
  if (agentId !== undefined) {
    if (agents.registered.has(agentId)) {
      return { state: lostOr('TASK_GONE', capabilities), message: 'Reconciliation: Task is unknown to the agent' };
    }
    const unreachableTime = agents.unreachable.get(agentId);
    if (unreachableTime !== undefined) {
      const state = lostOr('TASK_UNREACHABLE', capabilities);
      return { state, message: 'Reconciliation: Task is unreachable', unreachableTime };
    }
    if (agents.gone.has(agentId)) {
      return { state: lostOr('TASK_GONE_BY_OPERATOR', capabilities), message: 'Reconciliation: Task is gone' };
    }
  }
  return { state: lostOr('TASK_UNKNOWN', capabilities), message: 'Reconciliation: Task is unknown' };
}

/** The state that was last forwarded, not a newer one whose update the framework has not seen yet. */
function sendLatest(core: MasterCore, framework: MasterFramework, task: MasterTask): void {
  const state = task.message.status_update_state ?? task.message.state;
  const status = statusWithCondition(core, task, {
    state,
    reason: 'REASON_RECONCILIATION',
    message: 'Reconciliation: Latest task state',
  });
  forwardStatus(framework, status);
}
