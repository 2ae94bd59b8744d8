// ACCEPT: the offers are taken together, the operations applied one after the other on what is left of them, and the rest
// goes back with the call's filter (mesos-semantics.md 3.7, mesos-api.md 14.1).
import type { Call_Accept } from '../../../../mesos/generated/scheduler.ts';
import type { Offer_Operation } from '../../../../mesos/generated/v1.ts';
import { Resources } from '../../../../mesos/resources.ts';
import { validateOffers } from '../../../../mesos/validation/launch/offers.ts';
import { discardOffer, takeOffer } from '../../books/offers.ts';
import { untrackFreedRole } from '../../books/roles.ts';
import { lostOr } from '../../books/statuses.ts';
import type { MasterCore } from '../../core.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { MasterFramework } from '../../state/framework.ts';
import type { MasterOffer } from '../../state/offer.ts';
import { DEFAULT_REFUSE_SECONDS } from '../decline.ts';
import type { Acceptance } from './acceptance.ts';
import { launch } from './launch.ts';
import { launchGroup } from './launch-group.ts';
import { operate } from './operate.ts';
import { describeOperations } from './operation-words.ts';
import { refuseOperation, refuseTasks } from './refusals.ts';

/**
 * When the offers are not valid together, nothing of the call is done and those still valid go back without a filter.
 * Without operations it is a decline.
 */
export function accept(core: MasterCore, framework: MasterFramework, call: Call_Accept): void {
  const operations = call.operations ?? [];
  countOperations(core, framework, operations);
  const offerIds = (call.offer_ids ?? []).map((id) => id.value);
  const problem =
    offerIds.length === 0 ? 'No offers specified' : validateOffers(offerIds, framework.frameworkId, core.state.offers);
  if (problem !== undefined) {
    refuseInvalidOffers(core, framework, offerIds, operations, problem);
    return;
  }

  const offers = offerIds.flatMap((id) => core.state.offers.get(id) ?? []);
  const first = offers[0];
  if (first === undefined) return;
  for (const offer of offers) takeOffer(core, offer);
  framework.counters.increment('offers/accepted', offers.length);
  const refuseSeconds = call.filters?.refuse_seconds ?? DEFAULT_REFUSE_SECONDS;
  tellAnswer(core, offers, operations, refuseSeconds);
  const acceptance: Acceptance = {
    framework,
    agentId: first.agentId,
    role: first.role,
    remaining: Resources.sum(offers.map((offer) => offer.resources)),
  };
  const agent = core.state.agents.registered.get(first.agentId);
  if (agent?.connected) applyOperations(core, acceptance, agent, operations);
  else refuseLostAgent(core, acceptance, agent, operations);

  if (!acceptance.remaining.isEmpty) {
    core.allocator.recoverResources(
      {
        frameworkId: framework.frameworkId,
        agentId: acceptance.agentId,
        role: acceptance.role,
        resources: acceptance.remaining,
        refuseSeconds,
        wasAllocated: false,
      },
      core.world.clock.nowMs(),
    );
  }
  untrackFreedRole(core, framework, acceptance.role);
}

function applyOperations(
  core: MasterCore,
  acceptance: Acceptance,
  agent: MasterAgent,
  operations: readonly Offer_Operation[],
): void {
  for (const operation of operations) {
    switch (operation.type) {
      case 'LAUNCH':
        launch(core, acceptance, agent, operation);
        break;
      case 'LAUNCH_GROUP':
        launchGroup(core, acceptance, agent, operation);
        break;
      default:
        operate(core, acceptance, agent, operation);
    }
  }
}

function tellAnswer(
  core: MasterCore,
  offers: readonly MasterOffer[],
  operations: readonly Offer_Operation[],
  refuseSeconds: number,
): void {
  if (!core.live.isHeard) return;
  const answer =
    operations.length === 0 ? { refuseSeconds } : { refuseSeconds, operations: describeOperations(operations) };
  for (const offer of offers) core.live.offerEnded(offer, operations.length === 0 ? 'declined' : 'accepted', answer);
}

/** What is still valid of the offers goes back without a filter; nothing of the call is done. */
function refuseInvalidOffers(
  core: MasterCore,
  framework: MasterFramework,
  offerIds: readonly string[],
  operations: readonly Offer_Operation[],
  problem: string,
): void {
  core.log.info('ACCEPT with invalid offers', { frameworkId: framework.frameworkId, offerIds, problem });
  for (const offerId of offerIds) {
    const offer = core.state.offers.get(offerId);
    if (offer !== undefined && offer.frameworkId === framework.frameworkId) discardOffer(core, offer);
  }
  for (const operation of operations) {
    refuseTasks(core, framework, operation, {
      state: lostOr('TASK_DROPPED', framework.capabilities),
      reason: 'REASON_INVALID_OFFERS',
      message: `Task launched with invalid offers: ${problem}`,
    });
    refuseOperation(core, framework, operation, `Operation attempted with invalid offers: ${problem}`);
  }
}

function refuseLostAgent(
  core: MasterCore,
  { framework }: Acceptance,
  agent: MasterAgent | undefined,
  operations: readonly Offer_Operation[],
): void {
  const message = agent === undefined ? 'Agent removed' : 'Agent disconnected';
  for (const operation of operations) {
    refuseTasks(core, framework, operation, {
      state: lostOr('TASK_DROPPED', framework.capabilities),
      reason: agent === undefined ? 'REASON_AGENT_REMOVED' : 'REASON_AGENT_DISCONNECTED',
      message,
    });
    refuseOperation(core, framework, operation, message);
  }
}

function countOperations(core: MasterCore, framework: MasterFramework, operations: readonly Offer_Operation[]): void {
  if (operations.length === 0) core.state.counters.increment('master/messages_decline_offers');
  for (const { type } of operations) {
    framework.counters.increment('operations');
    framework.counters.increment(`operations/${(type ?? 'UNKNOWN').toLowerCase()}`);
    if (type === 'LAUNCH' || type === 'LAUNCH_GROUP') core.state.counters.increment('master/messages_launch_tasks');
  }
}
