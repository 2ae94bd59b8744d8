// What agents say became of operations, who is told, and who has heard it (mesos-semantics.md 4, 6.2). A status with a uuid comes
// from the agent again and again until it is acknowledged; those that the master makes itself come once.
import type { Call_AcknowledgeOperationStatus, Call_ReconcileOperations } from '../../../mesos/generated/scheduler.ts';
import type { Operation, OperationState, OperationStatus } from '../../../mesos/generated/v1.ts';
import { toAgent, toFramework } from '../books/deliver.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';
import { isPending, type MasterOperation } from './operation-book.ts';

/** UPDATE_OPERATION of an agent. */
export function takeOperationUpdate(core: MasterCore, agent: MasterAgent, told: Operation): void {
  core.state.counters.increment('master/messages_operation_status_update');
  const status = told.latest_status;
  const operation = core.state.operations.find(agent.agentId, told.uuid.value);
  core.state.counters.increment(`master/${operation === undefined ? 'invalid' : 'valid'}_operation_status_updates`);
  if (operation === undefined) {
    // Acknowledged before, or its framework is over: nobody else will say so.
    acknowledgeToAgent(agent, told.uuid.value, status);
    return;
  }
  if (status.uuid === undefined || operation.message.latest_status.uuid?.value !== status.uuid.value) {
    core.state.operations.record(operation, status);
  }
  if (status.state !== 'OPERATION_FINISHED') {
    core.log.warn('an agent did not carry out an operation', {
      agentId: agent.agentId,
      type: told.info.type,
      state: status.state,
      message: status.message,
    });
  }
  passOn(core, agent, operation, status);
}

/** Without feedback it is over; with it the framework hears of it, and only its acknowledgement ends it. */
function passOn(core: MasterCore, agent: MasterAgent, operation: MasterOperation, status: OperationStatus): void {
  const { frameworkId = '', operationId } = operation;
  const isOver = core.state.completedFrameworks.has(frameworkId);
  if (operationId === undefined || status.uuid === undefined || isOver) {
    acknowledgeToAgent(agent, operation.uuid, status);
    core.state.operations.remove(operation);
    core.agentEmptied(agent);
  }
  const framework = core.state.frameworks.get(frameworkId);
  if (operationId !== undefined && framework !== undefined) tell(framework, status);
}

/** ACKNOWLEDGE_OPERATION_STATUS: of the latest status of an operation in the books; others are of no consequence. */
export function acknowledgeOperation(
  core: MasterCore,
  framework: MasterFramework,
  call: Call_AcknowledgeOperationStatus,
): void {
  const { counters, operations, agents } = core.state;
  counters.increment('master/messages_operation_status_update_acknowledgement');
  const operation = operations.named(framework.frameworkId, call.operation_id.value, call.uuid);
  if (operation === undefined || operation.agentId !== call.agent_id?.value) {
    counters.increment('master/invalid_operation_status_update_acknowledgements');
    return;
  }
  counters.increment('master/valid_operation_status_update_acknowledgements');
  operations.remove(operation);
  const agent = agents.registered.get(operation.agentId);
  if (agent === undefined) return;
  acknowledgeToAgent(agent, operation.uuid, operation.message.latest_status);
  core.agentEmptied(agent);
}

/** RECONCILE_OPERATIONS: no operations = all that the framework has. Answers carry no uuid. */
export function reconcileOperations(
  core: MasterCore,
  framework: MasterFramework,
  call: Call_ReconcileOperations,
): void {
  const { operations, counters } = core.state;
  counters.increment('master/messages_reconcile_operations');
  const asked = call.operations ?? [];
  if (asked.length === 0) {
    for (const operation of operations.ofFramework(framework.frameworkId)) tell(framework, latestOf(operation));
    return;
  }
  for (const { operation_id, agent_id } of asked) {
    const known = operations.named(framework.frameworkId, operation_id.value);
    tell(
      framework,
      known === undefined
        ? {
            operation_id,
            state: stateOfUnknown(core, agent_id?.value),
            message: 'Reconciliation: Operation is unknown',
            ...(agent_id !== undefined && { agent_id }),
          }
        : latestOf(known),
    );
  }
}

/** The agent is out of reach, or gone: what it had not told, or nobody had acknowledged, is told to be so. */
export function endOperationsOf(core: MasterCore, agentId: string, state: OperationState, message: string): void {
  for (const operation of core.state.operations.ofAgent(agentId)) {
    core.state.operations.remove(operation, state === 'OPERATION_UNREACHABLE' ? undefined : state);
    const framework = core.state.frameworks.get(operation.frameworkId ?? '');
    const { id } = operation.message.info;
    if (framework === undefined || id === undefined) continue;
    tell(framework, { operation_id: id, state, message, agent_id: { value: agentId } });
  }
}

/** The framework is over: nobody is to be told any more. What agents still do for it, they do. */
export function forgetOperationsOf(core: MasterCore, frameworkId: string): void {
  const { operations, agents } = core.state;
  for (const operation of operations.ofFramework(frameworkId)) {
    if (isPending(operation)) {
      operations.forgetFramework(operation);
      continue;
    }
    operations.remove(operation);
    const agent = agents.registered.get(operation.agentId);
    if (agent === undefined) continue;
    acknowledgeToAgent(agent, operation.uuid, operation.message.latest_status);
    core.agentEmptied(agent);
  }
}

function tell(framework: MasterFramework, status: OperationStatus): void {
  toFramework(framework, { type: 'UPDATE_OPERATION_STATUS', update_operation_status: { status } });
}

function latestOf({ message }: MasterOperation): OperationStatus {
  const { uuid: _uuid, ...status } = message.latest_status;
  return status;
}

function acknowledgeToAgent(agent: MasterAgent, uuid: string, status: OperationStatus): void {
  if (status.uuid === undefined) return;
  const ids = { operation_uuid: { value: uuid }, status_uuid: status.uuid };
  toAgent(agent, { type: 'ACKNOWLEDGE_OPERATION', acknowledge_operation: ids });
}

function stateOfUnknown(core: MasterCore, agentId: string | undefined): OperationState {
  const { agents } = core.state;
  if (agentId === undefined) return agents.recovered.size > 0 ? 'OPERATION_RECOVERING' : 'OPERATION_UNKNOWN';
  if (agents.recovered.has(agentId)) return 'OPERATION_RECOVERING';
  if (agents.unreachable.has(agentId)) return 'OPERATION_UNREACHABLE';
  return agents.gone.has(agentId) ? 'OPERATION_GONE_BY_OPERATOR' : 'OPERATION_UNKNOWN';
}
