// A file open for appending: operations happen one after the other, in the order of the calls.

import { type AppendFile, DiskError } from '../../world/disk.ts';
import type { ProcessLife } from '../core/process.ts';
import { utf8 } from '../core/utf8.ts';
import type { DiskFaults } from './faults.ts';
import type { FileInode } from './inodes.ts';
import type { DiskTree } from './tree.ts';

export interface AppendPlace {
  readonly life: ProcessLife;
  readonly tree: DiskTree;
  readonly faults: DiskFaults;
  readonly path: string;
  readonly file: FileInode;
  /** Files of the process with content that its death may take. */
  readonly unsynced: Set<FileInode>;
  delayMs(): number;
}

export class SimulatedAppendFile implements AppendFile {
  readonly #place: AppendPlace;
  /** The last operation asked for happens then; the next not before. */
  #lastAtMs = 0;
  #size: number;
  #isClosed = false;

  constructor(place: AppendPlace) {
    this.#place = place;
    this.#size = place.file.size;
  }

  get size(): number {
    return this.#size;
  }

  write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === 'string' ? utf8(data) : data.slice();
    const { file, faults, path, tree, life, unsynced } = this.#place;
    return this.#next('append', 0.05, () => {
      const failure = faults.next(path, life.random);
      if (failure !== undefined) {
        // A full disk takes a part first.
        file.append(bytes.subarray(0, life.random.integer(bytes.length + 1)), life.engine.wallMs);
        unsynced.add(file);
        this.#size = file.size;
        throw failure;
      }
      file.append(bytes, life.engine.wallMs);
      unsynced.add(file);
      this.#size = file.size;
      tree.touched(path);
    });
  }

  sync(): Promise<void> {
    const { file, faults, path, life, unsynced } = this.#place;
    return this.#next('sync', this.#place.delayMs(), () => {
      const failure = faults.next(path, life.random);
      if (failure !== undefined) {
        throw failure;
      }
      file.sync();
      unsynced.delete(file);
    });
  }

  truncate(size: number): Promise<void> {
    const { file, life } = this.#place;
    return this.#next('truncate', 0.05, () => {
      file.resize(size, life.engine.wallMs);
      this.#size = size;
    });
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      await this.#next('close', 0.02, () => undefined);
      this.#isClosed = true;
    }
  }

  #next<T>(label: string, delayMs: number, act: () => T): Promise<T> {
    const { life, path } = this.#place;
    if (this.#isClosed) {
      return Promise.reject(new DiskError('io', path, `${path}: the file is closed`));
    }
    const { nowMs } = life.engine;
    this.#lastAtMs = Math.max(this.#lastAtMs, nowMs + delayMs);
    return life.perform(label, this.#lastAtMs - nowMs, act);
  }
}
