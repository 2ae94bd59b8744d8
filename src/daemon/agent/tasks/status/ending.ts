// What the end of a container means for its task (mesos-semantics.md 5.2, 9.1; mesos-observed.md 18).
import type { ContainerError, ContainerExit } from '../../containers/containerizer.ts';
import type { KillCause } from '../task-run.ts';
import { endingMessage } from './exit-text.ts';
import { lostOr, type StatusFacts } from './status.ts';

/** The terminal status of a task whose command ran. `kill`: it was being stopped, and why. */
export function statusOfExit(exit: ContainerExit, kill: KillCause | undefined): StatusFacts {
  if (exit.limitation !== undefined) return statusOfLimitation(exit.limitation);
  const message = endingMessage(exit.status);
  if (kill === 'completion-time') {
    return {
      state: 'TASK_FAILED',
      source: 'SOURCE_EXECUTOR',
      reason: 'REASON_MAX_COMPLETION_TIME_REACHED',
      message: message ?? 'Command terminated with signal Killed',
    };
  }
  if (kill !== undefined) {
    // Killed on request whatever the exit code says, also when the kill took every trace along.
    const ending = message ?? 'Command terminated with signal Killed';
    const healthy = kill === 'unhealthy' ? { healthy: false } : {};
    return { state: 'TASK_KILLED', source: 'SOURCE_EXECUTOR', message: ending, ...healthy };
  }
  if (message === undefined) {
    return EXECUTOR_TERMINATED;
  }
  const isSuccess = exit.status.kind === 'exited' && exit.status.code === 0;
  return { state: isSuccess ? 'TASK_FINISHED' : 'TASK_FAILED', source: 'SOURCE_EXECUTOR', message };
}

/** The terminal status of a task whose container could not be made. */
export function statusOfLaunchFailure(error: ContainerError, isPartitionAware: boolean): StatusFacts {
  if (error.code === 'user') {
    return {
      state: lostOr('TASK_DROPPED', isPartitionAware),
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: error.message,
    };
  }
  return launchFailed(error.message);
}

/** TASK_FAILED of a task whose container was never made. */
export function launchFailed(message: string): StatusFacts {
  return { state: 'TASK_FAILED', source: 'SOURCE_AGENT', reason: 'REASON_CONTAINER_LAUNCH_FAILED', message };
}

/** Its revocable resources are needed by others: what runs on them is killed (mesos-semantics.md 3.10). */
export function preempted(isPartitionAware: boolean): StatusFacts {
  return {
    state: lostOr('TASK_GONE', isPartitionAware),
    source: 'SOURCE_AGENT',
    reason: 'REASON_CONTAINER_PREEMPTED',
    message: 'Container preempted by QoS correction',
  };
}

/** Killed before its command ran. */
export const KILLED_DURING_LAUNCH: StatusFacts = {
  state: 'TASK_KILLED',
  source: 'SOURCE_AGENT',
  reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
  message: 'Killed before delivery to the executor',
};

/** Terminal status of tasks that their executor took along, when nothing more is known. */
export const EXECUTOR_TERMINATED: StatusFacts = {
  state: 'TASK_FAILED',
  source: 'SOURCE_AGENT',
  reason: 'REASON_EXECUTOR_TERMINATED',
  message: 'Executor terminated',
};

const LIMITATION_REASONS = {
  memory: 'REASON_CONTAINER_LIMITATION_MEMORY',
  disk: 'REASON_CONTAINER_LIMITATION_DISK',
  ports: 'REASON_CONTAINER_LIMITATION',
} as const;

/** Terminal status of everything in a container that went beyond a limit. */
export function statusOfLimitation(limitation: NonNullable<ContainerExit['limitation']>): StatusFacts {
  return {
    state: 'TASK_FAILED',
    source: 'SOURCE_AGENT',
    reason: LIMITATION_REASONS[limitation.kind],
    message: limitation.message,
    limitation: { resources: [...limitation.resources] },
  };
}
