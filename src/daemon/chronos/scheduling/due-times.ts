// Many due times behind one timer (chronos.md 4.4.6): a binary heap, so that setting, moving and clearing one costs O(log n) and nothing
// is ever scanned. Time is asked for anew at each wake, 10 s apart at most: a wall clock that is set is noticed.
import type { Clock, Timer } from '../../../world/world.ts';

interface Due<K> {
  readonly key: K;
  atMs: number;
  /** Of equal times the one set first comes first. */
  turn: number;
  /** In the heap. */
  index: number;
}

/** It looks at the clock at least this often. */
export const MAX_SLEEP_MS = 10_000;

/** One time a key. `wall`: the times are of the wall clock, which may jump; `monotonic`: they are what is left of a while. */
export class DueTimes<K> {
  readonly #clock: Clock;
  readonly #nowMs: () => number;
  readonly #onDue: (key: K) => void;
  readonly #heap: Due<K>[] = [];
  readonly #byKey = new Map<K, Due<K>>();
  #timer: { readonly atMs: number; readonly timer: Timer } | undefined;
  #turns = 0;
  #isRinging = false;

  /** `onDue` is called no earlier than the time, after it was taken out; it may set it anew. */
  constructor(clock: Clock, kind: 'wall' | 'monotonic', onDue: (key: K) => void) {
    this.#clock = clock;
    this.#nowMs = kind === 'wall' ? () => clock.nowMs() : () => clock.monotonicMs();
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** What `set` counts from. */
  nowMs(): number {
    return this.#nowMs();
  }

  /** Moves the one there was. */
  set(key: K, atMs: number): void {
    this.#turns += 1;
    let due = this.#byKey.get(key);
    if (due === undefined) {
      due = { key, atMs, turn: this.#turns, index: this.#heap.length };
      this.#heap.push(due);
      this.#byKey.set(key, due);
    } else {
      [due.atMs, due.turn] = [atMs, this.#turns];
    }
    this.#settle(due);
    this.#arm();
  }

  clear(key: K): void {
    const due = this.#byKey.get(key);
    if (due === undefined) return;
    this.#take(due);
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
    const nowMs = this.#nowMs();
    this.#isRinging = true;
    for (let first = this.#heap[0]; first !== undefined && first.atMs <= nowMs; first = this.#heap[0]) {
      this.#take(first);
      this.#onDue(first.key);
    }
    this.#isRinging = false;
    this.#arm();
  }

  /** One timer, for the first. One that rings too early finds nothing and is set again: better than a new one each time. */
  #arm(): void {
    if (this.#isRinging) return;
    const first = this.#heap[0];
    if (first !== undefined && this.#timer !== undefined && this.#timer.atMs <= first.atMs) return;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    if (first === undefined) return;
    // In whole ms: a timer for what is left of one by a rounding error would ring in the same moment, again and again.
    const delayMs = Math.min(MAX_SLEEP_MS, Math.max(0, Math.ceil(first.atMs - this.#nowMs())));
    const timer = this.#clock.setTimer(delayMs, () => this.#ring());
    this.#timer = { atMs: first.atMs, timer };
  }

  #take(due: Due<K>): void {
    this.#byKey.delete(due.key);
    const last = this.#heap.pop();
    if (last === undefined || last === due) return;
    last.index = due.index;
    this.#heap[last.index] = last;
    this.#settle(last);
  }

  /** Up or down to where it belongs. */
  #settle(due: Due<K>): void {
    const heap = this.#heap;
    let { index } = due;
    for (;;) {
      const parent = heap[(index - 1) >> 1];
      if (index === 0 || parent === undefined || !isBefore(due, parent)) break;
      index = this.#put(parent, index);
    }
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, due)) break;
      index = this.#put(child, index);
    }
    this.#put(due, index);
  }

  /** Where it was before. */
  #put(due: Due<K>, index: number): number {
    const before = due.index;
    this.#heap[index] = due;
    due.index = index;
    return before;
  }
}

function isBefore<K>(a: Due<K>, b: Due<K>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.turn < b.turn);
}
