// What tasks that the agent itself runs go through, from their launch to their end, command tasks and those of groups alike
// (mesos-semantics.md 5.4, 9.1, 9.2). All decisions are synchronous.
import type { ContainerExit } from '../containers/containerizer.ts';
import type { Completion } from '../executors/completion.ts';
import type { ExecutorRecord } from '../executors/executor.ts';
import type { TaskGroups } from '../executors/task-groups.ts';
import { Prober } from './checks/prober.ts';
import { TaskChecks } from './checks/task-checks.ts';
import { killGraceMs } from './command-executor.ts';
import { Launches } from './launch/launches.ts';
import { preempted, statusOfExit } from './status/ending.ts';
import { lostOr, type StatusFacts } from './status/status.ts';
import type { TaskParts } from './task-parts.ts';
import type { KillCause, TaskRun } from './task-run.ts';

export interface TaskLivesOptions
  extends Pick<
    TaskParts,
    'world' | 'books' | 'journal' | 'reporter' | 'containerizer' | 'launcher' | 'killer' | 'counters' | 'background'
  > {
  readonly completion: Completion;
  readonly groups: TaskGroups;
}

/** Launches tasks, reports each step, and ends them. */
export class TaskLives {
  readonly #options: TaskLivesOptions;
  readonly #checks: TaskChecks;
  readonly #launches: Launches;

