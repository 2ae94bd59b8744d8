// Which task states are an end (mesos-semantics.md 5.1).
import type { TaskState } from './generated/v1.ts';

const TERMINAL_STATES: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

/** Whether a task in this state is over for good. UNREACHABLE and UNKNOWN are not: the task may come back. */
export function isTerminalState(state: TaskState): boolean {
  return TERMINAL_STATES.has(state);
}
