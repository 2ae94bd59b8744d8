// Durable state behind one interface: `local` (SQLite), simulated, and ZooKeeper (zookeeper/), all passing one contract test.

/** Keys are slash-separated paths without a leading slash, e.g. `registry/agents/<id>`. */
export interface Store {
  /** Every entry whose key starts with `prefix`, sorted by key: one consistent picture. */
  read(prefix: string): Promise<StoreEntry[]>;
  /**
   * All or nothing; durable when it resolves. Commits are applied in the order of the calls.
   * Throws StoreError `conflict` when an expected version does not hold, `fenced` when `fence` is not the newest epoch,
   * `closed` after close, `failed` when the outcome is not known: the caller must not go on.
   */
  commit(changes: readonly StoreChange[], options?: CommitOptions): Promise<void>;
  close(): Promise<void>;
}

/** Keys are texts, values bytes; what they mean is the writer's. */
export interface StoreEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** 1 for a new entry, one more with every change; starts over when the entry was deleted and made again. */
  readonly version: number;
}

/** One key's change; deleting what is not there is no error. */
export type StoreChange =
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly key: string };

/** Conditions: when one does not hold, nothing of the commit is done. */
export interface CommitOptions {
  /** Versions that these keys must have now; 0 = must not exist. */
  readonly expect?: Readonly<Record<string, number>>;
  /** The epoch of the leadership under which this is written (election.ts). */
  readonly fence?: number;
}

/** No entry is longer; what is larger is the caller's to split. */
export const MAX_VALUE_BYTES = 256 * 1024;

/**
 * `conflict`: an expected version differs. `fenced`: a newer epoch has written. `too-large`: a value beyond
 * MAX_VALUE_BYTES. `failed`: the outcome is not known. `newer-format`: made by a later version.
 */
export type StoreErrorCode = 'conflict' | 'fenced' | 'closed' | 'failed' | 'too-large' | 'newer-format';

/** A read or commit that did not happen, or, with `failed`, may have happened. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
