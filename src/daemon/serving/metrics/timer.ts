// How long something takes, as the documents of Marathon and Chronos tell it: how often and how long in all, and the spread of the latest
// durations (marathon.md 8.4, chronos.md 15.1).
import { Meter, type Rates, ratesJson } from './meter.ts';

/** The spread is over this many of the latest durations. */
const WINDOW = 1024;

export const QUANTILES = [
  ['p50', 0.5],
  ['p75', 0.75],
  ['p95', 0.95],
  ['p98', 0.98],
  ['p99', 0.99],
  ['p999', 0.999],
] as const;

/** Seconds, over the window; all 0 before the first. `quantiles` are in the order of QUANTILES. */
export interface Spread {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly stddev: number;
  readonly quantiles: readonly number[];
}

export class Timer {
  readonly #meter: Meter;
  readonly #window = new Float64Array(WINDOW);
  #count = 0;
  #sumSeconds = 0;

  /** All times are monotonic ms. */
  constructor(nowMs: number) {
    this.#meter = new Meter(nowMs);
  }

  /** Of all durations ever, not only of the window. */
  get sumSeconds(): number {
    return this.#sumSeconds;
  }

  record(startMs: number, nowMs: number): void {
    const seconds = (nowMs - startMs) / 1000;
    this.#window[this.#count % WINDOW] = seconds;
    this.#count += 1;
    this.#sumSeconds += seconds;
    this.#meter.mark(nowMs);
  }

  rates(nowMs: number): Rates {
    return this.#meter.rates(nowMs);
  }

  /** As Dropwizard writes it. */
  json(nowMs: number): Readonly<Record<string, number | string>> {
    const { min, mean, max, stddev, quantiles } = this.spread();
    return {
      ...ratesJson(this.rates(nowMs)),
      min,
      mean,
      max,
      ...Object.fromEntries(QUANTILES.map(([name], i) => [name, quantiles[i] ?? 0])),
      stddev,
      duration_units: 'seconds',
      rate_units: 'calls/second',
    };
  }

  spread(): Spread {
    const sorted = this.#window.slice(0, Math.min(this.#count, WINDOW)).sort();
    const size = sorted.length;
    if (size === 0) return { min: 0, mean: 0, max: 0, stddev: 0, quantiles: QUANTILES.map(() => 0) };
    const mean = sorted.reduce((sum, seconds) => sum + seconds, 0) / size;
    const variance = sorted.reduce((sum, seconds) => sum + (seconds - mean) ** 2, 0) / Math.max(1, size - 1);
    const quantiles = QUANTILES.map(([, rank]) => sorted[Math.min(size - 1, Math.floor(rank * size))] ?? 0);
    return { min: sorted[0] ?? 0, mean, max: sorted[size - 1] ?? 0, stddev: Math.sqrt(variance), quantiles };
  }
}
