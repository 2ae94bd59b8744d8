// Looks on while an image is fetched: what does not grow for too long stands still, however long it may take as a whole.
import { DiskError } from '../../../../../world/disk.ts';
import type { Timer, World } from '../../../../../world/world.ts';

const LOOK_MS = 500;

/** Where a tool writes. */
export interface WatchedPlaces {
  /** Directories whose files grow. */
  readonly growing: readonly string[];
  /** Where files come whole. */
  readonly arriving: string;
}

/** Of one tool. */
export class StallWatch {
  readonly #world: World;
  readonly #places: WatchedPlaces;
  readonly #stallMs: number;
  readonly #stalled = new AbortController();
  readonly #timer: Timer;
  #last = '';
  #sinceMs: number;
  #isLooking = false;

  /** Watches until `close`. */
  constructor(world: World, places: WatchedPlaces, stallMs: number) {
    this.#world = world;
    this.#places = places;
    this.#stallMs = stallMs;
    this.#sinceMs = world.clock.monotonicMs();
    this.#timer = world.clock.every(LOOK_MS, () => void this.#look());
  }

  /** Aborted when nothing has changed for that long. */
  get signal(): AbortSignal {
    return this.#stalled.signal;
  }

  close(): void {
    this.#timer.cancel();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const now = await this.#picture();
    this.#isLooking = false;
    const nowMs = this.#world.clock.monotonicMs();
    if (now !== this.#last) {
      this.#last = now;
      this.#sinceMs = nowMs;
    } else if (nowMs - this.#sinceMs >= this.#stallMs) this.#stalled.abort();
  }

  /** Changes when something is written there. */
  async #picture(): Promise<string> {
    const { disk } = this.#world;
    const { growing, arriving } = this.#places;
    const seen: (string | number | undefined)[] = [(await this.#names(arriving)).length];
    for (const directory of growing) {
      for (const name of await this.#names(directory)) {
        seen.push(name, (await disk.statLink(`${directory}/${name}`))?.size);
      }
    }
    return seen.join();
  }

  /** None when it is not there yet, or has moved on. */
  async #names(directory: string): Promise<readonly string[]> {
    try {
      return await this.#world.disk.list(directory);
    } catch (cause) {
      if (cause instanceof DiskError) return [];
      throw cause;
    }
  }
}
