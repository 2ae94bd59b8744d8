// Whatever the master asks for and the machine tells about tasks and executors comes here first, and goes to whom it
// concerns: tasks with a container of their own to task-lives.ts, custom executors and task groups to their own
// (mesos-semantics.md 5.4, 8.1, 8.2, 9.1).
import type { ExecutorInfo, FrameworkInfo, KillPolicy, TaskInfo } from '../../../mesos/generated/v1.ts';
import { formatResource } from '../../../mesos/validation/resources.ts';
import type { Log } from '../../../world/world.ts';
import type { ContainerExit } from '../containers/containerizer.ts';
import type { Draining } from '../draining/draining.ts';
import { drainGraceMs, drainPolicy } from '../draining/grace.ts';
import type { Admission } from '../executors/admission.ts';
import type { Completion } from '../executors/completion.ts';
import type { CustomExecutors } from '../executors/custom/custom-executors.ts';
import type { ExecutorCalls } from '../executors/custom/executor-calls.ts';
import type { TaskGroups } from '../executors/task-groups.ts';
import { newRun, taskEntry } from './run-factory.ts';
import { launchFailed } from './status/ending.ts';
import { UnknownTasks } from './status/unknown-tasks.ts';
import { TaskLives } from './task-lives.ts';
import type { TaskParts } from './task-parts.ts';
import type { TaskRun } from './task-run.ts';

export interface SupervisorOptions extends TaskParts {
  readonly draining: Draining;
  readonly admission: Admission;
  readonly completion: Completion;
  readonly custom: CustomExecutors;
  readonly calls: Pick<ExecutorCalls, 'acknowledged'>;
  readonly groups: TaskGroups;
  /** The last framework has gone. */
  readonly onIdle: () => void;
}

