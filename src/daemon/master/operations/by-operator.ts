// Operations of operators (mesos-semantics.md 4): on what is free of an agent and, where that is not enough, on what is offered:
// offers are rescinded until it is.
import type { Offer_Operation } from '../../../mesos/generated/v1.ts';
import { type Conversion, conversionsOf, convert } from '../../../mesos/resources/conversion.ts';
import { Resources } from '../../../mesos/resources.ts';
import { rescindOffer } from '../books/offers.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import { applyOperation } from './apply.ts';
import { normalisedOperation } from './normalise.ts';
import { operationProblem, requesterOf } from './problem.ts';

/** `refused`: it makes no sense. `conflict`: the agent has not got the resources, or cannot be told. */
export type OperatorAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' | 'conflict'; readonly why: string };

/** In the books and on its way to the agent when `accepted`. */
export function operateAsOperator(core: MasterCore, agentId: string, given: Offer_Operation): OperatorAnswer {
  const agent = core.state.agents.registered.get(agentId);
  if (agent === undefined) return { kind: 'refused', why: 'No agent found with specified ID' };
  const operation = normalisedOperation(given, undefined);
  const problem = operationProblem(operation, requesterOf(undefined), agent);
  if (problem !== undefined) return { kind: 'refused', why: `${introduction(operation, agent)}: ${problem}` };
  if (!agent.connected) return { kind: 'conflict', why: `Agent ${agentId} is disconnected: try again when it is back` };

  const conversions = conversionsOf(operation);
  const offered = agent.offeredResources.unallocated().nonShared();
  const result = convert(core.allocator.available(agentId).plus(offered), conversions);
  // Nobody loses an offer for what cannot be.
  if (result.kind === 'lacking') return { kind: 'conflict', why: result.problem };
  rescindOffers(core, agent, conversions);
  core.allocator.convertAvailable(agentId, conversions);
  applyOperation(core, agent, conversions, operation, undefined);
  return { kind: 'accepted' };
}

/** The original names the agent with some and not with others. */
function introduction({ type }: Offer_Operation, { agentId, pid, info }: MasterAgent): string {
  return type === 'DESTROY' || type === 'UNRESERVE'
    ? `Invalid ${type} operation`
    : `Invalid ${type} operation on agent ${agentId} at ${pid} (${info.hostname})`;
}

/** Those that bring the operation nearer to what it needs, until it has that; and those of a shared volume that goes. */
function rescindOffers(core: MasterCore, agent: MasterAgent, conversions: readonly Conversion[]): void {
  const needed = Resources.sum(conversions.map(({ consumed }) => consumed));
  const shared = needed.shared();
  let present = core.allocator.available(agent.agentId);
  for (const offer of [...agent.offers]) {
    const offered = offer.resources.unallocated();
    const isOfVolume = shared.items.some((item) => offered.contains(Resources.ofItems([item])));
    if (!isOfVolume && (convert(present, conversions).kind === 'converted' || !helps(offered, needed))) continue;
    present = present.plus(offered.nonShared());
    rescindOffer(core, offer);
  }
}

/** Whether any of it is what is needed. */
const helps = (offered: Resources, needed: Resources): boolean => !needed.minus(offered).equals(needed);
