// Brings the files that a command asks for into its sandbox, before it runs and as its user (mesos-semantics.md 10.5).
// Items are fetched in their order; the first that fails ends it.
import type { CommandInfo_URI } from '../../../../mesos/generated/v1.ts';
import type { AppendFile } from '../../../../world/disk.ts';
import type { HostUser, World } from '../../../../world/world.ts';
import type { ContainerizerOptions } from '../options.ts';
import { type CacheEntry, FetchCache } from './cache.ts';
import { unlessCancelled } from './cancel.ts';
import { announcedSize, type DownloadOptions, download } from './download.ts';
import { extract, runAs } from './extract.ts';
import { ForbiddenNetworks } from './networks.ts';
import { makeRoom } from './placement.ts';
import { FetchError, type FetchItem, parseUri } from './uri.ts';

const FILE_MODE = 0o644;
const EXECUTABLE_MODE = 0o755;

/** One container's files. `isCancelled` is asked between steps. */
export interface FetchRequest {
  readonly sandbox: string;
  readonly uris: readonly CommandInfo_URI[];
  /** Undefined = our own. */
  readonly user: HostUser | undefined;
  readonly isCancelled: () => boolean;
}

/** One for all containers, since they share the cache. */
export class Fetcher {
  readonly #world: World;
  readonly #options: ContainerizerOptions;
  readonly #forbidden: ForbiddenNetworks;
  readonly #cache: FetchCache;

  /** Throws RangeError when a forbidden network is none. */
  constructor(world: World, options: ContainerizerOptions) {
    this.#world = world;
    this.#options = options;
    this.#forbidden = new ForbiddenNetworks(options.fetcherForbiddenNetworks ?? []);
    this.#cache = new FetchCache(options.fetcherCacheDir, options.fetcherCacheSizeBytes);
  }

  get cacheUsedBytes(): number {
    return this.#cache.usedBytes;
  }

  /** Nothing of an earlier agent's cache is trusted. */
  async start(): Promise<void> {
    await this.#world.disk.remove(this.#options.fetcherCacheDir);
  }

  /** Throws FetchError, NetError, DiskError, ProcessError; their messages are for the framework. */
  async fetch(request: FetchRequest): Promise<void> {
    const items = request.uris.map((uri) => parseUri(uri, this.#options.frameworksHome));
    // Opened while the sandbox is empty: what an archive brings under this name later is not written to.
    const journal = await this.#world.disk.openAppend(`${request.sandbox}/stderr`);
    try {
      for (const item of items) {
        if (request.isCancelled()) throw new FetchError('fetching was cancelled');
        await this.#fetchItem(item, request, journal);
      }
      await say(journal, `Successfully fetched all URIs into '${request.sandbox}'`);
    } finally {
      await journal.close();
    }
  }

  async #fetchItem(item: FetchItem, request: FetchRequest, journal: AppendFile): Promise<void> {
    await say(journal, `Fetching URI '${item.uri}'`);
    try {
      const entry = item.isCached ? await this.#cached(item, request, journal) : undefined;
      if (entry === undefined) await this.#fetchDirectly(item, request);
      else await this.#takeFromCache(item, request, entry);
    } catch (cause) {
      const message = `Failed to fetch '${item.uri}': ${(cause as Error).message}`;
      await say(journal, message);
      throw new FetchError(message, { cause });
    }
    await say(journal, `Fetched '${item.uri}' to '${request.sandbox}/${item.name}'`);
  }

  async #fetchDirectly(item: FetchItem, request: FetchRequest): Promise<void> {
    const { disk, random } = this.#world;
    const temporary = `.fetch-${random.uuid()}`;
    try {
      await this.#bring(item, request.sandbox, temporary, request);
      await this.#place(item, request, temporary);
      if (item.archive === undefined) return;
      const archive = { path: item.name, name: item.name, kind: item.archive };
      await extract(this.#world, archive, request.sandbox, request.user);
    } finally {
      await disk.remove(`${request.sandbox}/${temporary}`);
    }
  }

  /** What was cached is copied; of an archive only its content comes into the sandbox. */
  async #takeFromCache(item: FetchItem, request: FetchRequest, entry: CacheEntry): Promise<void> {
    const { disk, random } = this.#world;
    const { sandbox, user } = request;
    const temporary = `.fetch-${random.uuid()}`;
    const absolute = `${sandbox}/${temporary}`;
    try {
      // As ourselves: the cache need not be open to anybody else.
      await runAs(
        this.#world,
        undefined,
        sandbox,
        ['cp', '--', entry.path, temporary],
        'it cannot be copied from the cache',
      );
      if (user !== undefined) await disk.changeOwner(absolute, user.uid, user.gid);
      if (item.archive === undefined) await this.#place(item, request, temporary);
      else await extract(this.#world, { path: temporary, name: item.name, kind: item.archive }, sandbox, user);
    } finally {
      await disk.remove(absolute);
      this.#cache.release(entry);
    }
  }

  /** Gives a file that is in the sandbox already its name, owner and mode. */
  async #place(item: FetchItem, { sandbox, user }: FetchRequest, temporary: string): Promise<void> {
    const { disk } = this.#world;
    const path = await makeRoom(disk, sandbox, item.name, user);
    await disk.rename(`${sandbox}/${temporary}`, path);
    if (user !== undefined) await disk.changeOwner(path, user.uid, user.gid);
    await disk.changeMode(path, item.isExecutable ? EXECUTABLE_MODE : FILE_MODE);
  }

