// The verbosity switch of /logging/toggle and the logging-level calls: a number above the normal 0, which goes back by itself
// after the given time.
import type { Clock, Timer } from '../../../world/world.ts';

/** Verbosity without a toggle. */
const NORMAL_LEVEL = 0;

/** One switch per daemon: setting it again starts the time anew. */
export class LoggingLevel {
  readonly #clock: Clock;
  readonly #apply: (level: number) => void;
  #level = NORMAL_LEVEL;
  #reset: Timer | undefined;

  /** `apply` makes the log more or less talkative: level 1 and above shows debug lines. */
  constructor(clock: Clock, apply: (level: number) => void) {
    this.#clock = clock;
    this.#apply = apply;
  }

  get level(): number {
    return this.#level;
  }

  set(level: number, durationMs: number): void {
    this.#reset?.cancel();
    this.#change(level);
    this.#reset = this.#clock.setTimer(durationMs, () => this.#change(NORMAL_LEVEL));
  }

  #change(level: number): void {
    this.#level = level;
    this.#apply(level);
  }
}
