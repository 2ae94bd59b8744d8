// Which frameworks and tasks this agent has, and which it remembers. Everybody reads this; only the supervisor changes it.
import type { ExecutorInfo, FrameworkInfo, Task } from '../../../mesos/generated/v1.ts';
import { type ExecutorRecord, MAX_COMPLETED_TASKS } from '../executors/executor.ts';
import type { TaskRun } from './task-run.ts';

/** mesos-semantics.md 1, "bounded history". */
const MAX_COMPLETED_FRAMEWORKS = 50;

/** What is remembered of a task that has ended and been acknowledged. */
export interface CompletedRun {
  readonly executor: ExecutorInfo;
  readonly containerId: string;
  readonly directory: string;
  readonly task: Task;
}

/** What is remembered of a custom or default executor that is gone. */
export interface CompletedExecutor {
  readonly executor: ExecutorInfo;
  readonly containerId: string;
  readonly directory: string;
  readonly tasks: readonly CompletedRun[];
}

/** A framework with tasks here, or one that had some. */
export class FrameworkRecord {
  readonly frameworkId: string;
  info: FrameworkInfo;
  /** By task id; everything that is not complete. */
  readonly runs = new Map<string, TaskRun>();
  /** Custom and default ones by executor id; everything that is not complete. Command tasks have none here. */
  readonly executors = new Map<string, ExecutorRecord>();
  /** Newest last. */
  readonly completed: CompletedRun[];
  /** Newest last. */
  readonly completedExecutors: CompletedExecutor[];
  /** Being shut down: takes no tasks. */
  isTerminating = false;

  constructor(
    frameworkId: string,
    info: FrameworkInfo,
    earlier: Pick<FrameworkRecord, 'completed' | 'completedExecutors'> = { completed: [], completedExecutors: [] },
  ) {
    this.frameworkId = frameworkId;
    this.info = info;
    this.completed = earlier.completed;
    this.completedExecutors = earlier.completedExecutors;
  }

  /** Whether nothing of it is left here. */
  get isEmpty(): boolean {
    return this.runs.size === 0 && this.executors.size === 0;
  }

  /** Whether it has a history here. */
  get isRemembered(): boolean {
    return this.completed.length > 0 || this.completedExecutors.length > 0;
  }

  has(capability: 'PARTITION_AWARE' | 'TASK_KILLING_STATE'): boolean {
    return (this.info.capabilities ?? []).some(({ type }) => type === capability);
  }
}

/** Whose a container is: of a command task, of an executor (and all its tasks), or of one task of a task group. */
export type KnownContainer =
  | { readonly kind: 'task'; readonly run: TaskRun }
  | { readonly kind: 'executor'; readonly executor: ExecutorRecord };

/** Histories are bounded; what runs is not, the master decides that. */
export class Books {
  readonly frameworks = new Map<string, FrameworkRecord>();
  /** Frameworks with nothing left here, newest last. */
  readonly completedFrameworks: FrameworkRecord[] = [];
  readonly #runsByContainer = new Map<string, TaskRun>();
  readonly #executorsByContainer = new Map<string, ExecutorRecord>();
  readonly #maxCompletedRuns: number;

  /** `maxCompletedRuns`: remembered of each framework (--max_completed_executors_per_framework). */
  constructor(maxCompletedRuns: number) {
    this.#maxCompletedRuns = maxCompletedRuns;
  }

  /** The record of this framework, made when there is none; what was remembered of an earlier stay comes along. */
  open(frameworkId: string, info: FrameworkInfo): FrameworkRecord {
    const present = this.frameworks.get(frameworkId);
    if (present !== undefined) {
      present.info = info;
      return present;
    }
    const earlier = this.completedFrameworks.findIndex((framework) => framework.frameworkId === frameworkId);
    const [completed] = earlier < 0 ? [] : this.completedFrameworks.splice(earlier, 1);
    const framework = new FrameworkRecord(frameworkId, info, completed);
    this.frameworks.set(frameworkId, framework);
    return framework;
  }

  add(framework: FrameworkRecord, run: TaskRun): void {
    framework.runs.set(run.taskId, run);
    run.host?.tasks.set(run.taskId, run);
    if (run.hasContainer) this.#runsByContainer.set(run.containerId, run);
  }

  run(frameworkId: string, taskId: string): TaskRun | undefined {
    return this.frameworks.get(frameworkId)?.runs.get(taskId);
  }

  runOfContainer(containerId: string): TaskRun | undefined {
    return this.#runsByContainer.get(containerId);
  }

  /** The container of this key (containers/container-id.ts), nested ones of task groups included. */
  container(key: string): KnownContainer | undefined {
    const executor = this.#executorsByContainer.get(key);
    if (executor !== undefined) return { kind: 'executor', executor };
    const run = this.#runsByContainer.get(key);
    return run && { kind: 'task', run };
  }

  addExecutor(framework: FrameworkRecord, executor: ExecutorRecord): void {
    framework.executors.set(executor.executorId, executor);
    this.#executorsByContainer.set(executor.containerId, executor);
  }

  *executors(): Iterable<ExecutorRecord> {
    for (const framework of this.frameworks.values()) yield* framework.executors.values();
  }

  *runs(): Iterable<TaskRun> {
    for (const framework of this.frameworks.values()) yield* framework.runs.values();
  }

  /** Moves a run to the history, and its framework too when this was its last. */
  complete(run: TaskRun): void {
    if (run.hasContainer) this.#runsByContainer.delete(run.containerId);
    const framework = this.frameworks.get(run.frameworkId);
    if (framework === undefined) return;
    framework.runs.delete(run.taskId);
    run.host?.tasks.delete(run.taskId);
    if (run.isRemembered) this.#remember(framework, run);
    this.#closeIfEmpty(framework);
  }

  /** Moves an executor without tasks to the history, and its framework too when this was its last. */
  completeExecutor(executor: ExecutorRecord): void {
    this.#executorsByContainer.delete(executor.containerId);
    const framework = this.frameworks.get(executor.frameworkId);
    if (framework === undefined) return;
    framework.executors.delete(executor.executorId);
    if (executor.isRemembered) {
      const { info, containerId, directory, completed } = executor;
      framework.completedExecutors.push({ executor: info, containerId, directory, tasks: completed });
      if (framework.completedExecutors.length > this.#maxCompletedRuns) framework.completedExecutors.shift();
    }
    this.#closeIfEmpty(framework);
  }

  #remember(framework: FrameworkRecord, run: TaskRun): void {
    const { executor, containerId, directory } = run;
    const completed = { executor, containerId, directory, task: run.message() };
    const list = run.host?.completed ?? framework.completed;
    list.push(completed);
    if (list.length > (run.host === undefined ? this.#maxCompletedRuns : MAX_COMPLETED_TASKS)) list.shift();
  }

  #closeIfEmpty(framework: FrameworkRecord): void {
    if (!framework.isEmpty) return;
    this.frameworks.delete(framework.frameworkId);
    if (!framework.isRemembered) return;
    this.completedFrameworks.push(framework);
    if (this.completedFrameworks.length > MAX_COMPLETED_FRAMEWORKS) this.completedFrameworks.shift();
  }
}
