// The clock of a master that acts only while it is certain to lead: what falls due meanwhile (timers, ends of streams, the
// master's own next steps) waits until it is certain again, and is never done when it is not. Whatever a master does of
// itself begins with a timer, so that nothing has to ask on its own.
import type { Clock, Timer } from '../../world/world.ts';

/** How soon it is noticed that the master may act again, should nobody say so. */
const LOOK_AGAIN_MS = 100;

/** What waits is bounded by the timers that were set: each waits at most once. */
export class LeadingClock implements Clock {
  readonly #clock: Clock;
  readonly #mayAct: () => boolean;
  readonly #waiting = new Set<() => void>();
  #look: Timer | undefined;

  constructor(clock: Clock, mayAct: () => boolean) {
    this.#clock = clock;
    this.#mayAct = mayAct;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  setTimer(delayMs: number, fn: () => void): Timer {
    const act = (): void => fn();
    const timer = this.#clock.setTimer(delayMs, () => this.#run(act));
    return {
      cancel: () => {
        timer.cancel();
        this.#waiting.delete(act);
      },
    };
  }

  /** Ticks that fall into an uncertain time are left out. */
  every(intervalMs: number, fn: () => void): Timer {
    return this.#clock.every(intervalMs, () => {
      if (this.#mayAct()) fn();
    });
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.setTimer(delayMs, resolve);
    });
  }

  /** Resolves once the master may act, never when it may not any more. */
  acting(): Promise<void> {
    return new Promise((resolve) => this.#run(resolve));
  }

  /** The master may act again, perhaps: does what waits, in order. */
  release(): void {
    for (const act of [...this.#waiting]) {
      if (!this.#mayAct()) break;
      if (this.#waiting.delete(act)) act();
    }
    this.#lookAgain();
  }

  /** What waits is never done. */
  stop(): void {
    this.#look?.cancel();
    this.#waiting.clear();
  }

  #run(act: () => void): void {
    if (this.#mayAct()) {
      act();
      return;
    }
    this.#waiting.add(act);
    this.#lookAgain();
  }

  #lookAgain(): void {
    this.#look?.cancel();
    this.#look = undefined;
    if (this.#waiting.size > 0) this.#look = this.#clock.setTimer(LOOK_AGAIN_MS, () => this.release());
  }
}
