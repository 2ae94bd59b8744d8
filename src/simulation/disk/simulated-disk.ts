// The disk as one process sees it: every operation takes time, may fail, and may or may not have happened when the
// process dies in the middle of it.
//  - writeAtomic and changes of the tree (directories, links, renames, removals) are durable once they resolve;
//  - what was written otherwise and not synced may be lost in part when the process or the machine dies.

import {
  type AppendFile,
  type Disk,
  DiskError,
  type DiskLock,
  type DiskWatch,
  type FileStat,
} from '../../world/disk.ts';
import type { ProcessLife } from '../core/process.ts';
import { utf8 } from '../core/utf8.ts';
import { SimulatedAppendFile } from './append-file.ts';
import type { DiskFaults } from './faults.ts';
import type { FileInode } from './inodes.ts';
import { type DiskTree, loseUnsynced } from './tree.ts';

/** What the machine's disk is to all its processes. */
export interface MachineDisk {
  readonly tree: DiskTree;
  readonly faults: DiskFaults;
  /** Holders of locks, by real path. */
  readonly locks: Map<string, ProcessLife>;
  /** Multiplies the time that everything takes. */
  slowness: number;
}

const READ_MS = 0.05;
const WRITE_MS = 0.2;
const FLUSH_MS = 2;
const WATCH_DELAY_MS = 1;

export class SimulatedDisk implements Disk {
  readonly #life: ProcessLife;
  readonly #machine: MachineDisk;
  readonly #unsynced = new Set<FileInode>();

  constructor(life: ProcessLife, machine: MachineDisk) {
    this.#life = life;
    this.#machine = machine;
    life.onDeath((kind) => {
      if (kind === 'killed') {
        this.#loseCaches();
      }
    });
  }

