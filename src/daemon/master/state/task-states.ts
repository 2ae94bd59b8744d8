// How many of the tasks of a book are in which state. Metrics ask for nothing else of them, and look at no task for it.
import type { TaskState } from '../../../mesos/generated/v1.ts';

/** Kept by the tasks themselves, while they are in the book. */
export class TaskStates {
  readonly #counts = new Map<TaskState, number>();

  of(state: TaskState): number {
    return this.#counts.get(state) ?? 0;
  }

  /** States that no task is in are left out. */
  entries(): readonly (readonly [TaskState, number])[] {
    return [...this.#counts].filter(([, count]) => count > 0);
  }

  /** One more task (1) or one less (-1). */
  count(state: TaskState, change: 1 | -1): void {
    this.#counts.set(state, this.of(state) + change);
  }
}
