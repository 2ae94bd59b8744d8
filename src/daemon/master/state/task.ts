// A task as the master books it: the wire form of its present condition (that is what every view shows) beside the
// parsed resources that the books are kept with. One object per task, shared by its agent and its framework.
import type { Task } from '../../../mesos/generated/v1.ts';
import type { Resources } from '../../../mesos/resources.ts';
import { isTerminalState } from '../../../mesos/task-state.ts';

/** One object per task, in the maps of its agent and its framework alike. */
export interface MasterTask {
  readonly taskId: string;
  readonly frameworkId: string;
  readonly agentId: string;
  /** Empty for command tasks, whose executor is none of the master's business (mesos-semantics.md 9.1). */
  readonly executorId: string;
  /** Allocated form: every resource carries `allocation_info`. */
  readonly resources: Resources;
  /**
   * The task as the operator sees it: `state` is the latest known, `statuses` one entry per distinct consecutive state,
   * `status_update_state`/`status_update_uuid` what was last forwarded to the framework. Never changed in place: each
   * update puts a new message here, so a view may keep the one it has got.
   */
  message: Task;
}

/** Whether the task holds resources in the books: unreachable ones gave theirs back as terminal ones did. */
export function holdsResources(task: MasterTask): boolean {
  return !isTerminalState(task.message.state) && task.message.state !== 'TASK_UNREACHABLE';
}
