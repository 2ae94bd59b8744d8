// Operations that the master sent to agents: until the agent says how they ended and, of those with feedback, until the
// framework has acknowledged that (mesos-semantics.md 4).
import type { Operation, OperationStatus } from '../../../mesos/generated/v1.ts';
import { deleteNested, putNested } from '../books/nested-map.ts';

/** One operation on an agent's resources. */
export interface MasterOperation {
  readonly uuid: string;
  readonly agentId: string;
  /** Undefined: an operator's. */
  readonly frameworkId: string | undefined;
  /** The framework's own name for it; undefined: it wants no feedback. */
  readonly operationId: string | undefined;
  /** As it is shown; never changed in place. */
  message: Operation;
}

/** By agent, and those with feedback by framework too. A framework that uses an id again means the newer one from then on. */
export class OperationBook {
  readonly #byAgent = new Map<string, Map<string, MasterOperation>>();
  readonly #byFramework = new Map<string, Map<string, MasterOperation>>();

  /** The booked form of a message; `uuid` and agent are in there. */
  add(agentId: string, message: Operation): MasterOperation {
    const operation: MasterOperation = {
      uuid: message.uuid.value,
      agentId,
      frameworkId: message.framework_id?.value,
      operationId: message.info.id?.value,
      message,
    };
    putNested(this.#byAgent, agentId, operation.uuid, operation);
    const { frameworkId, operationId } = operation;
    if (frameworkId !== undefined && operationId !== undefined) {
      putNested(this.#byFramework, frameworkId, operationId, operation);
    }
    return operation;
  }

  remove(operation: MasterOperation): void {
    deleteNested(this.#byAgent, operation.agentId, operation.uuid);
    this.forgetFramework(operation);
  }

  /** It stays with its agent; nobody of that framework can ask for it any more. */
  forgetFramework(operation: MasterOperation): void {
    const { frameworkId = '', operationId = '' } = operation;
    if (this.named(frameworkId, operationId) === operation) deleteNested(this.#byFramework, frameworkId, operationId);
  }

  find(agentId: string, uuid: string): MasterOperation | undefined {
    return this.#byAgent.get(agentId)?.get(uuid);
  }

  /** By the framework's own name for it. */
  named(frameworkId: string, operationId: string): MasterOperation | undefined {
    return this.#byFramework.get(frameworkId)?.get(operationId);
  }

  /** How many with feedback. */
  countOfFramework(frameworkId: string): number {
    return this.#byFramework.get(frameworkId)?.size ?? 0;
  }

  /** Whether there is any of this agent. */
  hasAny(agentId: string): boolean {
    return this.#byAgent.has(agentId);
  }

  /** In the order in which they were sent. */
  ofAgent(agentId: string): readonly MasterOperation[] {
    return [...(this.#byAgent.get(agentId)?.values() ?? [])];
  }

  /** Those with feedback. */
  ofFramework(frameworkId: string): readonly MasterOperation[] {
    return [...(this.#byFramework.get(frameworkId)?.values() ?? [])];
  }

  *all(): Iterable<MasterOperation> {
    for (const operations of this.#byAgent.values()) yield* operations.values();
  }
}

/** The agent has not said what became of it. */
export const isPending = ({ message }: MasterOperation): boolean => message.latest_status.state === 'OPERATION_PENDING';

/** Takes a status into the message, which is replaced. */
export function record(operation: MasterOperation, status: OperationStatus): void {
  const { message } = operation;
  operation.message = { ...message, latest_status: status, statuses: [...(message.statuses ?? []), status] };
}
