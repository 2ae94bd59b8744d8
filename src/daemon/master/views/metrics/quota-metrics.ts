// What the metrics say of quotas: what is promised, what is held, what counts (mesos-api.md 11). Amounts in units, memory in MB.
import type { MetricSource } from '../../../serving/metrics/metric-registry.ts';
import { consumption } from '../../quota/consumption.ts';
import type { MasterState } from '../../state/master-state.ts';
import type { AllocatorView } from './allocator-metrics.ts';

const ROLES = 'allocator/mesos/quota/roles';

/** By role and resource: guarantees and limits of those with quota, consumption of all. */
export function quotaGauges(state: MasterState, allocator: AllocatorView): MetricSource {
  return (add) => {
    for (const [role, sum] of consumption(state)) {
      for (const [name, amount] of Object.entries(sum.quantities())) {
        add(`${ROLES}/${role}/resources/${name}/consumed`, amount);
      }
    }
    if (state.quotas.size === 0) return;
    const held = new Map(allocator.roleSummaries().map((summary) => [summary.role, summary.held]));
    for (const [role, { guarantees, limits }] of state.quotas) {
      for (const [name, amount] of Object.entries(guarantees)) {
        add(`${ROLES}/${role}/resources/${name}/guarantee`, amount);
        add(`${ROLES}/${role}/resources/${name}/offered_or_allocated`, held.get(role)?.[name] ?? 0);
      }
      for (const [name, amount] of Object.entries(limits)) {
        add(`${ROLES}/${role}/resources/${name}/limit`, amount);
      }
    }
  };
}
