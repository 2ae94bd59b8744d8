// An agent's total resources or attributes changed, by re-registration or UPDATE_AGENT.
import type { Resources } from '../../../mesos/resources.ts';
import { rescindOffer } from '../books/offers.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import { capabilityNames } from './registration/admission.ts';

/** Outstanding offers of a changed total are rescinded: they may promise what is no longer there. */
export function updateAgent(core: MasterCore, agent: MasterAgent, totalResources: Resources): void {
  if (!totalResources.equals(agent.totalResources)) {
    // What is oversubscribed changes often: it costs the offers of it only.
    const isOfRevocable = totalResources.nonRevocable().equals(agent.totalResources.nonRevocable());
    for (const offer of [...agent.offers])
      if (!isOfRevocable || !offer.resources.revocable().isEmpty) rescindOffer(core, offer);
  }
  core.state.agents.registered.changeTotal(agent, totalResources);
  core.allocator.updateAgent(agent.agentId, {
    total: totalResources,
    attributes: agent.info.attributes ?? [],
    domain: agent.info.domain,
    capabilities: capabilityNames(agent),
  });
  core.requestAllocation();
}
