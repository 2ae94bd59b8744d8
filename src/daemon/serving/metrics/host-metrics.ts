// The metrics of the machine that every daemon tells (mesos-api.md 11, "basic").
import type { Host } from '../../../world/world.ts';
import type { MetricSource } from './metric-registry.ts';

/** Load, cpus and memory in bytes, read when asked for. */
export function hostMetrics(host: Host): MetricSource {
  return (add) => {
    const [load1, load5, load15] = host.loadAverage();
    add('system/cpus_total', host.cpus);
    add('system/load_1min', load1);
    add('system/load_5min', load5);
    add('system/load_15min', load15);
    add('system/mem_total_bytes', host.memoryBytes);
    add('system/mem_free_bytes', host.freeMemoryBytes());
  };
}
