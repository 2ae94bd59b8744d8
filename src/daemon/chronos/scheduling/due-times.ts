// Many due times behind one timer (chronos.md 4.4.6). Time is asked for anew at each wake, 10 s apart at most: a wall clock that is set is
// noticed.
import type { Clock, Timer } from '../../../world/world.ts';
import { DueQueue } from '../../serving/due-queue.ts';

/** It looks at the clock at least this often. */
export const MAX_SLEEP_MS = 10_000;

/** One time a key. `wall`: the times are of the wall clock, which may jump; `monotonic`: they are what is left of a while. */
export class DueTimes<K> {
  readonly #clock: Clock;
  readonly #nowMs: () => number;
  readonly #onDue: (key: K) => void;
  readonly #queue = new DueQueue<K>();
  #timer: { readonly atMs: number; readonly timer: Timer } | undefined;
  #isRinging = false;

  /** `onDue` is called no earlier than the time, after it was taken out; it may set it anew. */
  constructor(clock: Clock, kind: 'wall' | 'monotonic', onDue: (key: K) => void) {
    this.#clock = clock;
    this.#nowMs = kind === 'wall' ? () => clock.nowMs() : () => clock.monotonicMs();
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#queue.size;
  }

  /** What `set` counts from. */
  nowMs(): number {
    return this.#nowMs();
  }

  /** Moves the one there was. */
  set(key: K, atMs: number): void {
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
    const nowMs = this.#nowMs();
    this.#isRinging = true;
    for (let { first } = this.#queue; first !== undefined && first.atMs <= nowMs; first = this.#queue.first) {
      this.#queue.clear(first.key);
      this.#onDue(first.key);
    }
    this.#isRinging = false;
    this.#arm();
  }

  /** One timer, for the first. One that rings too early finds nothing and is set again: better than a new one each time. */
  #arm(): void {
    if (this.#isRinging) return;
    const { first } = this.#queue;
    if (first !== undefined && this.#timer !== undefined && this.#timer.atMs <= first.atMs) return;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    if (first === undefined) return;
    // In whole ms: a timer for what is left of one by a rounding error would ring in the same moment, again and again.
    const delayMs = Math.min(MAX_SLEEP_MS, Math.max(0, Math.ceil(first.atMs - this.#nowMs())));
    const timer = this.#clock.setTimer(delayMs, () => this.#ring());
    this.#timer = { atMs: first.atMs, timer };
  }
}
