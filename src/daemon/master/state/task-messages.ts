// The tasks of a book as they are at a moment, for answers that are put together while they go on changing. They are copied
// when somebody looks at them or just before one of them changes, whatever is first: with a hundred thousand tasks to have
// a moment of them costs nothing yet.
import type { Task } from '../../../mesos/generated/v1.ts';
import type { MasterTask } from './task.ts';

/** Messages in the order of the book. May be read any number of times. */
export class TaskMessages implements Iterable<Task> {
  /** The book; undefined once they are copied. */
  #tasks: ReadonlyMap<string, MasterTask> | undefined;
  readonly #messages: Task[] = [];

  constructor(tasks: ReadonlyMap<string, MasterTask>) {
    this.#tasks = tasks;
  }

  /** To be called before a task of the book gets another message, comes or goes. */
  keep(): void {
    if (this.#tasks === undefined) return;
    for (const { message } of this.#tasks.values()) this.#messages.push(message);
    this.#tasks = undefined;
  }

  [Symbol.iterator](): Iterator<Task> {
    this.keep();
    return this.#messages[Symbol.iterator]();
  }
}
