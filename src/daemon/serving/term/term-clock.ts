// The clock of a term of leadership: what falls due while we may not act waits, and no timer outlives the term. Whatever a
// daemon does of itself begins with a timer, so that nothing has to ask on its own.
import type { Clock, Timer } from '../../../world/world.ts';
import type { TermGate } from './term-gate.ts';

const NEVER: Timer = { cancel: () => undefined };

/** As the clock it stands on, between the beginning and the end of a term. */
export class TermClock implements Clock {
  readonly #clock: Clock;
  readonly #gate: TermGate;
  readonly #timers = new Set<Timer>();

  constructor(clock: Clock, gate: TermGate) {
    this.#clock = clock;
    this.#gate = gate;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  setTimer(delayMs: number, fn: () => void): Timer {
    if (this.#gate.isOver) return NEVER;
    let takeBack: (() => void) | undefined;
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      takeBack = this.#gate.act(fn);
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        timer.cancel();
        this.#timers.delete(timer);
        takeBack?.();
      },
    };
  }

  /** Ticks that fall into an uncertain time are left out. */
  every(intervalMs: number, fn: () => void): Timer {
    if (this.#gate.isOver) return NEVER;
    const timer = this.#clock.every(intervalMs, () => {
      if (this.#gate.mayAct()) fn();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        timer.cancel();
        this.#timers.delete(timer);
      },
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.setTimer(delayMs, resolve);
    });
  }

  /** Nothing rings any more. */
  end(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
