// Files. "Durable" means: still there after the process or the machine dies at any moment.

/** Paths are absolute. Everything throws DiskError; where nothing else is said a missing file is `not-found`. */
export interface Disk {
  /** Throws DiskError `not-found` when it is not there. */
  readFile(path: string): Promise<Uint8Array>;
  readText(path: string): Promise<string>;
  /** At most `length` bytes from `offset`; fewer at the end of the file. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Replaces the file as a whole, durably: readers see the old or the new content, never a mix (temp + fsync + rename). */
  writeAtomic(path: string, data: string | Uint8Array, options?: { mode?: number }): Promise<void>;
  /** Plain write in place, not durable: for control files (cgroups) and files that a crash may lose. */
  writeFile(path: string, data: string | Uint8Array, options?: { mode?: number }): Promise<void>;
  /**
   * Opens for appending, created when absent. `noLinks`: `forbidden` when that is a symlink or a file with other names too,
   * for directories that belong to somebody else.
   */
  openAppend(path: string, options?: { mode?: number; noLinks?: boolean }): Promise<AppendFile>;
  /** Creates it with its parents; fine when it exists. */
  makeDirectory(path: string, options?: { mode?: number }): Promise<void>;
  /** Removes a file or a whole tree; fine when it is not there. Never follows symlinks. */
  remove(path: string): Promise<void>;
  /** An empty directory only (cgroup directories cannot be removed as a tree). */
  removeDirectory(path: string): Promise<void>;
  /** Names in a directory, sorted. Throws `not-found`, `not-a-directory`. */
  list(path: string): Promise<string[]>;
  /** Follows symlinks; undefined when nothing is there. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Does not follow a symlink at the end. */
  statLink(path: string): Promise<FileStat | undefined>;
  /** Durable once the directory is: see `syncDirectory`. */
  rename(from: string, to: string): Promise<void>;
  /** What was made, renamed and removed in it is durable when this resolves. */
  syncDirectory(path: string): Promise<void>;
  /** Makes or atomically replaces the symlink at `path`. */
  symlink(target: string, path: string): Promise<void>;
  readLink(path: string): Promise<string>;
  /** Absolute path without symlinks; throws `not-found`. */
  realPath(path: string): Promise<string>;
  changeMode(path: string, mode: number): Promise<void>;
  changeOwner(path: string, uid: number, gid: number): Promise<void>;
  /** Size of the file system that holds `path`. */
  space(path: string): Promise<{ readonly totalBytes: number; readonly freeBytes: number }>;
  /** Calls `fn` with the name of each entry of the directory that changes, at least once after its last change. */
  watch(directory: string, fn: (name: string) => void): Promise<DiskWatch>;
  /**
   * Takes an exclusive lock that dies with the process. Throws DiskError `locked` when another holds it.
   */
  lock(path: string): Promise<DiskLock>;
}

/** Writes go out in the order of the calls. Only `sync` makes them durable. */
export interface AppendFile {
  /** Bytes in the file. */
  readonly size: number;
  write(data: string | Uint8Array): Promise<void>;
  /** Everything written before is durable when this resolves; concurrent calls share one flush. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Nothing is called after `close`. */
export interface DiskWatch {
  close(): void;
}

/** Held until `release` or the end of the process, whichever comes first. */
export interface DiskLock {
  release(): Promise<void>;
}

/** As lstat or stat tell it. Sizes in bytes, times in ms since 1970. */
export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly size: number;
  readonly mtimeMs: number;
  /** st_mode, type bits included. */
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
}

/** `io`: anything that has no code of its own. */
export type DiskErrorCode =
  | 'not-found'
  | 'exists'
  | 'not-a-directory'
  | 'is-a-directory'
  | 'not-empty'
  | 'forbidden'
  | 'no-space'
  | 'locked'
  | 'io';

/** `path` is the one that was asked for. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;
  readonly path: string;
  constructor(code: DiskErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}
