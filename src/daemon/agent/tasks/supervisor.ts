// The life of every task on this agent: takes it in, launches it, stops it, hears of its end, reports each step, and
// forgets it when all is acknowledged (mesos-semantics.md 5.4, 8.1, 8.2, 9.1). All decisions are synchronous; disk and
// processes answer later, and then the run is looked at again, for it may have been killed meanwhile.
import type { ExecutorInfo, FrameworkInfo, KillPolicy, TaskInfo } from '../../../mesos/generated/v1.ts';
import type { Log, World } from '../../../world/world.ts';
import type { Background } from '../background.ts';
import type { Journal } from '../checkpoint/journal.ts';
import type { WorkLayout } from '../checkpoint/layout.ts';
import { ContainerError, type ContainerExit, type Containerizer } from '../containers/containerizer.ts';
import type { Admission } from '../executors/admission.ts';
import type { Completion } from '../executors/completion.ts';
import type { CustomExecutors } from '../executors/custom/custom-executors.ts';
import type { ExecutorCalls } from '../executors/custom/executor-calls.ts';
import type { ExecutorRecord } from '../executors/executor.ts';
import type { TaskGroups } from '../executors/task-groups.ts';
import type { AgentCounters } from '../metrics/counters.ts';
import type { StatusUpdates } from '../updates/status-updates.ts';
import type { Books, FrameworkRecord } from './books.ts';
import { Prober } from './checks/prober.ts';
import { TaskChecks } from './checks/task-checks.ts';
import { killGraceMs } from './command-executor.ts';
import type { Killer } from './killer.ts';
import { LaunchQueue } from './launch/launch-queue.ts';
import type { Launcher } from './launch/launcher.ts';
import { refusalOf, withoutEffect } from './launch/refusals.ts';
import { newRun, taskEntry } from './run-factory.ts';
import { KILLED_DURING_LAUNCH, launchFailed, statusOfExit, statusOfLaunchFailure } from './status/ending.ts';
import type { StatusReporter } from './status/reporter.ts';
import { lostOr, type StatusFacts } from './status/status.ts';
import type { KillCause, TaskRun } from './task-run.ts';

