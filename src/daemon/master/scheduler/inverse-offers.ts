// ACCEPT_INVERSE_OFFERS and DECLINE_INVERSE_OFFERS: what frameworks say to being asked to leave an agent. It is written down
// for the operator, and nothing else follows from it (mesos-semantics.md 13.1).
import type { Call_AcceptInverseOffers } from '../../../mesos/generated/scheduler.ts';
import { answerInverseOffer } from '../books/inverse-offers.ts';
import type { MasterCore } from '../core.ts';
import type { MasterFramework } from '../state/framework.ts';
import { DEFAULT_REFUSE_SECONDS } from './decline.ts';

/** Inverse offers that are not its own any more are passed over. */
export function answerInverseOffers(
  core: MasterCore,
  framework: MasterFramework,
  status: 'ACCEPT' | 'DECLINE',
  call: Call_AcceptInverseOffers | undefined,
): void {
  for (const { value } of call?.inverse_offer_ids ?? []) {
    const offer = core.state.maintenance.inverseOffers.get(value);
    if (offer === undefined || offer.frameworkId !== framework.frameworkId) {
      core.log.info('an inverse offer is not valid any more', { frameworkId: framework.frameworkId, offerId: value });
      continue;
    }
    answerInverseOffer(core, offer, status, call?.filters?.refuse_seconds ?? DEFAULT_REFUSE_SECONDS);
  }
}
