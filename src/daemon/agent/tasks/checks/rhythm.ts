// When one check looks at its task: after a delay, and again an interval after each result. Never two looks at once.
import type { Clock, Timer } from '../../../../world/world.ts';
import type { Background } from '../../background.ts';

/** Between a result and the next look, however short the interval: a check must not become a busy loop. */
const SHORTEST_PAUSE_MS = 50;

export interface RhythmOptions {
  readonly clock: Clock;
  readonly background: Background;
  readonly intervalMs: number;
  /** Takes one look. */
  readonly look: () => Promise<void>;
  /** Asked before each look; once it says no there are no more. */
  readonly isWanted: () => boolean;
}

/** Starts once, ends once. */
export class Rhythm {
  readonly #options: RhythmOptions;
  #timer: Timer | undefined;
  #isOver = false;

  constructor(options: RhythmOptions) {
    this.#options = options;
  }

  start(delayMs: number): void {
    this.#wait(delayMs);
  }

  /** A look under way goes on; none comes after it. */
  end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  #wait(delayMs: number): void {
    const { clock, background } = this.#options;
    // Infinity: never.
    if (this.#isOver || !Number.isFinite(delayMs)) return;
    this.#timer = clock.setTimer(delayMs, () => background.run('check', () => this.#beat()));
  }

  async #beat(): Promise<void> {
    const { look, isWanted, intervalMs } = this.#options;
    if (this.#isOver || !isWanted()) return;
    await look();
    if (isWanted()) this.#wait(Math.max(intervalMs, SHORTEST_PAUSE_MS));
  }
}
