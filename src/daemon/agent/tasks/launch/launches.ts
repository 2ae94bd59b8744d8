// Launches under way: what there is of a task from its arrival until its container runs or never will. Disk and processes
// answer later, and then the run is looked at again, for it may have been killed meanwhile.
import { ContainerError, type ContainerExit } from '../../containers/containerizer.ts';
import type { ExecutorRecord } from '../../executors/executor.ts';
import type { TaskGroups } from '../../executors/task-groups.ts';
import { KILLED_DURING_LAUNCH, launchFailed, statusOfLaunchFailure } from '../status/ending.ts';
import type { TaskParts } from '../task-parts.ts';
import type { TaskRun } from '../task-run.ts';
import { LaunchQueue } from './launch-queue.ts';
import { refusalOf, withoutEffect } from './refusals.ts';

export interface LaunchesOptions
  extends Pick<
    TaskParts,
    'world' | 'books' | 'journal' | 'reporter' | 'launcher' | 'killer' | 'counters' | 'background'
  > {
  readonly groups: TaskGroups;
}

/** What came of a launch. */
export interface LaunchEvents {
  /** Its container is there. `exit`: and has ended again. */
  launched(run: TaskRun, exit: ContainerExit | undefined): void;
  /** It has ended without one; its terminal update is reported. */
  over(run: TaskRun): void;
}

/** A limited number at a time. */
export class Launches {
  readonly #options: LaunchesOptions;
  readonly #events: LaunchEvents;
  readonly #queue: LaunchQueue<TaskRun>;
  /** Ends that were heard of before their launch was. */
  readonly #earlyExits = new Map<string, ContainerExit>();

  constructor(options: LaunchesOptions, events: LaunchEvents) {
    this.#options = options;
    this.#events = events;
    this.#queue = new LaunchQueue((run) => options.background.guard('launch', () => this.#launch(run)));
  }

  /** Begins to launch it, or refuses it. */
  add(run: TaskRun): void {
    const refusal = refusalOf(run.info);
    if (refusal !== undefined) {
      this.#refuse(run, refusal);
      return;
    }
    const idle = withoutEffect(run.info);
    if (idle.length > 0) {
      const { log } = this.#options.world;
      log.warn('a task asks for what has no effect on this agent yet', { taskId: run.taskId, asks: idle });
    }
    if (!this.#queue.add(run)) this.#refuse(run, 'Too many tasks are waiting to be launched on this agent');
  }

  /** Queued runs never start; of those being launched what there is is destroyed, and the rest when it has come up. */
  cancel(run: TaskRun): void {
    if (!run.isTerminal) this.#options.reporter.report(run, KILLED_DURING_LAUNCH);
    if (this.#queue.remove(run) || run.phase === 'queued') {
      run.phase = 'ended';
      this.#events.over(run);
    } else this.#options.killer.destroy(run);
  }

  /** The container of a run that is being launched has ended. */
  exited(exit: ContainerExit): void {
    this.#earlyExits.set(exit.containerId, exit);
  }

  #refuse(run: TaskRun, why: string): void {
    run.phase = 'ended';
    this.#options.reporter.report(run, launchFailed(why));
    this.#events.over(run);
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
      this.#failed(run, error);
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

  #failed(run: TaskRun, error: ContainerError): void {
    const { world, books, counters, reporter } = this.#options;
    run.phase = 'ended';
    this.#earlyExits.delete(run.containerId);
    counters.increment('slave/container_launch_errors');
    world.log.warn('a task could not be launched', { taskId: run.taskId, code: error.code, why: error.message });
    if (!run.isTerminal) {
      const isPartitionAware = books.frameworks.get(run.frameworkId)?.has('PARTITION_AWARE') ?? false;
      // What ends the whole group is the reason also for those that never began.
      reporter.report(run, run.host?.ending ?? statusOfLaunchFailure(error, isPartitionAware));
    }
    this.#events.over(run);
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
    this.#events.launched(run, exit);
  }
}
