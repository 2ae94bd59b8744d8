// All metrics of a daemon under the original's names (mesos-api.md 11). Nothing is kept twice: counters and gauges are read
// from where they live when somebody asks.
import type { TimerMetric } from './timer-metric.ts';

/** A counter only grows while the daemon runs. */
export type MetricKind = 'counter' | 'gauge';

/** Tells its metrics one by one; called for every snapshot, synchronously, and never throws. */
export type MetricSource = (add: (name: string, value: number) => void) => void;

/** One metric at one moment. */
export interface MetricSample {
  readonly name: string;
  readonly value: number;
  readonly kind: MetricKind;
}

/** One per daemon. Sources are called for every snapshot, so they must be cheap. */
export class MetricRegistry {
  readonly #sources: { readonly kind: MetricKind; readonly source: MetricSource }[] = [];
  readonly #timers: TimerMetric[] = [];

  /** Values that go up and down. */
  addGauges(source: MetricSource): this {
    this.#sources.push({ kind: 'gauge', source });
    return this;
  }

  /** Values that only grow while the daemon runs. */
  addCounters(source: MetricSource): this {
    this.#sources.push({ kind: 'counter', source });
    return this;
  }

  /** One gauge. */
  gauge(name: string, value: () => number): this {
    return this.addGauges((add) => add(name, value()));
  }

  addTimers(...timers: readonly TimerMetric[]): this {
    this.#timers.push(...timers);
    return this;
  }

  get timers(): readonly TimerMetric[] {
    return this.#timers;
  }

  /** Every counter and gauge with its value now, unsorted, without the timers. */
  samples(): MetricSample[] {
    const samples: MetricSample[] = [];
    for (const { kind, source } of this.#sources) {
      source((name, value) => samples.push({ name, value, kind }));
    }
    return samples;
  }

  /** Every name and value, timers included, sorted by name. A name that two sources tell counts once, the later one. */
  snapshot(): [string, number][] {
    const values = new Map<string, number>();
    for (const { source } of this.#sources) source((name, value) => values.set(name, value));
    for (const timer of this.#timers) {
      for (const [name, value] of timer.values()) values.set(name, value);
    }
    // Without a comparison of its own: with thousands of frameworks' metrics that would be most of the work.
    return [...values.keys()].sort().map((name) => [name, values.get(name) as number]);
  }
}
