// The offer book. An offer leaves it in one of these ways: taken by an ACCEPT (its resources are the caller's to place),
// discarded or refused (given back silently) or rescinded (given back, and the framework is told). mesos-semantics.md 3.7.
import type { Resources } from '../../../mesos/resources.ts';
import type { MasterCore } from '../core.ts';
import type { OfferEnd } from '../live-events.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';
import type { MasterOffer } from '../state/offer.ts';
import { toFramework } from './deliver.ts';
import { untrackFreedRole } from './roles.ts';

/** Enters what the allocator offers; starts `--offer_timeout` when there is one. */
export function addOffer(
  core: MasterCore,
  framework: MasterFramework,
  agent: MasterAgent,
  role: string,
  resources: Resources,
): MasterOffer {
  const offer: MasterOffer = {
    offerId: core.ids.nextOfferId(),
    frameworkId: framework.frameworkId,
    agentId: agent.agentId,
    role,
    resources,
    sentMs: core.world.clock.nowMs(),
    timer: undefined,
  };
  core.state.offers.set(offer.offerId, offer);
  framework.offers.add(offer);
  agent.offers.add(offer);
  agent.offeredResources = agent.offeredResources.plus(resources);
  const timeoutMs = core.options.offerTimeoutMs;
  if (timeoutMs !== undefined) offer.timer = core.world.clock.setTimer(timeoutMs, () => rescindOffer(core, offer));
  framework.counters.increment('offers/sent');
  core.live.offered(offer);
  return offer;
}

/** Takes an offer out of the book; the allocator goes on counting its resources as offered. */
export function takeOffer(core: MasterCore, offer: MasterOffer): void {
  offer.timer?.cancel();
  core.state.offers.delete(offer.offerId);
  core.state.frameworks.get(offer.frameworkId)?.offers.delete(offer);
  const agent = core.state.agents.registered.get(offer.agentId);
  if (agent?.offers.delete(offer)) agent.offeredResources = agent.offeredResources.minus(offer.resources);
}

/** Gives the resources back without a word. */
export function discardOffer(core: MasterCore, offer: MasterOffer): void {
  giveBack(core, offer, 'withdrawn');
}

/** The framework does not want it: gives the resources back, with a filter (mesos-semantics.md 3.4). */
export function refuseOffer(core: MasterCore, offer: MasterOffer, refuseSeconds: number): void {
  giveBack(core, offer, 'declined', refuseSeconds);
}

function giveBack(core: MasterCore, offer: MasterOffer, how: OfferEnd, refuseSeconds?: number): void {
  takeOffer(core, offer);
  const { frameworkId, agentId, role, resources } = offer;
  core.allocator.recoverResources(
    {
      frameworkId,
      agentId,
      role,
      resources,
      wasAllocated: false,
      ...(refuseSeconds !== undefined && { refuseSeconds }),
    },
    core.world.clock.nowMs(),
  );
  const framework = core.state.frameworks.get(frameworkId);
  if (framework !== undefined) untrackFreedRole(core, framework, role);
  core.live.offerEnded(offer, how, refuseSeconds === undefined ? {} : { refuseSeconds });
}

/** Gives the resources back and tells the framework, if it is connected. */
export function rescindOffer(core: MasterCore, offer: MasterOffer): void {
  giveBack(core, offer, 'rescinded');
  const framework = core.state.frameworks.get(offer.frameworkId);
  if (framework === undefined) return;
  framework.counters.increment('offers/rescinded');
  toFramework(framework, { type: 'RESCIND', rescind: { offer_id: { value: offer.offerId } } });
}