  constructor(options: TaskLivesOptions) {
    this.#options = options;
    const { launcher } = options;
    const environmentOf = launcher.environment.bind(launcher);
    this.#checks = new TaskChecks({
      ...options,
      prober: new Prober({ ...options, environmentOf }),
      onUnhealthy: (run) => this.#killUnhealthy(run),
    });
    this.#launches = new Launches(options, {
      launched: (run, exit) => this.#launched(run, exit),
      over: (run) => this.#over(run),
    });
  }

  /** A run that has come into the books is launched. */
  begin(run: TaskRun): void {
    this.#launches.add(run);
  }

  /** Takes up a run of an earlier agent. */
  resume(run: TaskRun): void {
    const { books, killer, reporter, completion } = this.#options;
    if (run.isAbandoned) {
      if (run.phase === 'running') killer.destroy(run);
    } else if (run.phase === 'running') {
      killer.resume(run);
      // The command runs; only that it does may not have been written down any more.
      if (run.kill === undefined && run.runningSinceMs === undefined) this.#reportRunning(run);
      else this.#checks.resume(run);
      this.#limitCompletionTime(run);
    } else if (!run.isTerminal) {
      const isPartitionAware = books.frameworks.get(run.frameworkId)?.has('PARTITION_AWARE') ?? false;
      reporter.report(run, {
        state: lostOr('TASK_DROPPED', isPartitionAware),
        source: 'SOURCE_AGENT',
        reason: 'REASON_AGENT_RESTARTED',
        message: 'The agent restarted while the task was being launched',
      });
      this.#endGroupOf(run);
    }
    completion.completeTask(run);
  }

  /** Its container is gone, to its last process. */
  exited(run: TaskRun, exit: ContainerExit): void {
    if (run.phase === 'running') this.#ended(run, exit);
    else this.#launches.exited(exit);
  }

  /** One of its updates was acknowledged: there is room for another one. */
  acknowledged(run: TaskRun): void {
    this.#checks.acknowledged(run);
  }

  /** `graceMs`: default, what the task itself asks for. */
  stop(run: TaskRun, graceMs: number = killGraceMs(run.info), cause: KillCause = 'requested'): void {
    const { books, killer, reporter } = this.#options;
    if (run.isTerminal || run.phase === 'ended') return;
    if (run.phase !== 'running') {
      this.#launches.cancel(run);
      return;
    }
    const isNew = killer.kill(run, cause, graceMs);
    if (isNew && books.frameworks.get(run.frameworkId)?.has('TASK_KILLING_STATE')) {
      reporter.report(run, { state: 'TASK_KILLING', source: 'SOURCE_EXECUTOR' });
    }
  }

  /** All tasks of a default executor, and with them the executor. */
  shutdownGroups(executor: ExecutorRecord): void {
    const { groups } = this.#options;
    if (!executor.isUsable) return;
    groups.shutdown(executor);
    for (const run of [...executor.tasks.values()]) this.stop(run);
    groups.taskEnded(executor);
  }

  /** Its framework is removed: it is stopped, and nobody is told. */
  abandon(run: TaskRun): void {
    run.isAbandoned = true;
    if (run.phase === 'running') this.#options.killer.kill(run, 'framework-removed', killGraceMs(run.info));
    else if (run.phase === 'ended') this.#options.completion.completeTask(run);
    else this.#launches.cancel(run);
  }

  /** The agent stops; the tasks do not. */
  close(): void {
    this.#checks.close();
    for (const run of this.#options.books.runs()) {
      run.kill?.timer?.cancel();
      run.completionTimer?.cancel();
    }
  }

  // --- steps ---

  #launched(run: TaskRun, exit: ContainerExit | undefined): void {
    if (run.isTerminal || run.isAbandoned) {
      // Killed while it was being launched; the end of the container completes it.
      if (exit === undefined) this.#options.killer.destroy(run);
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

  #limitCompletionTime(run: TaskRun): void {
    const { world, killer } = this.#options;
    const limitMs = (run.info.max_completion_time?.nanoseconds ?? Number.POSITIVE_INFINITY) / 1e6;
    if (!Number.isFinite(limitMs)) return;
    const sinceMs = run.runningSinceMs ?? world.clock.nowMs();
    const delayMs = Math.max(0, sinceMs + limitMs - world.clock.nowMs());
    run.completionTimer = world.clock.setTimer(delayMs, () => {
      if (run.phase === 'running') killer.kill(run, 'completion-time', 0);
    });
  }

  /** By the task's own kill policy, as if it had been asked for. */
  #killUnhealthy(run: TaskRun): void {
    const { world } = this.#options;
    world.log.info('a task is killed because its health check failed too often', { taskId: run.taskId });
    this.stop(run, killGraceMs(run.info), 'unhealthy');
  }

  #ended(run: TaskRun, exit: ContainerExit): void {
    const { reporter, groups } = this.#options;
    run.phase = 'ended';
    run.kill?.timer?.cancel();
    run.completionTimer?.cancel();
    this.#checks.end(run);
    if (!run.isTerminal) {
      // What ended the whole group is the reason also for those that only went with it.
      const facts = exit.limitation === undefined ? (run.host?.ending ?? this.#preempted(run)) : undefined;
      reporter.report(run, facts ?? statusOfExit(exit, run.kill?.cause));
    }
    if (run.host !== undefined && run.container?.sharesLimits && exit.limitation?.kind === 'memory') {
      groups.overran(run.host, exit.limitation);
    }
    this.#over(run);
  }

  #preempted(run: TaskRun): StatusFacts | undefined {
    if (run.kill?.cause !== 'preempted') return undefined;
    return preempted(this.#options.books.frameworks.get(run.frameworkId)?.has('PARTITION_AWARE') ?? false);
  }

  #over(run: TaskRun): void {
    this.#endGroupOf(run);
    this.#options.completion.completeTask(run);
  }

  /** FAILED and KILLED take the rest of the group along, FINISHED does not (mesos-semantics.md 9.2). */
  #endGroupOf(run: TaskRun): void {
    const { groups, books } = this.#options;
    const { host } = run;
    if (host === undefined) return;
    if (run.isTerminal && run.state !== 'TASK_FINISHED' && books.frameworks.has(run.frameworkId)) {
      for (const other of groups.siblings(run)) this.stop(other);
    }
    groups.taskEnded(host);
  }
}
