// /metrics and /metrics/prometheus under the original's names (marathon.md 8.4, 22). Gauges are read where they live.
import { type Rates, ratesJson } from '../../../serving/metrics/meter.ts';
import { QUANTILES, type Timer } from '../../../serving/metrics/timer.ts';
import type { MarathonCore } from '../../core.ts';
import type { JsonValue } from '../../model/json.ts';
import type { Traffic } from '../traffic.ts';

/** What gauges read. `startedMs`, monotonic: since when this process leads. */
export type MetricsCore = Pick<
  MarathonCore,
  'groups' | 'instances' | 'kills' | 'deployments' | 'counters' | 'options' | 'world'
> & {
  readonly overdue: { readonly count: number };
  readonly traffic: Traffic;
  readonly startedMs: number;
};

/** Name, prefix included, and value. */
type Named<T> = readonly (readonly [name: string, value: T])[];

/** One moment's values. */
export interface MetricValues {
  readonly counters: Named<number>;
  readonly gauges: Named<number>;
  readonly meters: Named<Rates>;
  readonly timers: Named<Timer>;
  /** Monotonic ms. */
  readonly atMs: number;
}

const TASK_STATES = [
  'staging',
  'starting',
  'running',
  'finished',
  'failed',
  'killing',
  'killed',
  'lost',
  'error',
  'dropped',
  'gone',
  'gone-by-operator',
  'unreachable',
  'unknown',
];
/** Shown from the beginning, so that nobody has to tell "never yet" from "not there". */
const COUNTERS = [
  'deployments.counter',
  'deployments.dismissed.counter',
  'tasks.launched.counter',
  'mesos.calls.revive.counter',
  'mesos.calls.suppress.counter',
  'mesos.offers.incoming.counter',
  'mesos.offers.declined.counter',
  'mesos.offers.used.counter',
  'mesos.offer-operations.launch.counter',
  ...TASK_STATES.map((state) => `mesos.task-updates.task-${state}.counter`),
  'http.requests.size.counter.bytes',
  'http.responses.size.counter.bytes',
  'http.responses.size.gzipped.counter.bytes',
  'http.responses.event-stream.size.counter.bytes',
];

export function metricValues(core: MetricsCore): MetricValues {
  const { groups, instances, kills, deployments, counters, options, world, overdue, traffic, startedMs } = core;
  const nowMs = world.clock.monotonicMs();
  const { totals } = instances;
  const gauges: [string, number][] = [
    ['apps.active.gauge', groups.root.apps.size],
    ['pods.active.gauge', 0],
    ['groups.active.gauge', groups.root.groups.size],
    ['instances.running.gauge', totals.running],
    ['instances.staged.gauge', totals.staged],
    ['instances.launch-overdue.gauge', overdue.count],
    ['instances.inflight-kills.gauge', kills.inFlight.tasks],
    ['instances.inflight-kill-attempts.gauge', kills.inFlight.attempts],
    ['deployments.active.gauge', deployments.running.length],
    ['http.requests.active.gauge', traffic.active],
    ['uptime.gauge.seconds', nowMs / 1000],
    ['leadership.duration.gauge.seconds', (nowMs - startedMs) / 1000],
  ];
  const counted = new Map([...COUNTERS.map((name) => [name, 0] as const), ...counters.entries()]);
  const named = <T, U>(values: Iterable<readonly [string, T]>, read: (value: T) => U): Named<U> =>
    [...values].map(([name, value]) => [`${options.metricsNamePrefix}.${name}`, read(value)] as const);
  return {
    counters: named(counted, (count) => count),
    gauges: named(gauges, (value) => value),
    meters: named(traffic.meters, (meter) => meter.rates(nowMs)),
    timers: named(traffic.timers, (timer) => timer),
    atMs: nowMs,
  };
}

/** The document of /metrics. */
export function metricsJson({ counters, gauges, meters, timers, atMs }: MetricValues): JsonValue {
  const byName = <T>(values: Named<T>, show: (value: T) => JsonValue) =>
    Object.fromEntries(values.map(([name, value]) => [name, show(value)]));
  return {
    version: '4.0.0',
    gauges: byName(gauges, (value) => ({ value })),
    counters: byName(counters, (count) => ({ count })),
    histograms: {},
    meters: byName(meters, (rates) => ({ ...ratesJson(rates), units: 'events/second' })),
    timers: byName(timers, (timer) => timer.json(atMs)),
  };
}

/** Text format 0.0.4. */
export function metricsText({ counters, gauges, meters, timers, atMs }: MetricValues): string {
  const metric = (name: string, type: string, lines: readonly (readonly [suffix: string, value: number])[]) => {
    const legal = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
    return [`# TYPE ${legal} ${type}\n`, ...lines.map(([suffix, value]) => `${legal}${suffix} ${value}\n`)].join('');
  };
  return [
    ...gauges.map(([name, value]) => metric(name, 'gauge', [['', value]])),
    ...counters.map(([name, count]) => metric(name, 'counter', [['', count]])),
    ...meters.map(([name, { count }]) => metric(`${name}_count`, 'counter', [['', count]])),
    ...timers.map(([name, timer]) => {
      const { quantiles } = timer.spread();
      return metric(name, 'summary', [
        ...QUANTILES.map(([, rank], i) => [`{quantile="${rank}"}`, quantiles[i] ?? 0] as const),
        ['_sum', timer.sumSeconds],
        ['_count', timer.rates(atMs).count],
      ]);
    }),
  ].join('');
}
