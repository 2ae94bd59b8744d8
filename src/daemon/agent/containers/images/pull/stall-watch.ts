// Looks on while an image is fetched: what does not grow for too long stands still, however long it may take as a whole.
import { DiskError } from '../../../../../world/disk.ts';
import type { Timer, World } from '../../../../../world/world.ts';

const LOOK_MS = 500;

/** Of directories that a tool writes to. */
export class StallWatch {
  readonly #world: World;
  readonly #directories: readonly string[];
  readonly #stallMs: number;
  readonly #stalled = new AbortController();
  readonly #timer: Timer;
  #last = '';
  #sinceMs: number;
  #isLooking = false;

  /** Watches until `close`. */
  constructor(world: World, directories: readonly string[], stallMs: number) {
    this.#world = world;
    this.#directories = directories;
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
    const sizes: string[] = [];
    for (const directory of this.#directories) {
      try {
        for (const name of await disk.list(directory)) {
          const stat = await disk.statLink(`${directory}/${name}`);
          sizes.push(`${name} ${stat?.size}`);
        }
      } catch (cause) {
        // Not there yet, or moved on.
        if (!(cause instanceof DiskError)) throw cause;
      }
    }
    return sizes.join();
  }
}
