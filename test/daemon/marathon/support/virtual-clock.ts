// A clock that stands still until a test moves it.
import type { Clock, Timer } from '../../../../src/world/world.ts';

interface Entry {
  readonly atMs: number;
  readonly fn: () => void;
  isCancelled: boolean;
}

export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  /** Latest first. */
  #entries: Entry[] = [];
  /** About how many of them will not fire. */
  #cancelled = 0;

  constructor(startMs = Date.parse('2021-01-02T00:00:00.000Z')) {
    this.#startMs = startMs;
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  setTimer(delayMs: number, fn: () => void): Timer {
    const entry: Entry = { atMs: this.#nowMs + Math.max(0, delayMs), fn, isCancelled: false };
    this.#entries.splice(this.#placeOf(entry.atMs), 0, entry);
    return {
      cancel: () => {
        if (entry.isCancelled) return;
        entry.isCancelled = true;
        this.#cancelled += 1;
        // Tests may set and cancel a great many.
        if (this.#cancelled * 2 <= this.#entries.length + 100) return;
        this.#entries = this.#entries.filter(({ isCancelled }) => !isCancelled);
        this.#cancelled = 0;
      },
    };
  }

  /** Before those of the same time, as the last one is the first to fire. */
  #placeOf(atMs: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.atMs ?? 0) > atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  every(intervalMs: number, fn: () => void): Timer {
    let timer = this.setTimer(intervalMs, () => tick());
    const tick = () => {
      timer = this.setTimer(intervalMs, () => tick());
      fn();
    };
    return { cancel: () => timer.cancel() };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.setTimer(delayMs, resolve));
  }

  /** Timers that will still fire. */
  get pending(): number {
    return this.#entries.filter(({ isCancelled }) => !isCancelled).length;
  }

  /** Fires what is due, in order, letting promises settle before and after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (;;) {
      const next = this.#entries.at(-1);
      if (next === undefined || next.atMs > endMs) break;
      this.#entries.pop();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      if (next.isCancelled) continue;
      next.fn();
      await settled();
    }
    this.#nowMs = endMs;
  }
}

/** Everything that can go on without time passing has done so. */
export async function settled(): Promise<void> {
  // What a fake answers in a turn of its own may lead to one more.
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
