// A registered agent subscribes again: its report and the books are brought together (mesos-semantics.md 7.4).
import type { Call_Subscribe, Event_Reconciliation } from '../../../../mesos/generated/agent_protocol.ts';
import { isTerminalState } from '../../../../mesos/task-state.ts';
import { toAgent } from '../../books/deliver.ts';
import { removeExecutor } from '../../books/executors.ts';
import type { MasterCore } from '../../core.ts';
import { recoverFrameworks } from '../../frameworks/recovery.ts';
import type { MasterAgent } from '../../state/agent.ts';

/** Tasks in the books that the agent did not report; it answers each of them with an update. */
export function unreportedTasks(
  core: MasterCore,
  agent: MasterAgent,
  report: Call_Subscribe,
): readonly Event_Reconciliation[] {
  const reported = new Set((report.tasks ?? []).map((task) => key(task.framework_id.value, task.task_id.value)));
  const reconciliations: Event_Reconciliation[] = [];
  for (const [frameworkId, tasks] of agent.tasks) {
    const missing = [...tasks.keys()].filter((taskId) => !reported.has(key(frameworkId, taskId)));
    if (missing.length === 0) continue;
    reconciliations.push({
      framework_id: { value: frameworkId },
      task_ids: missing.map((value) => ({ value })),
      partition_aware: core.state.frameworks.get(frameworkId)?.capabilities.has('PARTITION_AWARE') ?? false,
    });
  }
  return reconciliations;
}

/** Before the agent is attached again: executors it no longer has are dropped, frameworks it alone knows are recovered. */
export function dropMissingExecutors(core: MasterCore, agent: MasterAgent, report: Call_Subscribe): void {
  recoverFrameworks(core, report.frameworks ?? []);
  const reported = new Set(
    (report.executors ?? []).map((executor) => key(executor.framework_id?.value ?? '', executor.executor_id.value)),
  );
  for (const [frameworkId, executors] of [...agent.executors]) {
    for (const executorId of [...executors.keys()]) {
      if (!reported.has(key(frameworkId, executorId))) removeExecutor(core, agent, frameworkId, executorId);
    }
  }
}

/**
 * After SUBSCRIBED: what the agent runs but should not. Kills that did not reach it are repeated; tasks and executors the
 * master gave up while the agent was away are ended; frameworks that are over are shut down.
 */
export function endWhatIsNotWanted(core: MasterCore, agent: MasterAgent, report: Call_Subscribe): void {
  for (const task of report.tasks ?? []) {
    const [frameworkId, taskId] = [task.framework_id.value, task.task_id.value];
    if (isTerminalState(task.state) || core.state.completedFrameworks.has(frameworkId)) continue;
    const isKilled = agent.killedTasks.get(frameworkId)?.has(taskId) ?? false;
    const isKnown = agent.tasks.get(frameworkId)?.has(taskId) ?? false;
    if (isKilled || !isKnown) {
      toAgent(agent, { type: 'KILL', kill: { framework_id: task.framework_id, task_id: task.task_id } });
    }
  }
  for (const executor of report.executors ?? []) {
    const frameworkId = executor.framework_id?.value ?? '';
    if (core.state.completedFrameworks.has(frameworkId)) continue;
    if (agent.executors.get(frameworkId)?.has(executor.executor_id.value)) continue;
    toAgent(agent, {
      type: 'SHUTDOWN_EXECUTOR',
      shutdown_executor: { framework_id: { value: frameworkId }, executor_id: executor.executor_id },
    });
  }
  shutDownCompletedFrameworks(core, agent, report);
}

/** Frameworks of the report that are over by now. */
function shutDownCompletedFrameworks(core: MasterCore, agent: MasterAgent, report: Call_Subscribe): void {
  const frameworkIds = new Set<string>();
  for (const task of report.tasks ?? []) frameworkIds.add(task.framework_id.value);
  for (const executor of report.executors ?? []) frameworkIds.add(executor.framework_id?.value ?? '');
  for (const info of report.frameworks ?? []) frameworkIds.add(info.id?.value ?? '');
  for (const value of frameworkIds) {
    if (!core.state.completedFrameworks.has(value)) continue;
    toAgent(agent, { type: 'SHUTDOWN_FRAMEWORK', shutdown_framework: { framework_id: { value } } });
  }
}

function key(frameworkId: string, id: string): string {
  return `${frameworkId}\n${id}`;
}
