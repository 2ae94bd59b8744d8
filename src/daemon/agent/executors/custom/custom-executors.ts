// Custom executors: launched, told what to run, shut down, and cleaned up after (mesos-semantics.md 8.1, 8.2, 8.4). What they
// say themselves is executor-calls.ts. Whatever an executor does or leaves undone costs it its container, never the agent anything.
import type { KillPolicy } from '../../../../mesos/generated/v1.ts';
import type { Log } from '../../../../world/world.ts';
import { ContainerError, type ContainerExit } from '../../containers/containerizer.ts';
import { KILLED_DURING_LAUNCH, launchFailed, statusOfLaunchFailure } from '../../tasks/status/ending.ts';
import type { StatusFacts } from '../../tasks/status/status.ts';
import type { TaskParts } from '../../tasks/task-parts.ts';
import type { TaskRun } from '../../tasks/task-run.ts';
import type { Admission, HostedTasks } from '../admission.ts';
import type { Completion } from '../completion.ts';
import { launchedDuringRestart, neverCameBack, neverRegistered, statusOfExecutorEnd, waitStatus } from '../endings.ts';
import type { ExecutorRecord } from '../executor.ts';
import { resize } from '../resize.ts';
import { beginShutdown, resumeShutdown } from '../shutdown.ts';
import { AwaitedExecutors } from './awaited-executors.ts';
import { killEvent, type LiveExecutors, launchEvents } from './live-executors.ts';

export interface CustomExecutorsOptions extends TaskParts {
  readonly admission: Admission;
  readonly completion: Completion;
  readonly live: LiveExecutors;
}

/** One per agent id. Everything here is synchronous but launching and what must be durable first. */
export class CustomExecutors {
  readonly #options: CustomExecutorsOptions;
  readonly #log: Log;
  readonly #live: LiveExecutors;
  readonly #awaited = new AwaitedExecutors();

  constructor(options: CustomExecutorsOptions) {
    this.#options = options;
    this.#log = options.world.log;
    this.#live = options.live;
  }

  // --- what the master asks for ---

  run(asked: HostedTasks): void {
    const admitted = this.#options.admission.admit(asked);
    if (admitted === undefined) return;
    const { executor } = admitted;
    if (admitted.isNew) this.#options.background.run('launch of an executor', () => this.#launch(executor));
    else if (executor.state === 'running') this.deliver(executor);
  }

  kill(run: TaskRun, policy: KillPolicy | undefined): void {
    const executor = run.host;
    if (executor === undefined || run.isTerminal || !executor.isUsable) return;
    if (run.phase === 'queued') {
      this.#killQueued(executor, run);
      return;
    }
    const { connection, kills } = this.#live.of(executor);
    if (connection?.isOpen !== true) kills.set(run.taskId, policy);
    else connection.send(killEvent(run.taskId, policy));
  }

  /** Best effort: false when there is nobody to hear it. */
  message(executor: ExecutorRecord, data: string): boolean {
    const { connection } = this.#live.of(executor);
    if (executor.state !== 'running' || connection?.isOpen !== true) return false;
    connection.send({ type: 'MESSAGE', message: { data } });
    return true;
  }

