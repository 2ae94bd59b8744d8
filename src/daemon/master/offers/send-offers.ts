// The allocator's answer → offers in the book and one OFFERS event for each framework (mesos-semantics.md 3.3).
import type { OfferedResources } from '../../../allocator/allocator.ts';
import type { Offer } from '../../../mesos/generated/v1.ts';
import { toFramework } from '../books/deliver.ts';
import { addOffer } from '../books/offers.ts';
import type { MasterCore } from '../core.ts';
import { unavailabilityOf } from '../maintenance/unavailability.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';
import type { MasterOffer } from '../state/offer.ts';
import { agentUrl } from './agent-url.ts';
import { offeredForm } from './offered-form.ts';

/** Books the offers and sends them. What belongs to nobody connected goes back to the allocator. */
export function sendOffers(core: MasterCore, offered: readonly OfferedResources[]): void {
  const byFramework = new Map<MasterFramework, Offer[]>();
  for (const { frameworkId, agentId, role, resources } of offered) {
    const framework = core.state.frameworks.get(frameworkId);
    const agent = core.state.agents.registered.get(agentId);
    if (framework?.connection === undefined || !agent?.active) {
      // The allocator's picture and ours are made in the same turns, so this says that one of them is wrong.
      core.log.error('the allocator offered to or from somebody who is not there', { frameworkId, agentId });
      core.allocator.recoverResources(
        { frameworkId, agentId, role, resources, wasAllocated: false },
        core.world.clock.nowMs(),
      );
      continue;
    }
    const message = offerMessage(core, framework, agent, addOffer(core, framework, agent, role, resources));
    const offers = byFramework.get(framework);
    if (offers === undefined) byFramework.set(framework, [message]);
    else offers.push(message);
  }
  for (const [framework, offers] of byFramework) toFramework(framework, { type: 'OFFERS', offers: { offers } });
}

function offerMessage(core: MasterCore, framework: MasterFramework, agent: MasterAgent, offer: MasterOffer): Offer {
  const { info } = agent;
  const message: Offer = {
    id: { value: offer.offerId },
    framework_id: { value: framework.frameworkId },
    agent_id: { value: agent.agentId },
    hostname: info.hostname,
    url: agentUrl(agent),
    resources: offeredForm(offer.resources, framework.capabilities),
  };
  const executors = agent.executors.get(framework.frameworkId);
  if (executors !== undefined) message.executor_ids = [...executors.keys()].map((value) => ({ value }));
  if (info.attributes !== undefined) message.attributes = info.attributes;
  if (info.domain !== undefined) message.domain = info.domain;
  const unavailability = unavailabilityOf(core, agent);
  if (unavailability !== undefined) message.unavailability = unavailability;
  if (framework.capabilities.has('MULTI_ROLE')) message.allocation_info = { role: offer.role };
  return message;
}
