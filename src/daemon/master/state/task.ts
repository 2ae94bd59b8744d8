// A task as the master books it: the wire form of its present condition (that is what every view shows) beside the
// parsed resources that the books are kept with. One object per task, shared by its agent and its framework.
import type { Task, TaskState } from '../../../mesos/generated/v1.ts';
import type { Resources } from '../../../mesos/resources.ts';

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

/** States a task never leaves (mesos-semantics.md 5.1). */
const TERMINAL_STATES: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

/** Whether a task in this state is over for good. UNREACHABLE and UNKNOWN are not: the task may come back. */
export function isTerminal(state: TaskState): boolean {
  return TERMINAL_STATES.has(state);
}

/** Whether the task holds resources in the books: unreachable ones gave theirs back as terminal ones did. */
export function holdsResources(task: MasterTask): boolean {
  return !isTerminal(task.message.state) && task.message.state !== 'TASK_UNREACHABLE';
}
