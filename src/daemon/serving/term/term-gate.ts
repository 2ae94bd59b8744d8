// What every act of a term of leadership goes through: while it is not certain that we lead, acts wait; once the term is
// over, nothing that was begun in it is done or heard of any more, whoever still holds on to a timer, a promise or a stream.
import type { Clock, Timer } from '../../../world/world.ts';

/** How soon it is noticed that we may act again, should nobody say so. */
const LOOK_AGAIN_MS = 100;

/** One a term. What waits is bounded by who waits: each timer and each exchange at most once. */
export class TermGate {
  readonly #clock: Clock;
  readonly #mayLead: () => boolean;
  readonly #waiting = new Set<() => void>();
  #look: Timer | undefined;
  #isOver = false;

  /** `mayLead`: whether nobody else can lead at this moment. */
  constructor(clock: Clock, mayLead: () => boolean) {
    this.#clock = clock;
    this.#mayLead = mayLead;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  mayAct(): boolean {
    return !this.#isOver && this.#mayLead();
  }

  /** Does it now, or as soon as we may act, in the order of the calls; never after the end. What it answers takes it back. */
  act(fn: () => void): () => void {
    // One of its own, so that a function may wait twice.
    const act = (): void => fn();
    if (this.#waiting.size === 0 && this.mayAct()) act();
    else if (!this.#isOver) {
      this.#waiting.add(act);
      this.#lookAgain();
    }
    return () => void this.#waiting.delete(act);
  }

  /** Resolves once we may act, never when the term ends before that. */
  acting(): Promise<void> {
    return new Promise((resolve) => void this.act(resolve));
  }

  /** Begins it when we may act, and gives its outcome; stays open when the term ends before that. */
  begin<T>(act: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.act(() => void this.outcome(act()).then(resolve, reject));
    });
  }

  /** The same outcome, once we may act: what follows from it is ours to do. Stays open when the term is over by then. */
  outcome<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => void this.act(() => resolve(value)),
        (error: unknown) => void this.act(() => reject(error)),
      );
    });
  }

  /** We may act again, perhaps: does what waits, in order. */
  release(): void {
    // What they add meanwhile is done at the end of the row, too.
    for (const act of this.#waiting) {
      if (!this.mayAct()) break;
      this.#waiting.delete(act);
      act();
    }
    this.#lookAgain();
  }

  /** What waits is never done. */
  end(): void {
    this.#isOver = true;
    this.#look?.cancel();
    this.#waiting.clear();
  }

  #lookAgain(): void {
    this.#look?.cancel();
    this.#look = undefined;
    if (this.#waiting.size === 0) return;
    if (this.mayAct()) queueMicrotask(() => this.release());
    else this.#look = this.#clock.setTimer(LOOK_AGAIN_MS, () => this.release());
  }
}
