// The default executor, built into the agent: a container without a process for each executor, and in it one for each task
// of its groups (mesos-semantics.md 9.2). What tasks go through is the supervisor's; here is what they have in common.
import type { Log } from '../../../world/world.ts';
import { ContainerError, type ContainerExit } from '../containers/containerizer.ts';
import { EXECUTOR_TERMINATED, statusOfLimitation } from '../tasks/status/ending.ts';
import type { StatusFacts } from '../tasks/status/status.ts';
import type { TaskParts } from '../tasks/task-parts.ts';
import type { TaskRun } from '../tasks/task-run.ts';
import type { Completion } from './completion.ts';
import { waitStatus } from './endings.ts';
import type { ExecutorRecord } from './executor.ts';
import { resize } from './resize.ts';
import { beginShutdown, resumeShutdown } from './shutdown.ts';

export interface TaskGroupsOptions
  extends Pick<
    TaskParts,
    | 'world'
    | 'options'
    | 'books'
    | 'journal'
    | 'containerizer'
    | 'launcher'
    | 'killer'
    | 'counters'
    | 'background'
    | 'onExecutorExited'
  > {
  readonly completion: Completion;
}

/** Containers of default executors: made for the first group, gone with the last task. */
export class TaskGroups {
  readonly #options: TaskGroupsOptions;
  readonly #log: Log;
  /** Being made: what came of it. */
  readonly #launches = new Map<ExecutorRecord, Promise<ContainerError | undefined>>();
  readonly #earlyExits = new Map<ExecutorRecord, ContainerExit>();

  constructor(options: TaskGroupsOptions) {
    this.#options = options;
    this.#log = options.world.log;
  }

  /** Begins to make the container of a new executor. */
  open(executor: ExecutorRecord): void {
    this.#launches.set(executor, this.#launch(executor));
  }

  /** Resolves when tasks can be launched in its container; to the error when they never can. */
  async whenOpen(executor: ExecutorRecord): Promise<ContainerError | undefined> {
    const error = await this.#launches.get(executor);
    if (error !== undefined || executor.state === 'running') return error;
    return new ContainerError('launch', 'Failed to launch container: its executor is being shut down');
  }

  /** More tasks than before: limits grow before these are launched. Throws ContainerError when they do not. */
  async grow(executor: ExecutorRecord): Promise<void> {
    await this.#resize(executor);
    if (executor.ending !== undefined) throw new ContainerError('launch', executor.ending.message ?? '');
  }

  async #resize(executor: ExecutorRecord): Promise<void> {
    const ending = await resize(this.#options, executor);
    if (ending === undefined) return;
    this.#log.warn('a task group is ended', { executorId: executor.executorId, why: ending.message });
    executor.ending ??= ending;
    this.close(executor);
  }

  /** Those that came together with this task and are not over. */
  siblings(run: TaskRun): TaskRun[] {
    return [...(run.host?.tasks.values() ?? [])].filter(
      (other) => other !== run && other.groupId === run.groupId && !other.isTerminal && other.phase !== 'ended',
    );
  }

  /** A task went beyond the memory that all share: all are over with it. */
  overran(executor: ExecutorRecord, limitation: NonNullable<ContainerExit['limitation']>): void {
    executor.ending ??= statusOfLimitation(limitation);
    this.close(executor);
  }

  /** Its revocable resources are needed by others; `ending` is what becomes of its tasks. */
  preempt(executor: ExecutorRecord, ending: StatusFacts): void {
    executor.ending ??= ending;
    this.close(executor);
  }

  /** A task of it is over: its share is given back, and with the last one the container. */
  taskEnded(executor: ExecutorRecord): void {
    if (executor.state === 'terminated') return;
    const hasMore = [...executor.tasks.values()].some(({ phase }) => phase !== 'ended');
    if (!hasMore) this.close(executor);
    else if (executor.state === 'running') {
      this.#options.background.run('resources of an executor', () => this.#resize(executor));
    }
  }

  /** It takes no more tasks; those it has may take their time, but not more than executors have. */
  shutdown(executor: ExecutorRecord): void {
    if (executor.isUsable) beginShutdown(this.#options, executor, () => this.#overdue(executor));
  }

  /** Ends the container, and whatever is in it. */
  close(executor: ExecutorRecord): void {
    if (executor.state === 'terminated') return;
    executor.state = 'terminating';
    this.#options.background.run('end of a task group', async () => {
      const error = await this.#launches.get(executor);
      if (error === undefined) {
        this.#options.killer.destroyContainer(executor.containerId, () => executor.state === 'terminated');
      }
    });
  }

  /** Its container is gone, after all that were in it. */
  exited(executor: ExecutorRecord, exit: ContainerExit): void {
    if (this.#launches.has(executor) && executor.container === undefined) this.#earlyExits.set(executor, exit);
    else this.#gone(executor, exit);
  }

  /** Takes up an executor of an earlier agent. */
  resume(executor: ExecutorRecord): void {
    if (executor.state === 'terminated') this.#terminated(executor, -1);
    else if (executor.isAbandoned) this.close(executor);
    else {
      resumeShutdown(this.#options, executor, () => this.#overdue(executor));
      this.taskEnded(executor);
    }
  }

  #overdue(executor: ExecutorRecord): void {
    executor.ending ??= EXECUTOR_TERMINATED;
    this.close(executor);
  }

  async #launch(executor: ExecutorRecord): Promise<ContainerError | undefined> {
    const { launcher, journal, background, counters } = this.#options;
    await executor.checkpointed;
    try {
      await launcher.launchExecutor(executor);
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error;
      counters.increment('slave/container_launch_errors');
      this.#log.warn('a task group could not be launched', { executorId: executor.executorId, why: error.message });
      // After its tasks, who wait for the same promise, were told.
      background.run('end of a task group', async () => this.#terminated(executor, -1));
      return error;
    }
    const { container } = executor;
    if (container !== undefined) {
      background.run('checkpoint of a container', () => journal.append({ kind: 'container', checkpoint: container }));
    }
    if (executor.state === 'registering') executor.state = 'running';
    const exit = this.#earlyExits.get(executor);
    this.#earlyExits.delete(executor);
    if (exit !== undefined) this.#gone(executor, exit);
    return undefined;
  }

  #gone(executor: ExecutorRecord, exit: ContainerExit): void {
    if (executor.state === 'terminated') return;
    // We ended it, which is no failure; what ended otherwise tells so.
    const isOurs = executor.state === 'terminating' && executor.ending === undefined;
    this.#terminated(executor, isOurs ? 0 : waitStatus(exit.status));
  }

  #terminated(executor: ExecutorRecord, status: number): void {
    const { onExecutorExited, completion } = this.#options;
    executor.state = 'terminated';
    executor.timer?.cancel();
    this.#launches.delete(executor);
    if (!executor.isAbandoned) onExecutorExited(executor.frameworkId, executor.executorId, status);
    completion.completeExecutor(executor);
  }
}
