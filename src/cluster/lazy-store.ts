// A store that is opened when it is first needed: candidates that wait for the lead must come up although nobody can answer
// for the state yet.
import { type CommitOptions, type Store, type StoreChange, type StoreEntry, StoreError } from './store.ts';

/** Opened once; when that fails, so does every use. Closing what was never opened costs nothing. */
export class LazyStore implements Store {
  readonly #open: () => Promise<Store>;
  #opened: Promise<Store> | undefined;
  #isClosed = false;

  constructor(open: () => Promise<Store>) {
    this.#open = open;
  }

  async read(prefix: string): Promise<StoreEntry[]> {
    return (await this.#store()).read(prefix);
  }

  async commit(changes: readonly StoreChange[], options?: CommitOptions): Promise<void> {
    const store = await this.#store();
    await store.commit(changes, options);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const store = await this.#opened?.catch(() => undefined);
    await store?.close();
  }

  #store(): Promise<Store> {
    if (this.#isClosed) throw new StoreError('closed', 'the store is closed');
    this.#opened ??= this.#open();
    return this.#opened;
  }
}
