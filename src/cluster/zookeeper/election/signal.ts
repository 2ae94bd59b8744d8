// Wakes one loop that waits for any of several things to happen.
import type { Clock } from '../../../world/world.ts';

/** What happens between two waits is remembered: the next `wait` returns at once. */
export class Signal {
  readonly #clock: Pick<Clock, 'setTimer'>;
  #isRaised = false;
  #wake: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'setTimer'>) {
    this.#clock = clock;
  }

  /** May be passed as a callback. */
  readonly raise = (): void => {
    this.#isRaised = true;
    this.#wake?.();
  };

  /** Resolves when it was raised since the last wait, or after `atMostMs`. Only one may wait at a time. */
  async wait(atMostMs?: number): Promise<void> {
    if (!this.#isRaised) {
      await new Promise<void>((resolve) => {
        const timer = atMostMs === undefined ? undefined : this.#clock.setTimer(atMostMs, () => this.#wake?.());
        this.#wake = () => {
          timer?.cancel();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#isRaised = false;
  }
}
