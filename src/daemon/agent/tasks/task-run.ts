// One command task on this agent, from its arrival until its last update is acknowledged. Plain data: who changes it is
// the supervisor; who shows it are the views. In the books of the original each such task has an executor of its own,
// whose id is the task's, and one container (mesos-semantics.md 9.1).
import type { ExecutorInfo, Task, TaskInfo, TaskState, TaskStatus } from '../../../mesos/generated/v1.ts';
import { isTerminalState } from '../../../mesos/task-state.ts';
import type { Timer } from '../../../world/world.ts';
import type { ContainerCheckpoint } from '../containers/containerizer.ts';
import type { CheckMemory } from './checks/judgement.ts';
import { taskMessage } from './task-message.ts';

/**
 * - `queued`: waits for its turn to be launched.
 * - `launching`: the container is being made (fetching included).
 * - `running`: the command runs.
 * - `ended`: the container is gone, or never was; the terminal update may still wait for its acknowledgement.
 */
export type RunPhase = 'queued' | 'launching' | 'running' | 'ended';

/** Why the command is being stopped; decides what its end means. */
export type KillCause = 'requested' | 'completion-time' | 'framework-removed' | 'unhealthy';

/** Set once on a run and never taken off. */
export interface KillInProgress {
  readonly cause: KillCause;
  /** Wall time at which SIGKILL follows. */
  deadlineMs: number;
  timer: Timer | undefined;
}

/** `phase` only ever goes forward. */
export class TaskRun {
  readonly frameworkId: string;
  readonly taskId: string;
  readonly agentId: string;
  readonly info: TaskInfo;
  readonly executor: ExecutorInfo;
  readonly containerId: string;
  /** The sandbox. */
  readonly directory: string;
  /** Of the container, for the containerizer's facts. */
  readonly runtimeDirectory: string;
  /** Whether it is to survive an agent restart: the framework asked for checkpointing. */
  readonly isCheckpointed: boolean;
  /** Name of the user it runs as; also without --switch_user, for the views. */
  readonly user: string;

  phase: RunPhase = 'queued';
  /** The latest state, also while older updates wait for their acknowledgement. */
  state: TaskState = 'TASK_STAGING';
  /** One entry per change of state, the last one replaced when a state repeats (mesos-api.md 17.16). */
  statuses: readonly TaskStatus[] = [];
  /** State and uuid of the update that was last sent to the master. */
  forwarded: { readonly state: TaskState; readonly uuid: string } | undefined;
  /** Reported and not yet acknowledged, oldest first. */
  unacknowledged: readonly TaskStatus[] = [];
  /** Set once the command runs; what a later agent finds it again by. */
  container: ContainerCheckpoint | undefined;
  kill: KillInProgress | undefined;
  /** Runs out when `max_completion_time` is over. */
  completionTimer: Timer | undefined;
  /** What its checks have found; undefined before it runs, and when it has none. */
  checks: CheckMemory | undefined;
  /** Resolves once its checkpoint is durable. */
  checkpointed: Promise<void> = Promise.resolve();
  /** The terminal update has been acknowledged. */
  isSettled = false;
  /** Nobody wants to hear of this task any more: its framework was removed, or did not want it to survive a restart. */
  isAbandoned = false;
  /** False for what an agent without a checkpoint of it would never have heard of: no history, and none of its framework. */
  isRemembered = true;

  constructor(facts: TaskRunFacts) {
    this.frameworkId = facts.frameworkId;
    this.taskId = facts.info.task_id.value;
    this.agentId = facts.agentId;
    this.info = facts.info;
    this.executor = facts.executor;
    this.containerId = facts.containerId;
    this.directory = facts.directory;
    this.runtimeDirectory = facts.runtimeDirectory;
    this.isCheckpointed = facts.isCheckpointed;
    this.user = facts.user;
  }

  /** Takes a new status into the books; terminal states never change. */
  record(status: TaskStatus): void {
    this.state = status.state;
    const last = this.statuses.at(-1);
    const kept = last?.state === status.state ? this.statuses.slice(0, -1) : this.statuses;
    this.statuses = [...kept, status];
  }

  /** Wall time of its TASK_RUNNING in ms; undefined before. */
  get runningSinceMs(): number | undefined {
    if (this.checks !== undefined) return this.checks.runningSinceMs;
    // Without checks there is only one status of that state.
    const running = this.statuses.find(({ state }) => state === 'TASK_RUNNING');
    return running?.timestamp === undefined ? undefined : running.timestamp * 1000;
  }

  /** Whether nothing is left to be done but to remember it. */
  get isComplete(): boolean {
    return this.phase === 'ended' && (this.isSettled || this.isAbandoned);
  }

  get isTerminal(): boolean {
    return isTerminalState(this.state);
  }

  /** The v1 Task message as of now. */
  message(): Task {
    return taskMessage(this);
  }
}

/** What is known of a task on its arrival and does not change. */
export interface TaskRunFacts {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly info: TaskInfo;
  readonly executor: ExecutorInfo;
  readonly containerId: string;
  readonly directory: string;
  readonly runtimeDirectory: string;
  readonly isCheckpointed: boolean;
  readonly user: string;
}
