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
  /** In order. A set, because thousands of agents may come back before their turn, and each leaves the line then. */
  readonly #line = new Set<() => void>();
  #nextMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(clock: Clock, limit: RateLimit | undefined) {
    this.#clock = clock;
    this.#spacingMs = limit === undefined ? 0 : limit.periodMs / limit.count;
  }

  /** Calls `begin` in its turn, never from inside this call. */
  schedule(begin: () => void): PendingTransition {
    const waiting = (): void => begin();
    this.#line.add(waiting);
    this.#arm();
    return {
      cancel: () => {
        this.#line.delete(waiting);
      },
    };
  }

  stop(): void {
    this.#line.clear();
    this.#timer?.cancel();
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#line.size === 0) return;
    const delayMs = Math.max(0, this.#nextMs - this.#clock.monotonicMs());
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      const due = this.#takeDue();
      if (due.length > 0) this.#nextMs = this.#clock.monotonicMs() + this.#spacingMs;
      for (const begin of due) begin();
      this.#arm();
    });
  }

  /** All without a limit, else the first. */
  #takeDue(): readonly (() => void)[] {
    const due: (() => void)[] = [];
    for (const begin of this.#line) {
      due.push(begin);
      this.#line.delete(begin);
      if (this.#spacingMs > 0) break;
    }
    return due;
  }
}
