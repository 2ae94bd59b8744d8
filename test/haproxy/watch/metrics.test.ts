import { expect, test } from 'vitest';
import { metricsText } from '../../../src/haproxy/watch/metrics.ts';

test('metrics are text of Prometheus, and what is not known is not told', () => {
  const text = metricsText({
    lastSuccessMs: 1_700_000_000_500,
    turnSeconds: 0.25,
    reloads: { ok: 3, failed: 1 },
    runtimeUpdates: 7,
    excludedServices: 2,
    isStreamConnected: true,
  });
  expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
    'mctl_haproxy_last_success_timestamp 1700000000.5',
    'mctl_haproxy_turn_seconds 0.25',
    'mctl_haproxy_reloads_total{result="failed"} 1',
    'mctl_haproxy_reloads_total{result="ok"} 3',
    'mctl_haproxy_runtime_updates_total 7',
    'mctl_haproxy_excluded_services 2',
    'mctl_haproxy_stream_connected 1',
    '',
  ]);
  expect(text).toContain('# TYPE mctl_haproxy_reloads_total counter\n');
});
