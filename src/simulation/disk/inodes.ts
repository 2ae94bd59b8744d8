// What a simulated disk holds. A file knows how much of it would survive: bytes beyond `durableSize` are in caches only.

export type Inode = FileInode | DirectoryInode | SymlinkInode;

interface Attributes {
  mode: number;
  uid: number;
  gid: number;
  mtimeMs: number;
}

const FILE_TYPE = 0o100000;
const DIRECTORY_TYPE = 0o040000;
const SYMLINK_TYPE = 0o120000;
const DEFAULT_FILE_MODE = 0o644;
const DEFAULT_DIRECTORY_MODE = 0o755;

/** Bytes up to `durableSize` survive everything. */
export class FileInode implements Attributes {
  readonly kind = 'file';
  mode: number;
  uid = 0;
  gid = 0;
  mtimeMs: number;
  /** At most `size`: what a loss of power leaves for certain. */
  durableSize = 0;
  #buffer: Uint8Array;
  #size: number;

  constructor(nowMs: number, mode: number | undefined) {
    this.mode = FILE_TYPE | (mode ?? DEFAULT_FILE_MODE);
    this.mtimeMs = nowMs;
    this.#buffer = new Uint8Array(0);
    this.#size = 0;
  }

  get size(): number {
    return this.#size;
  }

  read(offset: number, length: number): Uint8Array {
    const from = Math.min(Math.max(0, offset), this.#size);
    return this.#buffer.slice(from, Math.min(this.#size, from + Math.max(0, length)));
  }

  /** New content, none of it durable yet. */
  replace(data: Uint8Array, nowMs: number): void {
    this.#buffer = data.slice();
    this.#size = data.length;
    this.durableSize = 0;
    this.mtimeMs = nowMs;
  }

  append(data: Uint8Array, nowMs: number): void {
    const needed = this.#size + data.length;
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2, 64));
      grown.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = grown;
    }
    this.#buffer.set(data, this.#size);
    this.#size = needed;
    this.mtimeMs = nowMs;
  }

  /** Cuts, or fills up with zeros. */
  resize(size: number, nowMs: number): void {
    if (size > this.#size) {
      this.append(new Uint8Array(size - this.#size), nowMs);
    }
    this.#size = size;
    this.durableSize = Math.min(this.durableSize, size);
    this.mtimeMs = nowMs;
  }

  sync(): void {
    this.durableSize = this.#size;
  }
}

export class DirectoryInode implements Attributes {
  readonly kind = 'directory';
  mode: number;
  uid = 0;
  gid = 0;
  mtimeMs: number;
  readonly entries = new Map<string, Inode>();

  constructor(nowMs: number, mode?: number) {
    this.mode = DIRECTORY_TYPE | (mode ?? DEFAULT_DIRECTORY_MODE);
    this.mtimeMs = nowMs;
  }
}

export class SymlinkInode implements Attributes {
  readonly kind = 'symlink';
  mode = SYMLINK_TYPE | 0o777;
  uid = 0;
  gid = 0;
  mtimeMs: number;
  readonly target: string;

  constructor(target: string, nowMs: number) {
    this.target = target;
    this.mtimeMs = nowMs;
  }
}
