// How long the agent waits before it registers: at random within a span that doubles with every try, so that a thousand
// agents of a restarted master do not come at once (mesos-semantics.md 7.1).
import type { Random } from '../../../world/world.ts';

/** No wait is longer, whatever the factor. */
export const MAX_BACK_OFF_MS = 60_000;

/** Unlike the client's BackOff a wait may be next to nothing: the whole span is used (mesos-semantics.md 7.1). */
export class RegistrationBackOff {
  readonly #random: Random;
  readonly #factorMs: number;
  #tries = 0;

  /** `factorMs`: --registration_backoff_factor. */
  constructor(random: Random, factorMs: number) {
    this.#random = random;
    this.#factorMs = factorMs;
  }

  /** Milliseconds until the next try, in [0, factor · 2^tries], at most a minute. */
  next(): number {
    const spanMs = Math.min(MAX_BACK_OFF_MS, this.#factorMs * 2 ** Math.min(this.#tries, 30));
    this.#tries += 1;
    return this.#random.float() * spanMs;
  }

  /** Registered, or another master: the next wait is a first one. */
  reset(): void {
    this.#tries = 0;
  }
}
