// Images on this machine: a layer is kept once, by its digest, and an image is unpacked once, for all containers to share.
// What a container has is never removed, and what belongs to nobody is, as soon as nothing is being fetched.
//
//   <store>/blobs               layers, configs and manifests
//   <store>/images              which names there are (records.ts)
//   <store>/rootfs/<digest>     an image, unpacked
//   <store>/staging             what is being fetched, unpacked or removed
import { type Disk, DiskError } from '../../../../world/disk.ts';
import type { World } from '../../../../world/world.ts';
import type { ImageConfig } from './image-config.ts';
import type { Logins } from './pull/logins.ts';
import { type PullRequest, pullImage, rootOf, type StorePlaces } from './pull/pull.ts';
import { SharedPull } from './pull/shared-pull.ts';
import { canonicalName, imageSource, registryOf } from './pull/source.ts';
import { Turns } from './pull/turns.ts';
import { type ImageRecord, ImageRecords } from './records.ts';

/** At a time. Others wait, so that a few that stand still do not stop everybody. */
const MAX_PULLS = 4;

/** An image that is ready to be run. */
export interface LocalImage {
  /** Unpacked; never to be written to. */
  readonly root: string;
  readonly digest: string;
  readonly config: ImageConfig;
}

/** Who wants which image. */
export interface ImageWish {
  readonly name: string;
  /** One that was fetched before will do. */
  readonly mayBeKept: boolean;
  readonly logins: Logins | undefined;
  /** Has it from now on, until `release`. */
  readonly containerId: string;
  readonly isCancelled: () => boolean;
}

export interface StoreOptions {
  readonly directory: string;
  /** --docker_registry. */
  readonly registry: string;
  /** What comes stands still when nothing came for this long. */
  readonly stallMs: number;
  /** Of this machine, as images name it. */
  readonly architecture: string;
}

/** What a container has: a name while it waits for it, then the image itself; `unknown` = it may be any. */
type Use = { readonly name: string } | { readonly digest: string } | 'unknown';

/** Several images are fetched at a time, one of a name; who asks for the same one meanwhile waits for it too. */
export class ImageStore {
  readonly #world: World;
  readonly #disk: Disk;
  readonly #options: StoreOptions;
  readonly #places: StorePlaces;
  readonly #records: ImageRecords;
  readonly #pulls = new Map<string, SharedPull<LocalImage>>();
  readonly #turns = new Turns(MAX_PULLS);
  readonly #uses = new Map<string, Use>();
  /** Digests that a pull has come to. */
  readonly #claims = new Map<string, number>();
  /** Roots on their way out, by digest. */
  readonly #removing = new Map<string, Promise<void>>();
  /** Until then any image may be somebody's. */
  #isRecovered = false;
  #isSweepDue = false;
  #sweeping: Promise<void> | undefined;

