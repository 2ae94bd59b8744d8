// Status updates that the master makes itself: no uuid, sent once, not acknowledged (mesos-semantics.md 6.1).
import type { Task, TaskState, TaskStatus, TaskStatus_Reason, TimeInfo } from '../../../mesos/generated/v1.ts';
import type { MasterCore } from '../core.ts';
import type { MasterTask } from '../state/task.ts';

/** What a status update of the master's own says. */
export interface MasterStatus {
  readonly taskId: string;
  /** Absent when a framework asks for a task without naming an agent. */
  readonly agentId?: string | undefined;
  readonly executorId?: string | undefined;
  readonly state: TaskState;
  readonly reason: TaskStatus_Reason;
  readonly message: string;
  readonly unreachableTime?: TimeInfo | undefined;
}

/** The update, stamped with the time of now in seconds. Source is SOURCE_MASTER, and there is no uuid. */
export function masterStatus(core: MasterCore, given: MasterStatus): TaskStatus {
  const status: TaskStatus = {
    task_id: { value: given.taskId },
    state: given.state,
    message: given.message,
    source: 'SOURCE_MASTER',
    reason: given.reason,
    timestamp: core.world.clock.nowMs() / 1000,
  };
  if (given.agentId !== undefined) status.agent_id = { value: given.agentId };
  if (given.executorId) status.executor_id = { value: given.executorId };
  if (given.unreachableTime !== undefined) status.unreachable_time = given.unreachableTime;
  return status;
}

/** As `masterStatus`, of a task that is in the books. */
export function statusOfTask(
  core: MasterCore,
  task: MasterTask,
  given: Pick<MasterStatus, 'state' | 'reason' | 'message' | 'unreachableTime'>,
): TaskStatus {
  return masterStatus(core, { taskId: task.taskId, agentId: task.agentId, executorId: task.executorId, ...given });
}

/** As `statusOfTask`, with what its last update said of health, checks and container (mesos-semantics.md 6.2). */
export function statusWithCondition(
  core: MasterCore,
  task: MasterTask,
  given: Pick<MasterStatus, 'state' | 'reason' | 'message'>,
): TaskStatus {
  const status = statusOfTask(core, task, given);
  const last = lastStatus(task.message);
  if (last?.healthy !== undefined) status.healthy = last.healthy;
  if (last?.check_status !== undefined) status.check_status = last.check_status;
  if (last?.container_status !== undefined) status.container_status = last.container_status;
  return status;
}

/** The newest one; undefined when nothing was reported yet. */
export function lastStatus(task: Task): TaskStatus | undefined {
  return task.statuses?.at(-1);
}

/** LOST for frameworks that know no better word (mesos-semantics.md 5.1). */
export function lostOr(
  state: 'TASK_DROPPED' | 'TASK_UNREACHABLE' | 'TASK_GONE' | 'TASK_GONE_BY_OPERATOR' | 'TASK_UNKNOWN',
  capabilities: ReadonlySet<string>,
): TaskState {
  return capabilities.has('PARTITION_AWARE') ? state : 'TASK_LOST';
}
