// Store on an SQLite file of this machine: write-ahead log, full synchronisation, group commit in a worker thread.
import { Worker } from 'node:worker_threads';
import {
  type CommitOptions,
  MAX_VALUE_BYTES,
  type Store,
  type StoreChange,
  type StoreEntry,
  StoreError,
} from '../store.ts';
import type { StoreReply, StoreRequest, StoreWorkerData } from './store-protocol.ts';

/** A disk that is this far behind is not going to catch up; further commits fail at once. */
const MAX_PENDING = 100_000;

type Requested = StoreRequest extends infer R ? (R extends StoreRequest ? Omit<R, 'id'> : never) : never;

interface Pending {
  readonly resolve: (entries: StoreEntry[]) => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * Opens the SQLite file at `path`; it is made when it is not there, its directory must be.
 * Throws StoreError `newer-format` when a newer mctl has written the file, `failed` when it cannot be opened.
 */
export async function openLocalStore(path: string): Promise<Store> {
  const store = new LocalStore(path);
  await store.opened;
  return store;
}

class LocalStore implements Store {
  readonly opened: Promise<unknown>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closing: Promise<void> | undefined;
  /** Why nothing can be done any more, once the worker is gone without having been told to go. */
  #lost: string | undefined;

  constructor(path: string) {
    const main = new URL(import.meta.url.endsWith('.ts') ? './store-worker.ts' : './store-worker.js', import.meta.url);
    const workerData: StoreWorkerData = { path };
    this.#worker = new Worker(main, { workerData, name: 'store', execArgv: [] });
    this.#worker.on('message', (reply: StoreReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#lose(error.message));
    this.#worker.on('exit', () => this.#lose('the store thread ended'));
    this.opened = this.#wait(0);
  }

  read(prefix: string): Promise<StoreEntry[]> {
    return this.#request({ kind: 'read', prefix });
  }

  async commit(changes: readonly StoreChange[], options: CommitOptions = {}): Promise<void> {
    for (const change of changes) {
      if (change.kind === 'put' && change.value.length > MAX_VALUE_BYTES) {
        throw new StoreError('too-large', `the value of '${change.key}' has ${change.value.length} bytes`);
      }
    }
    await this.#request({ kind: 'commit', changes, expect: options.expect ?? {}, fence: options.fence });
  }

  async close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#request({ kind: 'close' }).then(
        () => undefined,
        // The thread is gone: whoever waited for it was told, and there is nothing left to close.
        () => undefined,
      );
    }
    await this.#closing;
  }

  async #request(request: Requested): Promise<StoreEntry[]> {
    if (this.#closing !== undefined) throw new StoreError('closed', 'the store is closed');
    if (this.#lost !== undefined) throw new StoreError('failed', this.#lost);
    if (this.#pending.size >= MAX_PENDING) throw new StoreError('failed', `${MAX_PENDING} requests wait for the disk`);
    const id = this.#nextId++;
    const answered = this.#wait(id);
    this.#worker.postMessage({ ...request, id });
    return answered;
  }

  #wait(id: number): Promise<StoreEntry[]> {
    // Waiting for the disk keeps the process alive, an open store alone does not.
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
  }

  #settle(reply: StoreReply): void {
    const waiting = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (reply.kind === 'done') waiting?.resolve(reply.entries ?? []);
    else waiting?.reject(new StoreError(reply.code, reply.message));
  }

  #lose(reason: string): void {
    this.#lost ??= reason;
    for (const waiting of this.#pending.values()) waiting.reject(new StoreError('failed', reason));
    this.#pending.clear();
  }
}
