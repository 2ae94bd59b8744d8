// From DRAINING to DRAINED, or gone: when the books have nothing of the agent any more. A task is in them until the end of
// it has been acknowledged (mesos-semantics.md 13.2).
import type { DrainConfig } from '../../../../mesos/generated/v1.ts';
import { toAgent } from '../../books/deliver.ts';
import type { MasterCore } from '../../core.ts';
import type { MasterAgent } from '../../state/agent.ts';
import { makeGone } from '../removal.ts';
import { applyDeactivation } from './offering.ts';
import { recordOf } from './record.ts';

/** What the agent is about to be told; on every return, whatever it has done before. Undefined: it is not to drain. */
export function drainConfig(core: MasterCore, agent: MasterAgent): DrainConfig | undefined {
  const drain = agent.deactivation?.drain;
  agent.drainStartedMs = drain && core.world.clock.nowMs();
  return drain?.config;
}

/** The agent kills what it has, or goes on as before. An agent that is away hears of it on its return. */
export function tellDrain(core: MasterCore, agent: MasterAgent): void {
  if (!agent.connected) return;
  const config = drainConfig(core, agent);
  toAgent(agent, { type: 'DRAIN', drain: { ...(config && { config }) } });
}

/** To be called when the agent may have lost its last task, and when it is back. */
export function checkDrained(core: MasterCore, agent: MasterAgent): void {
  if (!isDrained(core, agent)) return;
  core.log.info('agent is drained', { agentId: agent.agentId });
  void conclude(core, agent);
}

function isDrained({ state }: MasterCore, agent: MasterAgent): boolean {
  const isDraining = agent.deactivation?.drain?.state === 'DRAINING' && agent.connected;
  return isDraining && agent.tasks.size === 0 && !state.operations.hasAny(agent.agentId);
}

async function conclude(core: MasterCore, agent: MasterAgent): Promise<void> {
  const { agents } = core.state;
  const { agentId } = agent;
  await agents.inTransition.claim(agentId);
  const drain = agent.deactivation?.drain;
  if (agents.registered.get(agentId) !== agent || drain === undefined || !isDrained(core, agent)) {
    agents.inTransition.delete(agentId);
    return;
  }
  if (drain.config.mark_gone === true) {
    await makeGone(core, agentId);
    return;
  }
  const drained = { drain: { ...drain, state: 'DRAINED' } } as const;
  await core.registrar.apply(recordOf(core, agentId, drained));
  agents.inTransition.delete(agentId);
  applyDeactivation(core, agentId, drained);
}
