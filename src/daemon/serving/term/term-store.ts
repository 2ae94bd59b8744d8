// The durable state as one term sees it: after the end nothing is written, and nobody hears what became of the last write.
// Uncertain times: the fence refuses whoever was followed by another; what became of a write is heard when they are over.
import type { CommitOptions, Store, StoreChange, StoreEntry } from '../../../cluster/store.ts';
import type { TermGate } from './term-gate.ts';

/** Closing it closes what it stands on. */
export class TermStore implements Store {
  readonly #store: Store;
  readonly #gate: TermGate;

  constructor(store: Store, gate: TermGate) {
    this.#store = store;
    this.#gate = gate;
  }

  read(prefix: string): Promise<StoreEntry[]> {
    return this.#gate.outcome(this.#store.read(prefix));
  }

  commit(changes: readonly StoreChange[], options?: CommitOptions): Promise<void> {
    if (this.#gate.isOver) return new Promise(() => undefined);
    return this.#gate.outcome(this.#store.commit(changes, options));
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