/** One per agent id, made once that is known. */
export class TaskSupervisor {
  readonly #options: SupervisorOptions;
  readonly #log: Log;
  readonly #lives: TaskLives;
  readonly #unknown: UnknownTasks;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#log = options.world.log;
    this.#lives = new TaskLives(options);
    this.#unknown = new UnknownTasks(options);
  }

  // --- what the master asks for ---

  /** `launchExecutor`: the master expects a new executor for it. While the agent is drained it is killed at once. */
  runTask(info: FrameworkInfo, task: TaskInfo, launchExecutor: boolean): void {
    this.#runTask(info, task, launchExecutor);
    this.#drainArrived(info, [task]);
  }

  #runTask(info: FrameworkInfo, task: TaskInfo, launchExecutor: boolean): void {
    const { books, world, layout, agentId, journal, background, admission, custom } = this.#options;
    if (this.#lacksResources(info, task.executor, [task], launchExecutor)) return;
    if (task.executor !== undefined) {
      custom.run({ framework: info, executor: task.executor, tasks: [task], isGroup: false, launchExecutor });
      return;
    }
    const frameworkId = info.id?.value ?? '';
    const taskId = task.task_id.value;
    const known = books.frameworks.get(frameworkId);
    if (known?.isTerminating || known?.runs.has(taskId)) {
      const why = known.isTerminating ? 'its framework is being shut down' : 'there is one of this id already';
      this.#log.warn('a task was not taken', { frameworkId, taskId, why });
      return;
    }
    let run: TaskRun;
    try {
      run = newRun(world, layout, agentId, info, task);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#unknown.refused(frameworkId, task, launchFailed(error.message));
      return;
    }
    const framework = admission.openFramework(info);
    books.add(framework, run);
    run.checkpointed = journal.append(taskEntry(run));
    background.run('checkpoint of a task', () => run.checkpointed);
    this.#lives.begin(run);
  }

  /** All of them or none. While the agent is drained they are killed at once. */
  runGroup(info: FrameworkInfo, executor: ExecutorInfo, tasks: readonly TaskInfo[], launchExecutor: boolean): void {
    this.#runGroup(info, executor, tasks, launchExecutor);
    this.#drainArrived(info, tasks);
  }

  #runGroup(info: FrameworkInfo, executor: ExecutorInfo, tasks: readonly TaskInfo[], launchExecutor: boolean): void {
    const { admission, custom, groups, books } = this.#options;
    if (this.#lacksResources(info, executor, tasks, launchExecutor)) return;
    const asked = { framework: info, executor, tasks, isGroup: true, launchExecutor };
    if (executor.type !== 'DEFAULT') {
      custom.run(asked);
      return;
    }
    const admitted = admission.admit(asked);
    if (admitted === undefined || !books.frameworks.has(admitted.executor.frameworkId)) return;
    admitted.executor.hasBeenUsed = true;
    if (admitted.isNew) groups.open(admitted.executor);
    for (const run of admitted.runs) if (run.phase === 'queued') this.#lives.begin(run);
  }

  /** An operation that the tasks rely on was not carried out here: they are told so. */
  #lacksResources(
    info: FrameworkInfo,
    executor: ExecutorInfo | undefined,
    tasks: readonly TaskInfo[],
    launchExecutor: boolean,
  ): boolean {
    const { resources, onExecutorExited } = this.#options;
    const parts = [executor?.resources, ...tasks.map((task) => task.resources)];
    const missing = parts.map((part) => resources.missing(part ?? [])).find((resource) => resource !== undefined);
    if (missing === undefined) return false;
    const frameworkId = info.id?.value ?? '';
    this.#log.warn('tasks use what this agent does not have', { frameworkId, resource: formatResource(missing) });
    this.#unknown.lacking(info, tasks);
    if (executor !== undefined && launchExecutor) onExecutorExited(frameworkId, executor.executor_id.value, -1);
    return true;
  }

  kill(frameworkId: string, taskId: string, policy: KillPolicy | undefined): void {
    const { books, custom } = this.#options;
    const framework = books.frameworks.get(frameworkId);
    if (framework === undefined || framework.isTerminating) {
      this.#log.info('a kill of an unknown framework was ignored', { frameworkId, taskId });
      return;
    }
    const run = framework.runs.get(taskId);
    const nanoseconds = policy?.grace_period?.nanoseconds;
    if (run === undefined) this.#unknown.killed(framework, taskId);
    else if (!run.hasContainer) custom.kill(run, policy);
    else this.#lives.stop(run, nanoseconds === undefined ? undefined : Math.max(0, nanoseconds / 1e6));
  }

  /** Kills everything: the agent is being drained. */
  drain(): void {
    for (const run of [...this.#options.books.runs()]) this.#drainRun(run);
  }

  #drainArrived(info: FrameworkInfo, tasks: readonly TaskInfo[]): void {
    const { draining, books } = this.#options;
    if (draining.config === undefined) return;
    for (const { task_id } of tasks) {
      const run = books.run(info.id?.value ?? '', task_id.value);
      if (run !== undefined) this.#drainRun(run);
    }
  }

  #drainRun(run: TaskRun): void {
    const { draining, custom } = this.#options;
    if (run.isTerminal || run.isAbandoned) return;
    if (run.hasContainer) this.#lives.stop(run, drainGraceMs(run.info, draining.maxGraceMs));
    else custom.kill(run, drainPolicy(run.info, draining.maxGraceMs));
  }

  /** A command task's executor has the task's id; to shut it down is to kill the task. */
  shutdownExecutor(frameworkId: string, executorId: string): void {
    const framework = this.#options.books.frameworks.get(frameworkId);
    const executor = framework?.executors.get(executorId);
    const run = framework?.runs.get(executorId);
    if (executor?.kind === 'custom') this.#options.custom.shutdown(executor);
    else if (executor !== undefined) this.#lives.shutdownGroups(executor);
    else if (run !== undefined && run.host === undefined) this.#lives.stop(run);
  }

  /** The framework was removed: everything of it is stopped, and nobody is told. */
  shutdownFramework(frameworkId: string): void {
    const { books, updates, custom, groups, completion } = this.#options;
    const framework = books.frameworks.get(frameworkId);
    updates.discard(frameworkId);
    if (framework === undefined || framework.isTerminating) return;
    framework.isTerminating = true;
    for (const executor of [...framework.executors.values()]) {
      if (executor.kind === 'custom') custom.abandon(executor);
      else {
        executor.isAbandoned = true;
        groups.shutdown(executor);
      }
    }
    for (const run of [...framework.runs.values()]) if (run.hasContainer) this.#lives.abandon(run);
    for (const executor of [...framework.executors.values()]) completion.completeExecutor(executor);
  }

  /** Stops everything; `onIdle` tells when it is done. */
  shutdown(): void {
    const { books, onIdle } = this.#options;
    for (const frameworkId of [...books.frameworks.keys()]) this.shutdownFramework(frameworkId);
    if (books.frameworks.size === 0) onIdle();
  }

  updateFramework(info: FrameworkInfo): void {
    const { books, journal, updates, background } = this.#options;
    const frameworkId = info.id?.value ?? '';
    const framework = books.frameworks.get(frameworkId);
    if (framework === undefined) return;
    framework.info = info;
    background.run('checkpoint of a framework', () => journal.append({ kind: 'framework', info }));
    // The master tells this when the framework has subscribed again: its new instance need not wait for a timer.
    updates.resend(frameworkId);
  }

  acknowledge(frameworkId: string, taskId: string, uuid: string): void {
    const { books, updates, journal, background, calls, completion } = this.#options;
    const outcome = updates.acknowledge(frameworkId, taskId, uuid);
    if (outcome?.kind !== 'acknowledged') {
      const why = outcome?.kind ?? 'no such update';
      this.#log.debug('an acknowledgement was ignored', { frameworkId, taskId, why });
      return;
    }
    const run = books.run(frameworkId, taskId);
    if (run === undefined) return;
    run.unacknowledged = run.unacknowledged.filter((status) => status.uuid !== uuid);
    run.isSettled = outcome.isLast;
    if (run.isCheckpointed && !run.isComplete) {
      const entry = { kind: 'acknowledged', containerId: run.runId, uuid } as const;
      background.run('checkpoint of an acknowledgement', () => journal.append(entry));
    }
    this.#lives.acknowledged(run);
    calls.acknowledged(run, uuid);
    completion.completeTask(run);
  }

  /** Tasks the master knows and the agent did not report. */
  reconcile(frameworkId: string, taskIds: readonly string[], isPartitionAware: boolean): void {
    this.#unknown.reconcile(frameworkId, taskIds, isPartitionAware);
  }

  // --- what the machine tells ---

  /** The container is gone, to its last process. */
  exited(exit: ContainerExit): void {
    const { books, custom, groups } = this.#options;
    const known = books.container(exit.containerId);
    if (known?.kind === 'executor') {
      (known.executor.kind === 'custom' ? custom : groups).exited(known.executor, exit);
    } else if (known === undefined || known.run.phase === 'ended') {
      this.#log.debug('a container ended that no task is waiting for', { containerId: exit.containerId });
    } else this.#lives.exited(known.run, exit);
  }

  /**
   * Takes up the runs of an earlier agent, once the containerizer has looked for their containers. `whenBack` is called when
   * custom executors have subscribed again, or were given up.
   */
  resume(whenBack: () => void): void {
    const { books, updates, completion, custom, groups } = this.#options;
    const executors = [...books.executors()];
    for (const run of [...books.runs()]) {
      if (!run.isAbandoned) for (const status of run.unacknowledged) updates.enqueue(run.frameworkId, status);
      if (run.hasContainer) this.#lives.resume(run);
      else completion.completeTask(run);
    }
    for (const executor of executors) if (executor.kind === 'default') groups.resume(executor);
    custom.resume(
      executors.filter(({ kind }) => kind === 'custom'),
      whenBack,
    );
  }

  /** The agent stops; the tasks do not. */
  close(): void {
    const { books, custom } = this.#options;
    this.#lives.close();
    custom.close();
    for (const executor of books.executors()) executor.timer?.cancel();
  }
}
