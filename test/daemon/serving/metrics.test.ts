import { describe, expect, it } from 'vitest';
import { Router } from '../../../src/daemon/serving/http/router.ts';
import { createService } from '../../../src/daemon/serving/http/service.ts';
import { hostMetrics } from '../../../src/daemon/serving/metrics/host-metrics.ts';
import { MetricRegistry } from '../../../src/daemon/serving/metrics/metric-registry.ts';
import { prometheusText } from '../../../src/daemon/serving/metrics/prometheus.ts';
import { metricRoutes } from '../../../src/daemon/serving/metrics/routes.ts';
import { TimerMetric } from '../../../src/daemon/serving/metrics/timer-metric.ts';
import { quietWorld, send } from './requests.ts';

describe('a timer', () => {
  it('says nothing before the first measurement', () => {
    expect(new TimerMetric('run_ms').values()).toEqual([]);
  });

  it('tells no spread before the second', () => {
    const timer = new TimerMetric('run_ms');
    timer.record(3);
    expect(timer.values()).toEqual([['run_ms', 3]]);
  });

  it('tells the latest value and the spread under the names of the original', () => {
    const timer = new TimerMetric('run_ms');
    for (let ms = 1; ms <= 101; ms++) timer.record(ms);
    const values = Object.fromEntries(timer.values());
    expect(values).toMatchObject({
      run_ms: 101,
      'run_ms/count': 101,
      'run_ms/min': 1,
      'run_ms/max': 101,
      'run_ms/p50': 51,
      'run_ms/p90': 91,
    });
    expect(Object.keys(values)).toEqual(
      ['', '/count', '/max', '/min', '/p50', '/p90', '/p95', '/p99', '/p999', '/p9999'].map((end) => `run_ms${end}`),
    );
  });

  it('forgets old measurements but not how many there were', () => {
    const timer = new TimerMetric('run_ms');
    timer.record(1e9);
    for (let i = 0; i < 5000; i++) timer.record(1);
    expect(Object.fromEntries(timer.values())['run_ms/max']).toBe(1);
    expect(timer.count).toBe(5001);
  });
});

const world = quietWorld();
const timer = new TimerMetric('allocator/mesos/allocation_run_ms');
timer.record(2);
timer.record(2);
const registry = new MetricRegistry()
  .addGauges(hostMetrics(world.host))
  .gauge('master/elected', () => 1)
  .addCounters((add) => {
    add('master/messages_kill_task', 3);
    add('master/task_lost/source_master/reason_slave_removed', 2);
    add('master/frameworks/my%20"fw/abc-0000/calls/accept', 4);
  })
  .addGauges((add) => {
    add('allocator/mesos/roles/eng/web/shares/dominant', 0.5);
    add('allocator/mesos/resources/cpus/total', 8);
  })
  .addTimers(timer);
const handler = createService(world, new Router([]).add(...metricRoutes(registry)));

describe('/metrics/snapshot', () => {
  it('is a flat object sorted by name', async () => {
    const { text, status } = await send(handler, '/metrics/snapshot?timeout=5secs');
    expect(status).toBe(200);
    const names = Object.keys(JSON.parse(text));
    expect(names).toEqual([...names].sort());
    expect(JSON.parse(text)).toMatchObject({ 'master/elected': 1, 'master/messages_kill_task': 3 });
    expect(names.filter((name) => name.startsWith('system/')).length).toBe(6);
  });

  it.each(['bad', '-5secs'])('refuses %s as a timeout', async (timeout) => {
    expect(await send(handler, `/metrics/snapshot?timeout=${timeout}`)).toMatchObject({
      status: 400,
      text: `Invalid timeout '${timeout}': Failed to convert '' to number.\n`,
    });
  });

  it('is not held back however often it is asked for', async () => {
    const started = world.clock.monotonicMs();
    for (let i = 0; i < 50; i++) await send(handler, '/metrics/snapshot');
    // Two a second would take twenty-five.
    expect(world.clock.monotonicMs() - started).toBeLessThan(10_000);
  });
});

describe('/metrics/prometheus', () => {
  it('makes ids labels, counters totals and timers summaries in seconds', () => {
    const lines = prometheusText(registry).split('\n');
    expect(lines).toContain('# TYPE mesos_master_elected gauge');
    expect(lines).toContain('mesos_master_elected 1');
    expect(lines).toContain('# TYPE mesos_master_messages_kill_task_total counter');
    expect(lines).toContain('mesos_master_task_total{state="lost",source="master",reason="slave_removed"} 2');
    expect(lines).toContain(
      'mesos_master_frameworks_calls_accept_total{framework_name="my%20\\"fw",framework_id="abc-0000"} 4',
    );
    expect(lines).toContain('mesos_allocator_mesos_roles_shares_dominant{role="eng/web"} 0.5');
    expect(lines).toContain('mesos_allocator_mesos_resources_total{resource="cpus"} 8');
    expect(lines).toContain('mesos_allocator_mesos_allocation_run_seconds{quantile="0.5"} 0.002');
    expect(lines).toContain('mesos_allocator_mesos_allocation_run_seconds_count 2');
  });

  it('writes lines that Prometheus can read', () => {
    for (const line of prometheusText(registry).trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(# TYPE [a-z0-9_]+ (counter|gauge|summary)|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-z_]+="([^"\\]|\\.)*",?)+\})? \S+)$/,
      );
    }
  });

  it('tells each family once', () => {
    const types = prometheusText(registry).match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(types).size).toBe(types.length);
  });
});
