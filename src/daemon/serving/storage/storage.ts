// The durable state of a scheduler that leads, over a Store: what is written within one synchronous pass becomes one commit,
// commits go out in order, and the first that fails ends the term of leadership, because memory is ahead of the disk by then.
import type { Store, StoreChange, StoreEntry } from '../../../cluster/store.ts';

/**
 * Prefixes of keys are the daemon's to give out. Marathon: `groups/`, `apps/`, `versions/`, `history/`, `garbage/`, `instances/`,
 * `deployments/`, `failures/`, `framework/`. Chronos: `jobs/`, `runs/`, `history/`, `framework/`.
 */
export class Storage {
  readonly #store: Store;
  readonly #epoch: number;
  readonly #fail: (reason: string) => void;
  /** Of this pass, by key: the last change of a key is the one that counts. */
  #pending = new Map<string, StoreChange>();
  #last: Promise<void> = Promise.resolve();
  #failed = false;

  /** `fail` is told once why nothing can be written any more; promises of this object stay open from then on. */
  constructor(store: Store, epoch: number, fail: (reason: string) => void) {
    this.#store = store;
    this.#epoch = epoch;
    this.#fail = fail;
  }

  /** Text of every entry below `prefix`, by key, in order of keys. Changes of which `flushed` has not resolved may be missing. */
  async read(prefix: string): Promise<ReadonlyMap<string, string>> {
    const entries = await this.#store.read(prefix);
    return new Map(entries.map(({ key, value }: StoreEntry) => [key, Buffer.from(value).toString('utf8')]));
  }

  /** Writes at the end of this pass, at most MAX_VALUE_BYTES; resolves when durable. */
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
    if (this.#pending.size === 0) {
      const before = this.#last;
      this.#last = Promise.resolve().then(() => this.#commit(before));
    }
    this.#pending.set(change.key, change);
    return this.#last;
  }

  async #commit(before: Promise<void>): Promise<void> {
    const changes = [...this.#pending.values()];
    this.#pending = new Map();
    if (!this.#failed) {
      try {
        await this.#store.commit(changes, { fence: this.#epoch });
        // A later commit may succeed although an earlier one did not; who relies on both must not hear of it.
        await before;
        return;
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
