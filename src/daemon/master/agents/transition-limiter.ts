// `--agent_removal_rate_limit`: at most so many agents become unreachable in a time; the others wait in line
// (mesos-semantics.md 7.2).
import type { Clock, Timer } from '../../../world/world.ts';
import type { RateLimit } from '../flags/rate-limit.ts';

export interface PendingTransition {
  /** Harmless once the transition has begun. */
  cancel(): void;
}

/**
 * A line of transitions, begun in order, evenly spaced: `periodMs / count` apart. Without a limit all begin at the end
 * of the turn.
 */
export class TransitionLimiter {
  readonly #clock: Clock;
  /** Between two transitions; 0 = no limit. */
  readonly #spacingMs: number;
  #line: (() => void)[] = [];
  #nextMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(clock: Clock, limit: RateLimit | undefined) {
    this.#clock = clock;
    this.#spacingMs = limit === undefined ? 0 : limit.periodMs / limit.count;
  }

  /** Calls `begin` in its turn, never from inside this call. */
  schedule(begin: () => void): PendingTransition {
    this.#line.push(begin);
    this.#arm();
    return {
      cancel: () => {
        this.#line = this.#line.filter((waiting) => waiting !== begin);
      },
    };
  }

  stop(): void {
    this.#line = [];
    this.#timer?.cancel();
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#line.length === 0) return;
    const delayMs = Math.max(0, this.#nextMs - this.#clock.monotonicMs());
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      const due = this.#spacingMs === 0 ? this.#line.splice(0) : this.#line.splice(0, 1);
      if (due.length > 0) this.#nextMs = this.#clock.monotonicMs() + this.#spacingMs;
      for (const begin of due) begin();
      this.#arm();
    });
  }
}
