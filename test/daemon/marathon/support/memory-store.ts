// A Store in memory that keeps the limit on values.
import { MAX_VALUE_BYTES, type Store, type StoreChange, type StoreEntry } from '../../../../src/cluster/store.ts';

export class MemoryStore implements Store {
  readonly entries = new Map<string, Uint8Array>();

  async read(prefix: string): Promise<StoreEntry[]> {
    return this.keys(prefix).map((key) => ({ key, value: this.entries.get(key) ?? new Uint8Array(), version: 1 }));
  }

  async commit(changes: readonly StoreChange[]): Promise<void> {
    for (const change of changes) {
      if (change.kind === 'delete') this.entries.delete(change.key);
      else if (change.value.length > MAX_VALUE_BYTES) throw new Error(`${change.key} is too large`);
      else this.entries.set(change.key, change.value);
    }
  }

  async close(): Promise<void> {
    this.entries.clear();
  }

  keys(prefix = ''): string[] {
    return [...this.entries.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}
