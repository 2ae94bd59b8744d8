// Work that comes in bursts, done in turns that are short: after a fail-over thousands of agents report within a moment, and
// who reads them all in one go answers nobody else meanwhile, and does not hear from the ensemble that keeps it in office.
import type { Clock } from '../../../world/world.ts';

const MAX_TURN_MS = 10;

/** Nothing is dropped: what waits is bounded by the requests that the listener takes. */
export class ShortTurns {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  /** Of the present turn; undefined when it has done no work yet. */
  #endMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does it at once while this turn is young, else in a later one; in order. What is thrown is the caller's. */
  run<T>(work: () => T | Promise<T>): T | Promise<T> {
    if (this.#waiting.length === 0 && this.#hasTime()) return work();
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #hasTime(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (this.#endMs === undefined) {
      this.#endMs = nowMs + MAX_TURN_MS;
      this.#clock.setTimer(0, () => this.#nextTurn());
    }
    return nowMs < this.#endMs;
  }

  #nextTurn(): void {
    this.#endMs = undefined;
    let done = 0;
    for (const work of this.#waiting) {
      if (!this.#hasTime()) break;
      work();
      done += 1;
    }
    this.#waiting.splice(0, done);
  }
}
