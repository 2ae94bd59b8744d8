// Does sliced work a few milliseconds at a time, between everything else that the process has to do: however many want
// something large, nobody waits for them longer than one slice.
import type { Clock } from '../../../world/world.ts';
import type { Sliced } from './sliced.ts';

const SLICE_MS = 8;

interface Job {
  /** False once it has come to its end. */
  readonly step: () => boolean;
}

/** One per daemon: all work together has one slice a turn. How much there is at a time is bounded by who asks for it. */
export class Slices {
  readonly #clock: Clock;
  #jobs: Job[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins in a later turn, with others' work in turns of a slice each. Rejects with what it throws. */
  run<T>(work: Sliced<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const step = (): boolean => {
        try {
          const { done, value } = work.next();
          if (done === true) resolve(value);
          return done !== true;
        } catch (error) {
          reject(error);
          return false;
        }
      };
      this.#jobs.push({ step });
      if (this.#jobs.length === 1) this.#clock.setTimer(0, () => this.#turn());
    });
  }

  #turn(): void {
    const endMs = this.#clock.monotonicMs() + SLICE_MS;
    // Set before the work is done: it rings as soon as others had their turn.
    const [first] = this.#jobs;
    if (first === undefined) return;
    const next = this.#clock.setTimer(0, () => this.#turn());
    do {
      const [job] = this.#jobs;
      if (job === undefined) break;
      if (!job.step()) this.#jobs.shift();
    } while (this.#clock.monotonicMs() < endMs);
    const [current] = this.#jobs;
    if (current === undefined) next.cancel();
    else if (this.#jobs.length > 1) this.#jobs = [...this.#jobs.slice(1), current];
  }
}
