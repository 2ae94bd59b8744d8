// RESERVE, UNRESERVE, CREATE, DESTROY, GROW_VOLUME and SHRINK_VOLUME in an ACCEPT: on what the operations before left of the
// offers, so that one call can reserve, create a volume and launch on it (mesos-semantics.md 3.7, 4).
import type { Offer_Operation } from '../../../../mesos/generated/v1.ts';
import { conversionsOf, convert, unallocatedConversions } from '../../../../mesos/resources/conversion.ts';
import { Resources } from '../../../../mesos/resources.ts';
import { validateOperationShape } from '../../../../mesos/validation/operations.ts';
import type { Problem } from '../../../../mesos/validation/problem.ts';
import { capabilityNames } from '../../agents/registration/admission.ts';
import { rescindOffer } from '../../books/offers.ts';
import type { MasterCore } from '../../core.ts';
import { applyOperation } from '../../operations/apply.ts';
import { normalisedOperation } from '../../operations/normalise.ts';
import { operationProblem, requesterOf } from '../../operations/problem.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { Acceptance } from './acceptance.ts';
import { refuseOperation } from './refusals.ts';

/** A framework that acknowledges nothing cannot have more operations with feedback than this. */
const MAX_UNACKNOWLEDGED = 1000;

/** What fails is skipped, and told as OPERATION_ERROR when the operation has an id. */
export function operate(core: MasterCore, acceptance: Acceptance, agent: MasterAgent, given: Offer_Operation): void {
  const problem =
    validateOperationShape(given) ??
    feedbackProblem(core, acceptance, agent, given) ??
    carryOut(core, acceptance, agent, normalisedOperation(given, acceptance.role));
  if (problem !== undefined) refuseOperation(core, acceptance.framework, given, problem);
}

function carryOut(core: MasterCore, acceptance: Acceptance, agent: MasterAgent, operation: Offer_Operation): Problem {
  const { framework, role } = acceptance;
  const problem = operationProblem(operation, requesterOf(framework.info), agent);
  if (problem !== undefined) return problem;
  const conversions = conversionsOf(operation);
  const result = convert(acceptance.remaining, conversions);
  if (result.kind === 'lacking') return result.problem;

  rescindSharedVolumes(core, agent, operation);
  const unallocated = unallocatedConversions(conversions);
  core.allocator.convertOffered(agent.agentId, framework.frameworkId, role, unallocated);
  acceptance.remaining = result.resources;
  applyOperation(core, agent, unallocated, operation, framework.frameworkId);
  return undefined;
}

function feedbackProblem(
  core: MasterCore,
  { framework }: Acceptance,
  agent: MasterAgent,
  { id, reserve }: Offer_Operation,
): Problem {
  if ((reserve?.source ?? []).length > 0) return "Expecting 'reserve.source' to be empty: only operators can name it";
  if (id === undefined) return undefined;
  const capabilities = capabilityNames(agent);
  for (const needed of ['AGENT_OPERATION_FEEDBACK', 'RESOURCE_PROVIDER']) {
    if (!capabilities.has(needed)) {
      return `Operation requested feedback, but agent ${agent.agentId} does not have the required ${needed} capability`;
    }
  }
  return core.state.operations.countOfFramework(framework.frameworkId) >= MAX_UNACKNOWLEDGED
    ? `More than ${MAX_UNACKNOWLEDGED} operations of this framework wait for the acknowledgement of their status`
    : undefined;
}

/** Others may have been offered the volume that goes. */
function rescindSharedVolumes(core: MasterCore, agent: MasterAgent, { destroy }: Offer_Operation): void {
  const shared = Resources.of(destroy?.volumes).unallocated().shared();
  if (shared.isEmpty) return;
  for (const offer of [...agent.offers]) {
    const offered = offer.resources.unallocated();
    if (shared.items.some((item) => offered.contains(Resources.ofItems([item])))) rescindOffer(core, offer);
  }
}
