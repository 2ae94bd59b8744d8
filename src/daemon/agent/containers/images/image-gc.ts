// Removes images that no container has when the disk gets full (--image_gc_config).
import { DiskError } from '../../../../world/disk.ts';
import type { Timer, World } from '../../../../world/world.ts';
import type { ImageStore } from './store.ts';

export interface ImageGcOptions {
  /** Share of the file system to keep free, 0 to 1. */
  readonly headroom: number;
  readonly watchIntervalMs: number;
  /** Names that are kept all the same. */
  readonly excluded: readonly string[];
}

/** Looks at the disk from when it is made until `close`. */
export class ImageGc {
  readonly #world: World;
  readonly #store: ImageStore;
  readonly #options: ImageGcOptions;
  readonly #timer: Timer;
  #isLooking = false;

  constructor(world: World, store: ImageStore, options: ImageGcOptions) {
    this.#world = world;
    this.#store = store;
    this.#options = options;
    this.#timer = world.clock.every(options.watchIntervalMs, () => void this.#look());
  }

  close(): void {
    this.#timer.cancel();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const { headroom, excluded } = this.#options;
      const freeShare = await this.#store.freeShare();
      if (freeShare >= headroom) return;
      const images = await this.#store.prune(excluded);
      if (images.length === 0) return;
      this.#world.log.info('the disk is getting full: images that no container has are removed', { freeShare, images });
    } catch (cause) {
      // It is tried again; tasks must not lose their agent over it.
      if (!(cause instanceof DiskError)) throw cause;
      this.#world.log.warn('images could not be removed', { error: cause.message });
    } finally {
      this.#isLooking = false;
    }
  }
}
