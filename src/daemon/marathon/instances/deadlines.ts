// Many deadlines behind one timer; setting, moving and clearing one costs O(log n).
import type { Clock, Timer } from '../../../world/world.ts';
import { DueQueue } from '../../serving/due-queue.ts';

/** One deadline a key. Times are monotonic: a wall clock that is set does not move them. */
export class Deadlines<K> {
  readonly #clock: Clock;
  readonly #onDue: (key: K) => void;
  readonly #queue = new DueQueue<K>();
  #timer: { readonly atMs: number; readonly timer: Timer } | undefined;

  /** `onDue` is called once a deadline, no earlier than it, after it was taken out; it may set it anew. */
  constructor(clock: Clock, onDue: (key: K) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#queue.size;
  }

  /** In `delayMs` from now; moves the one there was. */
  set(key: K, delayMs: number): void {
    const atMs = this.#clock.monotonicMs() + Math.max(0, delayMs);
    this.#queue.set(key, atMs);
    this.#arm();
  }

  clear(key: K): void {
    if (this.#queue.clear(key)) this.#arm();
  }

  /** All of them. */
  clearAll(): void {
    this.#queue.clearAll();
    this.#arm();
  }

  #ring(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (let { first } = this.#queue; first !== undefined && first.atMs <= nowMs; first = this.#queue.first) {
      this.#queue.clear(first.key);
      this.#onDue(first.key);
    }
    this.#arm();
  }

  /** One timer, for the first. One that rings too early finds nothing and is set again: better than a new one each time. */
  #arm(): void {
    const { first } = this.#queue;
    if (first !== undefined && this.#timer !== undefined && this.#timer.atMs <= first.atMs) return;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    if (first === undefined) return;
    // In whole ms: a timer for what is left of one by a rounding error would ring in the same moment, again and again.
    const delayMs = Math.max(0, Math.ceil(first.atMs - this.#clock.monotonicMs()));
    const timer = this.#clock.setTimer(delayMs, () => this.#ring());
    this.#timer = { atMs: first.atMs, timer };
  }
}
