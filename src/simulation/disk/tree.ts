// The file system of one simulated machine: a tree that outlives processes and, but for what was only in caches, power.
// Everything here is immediate; delays and faults are simulated-disk.ts's.
import { DiskError, type FileStat } from '../../world/disk.ts';
import type { SeededRandom } from '../core/random.ts';
import { DirectoryInode, FileInode, type Inode, SymlinkInode } from './inodes.ts';

const MAX_SYMLINKS = 40;

/** Told of every entry that changes: which directory, which name. */
export type ChangeReader = (directory: DirectoryInode, name: string) => void;

interface Place {
  readonly parent: DirectoryInode;
  readonly name: string;
  readonly inode: Inode | undefined;
  /** Of the directory it is in, from the root down. */
  readonly trail: readonly Step[];
}

interface Step {
  readonly directory: DirectoryInode;
  readonly name: string;
}

/** Nothing can be at a path: a directory on the way is missing, or is none. */
interface NoPlace {
  readonly code: 'not-found' | 'not-a-directory' | 'io';
  readonly words: string;
}

export class DiskTree {
  readonly totalBytes: number;
  readonly #root: DirectoryInode;
  readonly #nowMs: () => number;
  readonly #changeReaders = new Set<ChangeReader>();

  constructor(nowMs: () => number, totalBytes: number) {
    this.#nowMs = nowMs;
    this.totalBytes = totalBytes;
    this.#root = new DirectoryInode(nowMs());
    for (const path of ['/etc', '/root', '/tmp', '/var/lib', '/var/log', '/var/run']) {
      this.makeDirectory(path);
    }
  }

  /** Tells `fn` of changes from now on; the answer stops it. */
  onChange(fn: ChangeReader): () => void {
    this.#changeReaders.add(fn);
    return () => this.#changeReaders.delete(fn);
  }

  file(path: string): FileInode {
    const { inode } = this.#find(path);
    if (inode === undefined) {
      throw new DiskError('not-found', path, `${path}: no such file or directory`);
    }
    if (inode.kind !== 'file') {
      throw new DiskError('is-a-directory', path, `${path}: is a directory`);
    }
    return inode;
  }

  /** The file at `path`, created empty when there is none. */
  openFile(path: string, mode?: number): FileInode {
    const place = this.#find(path);
    if (place.inode !== undefined) {
      return this.file(path);
    }
    const file = new FileInode(this.#nowMs(), mode);
    this.#link(place, file);
    return file;
  }

  /** Puts a new file in the place of whatever file or link is there, as rename does. */
  replaceFile(path: string, data: Uint8Array, options: { mode?: number; isDurable: boolean }): void {
    const place = this.#find(path, { follow: false });
    if (place.inode?.kind === 'directory') {
      throw new DiskError('is-a-directory', path, `${path}: is a directory`);
    }
    const file = new FileInode(this.#nowMs(), options.mode);
    file.replace(data, this.#nowMs());
    if (options.isDurable) {
      file.sync();
    }
    this.#link(place, file);
  }

  append(path: string, data: Uint8Array): void {
    const file = this.openFile(path);
    file.append(data, this.#nowMs());
    this.touched(path);
  }

  /** Tells watchers that the content of the file at `path` is another. */
  touched(path: string): void {
    const place = this.#find(path);
    this.#changed(place.parent, place.name);
  }

  makeDirectory(path: string, mode?: number): void {
    let built = '';
    for (const name of segments(path)) {
      built += `/${name}`;
      const place = this.#find(built);
      if (place.inode === undefined) {
        this.#link(place, new DirectoryInode(this.#nowMs(), mode));
      } else if (place.inode.kind !== 'directory') {
        throw new DiskError('not-a-directory', path, `${built}: not a directory`);
      }
    }
  }

  remove(path: string): void {
    const place = this.#findOrNothing(path);
    if (place?.inode !== undefined) {
      this.#unlink(place);
    }
  }

  removeDirectory(path: string): void {
    const place = this.#find(path, { follow: false });
    const directory = this.#asDirectory(place, path);
    if (directory.entries.size > 0) {
      throw new DiskError('not-empty', path, `${path}: directory not empty`);
    }
    this.#unlink(place);
  }

  directory(path: string): DirectoryInode {
    return this.#asDirectory(this.#find(path), path);
  }

  list(path: string): string[] {
    return [...this.directory(path).entries.keys()].sort();
  }

  stat(path: string, options?: { follow: boolean }): FileStat | undefined {
    const inode = this.#findOrNothing(path, options?.follow ?? true)?.inode;
    if (inode === undefined) {
      return undefined;
    }
    const { kind, mode, uid, gid, mtimeMs } = inode;
    const size = inode.kind === 'file' ? inode.size : inode.kind === 'symlink' ? inode.target.length : 4096;
    return { kind, size, mtimeMs, mode, uid, gid, nlink: kind === 'directory' ? 2 : 1 };
  }

  rename(from: string, to: string): void {
    const source = this.#find(from, { follow: false });
    if (source.inode === undefined) {
      throw new DiskError('not-found', from, `${from}: no such file or directory`);
    }
    const target = this.#find(to, { follow: false });
    if (target.inode === source.inode) {
      return;
    }
    if (target.inode?.kind === 'directory') {
      if (source.inode.kind !== 'directory') {
        throw new DiskError('is-a-directory', to, `${to}: is a directory`);
      }
      if (target.inode.entries.size > 0) {
        throw new DiskError('not-empty', to, `${to}: directory not empty`);
      }
    } else if (target.inode !== undefined && source.inode.kind === 'directory') {
      throw new DiskError('not-a-directory', to, `${to}: not a directory`);
    }
    this.#unlink(source);
    this.#link(target, source.inode);
  }

  symlink(target: string, path: string): void {
    const place = this.#find(path, { follow: false });
    if (place.inode?.kind === 'directory') {
      throw new DiskError('is-a-directory', path, `${path}: is a directory`);
    }
    this.#link(place, new SymlinkInode(target, this.#nowMs()));
  }

  readLink(path: string): string {
    const { inode } = this.#find(path, { follow: false });
    if (inode === undefined) {
      throw new DiskError('not-found', path, `${path}: no such file or directory`);
    }
    if (inode.kind !== 'symlink') {
      throw new DiskError('io', path, `${path}: not a symbolic link`);
    }
    return inode.target;
  }

  realPath(path: string): string {
    const { inode, trail, name } = this.#find(path);
    if (inode === undefined) {
      throw new DiskError('not-found', path, `${path}: no such file or directory`);
    }
    const names = trail.slice(1).map((step) => step.name);
    return `/${(inode === this.#root ? names : [...names, name]).join('/')}`;
  }

  changeMode(path: string, mode: number): void {
    const inode = this.#existing(path);
    inode.mode = (inode.mode & ~0o7777) | (mode & 0o7777);
  }

  changeOwner(path: string, uid: number, gid: number): void {
    const inode = this.#existing(path);
    inode.uid = uid;
    inode.gid = gid;
  }

  /** Bytes of all files. */
  usedBytes(directory: DirectoryInode = this.#root): number {
    let sum = 0;
    for (const inode of directory.entries.values()) {
      sum += inode.kind === 'file' ? inode.size : inode.kind === 'directory' ? this.usedBytes(inode) : 0;
    }
    return sum;
  }

  /** The machine went off: of what was only in caches, chance leaves a beginning. */
  losePower(random: SeededRandom, directory: DirectoryInode = this.#root): void {
    for (const inode of directory.entries.values()) {
      if (inode.kind === 'directory') {
        this.losePower(random, inode);
      } else if (inode.kind === 'file' && inode.durableSize < inode.size) {
        loseUnsynced(inode, random, this.#nowMs());
      }
    }
  }

  #existing(path: string): Inode {
    const { inode } = this.#find(path);
    if (inode === undefined) {
      throw new DiskError('not-found', path, `${path}: no such file or directory`);
    }
    return inode;
  }

  #asDirectory(place: Place, path: string): DirectoryInode {
    if (place.inode === undefined) {
      throw new DiskError('not-found', path, `${path}: no such file or directory`);
    }
    if (place.inode.kind !== 'directory') {
      throw new DiskError('not-a-directory', path, `${path}: not a directory`);
    }
    return place.inode;
  }

  #link(place: Place, inode: Inode): void {
    place.parent.entries.set(place.name, inode);
    place.parent.mtimeMs = this.#nowMs();
    this.#changed(place.parent, place.name);
  }

  #unlink(place: Place): void {
    place.parent.entries.delete(place.name);
    place.parent.mtimeMs = this.#nowMs();
    this.#changed(place.parent, place.name);
  }

  #changed(directory: DirectoryInode, name: string): void {
    for (const fn of this.#changeReaders) {
      fn(directory, name);
    }
  }

