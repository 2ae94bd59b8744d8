// A framework as the operator API tells it: GetFrameworks.Framework (mesos-api.md 6.1).
import { message } from '../../../../mesos/codec/descriptor.ts';
import { encode, type MessageType, stringify } from '../../../../mesos/codec.ts';
import { Response_GetFrameworks_Framework } from '../../../../mesos/generated/master.ts';
import { type InverseOffer, Offer } from '../../../../mesos/generated/v1.ts';
import { timeInfo } from '../../../../mesos/time-info.ts';
import type { Encoded, ListItem } from '../../../serving/calls/document.ts';
import { agentUrl } from '../../offers/agent-url.ts';
import { inverseOfferMessage } from '../../offers/send-inverse-offers.ts';
import type { CompletedFramework, MasterFramework } from '../../state/framework.ts';
import type { MasterState } from '../../state/master-state.ts';
import { type FrameworkMoment, frameworkNow, type OfferMoment, offersNow } from '../moment.ts';
import { inBothFormats } from './agent.ts';

/** All that is shown of a live framework. */
export interface ShownFramework {
  readonly framework: FrameworkMoment;
  readonly offers: readonly OfferMoment[];
  readonly inverseOffers: readonly InverseOffer[];
}

export function shownFrameworkNow(state: MasterState, framework: MasterFramework): ShownFramework {
  return {
    framework: frameworkNow(framework),
    offers: offersNow(state, framework),
    inverseOffers: [...framework.inverseOffers].flatMap((offer) => {
      const agent = state.agents.registered.get(offer.agentId);
      return agent === undefined ? [] : inverseOfferMessage(agent, offer);
    }),
  };
}

/** As the event stream has it: every time is there, 0 when it has not come, and constraints only if it has any. */
export function frameworkEventMessage(
  state: MasterState,
  framework: MasterFramework,
): Response_GetFrameworks_Framework {
  const shown = shownFrameworkNow(state, framework);
  const { reregisteredTimeMs, registeredTimeMs, offerConstraints } = framework;
  return {
    ...head(shown),
    registered_time: timeInfo(registeredTimeMs),
    reregistered_time: timeInfo(reregisteredTimeMs),
    unregistered_time: timeInfo(0),
    offers: shown.offers.map(offerMessage),
    ...tail(shown),
    ...(offerConstraints && { offer_constraints: offerConstraints }),
  };
}

/**
 * As GET_FRAMEWORKS has them: times that have not come are left out, constraints are always there. A framework may have
 * thousands of offers, so each is encoded by itself, between what comes before and after them.
 */
export function* encodedFrameworks(frameworks: readonly ShownFramework[]): Iterable<ListItem> {
  for (const shown of frameworks) {
    const { framework } = shown;
    framework.used();
    yield undefined;
    const before = {
      ...head(shown),
      ...(framework.registeredTimeMs > 0 && { registered_time: timeInfo(framework.registeredTimeMs) }),
      ...(framework.reregisteredTimeMs > 0 && { reregistered_time: timeInfo(framework.reregisteredTimeMs) }),
    };
    const after = { ...tail(shown), offer_constraints: framework.offerConstraints ?? {} };
    if (shown.offers.length === 0) {
      yield encoded(Response_GetFrameworks_Framework, { ...before, ...after });
      continue;
    }
    yield {
      head: encoded(BeforeOffers, before),
      list: { name: 'offers', number: OFFERS, items: encodedOffers(shown.offers) },
      tail: encoded(AfterOffers, after),
    };
  }
}

const OFFERS = 7;

/** The same message without its offers, in two parts. */
const BeforeOffers = part((number) => number < OFFERS);
const AfterOffers = part((number) => number > OFFERS);

function part(isOfIt: (fieldNumber: number) => boolean): MessageType<Partial<Response_GetFrameworks_Framework>> {
  const { name } = Response_GetFrameworks_Framework;
  return message(name, () => Response_GetFrameworks_Framework.fields.filter(({ number }) => isOfIt(number)));
}

function* encodedOffers(offers: readonly OfferMoment[]): Iterable<Encoded> {
  for (const offer of offers) yield encoded(Offer, offerMessage(offer));
}

/** A framework that has ended: neither active nor connected, with its time of end. */
export function encodedCompletedFramework(framework: CompletedFramework): Encoded {
  return encoded(Response_GetFrameworks_Framework, {
    framework_info: framework.info,
    active: false,
    connected: false,
    recovered: false,
    registered_time: timeInfo(framework.registeredTimeMs),
    reregistered_time: timeInfo(framework.reregisteredTimeMs),
    unregistered_time: timeInfo(framework.unregisteredTimeMs),
    offer_constraints: framework.offerConstraints ?? {},
  });
}

function encoded<T>(type: MessageType<T>, value: T): Encoded {
  return { json: () => stringify(type, value), protobuf: () => encode(type, value) };
}

function head({ framework }: ShownFramework) {
  return {
    framework_info: framework.info,
    active: framework.active,
    connected: framework.state === 'CONNECTED',
  };
}

function tail({ framework, inverseOffers }: ShownFramework) {
  return {
    ...(inverseOffers.length > 0 && { inverse_offers: [...inverseOffers] }),
    allocated_resources: inBothFormats(framework.used()),
    offered_resources: inBothFormats(framework.offered()),
    recovered: framework.state === 'RECOVERED',
  };
}

/** The offer as its framework would get it with all capabilities. */
function offerMessage({ offer, agent, unavailability }: OfferMoment): Offer {
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
