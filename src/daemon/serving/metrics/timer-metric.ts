// A timer metric: the latest duration, and the spread of the recent ones under the original's sub-names
// (`<name>_ms/count`, `/max`, `/min`, `/p50` … `/p9999`; mesos-api.md 11).

/** The spread is over this many of the latest durations. */
const WINDOW = 1024;

const PERCENTILES: readonly (readonly [string, number])[] = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
  ['p9999', 0.9999],
];

/** Keeps a bounded window of durations in ms; `count` and `sumMs` are over all. */
export class TimerMetric {
  /** Ends in `_ms`. */
  readonly name: string;
  readonly #window = new Float64Array(WINDOW);
  #count = 0;
  #sumMs = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Durations ever recorded. */
  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  record(durationMs: number): void {
    this.#window[this.#count % WINDOW] = durationMs;
    this.#count += 1;
    this.#sumMs += durationMs;
  }

  /** Names and values: nothing before the first measurement, no spread before the second, as with the original. */
  values(): [string, number][] {
    if (this.#count === 0) return [];
    const latest = this.#window[(this.#count - 1) % WINDOW] ?? 0;
    if (this.#count === 1) return [[this.name, latest]];
    const sorted = this.#window.slice(0, Math.min(this.#count, WINDOW)).sort();
    return [
      [this.name, latest],
      [`${this.name}/count`, sorted.length],
      [`${this.name}/max`, sorted.at(-1) ?? 0],
      [`${this.name}/min`, sorted[0] ?? 0],
      ...PERCENTILES.map(([name, rank]): [string, number] => [`${this.name}/${name}`, interpolated(sorted, rank)]),
    ];
  }
}

/** Linear between the two neighbours of the rank. */
function interpolated(sorted: Float64Array, rank: number): number {
  const position = rank * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (position - below);
}
