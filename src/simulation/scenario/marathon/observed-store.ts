// Marathon's store as a witness sees it: every commit is counted, and which tasks were ever written down is remembered
// beyond the lives of the process.
import type { CommitOptions, Store, StoreChange, StoreEntry } from '../../../cluster/store.ts';

/** Outlives every process that writes. */
export class StoreWitness {
  /** Task ids that a commit wrote which was acknowledged. */
  readonly tasks = new Set<string>();
  /** Acknowledged commits, over all lives. */
  commits = 0;
  /** Told of each commit's number, from 1, when it was asked for (`begun`) and when it is durable (`done`). */
  onCommit: ((number: number, phase: 'begun' | 'done') => void) | undefined;
  #begun = 0;

  watch(store: Store): Store {
    return {
      read: (prefix): Promise<StoreEntry[]> => store.read(prefix),
      close: () => store.close(),
      commit: async (changes: readonly StoreChange[], options?: CommitOptions) => {
        this.#begun += 1;
        const number = this.#begun;
        const committed = store.commit(changes, options);
        this.onCommit?.(number, 'begun');
        await committed;
        this.commits += 1;
        for (const change of changes) this.#remember(change);
        this.onCommit?.(number, 'done');
      },
    };
  }

  #remember(change: StoreChange): void {
    if (change.kind === 'delete' || !change.key.startsWith('instances/')) return;
    const { task } = JSON.parse(Buffer.from(change.value).toString('utf8')) as { task?: { id?: string } };
    if (task?.id !== undefined) this.tasks.add(task.id);
  }
}
