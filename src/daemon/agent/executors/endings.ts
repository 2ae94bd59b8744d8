// What the end of an executor means for its tasks, and for the framework that hears of it (mesos-semantics.md 5.2, 8.2).
import { formatDuration } from '../../../mesos/text/duration.ts';
import type { ContainerExit } from '../containers/containerizer.ts';
import { EXECUTOR_TERMINATED, statusOfLimitation } from '../tasks/status/ending.ts';
import { lostOr, type StatusFacts } from '../tasks/status/status.ts';
import type { ExecutorRecord } from './executor.ts';

const SIGKILL = 9;

/** The terminal status of the tasks that an executor leaves behind. */
export function statusOfExecutorEnd(executor: ExecutorRecord, exit: ContainerExit): StatusFacts {
  if (exit.limitation !== undefined) return statusOfLimitation(exit.limitation);
  return executor.ending ?? EXECUTOR_TERMINATED;
}

/** As wait(2) tells it; what was destroyed without a trace was killed. */
export function waitStatus(status: ContainerExit['status']): number {
  if (status.kind === 'exited') return status.code << 8;
  return status.kind === 'signaled' ? status.signal : SIGKILL;
}

/** It did not subscribe in time after its launch. */
export function neverRegistered(timeoutMs: number): StatusFacts {
  return {
    state: 'TASK_FAILED',
    source: 'SOURCE_AGENT',
    reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
    message: `Executor did not register within ${formatDuration(timeoutMs)}`,
  };
}

/** It did not subscribe again in time after a restart of the agent. */
export function neverCameBack(timeoutMs: number, isPartitionAware: boolean): StatusFacts {
  return {
    state: lostOr('TASK_GONE', isPartitionAware),
    source: 'SOURCE_AGENT',
    reason: 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT',
    message: `Executor did not reregister within ${formatDuration(timeoutMs)}`,
  };
}

/** Its container could not be given what its tasks need. */
export function updateFailed(why: string, isPartitionAware: boolean): StatusFacts {
  return {
    state: lostOr('TASK_GONE', isPartitionAware),
    source: 'SOURCE_AGENT',
    reason: 'REASON_CONTAINER_UPDATE_FAILED',
    message: `Failed to update resources for container: ${why}`,
  };
}

/** What there was of the task when the agent restarted never reached its executor. */
export function launchedDuringRestart(isPartitionAware: boolean): StatusFacts {
  return {
    state: lostOr('TASK_DROPPED', isPartitionAware),
    source: 'SOURCE_AGENT',
    reason: 'REASON_AGENT_RESTARTED',
    message: 'Task launched during agent restart',
  };
}

/** There is no executor that would take the task. */
export function noExecutor(message: string, isPartitionAware: boolean): StatusFacts {
  return {
    state: lostOr('TASK_DROPPED', isPartitionAware),
    source: 'SOURCE_AGENT',
    reason: 'REASON_EXECUTOR_TERMINATED',
    message,
  };
}
