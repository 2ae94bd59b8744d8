// Marathon's store as a witness sees it: every commit is counted, and what is written of tasks is remembered beyond the
// lives of the process.
import type { CommitOptions, Store, StoreChange, StoreEntry } from '../../../cluster/store.ts';

const INSTANCES = 'instances/';

/** What is stored of an instance, as far as it matters here. */
export interface StoredInstance {
  readonly goal: string;
  readonly condition: string;
  readonly task?: { readonly id: string; readonly status?: { readonly state: string } };
}

/** Outlives every process that writes. */
export class StoreWitness {
  /** Task ids that a commit wrote which was acknowledged. */
  readonly tasks = new Set<string>();
  /** What acknowledged commits left, by instance id. */
  readonly instances = new Map<string, StoredInstance>();
  /** Acknowledged commits, over all lives. */
  commits = 0;
  /** Told of each commit's number, from 1, when it was asked for (`begun`) and when it is durable (`done`). */
  onCommit: ((number: number, phase: 'begun' | 'done') => void) | undefined;
  #begun = 0;

  /** Whose picture of the state is the newest. */
  #newest: object | undefined;
  /** Commits that are not acknowledged, by life. */
  readonly #backlogs = new WeakMap<object, number>();

  /** Commits of the newest life that are not acknowledged. One that fails stays so for the rest of that life. */
  get backlog(): number {
    return this.#newest === undefined ? 0 : (this.#backlogs.get(this.#newest) ?? 0);
  }

  /**
   * Of a new life: a process, or a leadership of one. `takesOver` is asked when it knows the whole state: whether it leads, so that
   * nobody else writes any more. One that was followed while it read, and was stopped meanwhile, does not.
   */
  watch(store: Store, takesOver: () => boolean = () => true): Store {
    const life = {};
    const count = (by: number) => void this.#backlogs.set(life, (this.#backlogs.get(life) ?? 0) + by);
    return {
      read: async (prefix): Promise<StoreEntry[]> => {
        const entries = await store.read(prefix);
        if (prefix === INSTANCES && takesOver()) this.#found(life, entries);
        return entries;
      },
      close: () => store.close(),
      commit: async (changes: readonly StoreChange[], options?: CommitOptions) => {
        this.#begun += 1;
        const number = this.#begun;
        count(1);
        const committed = store.commit(changes, options);
        this.onCommit?.(number, 'begun');
        await committed;
        this.commits += 1;
        count(-1);
        // Who has read since knows better than an acknowledgement that comes late.
        for (const change of changes) this.#remember(change, this.#newest === undefined || this.#newest === life);
        this.onCommit?.(number, 'done');
      },
    };
  }

  /** A commit that was under way when the process died may be there all the same. */
  #found(life: object, entries: readonly StoreEntry[]): void {
    this.#newest = life;
    this.instances.clear();
    for (const { key, value } of entries) this.#remember({ kind: 'put', key, value }, true);
  }

  #remember(change: StoreChange, isPresent: boolean): void {
    if (!change.key.startsWith(INSTANCES)) return;
    const id = change.key.slice(INSTANCES.length);
    if (change.kind === 'delete') {
      if (isPresent) this.instances.delete(id);
      return;
    }
    const instance: StoredInstance = JSON.parse(Buffer.from(change.value).toString('utf8'));
    if (isPresent) this.instances.set(id, instance);
    if (instance.task !== undefined) this.tasks.add(instance.task.id);
  }
}
