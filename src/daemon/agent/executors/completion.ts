// The last step of a task and of an executor: out of the books and into the history, once nothing is left to be done for
// them (mesos-semantics.md 8.2: an executor stays listed until the updates of its tasks are acknowledged).
import type { Background } from '../background.ts';
import type { Journal } from '../checkpoint/journal.ts';
import type { Books } from '../tasks/books.ts';
import type { Sandboxes } from '../tasks/launch/sandbox.ts';
import type { TaskRun } from '../tasks/task-run.ts';
import type { ExecutorRecord } from './executor.ts';

export interface CompletionOptions {
  readonly books: Books;
  readonly journal: Pick<Journal, 'append'>;
  readonly sandboxes: Sandboxes;
  readonly background: Background;
  /** The last framework has gone. */
  readonly onIdle: () => void;
}

/** May be asked at any time; does something once. */
export class Completion {
  readonly #options: CompletionOptions;

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  /** Whoever changes a task so that it may be over calls this. */
  completeTask(run: TaskRun): void {
    const { books, sandboxes, onIdle } = this.#options;
    if (!run.isComplete || books.run(run.frameworkId, run.taskId) !== run) return;
    books.complete(run);
    if (run.host === undefined) sandboxes.release(run, !books.frameworks.has(run.frameworkId));
    this.#done(run.runId);
    if (run.host !== undefined) this.completeExecutor(run.host);
    if (books.frameworks.size === 0) onIdle();
  }

  /** Whoever changes an executor so that it may be over calls this. */
  completeExecutor(executor: ExecutorRecord): void {
    const { books, sandboxes, onIdle } = this.#options;
    const known = books.frameworks.get(executor.frameworkId)?.executors.get(executor.executorId);
    if (!executor.isComplete || known !== executor) return;
    books.completeExecutor(executor);
    sandboxes.release(executor, !books.frameworks.has(executor.frameworkId));
    this.#done(executor.containerId);
    if (books.frameworks.size === 0) onIdle();
  }

  #done(containerId: string): void {
    const { journal, background } = this.#options;
    background.run('checkpoint of an end', () => journal.append({ kind: 'done', containerId }));
  }
}
