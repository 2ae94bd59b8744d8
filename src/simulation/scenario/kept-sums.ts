// What the master keeps as a sum, so that nobody has to look at every task or agent for it, against the sum itself.
import type { MasterCore } from '../../daemon/master/core.ts';
import { isPending, type OperationBook } from '../../daemon/master/operations/operation-book.ts';
import type { ScalarSums } from '../../daemon/master/state/scalar-sums.ts';
import type { MasterTask } from '../../daemon/master/state/task.ts';
import type { UnreachableTasks } from '../../daemon/master/state/task-maps.ts';
import type { TaskStates } from '../../daemon/master/state/task-states.ts';
import { Resources } from '../../mesos/resources.ts';

/** One line for each sum that is not what it should be. */
export function checkKeptSums({ state }: MasterCore): string[] {
  const broken: string[] = [];
  for (const { frameworkId, tasks, unreachableTasks } of state.frameworks.values()) {
    broken.push(...checkStates(`tasks of ${frameworkId}`, tasks.states, tasks.values()));
    broken.push(...checkStates(`lost tasks of ${frameworkId}`, unreachableTasks.states, unreachableTasks.values()));
    broken.push(...checkLostTasks(frameworkId, state.unreachableTasks, unreachableTasks.values()));
  }
  const { registered } = state.agents;
  const agents = [...registered.values()];
  const totals = agents.map(({ totalResources }) => totalResources);
  const used = agents.map(({ usedResources }) => Resources.sum(usedResources.values()));
  broken.push(...checkScalars('agents have', registered.total, totals));
  broken.push(...checkScalars('of agents are used', registered.used, used));
  broken.push(...checkOperations(state.operations));
  return broken;
}

function checkLostTasks(frameworkId: string, byAgent: UnreachableTasks, tasks: Iterable<MasterTask>): string[] {
  const counts = new Map<string, number>();
  for (const { agentId } of tasks) counts.set(agentId, (counts.get(agentId) ?? 0) + 1);
  const kept = [...counts.keys()].map((agentId) => [agentId, byAgent.of(agentId, frameworkId).length] as const);
  return compared(`lost tasks of ${frameworkId} by agent`, counts, new Map(kept));
}

/** Of those under way: that others have ended cannot be seen any more. */
function checkOperations(book: OperationBook): string[] {
  const pending = new Map<string, number>();
  for (const operation of book.all()) {
    const type = operation.message.info.type ?? '';
    if (isPending(operation)) pending.set(type, (pending.get(type) ?? 0) + 1);
  }
  const kept = Array.from(
    book.counts.types(),
    (type) => [type ?? '', book.counts.of(type, 'OPERATION_PENDING')] as const,
  );
  return compared('pending operations', pending, new Map(kept.filter(([, count]) => count !== 0)));
}

function checkStates(name: string, kept: TaskStates, tasks: Iterable<MasterTask>): string[] {
  const counts = new Map<string, number>();
  for (const { message } of tasks) counts.set(message.state, (counts.get(message.state) ?? 0) + 1);
  return compared(name, counts, new Map(kept.entries()));
}

function checkScalars(name: string, kept: ScalarSums, parts: readonly Resources[]): string[] {
  const sums = new Map<string, number>();
  for (const { items } of parts) {
    for (const { identity, millis } of items) {
      if (identity.kind === 'SCALAR') sums.set(identity.key, (sums.get(identity.key) ?? 0) + millis);
    }
  }
  const keptSums = Array.from(kept.values(), ({ identity, millis }) => [identity.key, millis] as const);
  return compared(name, sums, new Map(keptSums));
}

function compared(name: string, are: ReadonlyMap<string, number>, kept: ReadonlyMap<string, number>): string[] {
  const keys = new Set([...are.keys(), ...kept.keys()]);
  return [...keys].flatMap((key) =>
    are.get(key) === kept.get(key) ? [] : `${name}: ${are.get(key) ?? 0} of ${key}, not ${kept.get(key) ?? 0}`,
  );
}
