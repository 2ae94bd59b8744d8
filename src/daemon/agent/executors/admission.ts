// How tasks with an executor come into the books: the executor they are for is found or made, and everything of them is on
// its way to the disk (mesos-semantics.md 8.1). Nothing is launched here.
import type { ExecutorInfo, FrameworkInfo, TaskInfo } from '../../../mesos/generated/v1.ts';
import type { FrameworkRecord } from '../tasks/books.ts';
import { newHostedRun, taskEntry } from '../tasks/run-factory.ts';
import { launchFailed } from '../tasks/status/ending.ts';
import type { StatusFacts } from '../tasks/status/status.ts';
import type { TaskParts } from '../tasks/task-parts.ts';
import type { TaskRun } from '../tasks/task-run.ts';
import { noExecutor } from './endings.ts';
import type { ExecutorRecord } from './executor.ts';
import { executorEntry, newExecutor } from './executor-factory.ts';

export type AdmissionOptions = Pick<
  TaskParts,
  'world' | 'agentId' | 'layout' | 'books' | 'journal' | 'reporter' | 'background' | 'onExecutorExited'
>;

/** Tasks for one executor, as the master sends them. */
export interface HostedTasks {
  readonly framework: FrameworkInfo;
  readonly executor: ExecutorInfo;
  readonly tasks: readonly TaskInfo[];
  /** They are to be launched together. */
  readonly isGroup: boolean;
  /** The master has no such executor in its books and expects a new one. */
  readonly launchExecutor: boolean;
}

/** What became of them. */
export interface Admitted {
  readonly executor: ExecutorRecord;
  readonly isNew: boolean;
  readonly runs: readonly TaskRun[];
}

/** Finds no place for tasks but in the books; who asks launches them. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Undefined when they were refused (each has its terminal update then) or are not wanted (log only). */
  admit(asked: HostedTasks): Admitted | undefined {
    const { books, world, layout, agentId } = this.#options;
    const frameworkId = asked.framework.id?.value ?? '';
    const known = books.frameworks.get(frameworkId);
    const tasks = asked.tasks.filter(({ task_id }) => !known?.runs.has(task_id.value));
    if (known?.isTerminating || tasks.length < asked.tasks.length) {
      const why = known?.isTerminating ? 'its framework is being shut down' : 'there is one of this id already';
      world.log.warn('tasks were not taken', { frameworkId, executorId: asked.executor.executor_id.value, why });
      if (known?.isTerminating || tasks.length === 0) return undefined;
    }
    const existing = known?.executors.get(asked.executor.executor_id.value);
    const refusal = this.#refusal(asked, existing, known);
    if (refusal !== undefined) return this.#refuse(asked, tasks, refusal);
    let executor: ExecutorRecord;
    let runs: TaskRun[];
    try {
      executor = existing ?? newExecutor(world, layout, agentId, asked.framework, asked.executor);
      const groupId = asked.isGroup ? world.random.uuid() : undefined;
      runs = tasks.map((task) => newHostedRun(world, layout, executor, task, groupId));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return this.#refuse(asked, tasks, launchFailed(error.message));
    }
    const framework = this.openFramework(asked.framework);
    if (existing === undefined) this.#enter(framework, executor);
    for (const run of runs) this.#add(framework, run);
    return { executor, isNew: existing === undefined, runs };
  }

  /** The framework's record, made and checkpointed when it is new here or has changed. */
  openFramework(info: FrameworkInfo): FrameworkRecord {
    const { books, journal, background } = this.#options;
    const frameworkId = info.id?.value ?? '';
    const known = books.frameworks.get(frameworkId);
    const isNews = known === undefined || JSON.stringify(known.info) !== JSON.stringify(info);
    const framework = books.open(frameworkId, info);
    if (isNews) background.run('checkpoint of a framework', () => journal.append({ kind: 'framework', info }));
    return framework;
  }

  #refusal(
    asked: HostedTasks,
    existing: ExecutorRecord | undefined,
    framework: FrameworkRecord | undefined,
  ): StatusFacts | undefined {
    const isPartitionAware =
      framework?.has('PARTITION_AWARE') ??
      (asked.framework.capabilities ?? []).some(({ type }) => type === 'PARTITION_AWARE');
    if (existing !== undefined && !existing.isUsable) {
      return noExecutor(`Executor ${existing.state}`, isPartitionAware);
    }
    if (existing !== undefined) return undefined;
    if (!asked.launchExecutor) {
      const why = 'No executor is expected to launch and there is no executor running';
      return noExecutor(why, isPartitionAware);
    }
    return undefined;
  }

  #refuse(asked: HostedTasks, tasks: readonly TaskInfo[], facts: StatusFacts): undefined {
    const { reporter, agentId, onExecutorExited } = this.#options;
    const frameworkId = asked.framework.id?.value ?? '';
    for (const task of tasks) reporter.reportUnknown(frameworkId, { taskId: task.task_id.value, agentId }, facts);
    if (asked.launchExecutor) onExecutorExited(frameworkId, asked.executor.executor_id.value, -1);
    return undefined;
  }

  #enter(framework: FrameworkRecord, executor: ExecutorRecord): void {
    const { books, journal, background } = this.#options;
    books.addExecutor(framework, executor);
    executor.checkpointed = journal.append(executorEntry(executor));
    background.run('checkpoint of an executor', () => executor.checkpointed);
  }

  #add(framework: FrameworkRecord, run: TaskRun): void {
    const { books, journal, background } = this.#options;
    books.add(framework, run);
    run.checkpointed = journal.append(taskEntry(run));
    background.run('checkpoint of a task', () => run.checkpointed);
  }
}