  /** It is asked to end, and destroyed when it has not by the end of its grace. */
  shutdown(executor: ExecutorRecord): void {
    if (!executor.isUsable) return;
    beginShutdown(this.#options, executor, () => this.#destroy(executor));
    this.#awaited.delete(executor);
    this.#live.of(executor).connection?.send({ type: 'SHUTDOWN' });
  }

  /** Its framework is removed: it is shut down, and nobody is told. */
  abandon(executor: ExecutorRecord): void {
    executor.isAbandoned = true;
    for (const run of [...executor.tasks.values()]) {
      run.isAbandoned = true;
      this.#options.completion.completeTask(run);
    }
    if (executor.state === 'terminated') this.#options.completion.completeExecutor(executor);
    else this.shutdown(executor);
  }

  // --- what the machine tells ---

  exited(executor: ExecutorRecord, exit: ContainerExit): void {
    const live = this.#live.of(executor);
    if (!live.isLaunched) {
      live.earlyExit = exit;
      return;
    }
    if (executor.state === 'terminated') return;
    this.#log.info('an executor has ended', { executorId: executor.executorId, status: exit.status });
    executor.state = 'terminated';
    executor.timer?.cancel();
    live.connection?.end();
    this.#over(executor, waitStatus(exit.status), statusOfExecutorEnd(executor, exit));
    this.#awaited.delete(executor);
  }

  /** An executor of an earlier agent has subscribed again. */
  isBack(executor: ExecutorRecord): void {
    this.#awaited.delete(executor);
  }

  /**
   * Takes up the executors of an earlier agent, once the containerizer has looked for their containers. `whenBack` is
   * called when all have subscribed again or were given up.
   */
  resume(executors: readonly ExecutorRecord[], whenBack: () => void): void {
    const { options } = this.#options;
    for (const executor of executors) {
      const live = this.#live.of(executor);
      live.isLaunched = true;
      if (executor.state === 'terminated') {
        // Its launch was interrupted by the end of that agent; there is no container.
        this.#over(executor, -1, launchedDuringRestart(this.#isPartitionAware(executor)));
      } else if (executor.isAbandoned) {
        executor.state = 'terminating';
        this.#destroy(executor);
      } else if (executor.deadlineMs !== undefined) {
        resumeShutdown(this.#options, executor, () => this.#destroy(executor));
      } else {
        this.#awaited.add(executor);
        const timeoutMs = options.executorReregistrationTimeoutMs;
        const ending = neverCameBack(timeoutMs, this.#isPartitionAware(executor));
        this.#arm(executor, timeoutMs, () => this.giveUp(executor, ending));
      }
    }
    this.#awaited.whenNone(whenBack);
  }

  /** The agent stops; executors do not. */
  close(): void {
    for (const [, { connection }] of this.#live.all()) connection?.end();
  }

  // --- steps ---

  async #launch(executor: ExecutorRecord): Promise<void> {
    const { launcher, journal, world, options } = this.#options;
    const live = this.#live.of(executor);
    // A crash must not leave a process of an executor that nobody remembers.
    await executor.checkpointed;
    try {
      if (!executor.isUsable) throw new ContainerError('launch', 'Executor was shut down before it was launched');
      await launcher.launchExecutor(executor);
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error;
      this.#launchFailed(executor, error);
      return;
    }
    live.isLaunched = true;
    if (executor.container !== undefined) {
      void journal.append({ kind: 'container', checkpoint: executor.container });
    }
    if (live.earlyExit !== undefined) this.exited(executor, live.earlyExit);
    else if (executor.state === 'registering') {
      const timeoutMs = options.executorRegistrationTimeoutMs;
      this.#arm(executor, timeoutMs, () => this.giveUp(executor, neverRegistered(timeoutMs)));
      world.log.debug('an executor was launched', { executorId: executor.executorId });
    }
  }

  #launchFailed(executor: ExecutorRecord, error: ContainerError): void {
    const { counters } = this.#options;
    counters.increment('slave/container_launch_errors');
    this.#log.warn('an executor could not be launched', { executorId: executor.executorId, why: error.message });
    executor.ending ??= statusOfLaunchFailure(error, this.#isPartitionAware(executor));
    const live = this.#live.of(executor);
    live.isLaunched = true;
    this.exited(executor, { containerId: executor.containerId, status: { kind: 'unknown' } });
  }

  /** It is gone, or never was; `facts` is what becomes of its live tasks, `status` the raw one of wait(2). */
  #over(executor: ExecutorRecord, status: number, facts: StatusFacts): void {
    const { reporter, completion, onExecutorExited } = this.#options;
    this.#live.delete(executor);
    if (!executor.isAbandoned) onExecutorExited(executor.frameworkId, executor.executorId, status);
    for (const run of [...executor.tasks.values()]) {
      run.phase = 'ended';
      if (!run.isTerminal) reporter.report(run, facts);
      completion.completeTask(run);
    }
    completion.completeExecutor(executor);
  }

  #isPartitionAware({ frameworkId }: ExecutorRecord): boolean {
    return this.#options.books.frameworks.get(frameworkId)?.has('PARTITION_AWARE') ?? false;
  }

  /** Tells it of what is queued, with the container's limits raised first; tasks killed meanwhile are skipped. */
  deliver(executor: ExecutorRecord): void {
    const { background } = this.#options;
    background.run('delivery of tasks', async () => {
      const queued = [...executor.tasks.values()].filter(({ phase }) => phase === 'queued');
      if (queued.length === 0) return;
      // What was not remembered must not run.
      await Promise.all(queued.map(({ checkpointed }) => checkpointed));
      await this.#resize(executor);
      for (const run of queued) await this.#showVolumes(executor, run);
      const { connection } = this.#live.of(executor);
      if (executor.state !== 'running' || connection?.isOpen !== true) return;
      for (const event of launchEvents(executor)) {
        executor.hasBeenUsed = true;
        connection.send(event);
      }
    });
  }

  async #showVolumes(executor: ExecutorRecord, run: TaskRun): Promise<void> {
    try {
      await this.#options.launcher.linkVolumes(executor, run);
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error;
      this.#killQueued(executor, run, launchFailed(error.message));
    }
  }

  #killQueued(executor: ExecutorRecord, killed: TaskRun, facts: StatusFacts = KILLED_DURING_LAUNCH): void {
    const group = [...executor.tasks.values()].filter(
      (run) => run === killed || (killed.groupId !== undefined && run.groupId === killed.groupId),
    );
    for (const run of group) {
      if (run.isTerminal) continue;
      this.#options.reporter.report(run, facts);
      this.taskEnded(executor, run);
    }
    const hasMore = [...executor.tasks.values()].some((run) => !run.isTerminal);
    if (!hasMore && !executor.hasBeenUsed) this.shutdown(executor);
  }

  /** A task of it has its terminal update. */
  taskEnded(executor: ExecutorRecord, run: TaskRun): void {
    const { background, completion } = this.#options;
    run.phase = 'ended';
    completion.completeTask(run);
    if (executor.state !== 'running') return;
    background.run('resources of an executor', () => this.#resize(executor));
  }

  async #resize(executor: ExecutorRecord): Promise<void> {
    const ending = await resize(this.#options, executor);
    if (ending !== undefined) this.giveUp(executor, ending);
  }

  /** Destroys it; `ending` is what becomes of its live tasks. */
  giveUp(executor: ExecutorRecord, ending: StatusFacts): void {
    if (executor.state === 'terminated' || executor.ending !== undefined) return;
    this.#log.warn('an executor is destroyed', { executorId: executor.executorId, why: ending.message });
    executor.ending = ending;
    executor.state = 'terminating';
    const { connection } = this.#live.of(executor);
    connection?.send({ type: 'ERROR', error: { message: ending.message ?? '' } });
    connection?.end();
    this.#destroy(executor);
  }

  #destroy(executor: ExecutorRecord): void {
    this.#options.killer.destroyContainer(executor.containerId, () => executor.state === 'terminated');
  }

  #arm(executor: ExecutorRecord, delayMs: number, fn: () => void): void {
    executor.timer?.cancel();
    executor.timer = this.#options.world.clock.setTimer(delayMs, fn);
  }
}
