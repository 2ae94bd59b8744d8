// What a framework, a role or everybody has in use, now and over time.
import { TimeSeries } from './time-series.ts';

/** Names of scalars, each with its place in vectors, and how much of it there is. */
export interface ClusterScale {
  readonly names: readonly string[];
  readonly totals: Float64Array;
}

export class Account {
  readonly #scale: ClusterScale;
  readonly #inUse: Float64Array;
  readonly #byResource: readonly TimeSeries[];
  readonly #dominant = new TimeSeries();
  /** Largest part of the cluster's total of anything, now. */
  share = 0;

  constructor(scale: ClusterScale) {
    this.#scale = scale;
    this.#inUse = new Float64Array(scale.names.length);
    this.#byResource = scale.names.map(() => new TimeSeries());
  }

  /** `sign` 1: a task has a place; -1: it is over. */
  change(amounts: Float64Array, sign: 1 | -1, nowMs: number): void {
    let share = 0;
    const { totals } = this.#scale;
    for (let index = 0; index < amounts.length; index++) {
      const used = (this.#inUse[index] ?? 0) + sign * (amounts[index] ?? 0);
      // What rounding leaves of nothing is nothing.
      this.#inUse[index] = used < 1e-6 ? 0 : used;
      const total = totals[index] ?? 0;
      const part = total === 0 ? 0 : (this.#inUse[index] ?? 0) / total;
      this.#byResource[index]?.set(part, nowMs);
      if (part > share) share = part;
    }
    this.share = share;
    this.#dominant.set(share, nowMs);
  }

  /** Name → part of the cluster's total, mean from 0 to `endMs`. */
  utilisation(endMs: number): Record<string, number> {
    return this.#perResource((series) => series.mean(endMs));
  }

  utilisationOverTime(count: number, endMs: number): Record<string, number[]> {
    return this.#perResource((series) => series.parts(count, endMs));
  }

  meanShare(endMs: number): number {
    return this.#dominant.mean(endMs);
  }

  shareOverTime(count: number, endMs: number): number[] {
    return this.#dominant.parts(count, endMs);
  }

  #perResource<T>(answer: (series: TimeSeries) => T): Record<string, T> {
    return Object.fromEntries(
      this.#byResource.map((series, index) => [this.#scale.names[index] ?? '', answer(series)] as const),
    );
  }
}
