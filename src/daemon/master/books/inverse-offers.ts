// The book of inverse offers: frameworks that were asked to leave an agent which will be away. A question leaves it when it is
// answered, or taken back with or without a word (mesos-semantics.md 13.1).
import type { Unavailability } from '../../../mesos/generated/v1.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';
import type { MasterInverseOffer } from '../state/maintenance.ts';
import { toFramework } from './deliver.ts';

/** Enters one that the allocator counts as asked; starts `--offer_timeout` when there is one. */
export function addInverseOffer(
  core: MasterCore,
  framework: MasterFramework,
  agent: MasterAgent,
  unavailability: Unavailability,
): MasterInverseOffer {
  const offer: MasterInverseOffer = {
    offerId: core.ids.nextOfferId(),
    frameworkId: framework.frameworkId,
    agentId: agent.agentId,
    unavailability,
    timer: undefined,
  };
  core.state.maintenance.inverseOffers.set(offer.offerId, offer);
  framework.inverseOffers.add(offer);
  agent.inverseOffers.add(offer);
  const timeoutMs = core.options.offerTimeoutMs;
  if (timeoutMs !== undefined)
    offer.timer = core.world.clock.setTimer(timeoutMs, () => rescindInverseOffer(core, offer));
  return offer;
}

/** What the framework says to it; it is not asked again for so long. */
export function answerInverseOffer(
  core: MasterCore,
  offer: MasterInverseOffer,
  status: 'ACCEPT' | 'DECLINE',
  refuseSeconds: number,
): void {
  takeInverseOffer(core, offer);
  const { agentId, frameworkId } = offer;
  core.allocator.updateInverseOffer(agentId, frameworkId, { status, refuseSeconds }, core.world.clock.nowMs());
}

/** Taken back without a word: who was asked is away. */
export function discardInverseOffer(core: MasterCore, offer: MasterInverseOffer): void {
  takeInverseOffer(core, offer);
  core.allocator.updateInverseOffer(offer.agentId, offer.frameworkId, {}, core.world.clock.nowMs());
}

/** Taken back, and the framework is told. */
export function rescindInverseOffer(core: MasterCore, offer: MasterInverseOffer): void {
  discardInverseOffer(core, offer);
  const framework = core.state.frameworks.get(offer.frameworkId);
  if (framework === undefined) return;
  const rescind_inverse_offer = { inverse_offer_id: { value: offer.offerId } };
  toFramework(framework, { type: 'RESCIND_INVERSE_OFFER', rescind_inverse_offer });
}

function takeInverseOffer(core: MasterCore, offer: MasterInverseOffer): void {
  offer.timer?.cancel();
  core.state.maintenance.inverseOffers.delete(offer.offerId);
  core.state.frameworks.get(offer.frameworkId)?.inverseOffers.delete(offer);
  core.state.agents.registered.get(offer.agentId)?.inverseOffers.delete(offer);
}
