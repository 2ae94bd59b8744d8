// What an agent says it has, against what the books say (mesos-semantics.md 4.1: the agent's report wins).
import type { Call_Subscribe } from '../../../mesos/generated/agent_protocol.ts';
import type { Operation } from '../../../mesos/generated/v1.ts';
import { conversionsOf, convert, unallocatedConversions } from '../../../mesos/resources/conversion.ts';
import { Resources } from '../../../mesos/resources.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import { isPending } from './operation-book.ts';

/** Its total with everything that operations made of it. */
export function totalOf(report: Call_Subscribe): Resources {
  return Resources.of(report.total_resources ?? report.agent_info.resources);
}

/** The operations of an agent that comes into the books. */
export function addOperations(core: MasterCore, agentId: string, report: Call_Subscribe): void {
  for (const message of report.operations ?? []) core.state.operations.add(agentId, message);
}

/**
 * A known agent is back. What it does not report never reached it, or needs no feedback and is done: it leaves the books, and
 * of the first the agent is to say so: those are answered.
 */
export function reconcileReported(core: MasterCore, agent: MasterAgent, report: Call_Subscribe): Operation[] {
  const { operations } = core.state;
  const reported = new Set((report.operations ?? []).map(({ uuid }) => uuid.value));
  const dropped: Operation[] = [];
  for (const operation of operations.ofAgent(agent.agentId)) {
    if (reported.has(operation.uuid)) continue;
    if (operation.operationId === undefined) operations.remove(operation);
    else dropped.push(operation.message);
  }
  for (const message of report.operations ?? []) {
    const known = operations.find(agent.agentId, message.uuid.value);
    if (known === undefined) operations.add(agent.agentId, message);
    else operations.replaceMessage(known, message);
  }
  return dropped;
}

/**
 * The total that a connected agent told, as it will be when it has done what is still on its way to it: an agent's calls come in
 * order, so those are the operations that it has not reported on.
 */
export function withPendingOperations(core: MasterCore, agent: MasterAgent, total: Resources): Resources {
  let ahead = total;
  for (const operation of core.state.operations.ofAgent(agent.agentId)) {
    if (!isPending(operation)) continue;
    const result = convert(ahead, unallocatedConversions(conversionsOf(operation.message.info)));
    if (result.kind === 'converted') ahead = result.resources;
  }
  return ahead;
}
