// How long to wait before trying again: doubling, jittered so that a thousand clients of a restarted master do not
// come back in step.
import type { Random } from '../world/world.ts';

/** The first wait and the longest one. */
export interface BackOffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** The waits of one thing that is tried again and again; `reset` when it succeeded. */
export class BackOff {
  readonly #random: Random;
  readonly #limits: BackOffLimits;
  #failures = 0;

  constructor(random: Random, limits: BackOffLimits) {
    this.#random = random;
    this.#limits = limits;
  }

  /** Milliseconds to wait before the next try: between half and all of `firstMs · 2^failures`, at most `maxMs`. */
  next(): number {
    const full = Math.min(this.#limits.maxMs, this.#limits.firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return full / 2 + (this.#random.float() * full) / 2;
  }

  /** After a success: the next wait is a first one again. */
  reset(): void {
    this.#failures = 0;
  }
}
