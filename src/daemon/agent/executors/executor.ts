// One executor on this agent: a custom one, which is a process that speaks the executor API, or the default one of task
// groups, whose work the agent does itself. From its launch until it is gone and all its tasks' updates are acknowledged
// (mesos-semantics.md 8.1). Plain data: who changes it is src/daemon/agent/executors; who shows it are the views. Command
// tasks have none in these books: their executor is only a name (tasks/command-executor.ts).
import type { ExecutorInfo, Resource } from '../../../mesos/generated/v1.ts';
import { Resources } from '../../../mesos/resources.ts';
import type { Timer } from '../../../world/world.ts';
import type { ContainerCheckpoint } from '../containers/containerizer.ts';
import type { CompletedRun } from '../tasks/books.ts';
import type { StatusFacts } from '../tasks/status/status.ts';
import type { TaskRun } from '../tasks/task-run.ts';

/**
 * - `registering`: its container is being made, or it has not subscribed (again) yet.
 * - `running`: subscribed; of the default executor, its container is there.
 * - `terminating`: it is being shut down.
 * - `terminated`: its container is gone; updates of its tasks may still wait for their acknowledgement.
 */
export type ExecutorState = 'registering' | 'running' | 'terminating' | 'terminated';

/** `custom`: a process with a connection. `default`: tasks in containers of their own, nested in the executor's. */
export type ExecutorKind = 'custom' | 'default';

/** Tasks remembered of one executor after their end. */
export const MAX_COMPLETED_TASKS = 200;

/** What is known of an executor from the start and does not change. */
export interface ExecutorFacts {
  readonly frameworkId: string;
  readonly agentId: string;
  /** With `framework_id` and `type`. */
  readonly info: ExecutorInfo;
  readonly containerId: string;
  /** The sandbox. */
  readonly directory: string;
  readonly runtimeDirectory: string;
  readonly isCheckpointed: boolean;
  /** Name of the user it runs as. */
  readonly user: string;
}

/** `state` only ever goes forward, but for an executor that is looked for after a restart of the agent. */
export class ExecutorRecord implements ExecutorFacts {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly info: ExecutorInfo;
  readonly containerId: string;
  readonly directory: string;
  readonly runtimeDirectory: string;
  readonly isCheckpointed: boolean;
  readonly user: string;

  state: ExecutorState = 'registering';
  /** Its tasks by id, in order of arrival: everything that is not complete. */
  readonly tasks = new Map<string, TaskRun>();
  /** Tasks of it that are complete, oldest first. */
  readonly completed: CompletedRun[] = [];
  /** Set once its container runs; what a later agent finds it again by. */
  container: ContainerCheckpoint | undefined;
  /** Tasks whose volumes its container was made with. */
  readonly hasVolumesOf = new Set<string>();
  /** It was given a task once. */
  hasBeenUsed = false;
  /** What becomes of its live tasks when it ends, and of which it is the cause; undefined = "Executor terminated". */
  ending: StatusFacts | undefined;
  /** Wall time at which it is destroyed; set when it is being shut down. */
  deadlineMs: number | undefined;
  timer: Timer | undefined;
  /** Nobody wants to hear of it any more: its framework was removed, or did not want it to survive a restart. */
  isAbandoned = false;
  /** False for what an agent without a checkpoint of it would never have heard of. */
  isRemembered = true;
  /** Resolves once its checkpoint is durable. */
  checkpointed: Promise<void> = Promise.resolve();

  constructor(facts: ExecutorFacts) {
    this.frameworkId = facts.frameworkId;
    this.agentId = facts.agentId;
    this.info = facts.info;
    this.containerId = facts.containerId;
    this.directory = facts.directory;
    this.runtimeDirectory = facts.runtimeDirectory;
    this.isCheckpointed = facts.isCheckpointed;
    this.user = facts.user;
  }

  get executorId(): string {
    return this.info.executor_id.value;
  }

  /** What it may take to end once it was asked; undefined = what the agent gives everybody. */
  get shutdownGraceMs(): number | undefined {
    const nanoseconds = this.info.shutdown_grace_period?.nanoseconds;
    return nanoseconds === undefined ? undefined : nanoseconds / 1e6;
  }

  get kind(): ExecutorKind {
    return this.info.type === 'DEFAULT' ? 'default' : 'custom';
  }

  /** What it and its live tasks may use together. */
  get wanted(): Resource[] {
    const parts = [Resources.of(this.info.resources)];
    for (const task of this.tasks.values()) if (!task.isTerminal) parts.push(Resources.of(task.info.resources));
    return Resources.sum(parts).toMessages();
  }

  /** Whether tasks may still be given to it. */
  get isUsable(): boolean {
    return this.state === 'registering' || this.state === 'running';
  }

  /** Whether nothing is left to be done but to remember it. */
  get isComplete(): boolean {
    return this.state === 'terminated' && this.tasks.size === 0;
  }
}
