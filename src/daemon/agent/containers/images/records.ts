// What images are on this machine: what each name was when it was last fetched. In memory, and a file each.
//
//   <directory>/<hash of the name>.json
import { createHash } from 'node:crypto';
import { DiskError } from '../../../../world/disk.ts';
import type { World } from '../../../../world/world.ts';
import type { ImageConfig } from './image-config.ts';

const FORMAT = 2;

/** One name. */
export interface ImageRecord {
  readonly name: string;
  /** `sha256:…`, of its manifest as we keep it: says where it is unpacked. */
  readonly digest: string;
  readonly config: ImageConfig;
  /** Everything it is made of, its manifest included. */
  readonly blobs: readonly string[];
}

/** By name. Memory follows the files. */
export class ImageRecords {
  readonly #world: World;
  readonly #directory: string;
  readonly #records = new Map<string, ImageRecord>();

  constructor(world: World, directory: string) {
    this.#world = world;
    this.#directory = directory;
  }

  /** What cannot be read, or is of another version, is forgotten: the image is fetched again. Throws DiskError. */
  async load(): Promise<void> {
    const { disk, log } = this.#world;
    await disk.makeDirectory(this.#directory);
    for (const file of await disk.list(this.#directory)) {
      const path = `${this.#directory}/${file}`;
      const record = await this.#read(path);
      if (record !== undefined && this.#pathOf(record.name) === path) this.#records.set(record.name, record);
      else {
        log.warn('what was known of an image is forgotten', { path });
        await disk.remove(path);
      }
    }
  }

  get(name: string): ImageRecord | undefined {
    return this.#records.get(name);
  }

  all(): readonly ImageRecord[] {
    return [...this.#records.values()];
  }

  async put(record: ImageRecord): Promise<void> {
    await this.#world.disk.writeAtomic(this.#pathOf(record.name), JSON.stringify({ format: FORMAT, ...record }));
    this.#records.set(record.name, record);
  }

  async remove(name: string): Promise<void> {
    this.#records.delete(name);
    await this.#world.disk.remove(this.#pathOf(name));
  }

  async #read(path: string): Promise<ImageRecord | undefined> {
    try {
      const { format, ...record } = JSON.parse(await this.#world.disk.readText(path)) as ImageRecord & {
        format: unknown;
      };
      return format === FORMAT ? record : undefined;
    } catch (cause) {
      if (cause instanceof SyntaxError || cause instanceof DiskError) return undefined;
      throw cause;
    }
  }

  /** Names are longer than a file's may be. */
  #pathOf(name: string): string {
    return `${this.#directory}/${createHash('sha256').update(name).digest('hex')}.json`;
  }
}
