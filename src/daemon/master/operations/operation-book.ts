// Operations that the master sent to agents: until the agent says how they ended and, of those with feedback, until the
// framework has acknowledged that (mesos-semantics.md 4).
import type { Operation, OperationState, OperationStatus } from '../../../mesos/generated/v1.ts';
import { addToSet, deleteFromSet, deleteNested, putNested } from '../books/nested-map.ts';
import { OperationCounts } from './operation-counts.ts';

/** One operation on an agent's resources. */
export interface MasterOperation {
  readonly uuid: string;
  readonly agentId: string;
  /** Undefined: an operator's. */
  readonly frameworkId: string | undefined;
  /** The framework's own name for it; undefined: it wants no feedback. */
  readonly operationId: string | undefined;
  /** As it is shown; never changed in place. Replaced by the book. */
  readonly message: Operation;
}

/**
 * By agent, and those with feedback by framework too. A framework that uses a name again means the newer one by it; the older one
 * is there until its own status is acknowledged.
 */
export class OperationBook {
  readonly counts = new OperationCounts();
  readonly #byAgent = new Map<string, Map<string, MasterOperation>>();
  /** Framework, then uuid: its own names need not be unique. In the order in which they were sent. */
  readonly #byFramework = new Map<string, Map<string, MasterOperation>>();
  /** The same by framework, then its own name for them. Nearly always one of a name; the newest last. */
  readonly #byName = new Map<string, Map<string, Set<MasterOperation>>>();

  /** The booked form of a message; `uuid` and agent are in there. */
  add(agentId: string, message: Operation): MasterOperation {
    const operation: MasterOperation = {
      uuid: message.uuid.value,
      agentId,
      frameworkId: message.framework_id?.value,
      operationId: message.info.id?.value,
      message,
    };
    const former = this.find(agentId, operation.uuid);
    if (former !== undefined) this.remove(former);
    putNested(this.#byAgent, agentId, operation.uuid, operation);
    this.counts.moved(message.info.type, undefined, message.latest_status.state);
    const { frameworkId, operationId } = operation;
    if (frameworkId !== undefined && operationId !== undefined) {
      this.#addToFramework(operation, frameworkId, operationId);
    }
    return operation;
  }

  /** `end`: as what it counts from now on, unless it had ended before; undefined: what became of it is not known. */
  remove(operation: MasterOperation, end?: OperationState): void {
    if (this.#isHere(operation)) {
      deleteNested(this.#byAgent, operation.agentId, operation.uuid);
      const { info, latest_status } = operation.message;
      this.counts.moved(info.type, latest_status.state, end);
    }
    this.forgetFramework(operation);
  }

  /** Takes a status into the message. */
  record(operation: MasterOperation, status: OperationStatus): void {
    const { message } = operation;
    const statuses = [...(message.statuses ?? []), status];
    this.replaceMessage(operation, { ...message, latest_status: status, statuses });
  }

  replaceMessage(operation: MasterOperation, message: Operation): void {
    const before = operation.message.latest_status.state;
    if (this.#isHere(operation)) this.counts.moved(message.info.type, before, message.latest_status.state);
    const changed: { message: Operation } = operation;
    changed.message = message;
  }

  /** It stays with its agent; nobody of that framework can ask for it any more. */
  forgetFramework({ frameworkId = '', uuid }: MasterOperation): void {
    const operation = this.#byFramework.get(frameworkId)?.get(uuid);
    if (operation === undefined) return;
    deleteNested(this.#byFramework, frameworkId, uuid);
    const byName = this.#byName.get(frameworkId);
    if (byName === undefined) return;
    deleteFromSet(byName, operation.operationId ?? '', operation);
    if (byName.size === 0) this.#byName.delete(frameworkId);
  }

  find(agentId: string, uuid: string): MasterOperation | undefined {
    return this.#byAgent.get(agentId)?.get(uuid);
  }

  /** By the framework's own name for it; `statusUuid`: the one of that name that said this last. */
  named(frameworkId: string, operationId: string, statusUuid?: string): MasterOperation | undefined {
    return [...(this.#byName.get(frameworkId)?.get(operationId) ?? [])].findLast(
      ({ message }) => statusUuid === undefined || message.latest_status.uuid?.value === statusUuid,
    );
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

  #addToFramework(operation: MasterOperation, frameworkId: string, operationId: string): void {
    this.forgetFramework(operation);
    putNested(this.#byFramework, frameworkId, operation.uuid, operation);
    const byName = this.#byName.get(frameworkId) ?? new Map<string, Set<MasterOperation>>();
    this.#byName.set(frameworkId, byName);
    addToSet(byName, operationId, operation);
  }

  #isHere(operation: MasterOperation): boolean {
    return this.find(operation.agentId, operation.uuid) === operation;
  }
}

/** The agent has not said what became of it. */
export const isPending = ({ message }: MasterOperation): boolean => message.latest_status.state === 'OPERATION_PENDING';