  readFile(path: string): Promise<Uint8Array> {
    return this.#read('read', ({ tree }) => {
      const file = tree.file(path);
      return file.read(0, file.size);
    });
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder().decode(await this.readFile(path));
  }

  readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
    return this.#read('read-range', ({ tree }) => tree.file(path).read(offset, length));
  }

  writeAtomic(path: string, data: string | Uint8Array, options?: { mode?: number }): Promise<void> {
    const bytes = toBytes(data);
    return this.#change('write-atomic', path, FLUSH_MS, (tree) =>
      tree.replaceFile(path, bytes, { ...options, isDurable: true }),
    );
  }

  writeFile(path: string, data: string | Uint8Array, options?: { mode?: number }): Promise<void> {
    const bytes = toBytes(data);
    return this.#change('write', path, WRITE_MS, (tree) => {
      tree.openFile(path, options?.mode).replace(bytes, this.#life.engine.wallMs);
      tree.touched(path);
    });
  }

  async openAppend(path: string, options?: { mode?: number }): Promise<AppendFile> {
    const { tree, faults } = this.#machine;
    const file = await this.#life.performLasting('open', this.#delay(WRITE_MS), () =>
      tree.openFile(path, options?.mode),
    );
    return new SimulatedAppendFile({
      life: this.#life,
      tree,
      faults,
      path,
      file,
      unsynced: this.#unsynced,
      delayMs: () => this.#delay(FLUSH_MS),
    });
  }

  makeDirectory(path: string, options?: { mode?: number }): Promise<void> {
    return this.#change('make-directory', path, WRITE_MS, (tree) => tree.makeDirectory(path, options?.mode));
  }

  remove(path: string): Promise<void> {
    return this.#life.performLasting('remove', this.#delay(WRITE_MS), () => this.#machine.tree.remove(path));
  }

  removeDirectory(path: string): Promise<void> {
    return this.#life.performLasting('remove-directory', this.#delay(WRITE_MS), () =>
      this.#machine.tree.removeDirectory(path),
    );
  }

  list(path: string): Promise<string[]> {
    return this.#read('list', ({ tree }) => tree.list(path));
  }

  stat(path: string): Promise<FileStat | undefined> {
    return this.#read('stat', ({ tree }) => tree.stat(path));
  }

  statLink(path: string): Promise<FileStat | undefined> {
    return this.#read('stat-link', ({ tree }) => tree.stat(path, { follow: false }));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#change('rename', to, WRITE_MS, (tree) => tree.rename(from, to));
  }

  /** Changes of the tree are durable anyway. */
  async syncDirectory(path: string): Promise<void> {
    await this.#read('sync-directory', ({ tree }) => tree.list(path));
  }

  symlink(target: string, path: string): Promise<void> {
    return this.#change('symlink', path, WRITE_MS, (tree) => tree.symlink(target, path));
  }

  readLink(path: string): Promise<string> {
    return this.#read('read-link', ({ tree }) => tree.readLink(path));
  }

  realPath(path: string): Promise<string> {
    return this.#read('real-path', ({ tree }) => tree.realPath(path));
  }

  changeMode(path: string, mode: number): Promise<void> {
    return this.#change('change-mode', path, WRITE_MS, (tree) => tree.changeMode(path, mode));
  }

  changeOwner(path: string, uid: number, gid: number): Promise<void> {
    return this.#change('change-owner', path, WRITE_MS, (tree) => tree.changeOwner(path, uid, gid));
  }

  space(_path: string): Promise<{ readonly totalBytes: number; readonly freeBytes: number }> {
    return this.#read('space', ({ tree }) => ({
      totalBytes: tree.totalBytes,
      freeBytes: Math.max(0, tree.totalBytes - tree.usedBytes()),
    }));
  }

  watch(directory: string, fn: (name: string) => void): Promise<DiskWatch> {
    return this.#read('watch', ({ tree }) => {
      const watched = tree.directory(directory);
      const announced = new Set<string>();
      let isClosed = false;
      const stop = tree.onChange((changed, name) => {
        if (changed !== watched || announced.has(name)) {
          return;
        }
        announced.add(name);
        this.#life.later('watch', this.#delay(WATCH_DELAY_MS), () => {
          announced.delete(name);
          if (!isClosed) {
            fn(name);
          }
        });
      });
      this.#life.onDeath(stop);
      return {
        close: () => {
          isClosed = true;
          stop();
        },
      };
    });
  }

  lock(path: string): Promise<DiskLock> {
    return this.#life.perform('lock', this.#delay(WRITE_MS), () => {
      const { tree, locks } = this.#machine;
      tree.openFile(path);
      const realPath = tree.realPath(path);
      if (locks.get(realPath)?.isAlive === true) {
        throw new DiskError('locked', path, `${path} is locked by another process`);
      }
      locks.set(realPath, this.#life);
      return {
        release: () =>
          this.#life.perform('unlock', this.#delay(READ_MS), () => {
            if (locks.get(realPath) === this.#life) {
              locks.delete(realPath);
            }
          }),
      };
    });
  }

  #read<T>(label: string, act: (machine: MachineDisk) => T): Promise<T> {
    return this.#life.perform(label, this.#delay(READ_MS), () => act(this.#machine));
  }

  #change(label: string, path: string, baseMs: number, act: (tree: DiskTree) => void): Promise<void> {
    const { tree, faults } = this.#machine;
    return this.#life.performLasting(label, this.#delay(baseMs), () => {
      const failure = faults.next(path, this.#life.random);
      if (failure !== undefined) {
        throw failure;
      }
      act(tree);
    });
  }

  #delay(baseMs: number): number {
    return baseMs * this.#machine.slowness * this.#life.random.between(0.5, 2);
  }

  #loseCaches(): void {
    for (const file of this.#unsynced) {
      if (this.#life.random.chance(0.5)) {
        loseUnsynced(file, this.#life.random, this.#life.engine.wallMs);
      }
    }
    this.#unsynced.clear();
  }
}

function toBytes(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? utf8(data) : data.slice();
}
