// How many bytes the registry's values take, for the metric `registrar/registry_size_bytes`.
import type { StoreChange, StoreEntry } from '../../../cluster/store.ts';

/** Kept by key along with the writes, so that nothing is read for it. */
export class RegistrySize {
  readonly #bytes = new Map<string, number>();
  #total = 0;

  get bytes(): number {
    return this.#total;
  }

  /** Everything that is there. */
  reset(entries: readonly StoreEntry[]): void {
    this.#bytes.clear();
    this.#total = 0;
    for (const { key, value } of entries) this.#set(key, value.length);
  }

  /** What was written. */
  apply(changes: readonly StoreChange[]): void {
    for (const change of changes) this.#set(change.key, change.kind === 'put' ? change.value.length : 0);
  }

  #set(key: string, bytes: number): void {
    this.#total += bytes - (this.#bytes.get(key) ?? 0);
    if (bytes === 0) this.#bytes.delete(key);
    else this.#bytes.set(key, bytes);
  }
}
