// What the writer knows of the entries without asking: whether they are there and in which version. Right as long as nobody
// else writes, which every commit makes sure of.
import type { ZooKeeperSession } from '../session.ts';
import { WantedKeys } from './key-names.ts';
import type { StoreLayout } from './layout.ts';
import { listEntries } from './reading.ts';
import { inWindow } from './window.ts';

/** Keys of a whole store; values are not kept. */
export class KeyIndex {
  readonly #layout: StoreLayout;
  /** Undefined: it is there, its version has not been needed yet. */
  readonly #versions: Map<string, number | undefined>;
  readonly #containers: Set<string>;

  private constructor(layout: StoreLayout, keys: readonly string[], containers: readonly string[]) {
    this.#layout = layout;
    this.#versions = new Map(keys.map((key) => [key, undefined]));
    this.#containers = new Set(containers);
  }

  /** Lists the tree: one question a bucket. */
  static async load(session: ZooKeeperSession, layout: StoreLayout): Promise<KeyIndex> {
    const { entries, containers } = await listEntries(session, layout, new WantedKeys(['']));
    return new KeyIndex(
      layout,
      entries.map(({ key }) => key),
      containers,
    );
  }

  has(key: string): boolean {
    return this.#versions.has(key);
  }

  /** 0 when it is not there; undefined when it is and its version is not known. */
  version(key: string): number | undefined {
    return this.#versions.has(key) ? this.#versions.get(key) : 0;
  }

  hasContainer(path: string): boolean {
    return this.#containers.has(path);
  }

  /** Afterwards `version` knows them all. */
  async learn(session: ZooKeeperSession, keys: Iterable<string>): Promise<void> {
    const unknown = [...new Set(keys)].filter((key) => this.version(key) === undefined);
    await inWindow(unknown, async (key) => {
      const node = await session.get(this.#layout.node(key).path);
      // Not there: somebody else committed, which the next commit finds out.
      this.#versions.set(key, node === undefined ? 0 : node.stat.version + 1);
    });
  }

  /** After a change was committed; `version` 0 when the entry is gone. */
  changed(key: string, version: number | undefined): void {
    if (version === 0) this.#versions.delete(key);
    else this.#versions.set(key, version);
  }

  containerMade(path: string): void {
    this.#containers.add(path);
  }
}
