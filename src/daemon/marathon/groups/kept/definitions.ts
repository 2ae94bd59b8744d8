// Present and former definitions of apps in the store. A former one goes when nothing refers to it any more: neither the
// app's own list of versions, nor a root that is kept, nor a deployment or instance. Who loses a reference asks at that
// moment; nothing is searched for (marathon.md 20.3).

import type { Storage } from '../../../serving/storage/storage.ts';
import type { App } from '../../model/app.ts';
import type { AppChange } from '../../model/deployment.ts';
import type { PathId } from '../../model/path-id.ts';
import type { Timestamp } from '../../model/time.ts';
import {
  appKey,
  appText,
  garbageKey,
  parseAppText,
  parseGarbageKey,
  parseVersionText,
  versionKey,
  versionText,
} from './records.ts';

/** Whether something that runs still needs a definition which is not the app's present one. */
export type IsInUse = (id: PathId, version: Timestamp) => boolean;

/** Definitions looked at again per change whether running things have let go of them. */
const COLLECTED_AT_ONCE = 8;

/** Writes with each change, reads former definitions when somebody asks, and remembers only which there are. */
export class Definitions {
  readonly #storage: Storage;
  /** Former versions kept of each present app besides the present one. */
  readonly #maxFormer: number;
  readonly #isInUse: IsInUse;
  /** Of each present app, newest first. */
  readonly #former = new Map<PathId, readonly Timestamp[]>();
  /** How many kept roots' change sets name a definition, by its key. */
  readonly #holds = new Map<string, number>();
  /** Those that lost their place in a list in this pass; looked at when all of the pass is known. */
  #unlisted: { readonly id: PathId; readonly version: Timestamp }[] = [];
  /** Those that only running things refer to, by key; durable as `garbage/`. */
  readonly #waiting = new Map<string, { readonly id: PathId; readonly version: Timestamp }>();

  /** `maxVersions`: of each app, the present one included. */
  constructor(storage: Storage, maxVersions: number, isInUse: IsInUse) {
    this.#storage = storage;
    this.#maxFormer = maxVersions - 1;
    this.#isInUse = isInUse;
  }

  /** All present apps. */
  async load(): Promise<App[]> {
    const [apps, garbage] = await Promise.all([this.#storage.read('apps/'), this.#storage.read('garbage/')]);
    for (const key of garbage.keys()) {
      const { id, version } = parseGarbageKey(key);
      this.#waiting.set(versionKey(id, version), { id, version });
    }
    return [...apps].map(([key, text]) => {
      const { app, versions } = parseAppText(key, text);
      this.#former.set(app.id, versions);
      return app;
    });
  }

  /** Former versions of a present app, newest first. */
  formerOf(id: PathId): readonly Timestamp[] {
    return this.#former.get(id) ?? [];
  }

  /** A former definition; undefined when it is not kept. */
  async read(id: PathId, version: Timestamp): Promise<App | undefined> {
    await this.#storage.flushed();
    const key = versionKey(id, version);
    const text = (await this.#storage.read(key)).get(key);
    return text === undefined ? undefined : parseVersionText(key, text);
  }

  /** Writes the change of one app. Nothing is dropped before `collect`: a deployment may be about to refer to it. */
  change({ id, before, after }: AppChange): void {
    if (before !== undefined) void this.#storage.put(versionKey(id, before.version), versionText(before));
    const former = before === undefined ? [] : [before.version, ...this.formerOf(id)];
    const kept = after === undefined ? [] : former.slice(0, this.#maxFormer);
    if (after === undefined) {
      this.#former.delete(id);
      void this.#storage.remove(appKey(id));
    } else {
      this.#former.set(id, kept);
      void this.#storage.put(appKey(id), appText({ app: after, versions: kept }));
    }
    this.#unlisted.push(...former.slice(kept.length).map((version) => ({ id, version })));
  }

  /** A kept root needs this definition, until `release`. */
  hold(id: PathId, version: Timestamp): void {
    const key = versionKey(id, version);
    this.#holds.set(key, (this.#holds.get(key) ?? 0) + 1);
  }

  release(id: PathId, version: Timestamp): void {
    const key = versionKey(id, version);
    const holds = (this.#holds.get(key) ?? 0) - 1;
    if (holds > 0) {
      this.#holds.set(key, holds);
      return;
    }
    this.#holds.delete(key);
    this.#letGo(id, version);
  }

  /** Drops what is not needed of the pass that ends, and of a few that running things needed when they were let go. */
  collect(): void {
    const unlisted = this.#unlisted;
    this.#unlisted = [];
    for (const { id, version } of unlisted) this.#letGo(id, version);
    const few: { readonly id: PathId; readonly version: Timestamp }[] = [];
    for (const one of this.#waiting.values()) {
      if (few.length === COLLECTED_AT_ONCE) break;
      few.push(one);
    }
    for (const { id, version } of few) {
      this.#waiting.delete(versionKey(id, version));
      this.#letGo(id, version, true);
    }
  }

  #letGo(id: PathId, version: Timestamp, isMarked = false): void {
    const key = versionKey(id, version);
    const isListed = this.formerOf(id).includes(version);
    if (isListed || this.#holds.has(key)) {
      if (isMarked) void this.#storage.remove(garbageKey(id, version));
    } else if (this.#isInUse(id, version)) {
      this.#waiting.set(key, { id, version });
      if (!isMarked) void this.#storage.put(garbageKey(id, version), '{"format":1}');
    } else {
      void this.#storage.remove(key);
      if (isMarked) void this.#storage.remove(garbageKey(id, version));
    }
  }
}
