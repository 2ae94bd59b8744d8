// A framework as the operator API tells it: GetFrameworks.Framework (mesos-api.md 6.1).
import { encode, stringify } from '../../../../mesos/codec.ts';
import { Response_GetFrameworks_Framework } from '../../../../mesos/generated/master.ts';
import type { Offer } from '../../../../mesos/generated/v1.ts';
import { timeInfo } from '../../../../mesos/time-info.ts';
import type { Encoded } from '../../../serving/calls/document.ts';
import { unavailabilityOf } from '../../maintenance/unavailability.ts';
import { agentUrl } from '../../offers/agent-url.ts';
import { inverseOfferMessage } from '../../offers/send-inverse-offers.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { CompletedFramework, MasterFramework } from '../../state/framework.ts';
import type { MasterState } from '../../state/master-state.ts';
import type { MasterOffer } from '../../state/offer.ts';
import { offeredTo, usedBy } from '../totals.ts';
import { inBothFormats } from './agent.ts';

/** As the event stream has it: every time is there, 0 when it has not come, and constraints only if it has any. */
export function frameworkEventMessage(
  state: MasterState,
  framework: MasterFramework,
): Response_GetFrameworks_Framework {
  return {
    ...common(state, framework),
    registered_time: timeInfo(framework.registeredTimeMs),
    reregistered_time: timeInfo(framework.reregisteredTimeMs),
    unregistered_time: timeInfo(0),
    ...(framework.offerConstraints && { offer_constraints: framework.offerConstraints }),
  };
}

/** As GET_FRAMEWORKS has it: times that have not come are left out, constraints are always there. */
export function frameworkMessage(state: MasterState, framework: MasterFramework): Response_GetFrameworks_Framework {
  return {
    ...common(state, framework),
    ...(framework.registeredTimeMs > 0 && { registered_time: timeInfo(framework.registeredTimeMs) }),
    ...(framework.reregisteredTimeMs > 0 && { reregistered_time: timeInfo(framework.reregisteredTimeMs) }),
    offer_constraints: framework.offerConstraints ?? {},
  };
}

/** A framework that has ended: neither active nor connected, with its time of end. */
export function completedFrameworkMessage(framework: CompletedFramework): Response_GetFrameworks_Framework {
  return {
    framework_info: framework.info,
    active: false,
    connected: false,
    recovered: false,
    registered_time: timeInfo(framework.registeredTimeMs),
    reregistered_time: timeInfo(framework.reregisteredTimeMs),
    unregistered_time: timeInfo(framework.unregisteredTimeMs),
    offer_constraints: framework.offerConstraints ?? {},
  };
}

/** Encoded when asked for; `message` is called for each encoding. */
export function encodedFramework(message: () => Response_GetFrameworks_Framework): Encoded {
  return {
    json: () => stringify(Response_GetFrameworks_Framework, message()),
    protobuf: () => encode(Response_GetFrameworks_Framework, message()),
  };
}

function common(state: MasterState, framework: MasterFramework): Response_GetFrameworks_Framework {
  return {
    framework_info: framework.info,
    active: framework.active,
    connected: framework.state === 'CONNECTED',
    recovered: framework.state === 'RECOVERED',
    offers: [...framework.offers].map((offer) =>
      offerMessage(state, offer, state.agents.registered.get(offer.agentId)),
    ),
    ...(framework.inverseOffers.size > 0 && {
      inverse_offers: [...framework.inverseOffers].flatMap((offer) => {
        const agent = state.agents.registered.get(offer.agentId);
        return agent === undefined ? [] : inverseOfferMessage(agent, offer);
      }),
    }),
    allocated_resources: inBothFormats(usedBy(framework)),
    offered_resources: inBothFormats(offeredTo(framework)),
  };
}

/** The offer as its framework would get it with all capabilities. */
function offerMessage(state: MasterState, offer: MasterOffer, agent: MasterAgent | undefined): Offer {
  const unavailability = agent && unavailabilityOf({ state }, agent);
  return {
    id: { value: offer.offerId },
    framework_id: { value: offer.frameworkId },
    agent_id: { value: offer.agentId },
    hostname: agent?.info.hostname ?? '',
    ...(agent && { url: agentUrl(agent) }),
    resources: offer.resources.toMessages(),
    ...(agent?.info.attributes && { attributes: agent.info.attributes }),
    ...(agent?.info.domain && { domain: agent.info.domain }),
    ...(unavailability && { unavailability }),
    allocation_info: { role: offer.role },
  };
}
