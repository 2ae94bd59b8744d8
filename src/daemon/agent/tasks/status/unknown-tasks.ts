// What is said of tasks that this agent does not have: nothing is kept of them but the update.
import type { FrameworkInfo, TaskInfo } from '../../../../mesos/generated/v1.ts';
import type { FrameworkRecord } from '../books.ts';
import type { TaskParts } from '../task-parts.ts';
import { lostOr, type StatusFacts } from './status.ts';

/** Has no state. */
export class UnknownTasks {
  readonly #parts: Pick<TaskParts, 'agentId' | 'books' | 'updates' | 'reporter'>;

  constructor(parts: Pick<TaskParts, 'agentId' | 'books' | 'updates' | 'reporter'>) {
    this.#parts = parts;
  }

  /** Cannot be taken here at all. */
  refused(frameworkId: string, task: TaskInfo, facts: StatusFacts): void {
    this.#report(frameworkId, task.task_id.value, facts);
  }

  /** Use reservations or volumes that are not here. */
  lacking(info: FrameworkInfo, tasks: readonly TaskInfo[]): void {
    const isPartitionAware = (info.capabilities ?? []).some(({ type }) => type === 'PARTITION_AWARE');
    for (const { task_id } of tasks) {
      this.#report(info.id?.value ?? '', task_id.value, {
        state: lostOr('TASK_DROPPED', isPartitionAware),
        source: 'SOURCE_AGENT',
        reason: 'REASON_RESOURCES_UNKNOWN',
        message: `The checkpointed resources being used by the ${tasks.length > 1 ? 'task group' : 'task'} are unknown to the agent`,
      });
    }
  }

  /** Is to be killed, and is not there. */
  killed(framework: FrameworkRecord, taskId: string): void {
    this.#report(framework.frameworkId, taskId, {
      state: lostOr('TASK_DROPPED', framework.has('PARTITION_AWARE')),
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Cannot find executor',
    });
  }

  /** Tasks the master knows and the agent did not report: those it really does not have are lost. */
  reconcile(frameworkId: string, taskIds: readonly string[], isPartitionAware: boolean): void {
    const { books, updates } = this.#parts;
    for (const taskId of taskIds) {
      if (books.run(frameworkId, taskId) !== undefined || updates.has(frameworkId, taskId)) continue;
      this.#report(frameworkId, taskId, {
        state: lostOr('TASK_DROPPED', isPartitionAware),
        source: 'SOURCE_AGENT',
        reason: 'REASON_RECONCILIATION',
        message: 'Reconciliation: task unknown to the agent',
      });
    }
  }

  #report(frameworkId: string, taskId: string, facts: StatusFacts): void {
    this.#parts.reporter.reportUnknown(frameworkId, { taskId, agentId: this.#parts.agentId }, facts);
  }
}
