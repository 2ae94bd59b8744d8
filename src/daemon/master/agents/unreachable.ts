// Agents that do not answer, or do not come back, become unreachable: durable first, then in the books
// (mesos-semantics.md 7.2, 7.3).

import { timeInfo } from '../../../mesos/time-info.ts';
import { lostOr } from '../books/statuses.ts';
import type { MasterCore } from '../core.ts';
import { deleteAgent, putUnreachable } from '../registry/records.ts';
import { announceLoss, departAgent } from './departure.ts';

/** `why` becomes the message of its tasks' updates. Nothing happens when another transition took the agent out of the books. */
export async function markUnreachable(core: MasterCore, agentId: string, why: string): Promise<void> {
  const { agents } = core.state;
  await agents.inTransition.claim(agentId);
  if (!agents.registered.has(agentId)) {
    agents.inTransition.delete(agentId);
    return;
  }
  const unreachableTime = timeInfo(core.world.clock.nowMs());
  core.log.warn('marking agent unreachable', { agentId, why });
  await core.registrar.apply([
    deleteAgent(agentId),
    putUnreachable(agentId, unreachableTime, agents.deactivated.get(agentId)),
  ]);

  agents.inTransition.delete(agentId);
  const agent = agents.registered.get(agentId);
  if (agent === undefined) return;
  agents.unreachable.set(agentId, unreachableTime);
  core.state.counters.increment('master/slave_removals');
  core.state.counters.increment('master/slave_removals/reason_unhealthy');
  departAgent(core, agent, {
    stateFor: (capabilities) => lostOr('TASK_UNREACHABLE', capabilities),
    reason: 'REASON_AGENT_REMOVED',
    message: why,
    unreachableTime,
    history: 'unreachable',
    operationState: 'OPERATION_UNREACHABLE',
  });
}

/** An agent of the registry that did not come back after a failover: its tasks are not known, so there are no updates. */
export async function markRecoveredUnreachable(core: MasterCore, agentId: string): Promise<void> {
  const { agents } = core.state;
  await agents.inTransition.claim(agentId);
  if (!agents.recovered.has(agentId)) {
    core.state.counters.increment('master/slave_unreachable_canceled');
    agents.inTransition.delete(agentId);
    return;
  }
  const unreachableTime = timeInfo(core.world.clock.nowMs());
  core.log.warn('marking agent unreachable: it did not come back after the failover', { agentId });
  await core.registrar.apply([
    deleteAgent(agentId),
    putUnreachable(agentId, unreachableTime, agents.deactivated.get(agentId)),
  ]);

  agents.inTransition.delete(agentId);
  agents.recovered.delete(agentId);
  agents.unreachable.set(agentId, unreachableTime);
  core.state.counters.increment('master/slave_removals');
  core.state.counters.increment('master/slave_removals/reason_unhealthy');
  core.state.counters.increment('master/recovery_slave_removals');
  core.state.counters.increment('master/slave_unreachable_completed');
  announceLoss(core, agentId);
}
