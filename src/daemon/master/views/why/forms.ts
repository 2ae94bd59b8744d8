// What /mctl/v1/why says, as JSON. Amounts in units, memory and disk in MB, times in ms since 1970.
import type { AgentVerdict, RoleExplanation } from '../../../../allocator/allocator.ts';
import type { MasterState } from '../../state/master-state.ts';
import type { Tally } from './route.ts';

/** Of an order, as many as a person reads; the rest is counted. */
const MAX_NAMES = 20;

/** One role of the framework. */
export function roleForm(
  explanation: RoleExplanation,
  verdicts: Tally,
  { agents }: Pick<MasterState, 'agents'>,
): object {
  const { quota, headroom, absence } = explanation;
  let total = 0;
  for (const { count } of verdicts.values()) total += count;
  return {
    role: explanation.role,
    ...(absence !== undefined && { absence }),
    share: explanation.share,
    role_share: explanation.roleShare,
    weight: explanation.weight,
    role_order: orderForm(explanation.roleOrder, explanation.role),
    framework_order: orderForm(explanation.frameworkOrder, explanation.frameworkId),
    ...(quota !== undefined && { quota }),
    ...(headroom !== undefined && { headroom }),
    minimum: explanation.minimum,
    filters: explanation.filterCount,
    agents: total,
    verdicts: [...verdicts]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([kind, { count, examples }]) => ({
        verdict: kind,
        agents: count,
        examples: examples.map((verdict) =>
          verdictForm(verdict, agents.registered.get(verdict.agentId)?.info.hostname),
        ),
      })),
  };
}

/** `position` from 1; absent: it takes no part. */
function orderForm(names: readonly string[], own: string): object {
  const index = names.indexOf(own);
  return { first: names.slice(0, MAX_NAMES), total: names.length, ...(index >= 0 && { position: index + 1 }) };
}

function verdictForm({ agentId, resources, endsMs }: AgentVerdict, hostname: string | undefined): object {
  return {
    agent_id: agentId,
    ...(hostname !== undefined && { hostname }),
    resources: resources.format(),
    ...(endsMs !== undefined && { ends_ms: endsMs }),
  };
}