export interface SupervisorOptions {
  readonly world: World;
  readonly agentId: string;
  readonly layout: WorkLayout;
  readonly books: Books;
  readonly journal: Pick<Journal, 'append'>;
  readonly updates: StatusUpdates;
  readonly reporter: StatusReporter;
  readonly containerizer: Containerizer;
  readonly launcher: Launcher;
  readonly killer: Killer;
  readonly counters: AgentCounters;
  readonly background: Background;
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
  readonly #killer: Killer;
  readonly #checks: TaskChecks;
  readonly #queue: LaunchQueue<TaskRun>;
  /** Ends that were heard of before their launch was. */
  readonly #earlyExits = new Map<string, ContainerExit>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#log = options.world.log;
    this.#killer = options.killer;
    const { launcher } = options;
    const environmentOf = launcher.environment.bind(launcher);
    this.#checks = new TaskChecks({
      ...options,
      prober: new Prober({ ...options, environmentOf }),
      onUnhealthy: (run) => this.#killUnhealthy(run),
    });
    this.#queue = new LaunchQueue((run) => options.background.guard('launch', () => this.#launch(run)));
  }

  // --- what the master asks for ---

  /** `launchExecutor`: the master expects a new executor for it. */
  runTask(info: FrameworkInfo, task: TaskInfo, launchExecutor: boolean): void {
    const { books, world, layout, agentId, journal, background, admission, custom } = this.#options;
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
      this.refuseUnknown(frameworkId, [task], launchFailed(error.message));
      return;
    }
    const framework = admission.openFramework(info);
    books.add(framework, run);
    run.checkpointed = journal.append(taskEntry(run));
    background.run('checkpoint of a task', () => run.checkpointed);
    this.#takeIn(run);
  }

  /** All of them or none. */
  runGroup(info: FrameworkInfo, executor: ExecutorInfo, tasks: readonly TaskInfo[], launchExecutor: boolean): void {
    const { admission, custom, groups, books } = this.#options;
    const asked = { framework: info, executor, tasks, isGroup: true, launchExecutor };
    if (executor.type !== 'DEFAULT') {
      custom.run(asked);
      return;
    }
    const admitted = admission.admit(asked);
    const framework = admitted && books.frameworks.get(admitted.executor.frameworkId);
    if (admitted === undefined || framework === undefined) return;
    admitted.executor.hasBeenUsed = true;
    if (admitted.isNew) groups.open(admitted.executor);
    for (const run of admitted.runs) if (run.phase === 'queued') this.#takeIn(run);
  }

  /** Tasks that this agent cannot take at all: nothing is kept of them but the update. */
  refuseUnknown(frameworkId: string, tasks: readonly TaskInfo[], facts: StatusFacts): void {
    for (const task of tasks) {
      const subject = { taskId: task.task_id.value, agentId: this.#options.agentId };
      this.#options.reporter.reportUnknown(frameworkId, subject, facts);
    }
  }

  kill(frameworkId: string, taskId: string, policy: KillPolicy | undefined): void {
    const framework = this.#options.books.frameworks.get(frameworkId);
    if (framework === undefined || framework.isTerminating) {
      this.#log.info('a kill of an unknown framework was ignored', { frameworkId, taskId });
      return;
    }
    const run = framework.runs.get(taskId);
    if (run === undefined) {
      this.#options.reporter.reportUnknown(
        frameworkId,
        { taskId, agentId: this.#options.agentId },
        {
          state: lostOr('TASK_DROPPED', framework.has('PARTITION_AWARE')),
          source: 'SOURCE_AGENT',
          reason: 'REASON_EXECUTOR_TERMINATED',
          message: 'Cannot find executor',
        },
      );
      return;
    }
    if (!run.hasContainer) {
      this.#options.custom.kill(run, policy);
      return;
    }
    const nanoseconds = policy?.grace_period?.nanoseconds;
    this.#stop(run, framework, nanoseconds === undefined ? killGraceMs(run.info) : Math.max(0, nanoseconds / 1e6));
  }

  /** A command task's executor has the task's id; to shut it down is to kill the task. */
  shutdownExecutor(frameworkId: string, executorId: string): void {
    const framework = this.#options.books.frameworks.get(frameworkId);
    const executor = framework?.executors.get(executorId);
    const run = framework?.runs.get(executorId);
    if (framework === undefined) return;
    if (executor?.kind === 'custom') this.#options.custom.shutdown(executor);
    else if (executor !== undefined) this.#shutdownGroups(executor, framework);
    else if (run !== undefined && run.host === undefined) this.#stop(run, framework, killGraceMs(run.info));
  }

  /** The framework was removed: everything of it is stopped, and nobody is told. */
  shutdownFramework(frameworkId: string): void {
    const { books, updates } = this.#options;
    const framework = books.frameworks.get(frameworkId);
    updates.discard(frameworkId);
    if (framework === undefined || framework.isTerminating) return;
    framework.isTerminating = true;
    for (const executor of [...framework.executors.values()]) {
      if (executor.kind === 'custom') this.#options.custom.abandon(executor);
      else {
        executor.isAbandoned = true;
        this.#options.groups.shutdown(executor);
      }
    }
    for (const run of [...framework.runs.values()]) if (run.hasContainer) this.#abandon(run);
    for (const executor of [...framework.executors.values()]) this.#options.completion.completeExecutor(executor);
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
    const { books, updates, journal, background } = this.#options;
    const outcome = updates.acknowledge(frameworkId, taskId, uuid);
    if (outcome?.kind !== 'acknowledged') {
      this.#log.debug('an acknowledgement was ignored', {
        frameworkId,
        taskId,
        why: outcome?.kind ?? 'no such update',
      });
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
    this.#checks.acknowledged(run);
    this.#options.calls.acknowledged(run, uuid);
    this.#options.completion.completeTask(run);
  }

  /** Tasks the master knows and the agent did not report: those it really does not have are lost. */
  reconcile(frameworkId: string, taskIds: readonly string[], isPartitionAware: boolean): void {
    const { books, reporter, updates, agentId } = this.#options;
    for (const taskId of taskIds) {
      if (books.run(frameworkId, taskId) !== undefined || updates.has(frameworkId, taskId)) continue;
      reporter.reportUnknown(
        frameworkId,
        { taskId, agentId },
        {
          state: lostOr('TASK_DROPPED', isPartitionAware),
          source: 'SOURCE_AGENT',
          reason: 'REASON_RECONCILIATION',
          message: 'Reconciliation: task unknown to the agent',
        },
      );
    }
  }

  // --- what the machine tells ---

  /** The container is gone, to its last process. */
  exited(exit: ContainerExit): void {
    const { books, custom, groups } = this.#options;
    const known = books.container(exit.containerId);
    if (known?.kind === 'executor') {
      (known.executor.kind === 'custom' ? custom : groups).exited(known.executor, exit);
      return;
    }
    const run = known?.run;
    if (run === undefined || run.phase === 'ended') {
      this.#log.debug('a container ended that no task is waiting for', { containerId: exit.containerId });
    } else if (run.phase === 'running') this.#ended(run, exit);
    else this.#earlyExits.set(exit.containerId, exit);
  }

  /**
   * Takes up the runs of an earlier agent, once the containerizer has looked for their containers. `whenBack` is called when
   * custom executors have subscribed again, or were given up.
   */
  resume(whenBack: () => void): void {
    const { books, reporter, updates, completion, custom, groups } = this.#options;
    const executors = [...books.executors()];
    for (const run of [...books.runs()]) {
      const framework = books.frameworks.get(run.frameworkId);
      if (!run.isAbandoned) for (const status of run.unacknowledged) updates.enqueue(run.frameworkId, status);
      if (!run.hasContainer) {
        completion.completeTask(run);
        continue;
      }
      if (run.isAbandoned) {
        if (run.phase === 'running') this.#killer.destroy(run);
      } else if (run.phase === 'running') {
        this.#killer.resume(run);
        // The command runs; only that it does may not have been written down any more.
        if (run.kill === undefined && run.runningSinceMs === undefined) this.#reportRunning(run);
        else this.#checks.resume(run);
        this.#limitCompletionTime(run);
      } else if (!run.isTerminal) {
        reporter.report(run, {
          state: lostOr('TASK_DROPPED', framework?.has('PARTITION_AWARE') ?? false),
          source: 'SOURCE_AGENT',
          reason: 'REASON_AGENT_RESTARTED',
          message: 'The agent restarted while the task was being launched',
        });
        this.#endGroupOf(run);
      }
      completion.completeTask(run);
    }
    for (const executor of executors) if (executor.kind === 'default') groups.resume(executor);
    custom.resume(
      executors.filter(({ kind }) => kind === 'custom'),
      whenBack,
    );
  }

  /** The agent stops; the tasks do not. */
  close(): void {
    this.#checks.close();
    this.#options.custom.close();
    for (const run of this.#options.books.runs()) {
      run.kill?.timer?.cancel();
      run.completionTimer?.cancel();
    }
  }

  // --- steps ---

  #takeIn(run: TaskRun): void {
    const refusal = refusalOf(run.info);
    if (refusal !== undefined) {
      this.#neverLaunched(run, refusal);
      return;
    }
    const idle = withoutEffect(run.info);
    if (idle.length > 0) {
      this.#log.warn('a task asks for what has no effect on this agent yet', { taskId: run.taskId, asks: idle });
    }
    if (!this.#queue.add(run)) {
      this.#neverLaunched(run, 'Too many tasks are waiting to be launched on this agent');
    }
  }

  #neverLaunched(run: TaskRun, why: string): void {
    run.phase = 'ended';
    this.#options.reporter.report(run, launchFailed(why));
    this.#endGroupOf(run);
  }

  async #launch(run: TaskRun): Promise<void> {
    // A crash must not leave a process of a task that nobody remembers.
    await run.checkpointed;
    if (run.phase !== 'queued') return;
    run.phase = 'launching';
    try {
      if (run.host !== undefined) await this.#prepareGroup(run.host);
      if (run.isTerminal) throw new ContainerError('launch', 'The task was killed before it was launched');
      await this.#options.launcher.launch(run);
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error;
      this.#launchFailed(run, error);
      return;
    }
    this.#launched(run);
  }

  /** Throws ContainerError when there will be no container to launch in. */
  async #prepareGroup(executor: ExecutorRecord): Promise<void> {
    const { groups } = this.#options;
    const error = await groups.whenOpen(executor);
    if (error !== undefined) throw error;
    await groups.grow(executor);
  }

  #launchFailed(run: TaskRun, error: ContainerError): void {
    const { books, counters, reporter } = this.#options;
    run.phase = 'ended';
    this.#earlyExits.delete(run.containerId);
    counters.increment('slave/container_launch_errors');
    this.#log.warn('a task could not be launched', { taskId: run.taskId, code: error.code, why: error.message });
    if (!run.isTerminal) {
      const isPartitionAware = books.frameworks.get(run.frameworkId)?.has('PARTITION_AWARE') ?? false;
      reporter.report(run, statusOfLaunchFailure(error, isPartitionAware));
    }
    this.#endGroupOf(run);
    this.#options.completion.completeTask(run);
  }

  #launched(run: TaskRun): void {
    const { background, journal } = this.#options;
    run.phase = 'running';
    if (run.container !== undefined) {
      const entry = { kind: 'container', checkpoint: run.container } as const;
      background.run('checkpoint of a container', () => journal.append(entry));
    }
    const exit = this.#earlyExits.get(run.containerId);
    this.#earlyExits.delete(run.containerId);
    if (run.isTerminal || run.isAbandoned) {
      // Killed while it was being launched; the end of the container completes it.
      if (exit === undefined) this.#killer.destroy(run);
    } else {
      this.#reportRunning(run);
      this.#limitCompletionTime(run);
    }
    if (exit !== undefined) this.#ended(run, exit);
  }

  #reportRunning(run: TaskRun): void {
    const { reporter } = this.#options;
    if (run.state === 'TASK_STAGING') reporter.report(run, { state: 'TASK_STARTING', source: 'SOURCE_EXECUTOR' });
    this.#checks.start(run);
    reporter.report(run, { state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR' });
  }

  #ended(run: TaskRun, exit: ContainerExit): void {
    run.phase = 'ended';
    run.kill?.timer?.cancel();
    run.completionTimer?.cancel();
    this.#checks.end(run);
    if (!run.isTerminal) {
      // What ended the whole group is the reason also for those that only went with it.
      const facts = exit.limitation === undefined ? run.host?.ending : undefined;
      this.#options.reporter.report(run, facts ?? statusOfExit(exit, run.kill?.cause));
    }
    if (run.host !== undefined && run.container?.sharesLimits && exit.limitation?.kind === 'memory') {
      this.#options.groups.overran(run.host, exit.limitation);
    }
    this.#endGroupOf(run);
    this.#options.completion.completeTask(run);
  }

  /** FAILED and KILLED take the rest of the group along, FINISHED does not (mesos-semantics.md 9.2). */
  #endGroupOf(run: TaskRun): void {
    const { groups, books } = this.#options;
    const { host } = run;
    if (host === undefined) return;
    const framework = books.frameworks.get(run.frameworkId);
    if (run.isTerminal && run.state !== 'TASK_FINISHED' && framework !== undefined) {
      for (const other of groups.siblings(run)) this.#stop(other, framework, killGraceMs(other.info));
    }
    groups.taskEnded(host);
  }

  #shutdownGroups(executor: ExecutorRecord, framework: FrameworkRecord): void {
    if (!executor.isUsable) return;
    this.#options.groups.shutdown(executor);
    for (const run of [...executor.tasks.values()]) this.#stop(run, framework, killGraceMs(run.info));
    this.#options.groups.taskEnded(executor);
  }

  /** By the task's own kill policy, as if it had been asked for. */
  #killUnhealthy(run: TaskRun): void {
    const framework = this.#options.books.frameworks.get(run.frameworkId);
    if (framework === undefined) return;
    this.#log.info('a task is killed because its health check failed too often', { taskId: run.taskId });
    this.#stop(run, framework, killGraceMs(run.info), 'unhealthy');
  }

  #stop(run: TaskRun, framework: FrameworkRecord, graceMs: number, cause: KillCause = 'requested'): void {
    if (run.isTerminal || run.phase === 'ended') return;
    if (run.phase === 'running') {
      const isNew = this.#killer.kill(run, cause, graceMs);
      if (isNew && framework.has('TASK_KILLING_STATE')) {
        this.#options.reporter.report(run, { state: 'TASK_KILLING', source: 'SOURCE_EXECUTOR' });
      }
      return;
    }
    this.#options.reporter.report(run, KILLED_DURING_LAUNCH);
    this.#cancelLaunch(run);
  }

  /** Queued runs never start; of those being launched what there is is destroyed, and the rest when it has come up. */
  #cancelLaunch(run: TaskRun): void {
    if (this.#queue.remove(run) || run.phase === 'queued') {
      run.phase = 'ended';
      this.#endGroupOf(run);
    } else this.#killer.destroy(run);
    this.#options.completion.completeTask(run);
  }

  #abandon(run: TaskRun): void {
    run.isAbandoned = true;
    if (run.phase === 'running') this.#killer.kill(run, 'framework-removed', killGraceMs(run.info));
    else if (run.phase !== 'ended') {
      if (!run.isTerminal) this.#options.reporter.report(run, KILLED_DURING_LAUNCH);
      this.#cancelLaunch(run);
    } else this.#options.completion.completeTask(run);
  }

  #limitCompletionTime(run: TaskRun): void {
    const { world } = this.#options;
    const limitMs = (run.info.max_completion_time?.nanoseconds ?? Number.POSITIVE_INFINITY) / 1e6;
    if (!Number.isFinite(limitMs)) return;
    const sinceMs = run.runningSinceMs ?? world.clock.nowMs();
    const delayMs = Math.max(0, sinceMs + limitMs - world.clock.nowMs());
    run.completionTimer = world.clock.setTimer(delayMs, () => {
      if (run.phase === 'running') this.#killer.kill(run, 'completion-time', 0);
    });
  }
}
