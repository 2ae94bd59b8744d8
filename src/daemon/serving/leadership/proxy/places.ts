// How many exchanges with the leader may be under way, and how many may wait for their turn.
import type { Timer, World } from '../../../../world/world.ts';

/** Who waits is held in memory with its whole request. */
const MAX_WAITING = 256;

interface Waiting {
  readonly admit: (isAdmitted: boolean) => void;
  readonly limit: Timer;
}

/** Places are given in the order in which they were asked for. */
export class Places {
  readonly #clock: World['clock'];
  readonly #waitMs: number;
  readonly #waiting = new Set<Waiting>();
  #free: number;

  /** Nobody waits for longer than `waitMs`. */
  constructor(clock: World['clock'], count: number, waitMs: number) {
    this.#clock = clock;
    this.#free = count;
    this.#waitMs = waitMs;
  }

  /** Whether there is a place now or in time; who has one gives it back. */
  take(): Promise<boolean> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve(true);
    }
    if (this.#waiting.size >= MAX_WAITING) return Promise.resolve(false);
    return new Promise((resolve) => {
      const limit = this.#clock.setTimer(this.#waitMs, () => {
        this.#waiting.delete(waiting);
        resolve(false);
      });
      const waiting: Waiting = { admit: resolve, limit };
      this.#waiting.add(waiting);
    });
  }

  /** Once for each place taken. */
  giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next.limit.cancel();
    next.admit(true);
  }
}
