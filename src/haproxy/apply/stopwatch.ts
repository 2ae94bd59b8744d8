// How long each stage of a turn took, and a place for tests to stop it between any two.
import type { Clock } from '../../world/world.ts';
import type { StageName } from './report.ts';

/** One per turn. */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #entered: (stage: StageName) => void;
  readonly #startMs: number;
  readonly stages: { readonly name: StageName; readonly ms: number }[] = [];

  /** `entered` is told the name of each stage before it begins. */
  constructor(clock: Clock, entered: (stage: StageName) => void) {
    this.#clock = clock;
    this.#entered = entered;
    this.#startMs = clock.monotonicMs();
  }

  get totalMs(): number {
    return this.#clock.monotonicMs() - this.#startMs;
  }

  /** Runs a stage and notes its time, however it ends. */
  async stage<T>(name: StageName, work: () => T | Promise<T>): Promise<T> {
    const startMs = this.#clock.monotonicMs();
    try {
      this.#entered(name);
      return await work();
    } finally {
      this.stages.push({ name, ms: this.#clock.monotonicMs() - startMs });
    }
  }
}
