// Former roots, as what led from each to the next: a former root is the present one with the later changes undone
// (marathon.md 4, 20.3).

import type { Storage } from '../../../serving/storage/storage.ts';
import type { GroupChange } from '../../model/deployment.ts';
import type { PathId } from '../../model/path-id.ts';
import type { Timestamp } from '../../model/time.ts';
import type { Definitions } from './definitions.ts';
import { type ChangeSet, historyKey, historyTexts, parseHistory } from './records.ts';

/** How a former root differs from the present one; undefined = not there. */
export interface Difference {
  readonly apps: ReadonlyMap<PathId, Timestamp | undefined>;
  readonly groups: ReadonlyMap<PathId, GroupChange['before']>;
}

/** In memory: for each kept root the ids and versions that changed, not the definitions. */
export class RootHistory {
  readonly #storage: Storage;
  readonly #definitions: Definitions;
  readonly #maxSets: number;
  /** Oldest first. */
  readonly #sets: { readonly set: ChangeSet; readonly parts: number }[] = [];

  /** `maxVersions`: of the root, the present one included. */
  constructor(storage: Storage, definitions: Definitions, maxVersions: number) {
    this.#storage = storage;
    this.#definitions = definitions;
    this.#maxSets = maxVersions - 1;
  }

  async load(): Promise<void> {
    for (const set of parseHistory(await this.#storage.read('history/'))) this.#keep(set, historyTexts(set).length);
  }

  /** Versions of former roots, newest first. */
  versions(): Timestamp[] {
    return this.#sets.map(({ set }) => set.from).reverse();
  }

  /** Writes what led to a new root, and forgets the oldest when there are too many. */
  add(set: ChangeSet): void {
    const texts = historyTexts(set);
    for (const [part, text] of texts.entries()) void this.#storage.put(historyKey(set.version, part), text);
    this.#keep(set, texts.length);
  }

  /** Drops what is beyond the limit, at the end of the pass that added to it. */
  trim(): void {
    for (const { set, parts } of this.#sets.splice(0, Math.max(0, this.#sets.length - this.#maxSets))) {
      for (let part = 0; part < parts; part++) void this.#storage.remove(historyKey(set.version, part));
      for (const { id, before } of set.apps) if (before !== undefined) this.#definitions.release(id, before);
    }
  }

  /** What to change of the present root to get a former one; undefined when that is not kept. */
  differenceTo(version: Timestamp): Difference | undefined {
    const from = this.#sets.findIndex(({ set }) => set.from === version);
    if (from === -1) return undefined;
    const apps = new Map<PathId, Timestamp | undefined>();
    const groups = new Map<PathId, GroupChange['before']>();
    for (const { set } of this.#sets.slice(from).reverse()) {
      for (const { id, before } of set.apps) apps.set(id, before);
      for (const { id, before } of set.groups) groups.set(id, before);
    }
    return { apps, groups };
  }

  #keep(set: ChangeSet, parts: number): void {
    for (const { id, before } of set.apps) if (before !== undefined) this.#definitions.hold(id, before);
    this.#sets.push({ set, parts });
  }
}
