// Marathon's durable state over a Store: what is written within one turn of the event loop becomes one commit, commits go
// out in order, and the first that fails ends the process, because memory is ahead of the disk by then.
import type { Store, StoreChange, StoreEntry } from '../../../cluster/store.ts';

/** Prefixes of keys and whose they are: `instances/`, `apps/`, `versions/`, `groups/`, `history/`, `deployments/`, `failures/`, `framework/`. */
export class Storage {
  readonly #store: Store;
  readonly #epoch: number;
  readonly #fail: (reason: string) => void;
  #pending: StoreChange[] = [];
  #last: Promise<void> = Promise.resolve();
  #failed = false;

  /** `fail` is told once why nothing can be written any more; promises of this object stay open from then on. */
  constructor(store: Store, epoch: number, fail: (reason: string) => void) {
    this.#store = store;
    this.#epoch = epoch;
    this.#fail = fail;
  }

  /** Text of every entry below `prefix`, by key. */
  async read(prefix: string): Promise<ReadonlyMap<string, string>> {
    const entries = await this.#store.read(prefix);
    return new Map(entries.map(({ key, value }: StoreEntry) => [key, Buffer.from(value).toString('utf8')]));
  }

  /** Writes in this turn; resolves when durable. */
  put(key: string, text: string): Promise<void> {
    return this.#add({ kind: 'put', key, value: Buffer.from(text, 'utf8') });
  }

  /** As `put`. */
  remove(key: string): Promise<void> {
    return this.#add({ kind: 'delete', key });
  }

  /** Resolves when all that was written before this call is durable. */
  flushed(): Promise<void> {
    return this.#last;
  }

  #add(change: StoreChange): Promise<void> {
    this.#pending.push(change);
    if (this.#pending.length === 1) this.#last = Promise.resolve().then(() => this.#commit());
    return this.#last;
  }

  async #commit(): Promise<void> {
    const changes = this.#pending;
    this.#pending = [];
    if (!this.#failed) {
      try {
        return await this.#store.commit(changes, { fence: this.#epoch });
      } catch (error) {
        if (!this.#failed) {
          this.#failed = true;
          this.#fail(`the state could not be written: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
    // Who waits for this must not act on a change that may be lost.
    return new Promise(() => undefined);
  }
}
