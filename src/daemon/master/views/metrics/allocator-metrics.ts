// What the allocator tells of itself (mesos-api.md 11). The timers of its runs belong to whoever runs it.
import type { AllocatorMetrics, RoleSummary } from '../../../../allocator/types.ts';
import type { MetricSource } from '../../../serving/metrics/metric-registry.ts';

/** The part of HierarchicalAllocator that is looked at. */
export interface AllocatorView {
  roleSummaries(): RoleSummary[];
  metrics(): AllocatorMetrics;
}

const RESOURCES = ['cpus', 'disk', 'mem'] as const;

/** Totals and what is out by resource, shares and filters by role. Amounts in units, memory in MB. */
export function allocatorGauges(allocator: AllocatorView): MetricSource {
  return (add) => {
    const { total, offeredOrAllocated } = allocator.metrics();
    for (const resource of new Set([...RESOURCES, ...Object.keys(total)])) {
      add(`allocator/mesos/resources/${resource}/total`, total[resource] ?? 0);
      add(`allocator/mesos/resources/${resource}/offered_or_allocated`, offeredOrAllocated[resource] ?? 0);
    }
    for (const { role, frameworkCount, share, activeFilters } of allocator.roleSummaries()) {
      if (frameworkCount > 0) {
        add(`allocator/mesos/roles/${role}/shares/dominant`, share);
        add(`allocator/mesos/offer_filters/roles/${role}/active`, activeFilters);
      }
    }
    // Its queue is the master's own turn: nothing waits there.
    add('allocator/event_queue_dispatches', 0);
    add('allocator/mesos/event_queue_dispatches', 0);
  };
}

/** Runs of the allocator since this master started. */
export function allocatorCounters(allocator: AllocatorView): MetricSource {
  return (add) => add('allocator/mesos/allocation_runs', allocator.metrics().runs);
}
