// What the registry says of an agent that operators decide about, wherever it is.
import type { StoreChange } from '../../../../cluster/store.ts';
import type { MasterCore } from '../../core.ts';
import { putAgent, putUnreachable } from '../../registry/records.ts';
import type { Deactivation } from '../../state/deactivation.ts';

/** Nothing for an agent that is not known. */
export function recordOf(
  { state: { agents } }: MasterCore,
  agentId: string,
  deactivation: Deactivation | undefined,
): StoreChange[] {
  const info = agents.registered.get(agentId)?.info ?? agents.recovered.get(agentId);
  if (info !== undefined) return [putAgent(agentId, info, deactivation)];
  const unreachableTime = agents.unreachable.get(agentId);
  return unreachableTime === undefined ? [] : [putUnreachable(agentId, unreachableTime, deactivation)];
}
