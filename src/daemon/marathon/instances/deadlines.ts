// Many deadlines behind one timer: a binary heap, so that setting, moving and clearing one costs O(log n) and nothing is
// ever scanned.
import type { Clock, Timer } from '../../../world/world.ts';

interface Deadline<K> {
  readonly key: K;
  atMs: number;
  /** Of equal times the one set first comes first. */
  turn: number;
  /** In the heap. */
  index: number;
}

/** One deadline a key. Times are monotonic: a wall clock that is set does not move them. */
export class Deadlines<K> {
  readonly #clock: Clock;
  readonly #onDue: (key: K) => void;
  readonly #heap: Deadline<K>[] = [];
  readonly #byKey = new Map<K, Deadline<K>>();
  #timer: { readonly atMs: number; readonly timer: Timer } | undefined;
  #turns = 0;

  /** `onDue` is called once a deadline, no earlier than it, after it was taken out; it may set it anew. */
  constructor(clock: Clock, onDue: (key: K) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** In `delayMs` from now; moves the one there was. */
  set(key: K, delayMs: number): void {
    const atMs = this.#clock.monotonicMs() + Math.max(0, delayMs);
    this.#turns += 1;
    let deadline = this.#byKey.get(key);
    if (deadline === undefined) {
      deadline = { key, atMs, turn: this.#turns, index: this.#heap.length };
      this.#heap.push(deadline);
      this.#byKey.set(key, deadline);
    } else {
      [deadline.atMs, deadline.turn] = [atMs, this.#turns];
    }
    this.#settle(deadline);
    this.#arm();
  }

  clear(key: K): void {
    const deadline = this.#byKey.get(key);
    if (deadline === undefined) return;
    this.#take(deadline);
    this.#arm();
  }

  /** All of them. */
  clearAll(): void {
    this.#heap.length = 0;
    this.#byKey.clear();
    this.#arm();
  }

  #ring(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (let first = this.#heap[0]; first !== undefined && first.atMs <= nowMs; first = this.#heap[0]) {
      this.#take(first);
      this.#onDue(first.key);
    }
    this.#arm();
  }

  /** One timer, for the first. One that rings too early finds nothing and is set again: better than a new one each time. */
  #arm(): void {
    const first = this.#heap[0];
    if (first !== undefined && this.#timer !== undefined && this.#timer.atMs <= first.atMs) return;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    if (first === undefined) return;
    // In whole ms: a timer for what is left of one by a rounding error would ring in the same moment, again and again.
    const delayMs = Math.max(0, Math.ceil(first.atMs - this.#clock.monotonicMs()));
    const timer = this.#clock.setTimer(delayMs, () => this.#ring());
    this.#timer = { atMs: first.atMs, timer };
  }

  #take(deadline: Deadline<K>): void {
    this.#byKey.delete(deadline.key);
    const last = this.#heap.pop();
    if (last === undefined || last === deadline) return;
    last.index = deadline.index;
    this.#heap[last.index] = last;
    this.#settle(last);
  }

  /** Up or down to where it belongs. */
  #settle(deadline: Deadline<K>): void {
    const heap = this.#heap;
    let { index } = deadline;
    for (;;) {
      const parent = heap[(index - 1) >> 1];
      if (index === 0 || parent === undefined || !isBefore(deadline, parent)) break;
      index = this.#put(parent, index);
    }
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, deadline)) break;
      index = this.#put(child, index);
    }
    this.#put(deadline, index);
  }

  /** Where it was before. */
  #put(deadline: Deadline<K>, index: number): number {
    const before = deadline.index;
    this.#heap[index] = deadline;
    deadline.index = index;
    return before;
  }
}

function isBefore<K>(a: Deadline<K>, b: Deadline<K>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.turn < b.turn);
}
