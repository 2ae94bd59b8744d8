// What an operator's decision means for the offers of an agent.
import { rescindInverseOffer } from '../../books/inverse-offers.ts';
import { rescindOffer } from '../../books/offers.ts';
import type { MasterCore } from '../../core.ts';
import type { Deactivation } from '../../state/deactivation.ts';

/** The decision is durable; undefined: the agent may be offered, as soon as it is connected. */
export function applyDeactivation(core: MasterCore, agentId: string, deactivation: Deactivation | undefined): void {
  const { agents } = core.state;
  if (deactivation === undefined) agents.deactivated.delete(agentId);
  else agents.deactivated.set(agentId, deactivation);
  const agent = agents.registered.get(agentId);
  if (agent === undefined) return;
  agent.deactivation = deactivation;
  if (deactivation !== undefined && agent.active) {
    agent.active = false;
    core.allocator.deactivateAgent(agentId);
    for (const offer of [...agent.offers]) rescindOffer(core, offer);
    for (const offer of [...agent.inverseOffers]) rescindInverseOffer(core, offer);
  } else if (deactivation === undefined && agent.connected && !agent.active) {
    agent.active = true;
    core.allocator.activateAgent(agentId);
    core.requestAllocation();
  }
  core.live.agentChanged(agentId);
}