  /** The complete cached file, held for us; undefined when it cannot be cached: its size is not known, or too large. */
  async #cached(item: FetchItem, request: FetchRequest, journal: AppendFile): Promise<CacheEntry | undefined> {
    const userName = request.user?.name ?? this.#world.host.currentUser;
    const known = this.#cache.find(userName, item.uri);
    if (known !== undefined) return this.#waitFor(known, item, request, journal);
    const bytes = await this.#sizeOf(item, request.isCancelled);
    // Somebody else may have begun while we asked.
    const meanwhile = this.#cache.find(userName, item.uri);
    if (meanwhile !== undefined) return this.#waitFor(meanwhile, item, request, journal);
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    // Nobody may be waiting for it when it fails.
    ready.catch(() => undefined);
    const reserved = bytes === undefined ? undefined : this.#cache.reserve(userName, item.uri, bytes, ready);
    if (reserved === undefined) {
      const why = bytes === undefined ? 'its size is not known in advance' : 'there is no room in the cache';
      await say(journal, `'${item.uri}' is not cached: ${why}`);
      return undefined;
    }
    const { entry, evicted } = reserved;
    try {
      await this.#fill(item, entry, evicted, userName, request);
      resolve();
      return entry;
    } catch (cause) {
      this.#cache.release(entry);
      this.#cache.drop(entry);
      reject(cause);
      await this.#world.disk.remove(entry.path);
      throw cause;
    }
  }

  /** For what another container fetches. What becomes of that one is its own affair: undefined when it comes to nothing. */
  async #waitFor(
    entry: CacheEntry,
    { uri }: FetchItem,
    { isCancelled }: FetchRequest,
    journal: AppendFile,
  ): Promise<CacheEntry | undefined> {
    try {
      await unlessCancelled(this.#world, isCancelled, entry.ready);
      return entry;
    } catch (cause) {
      this.#cache.release(entry);
      if (isCancelled()) throw cause;
      await say(journal, `'${uri}' did not get into the cache: ${(cause as Error).message}`);
      return undefined;
    }
  }

  async #fill(
    item: FetchItem,
    entry: CacheEntry,
    evicted: readonly string[],
    userName: string,
    request: FetchRequest,
  ): Promise<void> {
    const { disk } = this.#world;
    for (const path of evicted) await disk.remove(path);
    const directory = this.#cache.directoryOf(userName);
    await disk.makeDirectory(directory, { mode: 0o700 });
    const temporary = `.fetch-${this.#world.random.uuid()}`;
    try {
      // By way of the sandbox, where the user may write; the cache is ours alone.
      await this.#bring(item, request.sandbox, temporary, request);
      const size = (await disk.statLink(`${request.sandbox}/${temporary}`))?.size;
      if (size !== entry.bytes) throw new FetchError(`it has ${size} bytes, ${entry.bytes} were announced`);
      await runAs(this.#world, undefined, request.sandbox, ['mv', '--', temporary, entry.path], 'it cannot be cached');
    } finally {
      await disk.remove(`${request.sandbox}/${temporary}`);
    }
  }

  /** Makes the new file `name` in the sandbox from the item's source. */
  async #bring(item: FetchItem, sandbox: string, name: string, { user, isCancelled }: FetchRequest): Promise<void> {
    const { disk } = this.#world;
    if (item.source.kind === 'http') {
      await download(this.#world, item.source.url, `${sandbox}/${name}`, this.#downloadOptions(isCancelled));
      return;
    }
    const source = item.source.path;
    const stat = await disk.stat(source);
    if (stat === undefined) throw new FetchError('there is no such file');
    // A device or pipe would never end.
    if (stat.kind !== 'file') throw new FetchError('it is not a regular file');
    const maxBytes = this.#options.fetcherMaxFileBytes ?? Number.POSITIVE_INFINITY;
    if (stat.size > maxBytes) throw new FetchError(`it has ${stat.size} bytes, ${maxBytes} are allowed`);
    // As the user: what he may not read, he shall not get.
    await runAs(this.#world, user, sandbox, ['cp', '--', source, name], 'it cannot be copied');
  }

  async #sizeOf({ source }: FetchItem, isCancelled: () => boolean): Promise<number | undefined> {
    if (source.kind === 'http') return announcedSize(this.#world, source.url, this.#downloadOptions(isCancelled));
    const stat = await this.#world.disk.stat(source.path);
    return stat?.kind === 'file' ? stat.size : undefined;
  }

  #downloadOptions(isCancelled: () => boolean): DownloadOptions {
    return {
      stallTimeoutMs: this.#options.fetcherStallTimeoutMs,
      maxBytes: this.#options.fetcherMaxFileBytes ?? Number.POSITIVE_INFINITY,
      forbidden: this.#forbidden,
      isCancelled,
    };
  }
}

/** A line for the task's stderr, where the original's fetcher writes too. */
function say(journal: AppendFile, line: string): Promise<void> {
  return journal.write(`${line}\n`);
}
