// How talkative the log is: as the flags say, or as somebody asked for, for good or for a while (marathon.md 8.5).
import type { Clock, Timer } from '../../../world/world.ts';

/** From the most talkative on. */
export type Level = 'debug' | 'info' | 'warn' | 'error';

/** What was asked for last counts. */
export class LogLevels {
  #level: Level;
  readonly #usual: Level;
  readonly #clock: Pick<Clock, 'setTimer'>;
  readonly #apply: (level: Level) => void;
  #back: Timer | undefined;

  /** `apply` is not called for `usual`, which is in force already. */
  constructor(clock: Pick<Clock, 'setTimer'>, usual: Level, apply: (level: Level) => void = () => undefined) {
    this.#clock = clock;
    this.#level = usual;
    this.#usual = usual;
    this.#apply = apply;
  }

  get level(): Level {
    return this.#level;
  }

  /** For so long, then as usual again; for good when no duration is given. */
  set(level: Level, durationSeconds?: number): void {
    this.stop();
    this.#level = level;
    this.#apply(level);
    if (durationSeconds === undefined) return;
    this.#back = this.#clock.setTimer(durationSeconds * 1000, () => this.set(this.#usual));
  }

  /** The level stays as it is. */
  stop(): void {
    this.#back?.cancel();
    this.#back = undefined;
  }
}
