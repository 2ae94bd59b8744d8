// An operation that is valid and can be had takes effect: in the books at once, before the agent has done it
// (mesos-semantics.md 4.1: speculative), and the agent is told.
import type { Offer_Operation, Operation } from '../../../mesos/generated/v1.ts';
import { type Conversion, convert } from '../../../mesos/resources/conversion.ts';
import { uuidBase64 } from '../../../mesos/uuid.ts';
import { toAgent } from '../books/deliver.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';

/**
 * Changes the agent's total, enters the operation as pending and sends it. The allocator has converted its part already.
 * `conversions` without allocation roles.
 */
export function applyOperation(
  core: MasterCore,
  agent: MasterAgent,
  conversions: readonly Conversion[],
  info: Offer_Operation,
  frameworkId: string | undefined,
): void {
  const result = convert(agent.totalResources, conversions);
  if (result.kind === 'lacking') throw new Error(`books and allocator disagree on ${agent.agentId}: ${result.problem}`);
  core.state.agents.registered.changeTotal(agent, result.resources);
  const operation: Operation = {
    ...(frameworkId !== undefined && { framework_id: { value: frameworkId } }),
    agent_id: { value: agent.agentId },
    info,
    latest_status: {
      ...(info.id !== undefined && { operation_id: info.id }),
      state: 'OPERATION_PENDING',
      agent_id: { value: agent.agentId },
    },
    uuid: { value: uuidBase64(core.world.random.uuid()) },
  };
  core.state.operations.add(agent.agentId, operation);
  core.log.info('applying an operation', { agentId: agent.agentId, frameworkId, type: info.type });
  toAgent(agent, { type: 'APPLY_OPERATION', apply_operation: { operation } });
}
