// What a task's state on Mesos means for its instance (marathon.md 16.1).
import type { TaskState, TaskStatus } from '../../../mesos/generated/v1.ts';
import type { Condition } from '../model/instance.ts';

const CONDITIONS: Readonly<Record<Exclude<TaskState, 'TASK_LOST'>, Condition>> = {
  TASK_STAGING: 'Staging',
  TASK_STARTING: 'Starting',
  TASK_RUNNING: 'Running',
  TASK_KILLING: 'Killing',
  TASK_FINISHED: 'Finished',
  TASK_FAILED: 'Failed',
  TASK_KILLED: 'Killed',
  TASK_ERROR: 'Error',
  TASK_DROPPED: 'Dropped',
  TASK_UNREACHABLE: 'Unreachable',
  TASK_GONE: 'Gone',
  TASK_GONE_BY_OPERATOR: 'Gone',
  TASK_UNKNOWN: 'Unknown',
};

// Whoever is not PARTITION_AWARE hears TASK_LOST for all of these; some masters say it to everyone (mesos-semantics.md 5.2).
const LOST_WITH_AGENT: ReadonlySet<string> = new Set([
  'REASON_RECONCILIATION',
  'REASON_AGENT_DISCONNECTED',
  'REASON_AGENT_REMOVED',
]);

/** The condition that a status update tells of. */
export function conditionOf({ state, reason, message }: Pick<TaskStatus, 'state' | 'reason' | 'message'>): Condition {
  if (state !== 'TASK_LOST') return CONDITIONS[state];
  if (message?.startsWith('Reconciliation: Task is unknown to the') || reason === 'REASON_TASK_UNKNOWN')
    return 'Unknown';
  if (reason !== undefined && LOST_WITH_AGENT.has(reason)) return 'Unreachable';
  return 'Gone';
}

const FAILURES: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FAILED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
]);

/** Whether a task in this state is remembered as its app's last failure (marathon.md 3.9). */
export function isFailure(state: TaskState): boolean {
  return FAILURES.has(state);
}
