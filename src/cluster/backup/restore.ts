// Puts a backup in the place of what a store has, in one commit.
import type { Store, StoreChange } from '../store.ts';
import type { BackupEntry } from './format.ts';

/** What a restore has to do. */
export interface Restoration {
  /** Entries that the store has now. */
  readonly present: number;
  /** Their keys. */
  readonly presentKeys: readonly string[];
  /** Entries that are there and not in the backup, or otherwise. */
  readonly differing: number;
  readonly changes: readonly StoreChange[];
}

/** Compares; changes nothing. */
export async function planRestore(store: Store, content: readonly BackupEntry[]): Promise<Restoration> {
  const present = new Map((await store.read('')).map(({ key, value }) => [key, value]));
  const presentKeys = [...present.keys()];
  const puts: StoreChange[] = [];
  let same = 0;
  for (const { key, value } of content) {
    const old = present.get(key);
    present.delete(key);
    if (old !== undefined && Buffer.compare(old, value) === 0) same++;
    else puts.push({ kind: 'put', key, value });
  }
  const deletions = [...present.keys()].map((key): StoreChange => ({ kind: 'delete', key }));
  return {
    present: presentKeys.length,
    presentKeys,
    differing: presentKeys.length - same,
    changes: [...deletions, ...puts],
  };
}