  constructor(world: World, options: StoreOptions) {
    const { directory } = options;
    this.#world = world;
    this.#disk = world.disk;
    this.#options = options;
    this.#places = {
      blobs: `${directory}/blobs`,
      roots: `${directory}/rootfs`,
      staging: `${directory}/staging`,
    };
    this.#records = new ImageRecords(world, `${directory}/images`);
  }

  /** What an agent that died left half done is removed. Throws DiskError. */
  async start(): Promise<void> {
    const { directory } = this.#options;
    await this.#disk.makeDirectory(directory, { mode: 0o700 });
    // Programs of images that act as root when somebody else starts them are nobody's to reach.
    await this.#disk.changeMode(directory, 0o700);
    await this.#disk.remove(this.#places.staging);
    // Of a version before this one.
    await this.#disk.remove(`${directory}/oci`);
    await this.#records.load();
  }

  /** What containers of an agent before this one have; undefined = it cannot be told. What nobody has goes. */
  async recovered(digests: ReadonlyMap<string, string | undefined>): Promise<void> {
    for (const [containerId, digest] of digests) {
      this.#uses.set(containerId, digest === undefined ? 'unknown' : { digest });
    }
    this.#isRecovered = true;
    await this.#sweep();
  }

  /** Throws ImageError, DiskError. */
  async get(wish: ImageWish): Promise<LocalImage> {
    const { name, mayBeKept, containerId } = wish;
    this.#uses.set(containerId, { name });
    const kept = mayBeKept ? await this.#kept(name) : undefined;
    const image = kept ?? (await this.#pullOf(wish).join(wish.isCancelled));
    // Whoever gave it up meanwhile has released it.
    if (this.#uses.has(containerId)) this.#uses.set(containerId, { digest: image.digest });
    return image;
  }

  /** The container is over. Harmless when it never had one. */
  async release(containerId: string): Promise<void> {
    const use = this.#uses.get(containerId);
    if (!this.#uses.delete(containerId) || use === undefined || use === 'unknown' || !('digest' in use)) return;
    // The name means another image by now.
    if (!this.#hasRecord(use.digest) && !this.#isUsed(use.digest)) await this.#removeRoot(use.digest);
  }

  /** Removes every image that no container has, but those of these names; none before `recovered`. Answers the names that went. Throws DiskError. */
  async prune(excluded: readonly string[]): Promise<readonly string[]> {
    const kept = new Set(excluded.map(canonicalName));
    const gone: string[] = [];
    for (const record of this.#records.all()) {
      if (kept.has(canonicalName(record.name)) || this.#isRecordUsed(record)) continue;
      await this.#records.remove(record.name);
      gone.push(record.name);
      if (!this.#hasRecord(record.digest) && !this.#isUsed(record.digest)) await this.#removeRoot(record.digest);
    }
    await this.#sweep();
    return gone;
  }

  /** The registry of an image, as logins name it; undefined when it comes from this machine. */
  registryOf(name: string): string | undefined {
    return registryOf(this.#options.registry, name);
  }

  /** Share of the file system that is free, 0 to 1. Throws DiskError. */
  async freeShare(): Promise<number> {
    const { totalBytes, freeBytes } = await this.#disk.space(this.#options.directory);
    return totalBytes > 0 ? freeBytes / totalBytes : 1;
  }

  /** Nothing is fetched any more. */
  close(): void {
    for (const pull of this.#pulls.values()) pull.giveUp();
  }

  async #kept(name: string): Promise<LocalImage | undefined> {
    const record = this.#records.get(name);
    if (record === undefined) return undefined;
    const root = rootOf(this.#places, record.digest);
    return (await this.#disk.stat(root)) === undefined ? undefined : imageOf(record, root);
  }

  #pullOf(wish: ImageWish): SharedPull<LocalImage> {
    // Who has another login must not fail by this one's, nor succeed.
    const key = JSON.stringify([wish.name, wish.mayBeKept, wish.logins]);
    const running = this.#pulls.get(key);
    if (running?.isWanted) return running;
    const pull = new SharedPull<LocalImage>(this.#world.clock, async (stop) => {
      try {
        return await this.#turns.take(wish.name, () => this.#pull(wish, stop));
      } finally {
        if (this.#pulls.get(key) === pull) this.#pulls.delete(key);
        await this.#sweepWhenDue();
      }
    });
    this.#pulls.set(key, pull);
    return pull;
  }

  async #pull({ name, mayBeKept, logins }: ImageWish, stop: AbortSignal): Promise<LocalImage> {
    // It may have come while we waited for our turn.
    const kept = mayBeKept ? await this.#kept(name) : undefined;
    if (kept !== undefined) return kept;
    const { registry, stallMs, architecture } = this.#options;
    const source = await imageSource(this.#disk, registry, name);
    let claimed: string | undefined;
    const claim = async (digest: string): Promise<void> => {
      claimed = digest;
      this.#claims.set(digest, (this.#claims.get(digest) ?? 0) + 1);
      await this.#removing.get(digest);
    };
    const request: PullRequest = { name, source, logins, stop, stallMs, architecture, claim };
    try {
      const before = this.#records.get(name);
      const record = await pullImage(this.#world, this.#places, request);
      await this.#records.put(record);
      if (before !== undefined && before.digest !== record.digest) await this.#replaced(before);
      return imageOf(record, rootOf(this.#places, record.digest));
    } catch (cause) {
      this.#isSweepDue = true;
      throw cause;
    } finally {
      if (claimed !== undefined) this.#unclaim(claimed);
    }
  }

  /** Its last container removes it, or we do. */
  async #replaced({ digest }: ImageRecord): Promise<void> {
    this.#isSweepDue = true;
    if (!this.#hasRecord(digest) && !this.#isUsed(digest)) await this.#removeRoot(digest);
  }

  #unclaim(digest: string): void {
    const left = (this.#claims.get(digest) ?? 1) - 1;
    if (left === 0) this.#claims.delete(digest);
    else this.#claims.set(digest, left);
  }

  #hasRecord(digest: string): boolean {
    return this.#records.all().some((record) => record.digest === digest);
  }

  #isUsed(digest: string): boolean {
    if (!this.#isRecovered || this.#claims.has(digest)) return true;
    for (const use of this.#uses.values()) {
      if (
        use === 'unknown' ||
        ('digest' in use ? use.digest === digest : this.#records.get(use.name)?.digest === digest)
      ) {
        return true;
      }
    }
    return false;
  }

  #isRecordUsed({ name, digest }: ImageRecord): boolean {
    return this.#turns.has(name) || this.#isUsed(digest);
  }

  async #removeRoot(digest: string): Promise<void> {
    const root = rootOf(this.#places, digest);
    if ((await this.#disk.stat(root)) === undefined || this.#isUsed(digest)) return;
    const removal = this.#removeTree(root);
    this.#removing.set(digest, removal);
    try {
      await removal;
    } finally {
      this.#removing.delete(digest);
    }
  }

  /** At once out of sight: half a root must never be taken for a whole one. */
  async #removeTree(root: string): Promise<void> {
    const gone = `${this.#places.staging}/${this.#world.random.uuid()}`;
    await this.#disk.makeDirectory(this.#places.staging, { mode: 0o700 });
    await this.#disk.rename(root, gone);
    await this.#disk.remove(gone);
  }

  /** What belongs to no name and no container, once nothing is being fetched. */
  async #sweep(): Promise<void> {
    this.#isSweepDue = true;
    await this.#sweeping;
    if (!this.#turns.isIdle || !this.#isSweepDue) return;
    this.#isSweepDue = false;
    const sweeping = this.#turns.alone(() => this.#removeUnknown());
    this.#sweeping = sweeping.catch(() => undefined);
    await sweeping;
  }

  /** For those who have nothing to do with what is wrong there. */
  async #sweepWhenDue(): Promise<void> {
    if (!this.#isSweepDue) return;
    try {
      await this.#sweep();
    } catch (cause) {
      if (!(cause instanceof DiskError)) throw cause;
      this.#isSweepDue = true;
      this.#world.log.warn('what is left of images could not be removed', { error: cause.message });
    }
  }

  async #removeUnknown(): Promise<void> {
    const { blobs, roots } = this.#places;
    const known = new Set(this.#records.all().flatMap((record) => record.blobs));
    for (const hex of await this.#names(`${blobs}/sha256`)) {
      if (!known.has(`sha256:${hex}`)) await this.#disk.remove(`${blobs}/sha256/${hex}`);
    }
    for (const hex of await this.#names(roots)) {
      const digest = `sha256:${hex}`;
      if (!this.#hasRecord(digest)) await this.#removeRoot(digest);
    }
  }

  async #names(directory: string): Promise<readonly string[]> {
    return (await this.#disk.stat(directory)) === undefined ? [] : this.#disk.list(directory);
  }
}

function imageOf({ digest, config }: ImageRecord, root: string): LocalImage {
  return { root, digest, config };
}
