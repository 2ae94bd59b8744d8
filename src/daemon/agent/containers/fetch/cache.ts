// Files that several containers fetch: kept by user and URI, within a limit, the least recently used ones go first
// (mesos-semantics.md 10.5). Pure bookkeeping; the fetcher moves the files.

/** One cached file. While `users` is not 0 it is not evicted. */
export interface CacheEntry {
  readonly key: string;
  readonly path: string;
  readonly bytes: number;
  /** Settles when the file is complete; everyone who wants it waits for the one download. */
  readonly ready: Promise<void>;
  users: number;
}

/** Says which files to delete, never deletes. Users do not share entries: what one may read the other may not. */
export class FetchCache {
  readonly #directory: string;
  readonly #maxBytes: number;
  /** Least recently used first. */
  readonly #entries = new Map<string, CacheEntry>();
  #serial = 0;
  #usedBytes = 0;

  constructor(directory: string, maxBytes: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  directoryOf(userName: string): string {
    return `${this.#directory}/${encodeURIComponent(userName)}`;
  }

  /** The entry, held for its new user until `release`. */
  find(userName: string, uri: string): CacheEntry | undefined {
    const key = keyOf(userName, uri);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users++;
    return entry;
  }

  /**
   * Makes room and a new entry for it, held by its maker; `evicted` files are to be deleted. Undefined when there is no
   * room that is not in use.
   */
  reserve(
    userName: string,
    uri: string,
    bytes: number,
    ready: Promise<void>,
  ): { entry: CacheEntry; evicted: readonly string[] } | undefined {
    const evicted: CacheEntry[] = [];
    let free = this.#maxBytes - this.#usedBytes;
    for (const entry of this.#entries.values()) {
      if (free >= bytes) break;
      if (entry.users > 0) continue;
      evicted.push(entry);
      free += entry.bytes;
    }
    if (free < bytes) return undefined;
    for (const entry of evicted) this.drop(entry);
    // The tail of the name keeps its suffix, for people who look into the directory.
    const tail = encodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)).slice(-60);
    const path = `${this.directoryOf(userName)}/c${++this.#serial}-${tail}`;
    const entry: CacheEntry = { key: keyOf(userName, uri), path, bytes, ready, users: 1 };
    this.#entries.set(entry.key, entry);
    this.#usedBytes += bytes;
    return { entry, evicted: evicted.map((old) => old.path) };
  }

  release(entry: CacheEntry): void {
    entry.users--;
  }

  /** Forgets it; its file is the caller's to delete. */
  drop(entry: CacheEntry): void {
    if (this.#entries.get(entry.key) !== entry) return;
    this.#entries.delete(entry.key);
    this.#usedBytes -= entry.bytes;
  }
}

const keyOf = (userName: string, uri: string): string => `${userName}\0${uri}`;
