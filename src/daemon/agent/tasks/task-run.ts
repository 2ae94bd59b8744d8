// One task on this agent, from its arrival until its last update is acknowledged. Plain data: who changes it is the
// supervisor; who shows it are the views. Three kinds: a command task (in the books of the original it has an executor of
// its own, whose id is the task's, and one container, mesos-semantics.md 9.1), a task of a group (a container of its own,
// nested in that of its executor), a task of a custom executor (no container but the executor's).
import type { ExecutorInfo, Task, TaskInfo, TaskState, TaskStatus } from '../../../mesos/generated/v1.ts';
import { isTerminalState } from '../../../mesos/task-state.ts';
import type { Timer } from '../../../world/world.ts';
import type { ContainerCheckpoint } from '../containers/containerizer.ts';
import type { ExecutorRecord } from '../executors/executor.ts';
import type { CheckMemory } from './checks/judgement.ts';
import { taskMessage } from './task-message.ts';

/**
 * - `queued`: waits for its turn to be launched; of a custom executor, for that to subscribe.
 * - `launching`: the container is being made (fetching included).
 * - `running`: the command runs; the custom executor has been told to run it.
 * - `ended`: the container is gone, or never was; the terminal update may still wait for its acknowledgement. Of a custom
 *   executor: its terminal update is there.
 */
export type RunPhase = 'queued' | 'launching' | 'running' | 'ended';

/** Why the command is being stopped; decides what its end means. */
export type KillCause = 'requested' | 'completion-time' | 'framework-removed' | 'unhealthy' | 'preempted';

/** Set once on a run and never taken off. */
export interface KillInProgress {
  readonly cause: KillCause;
  /** Wall time at which SIGKILL follows. */
  deadlineMs: number;
  timer: Timer | undefined;
}

/** Uuids remembered of one task; more than any executor has unacknowledged. */
const MAX_RELAYED = 256;

/** `phase` only ever goes forward. */
export class TaskRun {
  readonly frameworkId: string;
  readonly taskId: string;
  readonly agentId: string;
  readonly info: TaskInfo;
  readonly executor: ExecutorInfo;
  /** Names this run in the journal: the id of its container, if it has one of its own. */
  readonly runId: string;
  /** The container it runs in, as a key (containers/container-id.ts). */
  readonly containerId: string;
  /** The custom or default executor it belongs to; command tasks have none. */
  readonly host: ExecutorRecord | undefined;
  /** Of the task group it came with. */
  readonly groupId: string | undefined;
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

  /** Uuids of updates that its custom executor sent. */
  readonly #relayed = new Set<string>();

  constructor(facts: TaskRunFacts) {
    this.frameworkId = facts.frameworkId;
    this.taskId = facts.info.task_id.value;
    this.agentId = facts.agentId;
    this.info = facts.info;
    this.executor = facts.executor;
    this.containerId = facts.containerId;
    this.runId = facts.runId ?? facts.containerId;
    this.host = facts.host;
    this.groupId = facts.groupId;
    this.directory = facts.directory;
    this.runtimeDirectory = facts.runtimeDirectory;
    this.isCheckpointed = facts.isCheckpointed;
    this.user = facts.user;
  }

  get executorId(): string {
    return this.executor.executor_id.value;
  }

  /** Whether the agent itself runs it, in a container of its own. */
  get hasContainer(): boolean {
    return this.host?.kind !== 'custom';
  }

  /** Takes a new status into the books; terminal states never change. */
  record(status: TaskStatus): void {
    this.state = status.state;
    const last = this.statuses.at(-1);
    const kept = last?.state === status.state ? this.statuses.slice(0, -1) : this.statuses;
    this.statuses = [...kept, status];
  }

  /** False when this update of its executor has been taken before. */
  rememberRelayed(uuid: string): boolean {
    if (this.#relayed.has(uuid)) return false;
    this.#relayed.add(uuid);
    for (const oldest of this.#relayed) {
      if (this.#relayed.size <= MAX_RELAYED) break;
      this.#relayed.delete(oldest);
    }
    return true;
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
  /** Default: the container's id. */
  readonly runId?: string;
  readonly host?: ExecutorRecord | undefined;
  readonly groupId?: string | undefined;
  readonly directory: string;
  readonly runtimeDirectory: string;
  readonly isCheckpointed: boolean;
  readonly user: string;
}
