// The metrics of offer operations that the original shows from the start. None of these operations is supported yet, so all
// of them stay 0.
import type { MetricSource } from '../../../serving/metrics/metric-registry.ts';

const OPERATIONS = [
  'create',
  'create_disk',
  'destroy',
  'destroy_disk',
  'grow_volume',
  'reserve',
  'shrink_volume',
  'unreserve',
];

const GAUGES = ['pending', 'recovering', 'unreachable'];
const COUNTERS = ['dropped', 'error', 'failed', 'finished', 'gone_by_operator', 'total'];

/** All 0, so that dashboards find the names. */
export function operationMetrics(): MetricSource {
  return (add) => {
    for (const state of [...GAUGES, ...COUNTERS]) {
      add(`master/operations/${state}`, 0);
      for (const operation of OPERATIONS) add(`master/operations/${operation}/${state}`, 0);
    }
  };
}
