// Whom the allocator wants to be asked → inverse offers in the book and one INVERSE_OFFERS event for each framework
// (mesos-semantics.md 13.1). They name no resources: the whole agent is meant.
import type { OfferedInverse } from '../../../allocator/allocator.ts';
import type { InverseOffer } from '../../../mesos/generated/v1.ts';
import { toFramework } from '../books/deliver.ts';
import { addInverseOffer } from '../books/inverse-offers.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';
import { agentUrl } from './agent-url.ts';

/** Books and sends them. */
export function sendInverseOffers(core: MasterCore, offered: readonly OfferedInverse[]): void {
  const byFramework = new Map<MasterFramework, InverseOffer[]>();
  for (const { frameworkId, agentId, unavailability } of offered) {
    const framework = core.state.frameworks.get(frameworkId);
    const agent = core.state.agents.registered.get(agentId);
    if (framework?.connection === undefined || !agent?.active) {
      core.log.error('the allocator asked somebody who is not there', { frameworkId, agentId });
      core.allocator.updateInverseOffer(agentId, frameworkId, {}, core.world.clock.nowMs());
      continue;
    }
    const { offerId } = addInverseOffer(core, framework, agent, unavailability);
    const message = { ...inverseOfferMessage(agent, { offerId, frameworkId, unavailability }) };
    const messages = byFramework.get(framework);
    if (messages === undefined) byFramework.set(framework, [message]);
    else messages.push(message);
  }
  for (const [framework, messages] of byFramework) {
    toFramework(framework, { type: 'INVERSE_OFFERS', inverse_offers: { inverse_offers: messages } });
  }
}

/** As the framework and operators see it. */
export function inverseOfferMessage(
  agent: MasterAgent,
  {
    offerId,
    frameworkId,
    unavailability,
  }: Pick<OfferedInverse, 'frameworkId' | 'unavailability'> & { offerId: string },
): InverseOffer {
  return {
    id: { value: offerId },
    url: agentUrl(agent),
    framework_id: { value: frameworkId },
    agent_id: { value: agent.agentId },
    unavailability,
  };
}
