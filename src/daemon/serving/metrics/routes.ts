// /metrics/snapshot in the original's flat JSON, and /metrics/prometheus. The original answers two snapshots a second; ours
// has no such limit: what a snapshot costs grows with the number of metrics, not with what they count.
import { parseDuration } from '../../../mesos/text/duration.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { jsonText } from '../http/json-response.ts';
import { badRequest, okWith } from '../http/responses.ts';
import type { Route, RoutedRequest } from '../http/router.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from './prometheus.ts';

/** Not guarded: every daemon tells its metrics, leading or not. */
export function metricRoutes(registry: MetricRegistry): readonly Route[] {
  return [
    { path: '/metrics/snapshot', handle: (request) => snapshot(registry, request) },
    {
      path: '/metrics/prometheus',
      methods: ['GET', 'HEAD'],
      exact: true,
      handle: () => okWith(PROMETHEUS_CONTENT_TYPE, prometheusText(registry)),
    },
  ];
}

/** `timeout` bounds how long slow metrics are waited for; ours are all at hand, so it is only checked. */
function snapshot(registry: MetricRegistry, request: RoutedRequest): HttpResponse {
  const timeout = request.query.get('timeout');
  if (timeout !== undefined) {
    try {
      parseDuration(timeout);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return badRequest(`Invalid timeout '${timeout}': ${why}.\n`);
    }
  }
  // As text at once: an object of thousands of names takes longer to make than to write.
  const members = registry.snapshot().map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return jsonText(request, `{${members.join(',')}}`);
}
