// /metrics and /metrics/prometheus under the original's names (marathon.md 8.4, 22). Gauges are read where they live.
import type { MarathonCore } from '../../core.ts';
import type { JsonValue } from '../../model/json.ts';

/** What gauges read. */
export type MetricsCore = Pick<
  MarathonCore,
  'groups' | 'instances' | 'kills' | 'deployments' | 'counters' | 'options' | 'world'
>;

/** One moment's values by dotted name, prefix included. */
export interface MetricValues {
  readonly counters: readonly (readonly [string, number])[];
  readonly gauges: readonly (readonly [string, number])[];
}

/** `startedMs`, monotonic: since when this process leads. */
export function metricValues(core: MetricsCore, startedMs: number): MetricValues {
  const { groups, instances, kills, deployments, counters, options, world } = core;
  const seconds = (world.clock.monotonicMs() - startedMs) / 1000;
  const { totals } = instances;
  const gauges: [string, number][] = [
    ['apps.active.gauge', groups.root.apps.size],
    ['pods.active.gauge', 0],
    ['groups.active.gauge', groups.root.groups.size],
    ['instances.running.gauge', totals.running],
    ['instances.staged.gauge', totals.staged],
    ['instances.inflight-kills.gauge', kills.inFlight.tasks],
    ['instances.inflight-kill-attempts.gauge', kills.inFlight.attempts],
    ['deployments.active.gauge', deployments.running.length],
    ['uptime.gauge.seconds', seconds],
    ['leadership.duration.gauge.seconds', seconds],
  ];
  const withPrefix = (values: Iterable<readonly [string, number]>) =>
    [...values].map(([name, value]) => [`${options.metricsNamePrefix}.${name}`, value] as const);
  return { counters: withPrefix(counters.entries()), gauges: withPrefix(gauges) };
}

/** The document of /metrics. */
export function metricsJson({ counters, gauges }: MetricValues): JsonValue {
  return {
    version: '4.0.0',
    gauges: Object.fromEntries(gauges.map(([name, value]) => [name, { value }])),
    counters: Object.fromEntries(counters.map(([name, count]) => [name, { count }])),
    histograms: {},
    meters: {},
    timers: {},
  };
}

/** Text format 0.0.4. */
export function metricsText({ counters, gauges }: MetricValues): string {
  const lines = (values: readonly (readonly [string, number])[], type: string) =>
    values.map(([name, value]) => {
      const legal = name.replaceAll(/[.-]/g, '_');
      return `# TYPE ${legal} ${type}\n${legal} ${value}\n`;
    });
  return [...lines(gauges, 'gauge'), ...lines(counters, 'counter')].join('');
}
