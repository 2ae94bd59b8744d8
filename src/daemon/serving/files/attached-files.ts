// The file tree that a daemon shows under /files and in LIST_FILES and READ_FILE: virtual paths attached to real ones.
// The longest attached prefix of a path wins, and nothing outside the real path it stands for can be reached, neither by
// `..` nor through a symlink (mesos-api.md 10).
import { type Disk, DiskError, type FileStat } from '../../../world/disk.ts';

/** At most this much is read in one go: 16 pages. */
export const MAX_READ_BYTES = 16 * 4096;

/** One line of a listing. */
export interface DirectoryEntry {
  /** Virtual path of the entry. */
  readonly path: string;
  readonly stat: FileStat;
}

/** `missing`: 404. `invalid`: 400, `why` without a full stop. `failed`: 500. */
export type FileProblem =
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

/** The value, or why there is none. */
export type FileAnswer<T> = { readonly kind: 'ok'; readonly value: T } | FileProblem;

/** A part of a file, shorter than asked for at its end. */
export interface FileSlice {
  /** Size of the file when it was read. */
  readonly size: number;
  /** Where `data` begins: as asked for, or the size when the end was asked for. */
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Attaching does not look at the disk; every read looks again at what the path is by then. */
export class AttachedFiles {
  readonly #disk: Disk;
  readonly #attached = new Map<string, string>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Shows the file or directory `realPath` (absolute) as `virtualPath`; what was there under that name is replaced. */
  attach(virtualPath: string, realPath: string): void {
    this.#attached.set(normalised(virtualPath), realPath);
  }

  /** Nothing below `virtualPath` is shown any more; fine when it was not attached. */
  detach(virtualPath: string): void {
    this.#attached.delete(normalised(virtualPath));
  }

  /** Virtual path → real path, as attached. */
  get attachments(): ReadonlyMap<string, string> {
    return this.#attached;
  }

  /** The entries of a directory, sorted by path; none for a file. */
  async browse(path: string): Promise<FileAnswer<readonly DirectoryEntry[]>> {
    const real = await this.resolve(path);
    if (real.kind !== 'ok') return real;
    const names = await this.#names(real.value);
    const virtual = normalised(path);
    const entries: DirectoryEntry[] = [];
    for (const name of names) {
      const stat = await this.#disk.stat(`${real.value}/${name}`);
      // An entry that is gone again, or a symlink to nowhere, is left out.
      if (stat !== undefined) entries.push({ path: `${virtual === '/' ? '' : virtual}/${name}`, stat });
    }
    return { kind: 'ok', value: entries.sort((a, b) => (a.path < b.path ? -1 : 1)) };
  }

  /**
   * At most `length` bytes (absent: as many as may be) from `offset`. An `offset` of -1 asks for the present size without
   * any data: the way to start following a file. An offset behind the end gives no data.
   */
  async read(path: string, offset: number, length: number | undefined): Promise<FileAnswer<FileSlice>> {
    const found = await this.file(path, 'Cannot read a directory');
    if (found.kind !== 'ok') return found;
    const { realPath, size } = found.value;
    const nothing = new Uint8Array(0);
    if (offset < 0) return { kind: 'ok', value: { size, offset: size, data: nothing } };
    const count = Math.min(length ?? MAX_READ_BYTES, size - offset, MAX_READ_BYTES);
    if (count <= 0) return { kind: 'ok', value: { size, offset, data: nothing } };
    try {
      return { kind: 'ok', value: { size, offset, data: await this.#disk.readRange(realPath, offset, count) } };
    } catch (error) {
      return problemOf(error);
    }
  }

  /** The real path and size of a file; `invalid` with `directoryText` when it is a directory. */
  async file(path: string, directoryText: string): Promise<FileAnswer<{ realPath: string; size: number }>> {
    const real = await this.resolve(path);
    if (real.kind !== 'ok') return real;
    const stat = await this.#disk.stat(real.value);
    if (stat === undefined) return { kind: 'missing' };
    if (stat.kind === 'directory') return { kind: 'invalid', why: directoryText };
    return { kind: 'ok', value: { realPath: real.value, size: stat.size } };
  }

  /** The real path that a virtual one stands for. */
  async resolve(path: string): Promise<FileAnswer<string>> {
    const virtual = normalised(path);
    for (let prefix = virtual; prefix !== ''; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
      const attached = this.#attached.get(prefix);
      if (attached !== undefined) return this.#within(attached, virtual.slice(prefix.length), path);
    }
    return { kind: 'missing' };
  }

  async #within(attached: string, suffix: string, path: string): Promise<FileAnswer<string>> {
    try {
      const root = await this.#disk.realPath(attached);
      if (suffix === '') return { kind: 'ok', value: root };
      const real = await this.#disk.realPath(root + suffix);
      if (real !== root && !real.startsWith(`${root}/`)) return { kind: 'invalid', why: `'${path}' is inaccessible` };
      return { kind: 'ok', value: real };
    } catch (error) {
      return problemOf(error);
    }
  }

  async #names(directory: string): Promise<readonly string[]> {
    try {
      return await this.#disk.list(directory);
    } catch (error) {
      // A file has no entries, nor has a directory that is gone by now.
      if (error instanceof DiskError && (error.code === 'not-a-directory' || error.code === 'not-found')) return [];
      throw error;
    }
  }
}

function problemOf(error: unknown): FileProblem {
  if (!(error instanceof DiskError)) throw error;
  if (error.code === 'not-found' || error.code === 'not-a-directory') return { kind: 'missing' };
  return { kind: 'failed', why: error.message };
}

/** One slash between the parts and none at the end; `..` stays for the real path to be judged by. */
function normalised(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`;
}
