// The SQLite file behind LocalStore: schema, format version, and what one commit does to it. Runs in the worker thread.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type StoreEntry, StoreError } from '../store.ts';
import type { StoreReply, StoreRequest } from './store-protocol.ts';

/** Raised with every change that older code cannot read; older formats are brought up at opening. */
export const STORE_FORMAT = 1;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, version INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO meta (name, value) VALUES ('format', ${STORE_FORMAT}), ('fence', 0);
`;

/** Synchronous: blocks its thread until the disk has it. */
export class StoreDatabase {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #version: StatementSync;
  readonly #read: StatementSync;
  readonly #setFence: StatementSync;
  #fence: number;

  /** Throws StoreError `newer-format`; whatever else SQLite throws is passed on. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    try {
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      this.#refuseNewerFormat(path);
      this.#database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    } catch (cause) {
      this.#database.close();
      throw cause;
    }
    this.#put = this.#database.prepare(
      `INSERT INTO entries (key, value, version) VALUES (?, ?, 1)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = version + 1`,
    );
    this.#delete = this.#database.prepare('DELETE FROM entries WHERE key = ?');
    this.#version = this.#database.prepare('SELECT version FROM entries WHERE key = ?');
    // U+10FFFF is no character: every key with this prefix sorts before it.
    this.#read = this.#database.prepare(
      'SELECT key, value, version FROM entries WHERE key >= ?1 AND key < ?1 || char(0x10FFFF) ORDER BY key',
    );
    this.#setFence = this.#database.prepare("UPDATE meta SET value = ? WHERE name = 'fence'");
    this.#fence = Number(this.#meta('fence') ?? 0);
  }

  /**
   * Applies requests in their order in one transaction: one flush to the disk for all of them. A refused commit is
   * undone alone. Throws when the transaction as a whole failed: then the outcome of every request is unknown.
   */
  apply(requests: readonly Exclude<StoreRequest, { kind: 'close' }>[]): StoreReply[] {
    const fenceBefore = this.#fence;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const replies = requests.map((request) => this.#applyOne(request));
      this.#database.exec('COMMIT');
      return replies;
    } catch (cause) {
      this.#fence = fenceBefore;
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw cause;
    }
  }

  close(): void {
    this.#database.close();
  }

  #applyOne(request: Exclude<StoreRequest, { kind: 'close' }>): StoreReply {
    const { id } = request;
    if (request.kind === 'read') {
      return { id, kind: 'done', entries: this.#read.all(request.prefix) as unknown as StoreEntry[] };
    }
    const refusal = this.#refusal(request);
    // Nothing of a refused commit has been written yet, so there is nothing to undo.
    if (refusal !== undefined) return { id, kind: 'refused', code: refusal.code, message: refusal.message };
    const { fence } = request;
    if (fence !== undefined && fence > this.#fence) {
      this.#setFence.run(fence);
      this.#fence = fence;
    }
    for (const change of request.changes) {
      if (change.kind === 'put') this.#put.run(change.key, change.value);
      else this.#delete.run(change.key);
    }
    return { id, kind: 'done' };
  }

  #refusal(request: Extract<StoreRequest, { kind: 'commit' }>): StoreError | undefined {
    if (request.fence !== undefined && request.fence < this.#fence) {
      return new StoreError('fenced', `epoch ${request.fence} is over, epoch ${this.#fence} has written since`);
    }
    for (const [key, expected] of Object.entries(request.expect)) {
      const actual = Number(this.#version.get(key)?.version ?? 0);
      if (actual !== expected) {
        return new StoreError('conflict', `'${key}' has version ${actual}, version ${expected} was expected`);
      }
    }
    return undefined;
  }

  #refuseNewerFormat(path: string): void {
    const hasMeta = this.#database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get() !== undefined;
    const format = hasMeta ? Number(this.#meta('format') ?? 0) : 0;
    if (format > STORE_FORMAT) {
      throw new StoreError(
        'newer-format',
        `${path} was written by a newer mctl (format ${format}, this one reads up to ${STORE_FORMAT}): ` +
          'run that version, or start with another directory',
      );
    }
  }

  #meta(name: string): unknown {
    return this.#database.prepare('SELECT value FROM meta WHERE name = ?').get(name)?.value;
  }
}
