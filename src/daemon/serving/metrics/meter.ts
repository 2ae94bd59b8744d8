// How often something happens: since the beginning, and over the last 1, 5 and 15 minutes as moving averages, in the way
// of Unix load averages (marathon.md 8.4, chronos.md 15.1). Needs no timer: what has passed is caught up when it is looked at.

/** Averages move on once in so many seconds. */
const TICK_SECONDS = 5;
const MINUTES = [1, 5, 15] as const;

/** Rates are per second. */
export interface Rates {
  readonly count: number;
  readonly m1: number;
  readonly m5: number;
  readonly m15: number;
  readonly mean: number;
}

/** As Dropwizard writes them. */
export function ratesJson({ count, m1, m5, m15, mean }: Rates): Record<string, number> {
  return { count, m1_rate: m1, m5_rate: m5, m15_rate: m15, mean_rate: mean };
}

/** Costs the same however much happens, and however long nothing did. */
export class Meter {
  readonly #startMs: number;
  readonly #averages = MINUTES.map((minutes) => ({ alpha: 1 - Math.exp(-TICK_SECONDS / 60 / minutes), rate: 0 }));
  #count = 0;
  /** Since the last tick. */
  #recent = 0;
  #ticks = 0;

  /** All times are monotonic ms. */
  constructor(nowMs: number) {
    this.#startMs = nowMs;
  }

  mark(nowMs: number): void {
    this.#catchUp(nowMs);
    this.#count += 1;
    this.#recent += 1;
  }

  rates(nowMs: number): Rates {
    this.#catchUp(nowMs);
    const [m1 = 0, m5 = 0, m15 = 0] = this.#averages.map(({ rate }) => rate);
    const seconds = (nowMs - this.#startMs) / 1000;
    return { count: this.#count, m1, m5, m15, mean: seconds > 0 ? this.#count / seconds : 0 };
  }

  #catchUp(nowMs: number): void {
    const due = Math.floor((nowMs - this.#startMs) / 1000 / TICK_SECONDS);
    const passed = due - this.#ticks;
    if (passed <= 0) return;
    const rate = this.#recent / TICK_SECONDS;
    for (const average of this.#averages) {
      // The first one is where the average begins; in the ticks after the one that had everything, nothing happened.
      average.rate = this.#ticks === 0 ? rate : average.rate + average.alpha * (rate - average.rate);
      average.rate *= (1 - average.alpha) ** (passed - 1);
    }
    this.#recent = 0;
    this.#ticks = due;
  }
}