  /** Like #find, but a missing parent (or a file in its place) is nothing rather than an error. */
  #findOrNothing(path: string, follow = false): Place | undefined {
    const found = this.#walk(path, follow);
    return 'code' in found ? undefined : found;
  }

  /** The place of `path`; its parent must be there, itself need not. */
  #find(path: string, options: { follow: boolean } = { follow: true }): Place {
    const found = this.#walk(path, options.follow);
    if ('code' in found) {
      throw new DiskError(found.code, path, `${path}: ${found.words}`);
    }
    return found;
  }

  #walk(path: string, follow: boolean): Place | NoPlace {
    let names = segments(path);
    let at = 0;
    let links = 0;
    const trail: Step[] = [{ directory: this.#root, name: '' }];
    let parent = this.#root;
    for (;;) {
      const name = names[at++];
      if (name === undefined) {
        const last = trail.length > 1 ? trail.pop() : trail[0];
        return { parent: trail.at(-1)?.directory ?? this.#root, name: last?.name ?? '', inode: parent, trail };
      }
      if (name === '..') {
        if (trail.length > 1) {
          trail.pop();
        }
        parent = trail.at(-1)?.directory ?? this.#root;
        continue;
      }
      const inode = parent.entries.get(name);
      const isLast = at === names.length;
      if (inode?.kind === 'directory') {
        trail.push({ directory: inode, name });
        parent = inode;
      } else if (inode?.kind === 'symlink' && (!isLast || follow)) {
        links++;
        if (links > MAX_SYMLINKS) {
          return { code: 'io', words: 'too many levels of symbolic links' };
        }
        if (inode.target.startsWith('/')) {
          trail.length = 1;
          parent = this.#root;
        }
        names = [...split(inode.target), ...names.slice(at)];
        at = 0;
      } else if (isLast) {
        return { parent, name, inode, trail };
      } else {
        return inode === undefined
          ? { code: 'not-found', words: 'no such file or directory' }
          : { code: 'not-a-directory', words: 'not a directory' };
      }
    }
  }
}

/** Cuts a file to what was durable and a part, by chance, of what was not. */
export function loseUnsynced(file: FileInode, random: SeededRandom, nowMs: number): void {
  file.resize(file.durableSize + random.integer(file.size - file.durableSize + 1), nowMs);
  file.sync();
}

function segments(path: string): string[] {
  if (!path.startsWith('/')) {
    throw new DiskError('io', path, `'${path}' is not an absolute path`);
  }
  return split(path);
}

function split(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
