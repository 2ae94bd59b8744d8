// Agents that leave for good: they said goodbye, another one took their address, or an operator marked them gone
// (mesos-semantics.md 7.5, 13.3).

import { timeInfo } from '../../../mesos/time-info.ts';
import { lostOr } from '../books/statuses.ts';
import type { MasterCore } from '../core.ts';
import { deleteAgent, deleteUnreachable, putGone } from '../registry/records.ts';
import type { MasterAgent } from '../state/agent.ts';
import { announceLoss, departAgent } from './departure.ts';
import { endUnreachableTasks, type TasksEnd } from './unreachable-tasks.ts';

const GONE: TasksEnd = {
  stateFor: (capabilities) => lostOr('TASK_GONE_BY_OPERATOR', capabilities),
  reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
  message: 'Agent has been marked gone',
};

/** UNREGISTER. */
export async function unregisterAgent(core: MasterCore, agent: MasterAgent): Promise<void> {
  const { agentId } = agent;
  agent.isLeaving = true;
  const { agents } = core.state;
  await agents.inTransition.claim(agentId);
  if (agents.registered.get(agentId) !== agent) {
    agents.inTransition.delete(agentId);
    return;
  }
  core.state.counters.increment('master/messages_unregister_slave');
  await core.registrar.apply([deleteAgent(agentId)]);
  agents.inTransition.delete(agentId);
  removeAgent(core, agent, 'the agent unregistered', 'unregistered');
}

/** Takes an agent whose removal is durable out of the books; nothing happens when it is not registered any more. */
export function removeAgent(
  core: MasterCore,
  agent: MasterAgent,
  cause: string,
  reason?: 'unregistered' | 'registered',
): void {
  const { agentId } = agent;
  if (core.state.agents.registered.get(agentId) !== agent) return;
  core.log.info('removing agent', { agentId, cause });
  core.state.agents.deactivated.delete(agentId);
  core.state.counters.increment('master/slave_removals');
  if (reason !== undefined) core.state.counters.increment(`master/slave_removals/reason_${reason}`);
  departAgent(core, agent, {
    stateFor: () => 'TASK_LOST',
    reason: 'REASON_AGENT_REMOVED',
    message: `Agent ${agent.info.hostname} removed: ${cause}`,
    history: 'completed',
    operationState: 'OPERATION_UNKNOWN',
  });
  core.events.agentRemoved(agentId);
}

/**
 * MARK_AGENT_GONE, for agents that are registered, recovered or unreachable. Irreversible.
 * Answers `gone` when it is done or was so before, `unknown` and `busy` (in another transition) when nothing was done.
 */
export async function markAgentGone(core: MasterCore, agentId: string): Promise<'gone' | 'unknown' | 'busy'> {
  const { agents } = core.state;
  if (agents.gone.has(agentId)) return 'gone';
  if (!agents.registered.has(agentId) && !agents.recovered.has(agentId) && !agents.unreachable.has(agentId)) {
    return 'unknown';
  }
  if (agents.inTransition.has(agentId)) return 'busy';
  agents.inTransition.add(agentId);
  await makeGone(core, agentId);
  return 'gone';
}

/** Of an agent whose transition the caller has begun; it is over when this is. */
export async function makeGone(core: MasterCore, agentId: string): Promise<void> {
  const { agents } = core.state;
  agents.markingGone.add(agentId);
  const goneTime = timeInfo(core.world.clock.nowMs());
  await core.registrar.apply([deleteAgent(agentId), deleteUnreachable(agentId), putGone(agentId, goneTime)]);

  agents.inTransition.delete(agentId);
  agents.markingGone.delete(agentId);
  agents.deactivated.delete(agentId);
  agents.recovered.delete(agentId);
  agents.unreachable.delete(agentId);
  agents.gone.set(agentId, goneTime);
  const agent = agents.registered.get(agentId);
  if (agent === undefined) {
    endUnreachableTasks(core, agentId, GONE);
    announceLoss(core, agentId);
    return;
  }
  agent.connection?.shutdown('Agent has been marked gone');
  departAgent(core, agent, { ...GONE, history: 'completed', operationState: 'OPERATION_GONE_BY_OPERATOR' });
}
