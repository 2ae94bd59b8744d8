// The end of tasks that became unreachable with their agent: it came back without them, or is gone for good.
import type { TaskState, TaskStatus_Reason } from '../../../mesos/generated/v1.ts';
import { forwardStatus } from '../books/deliver.ts';
import { statusOfTask } from '../books/statuses.ts';
import { addCompletedTask, applyStatus } from '../books/tasks.ts';
import type { MasterCore } from '../core.ts';

/** What the tasks of a lost agent are told. */
export interface TasksEnd {
  /** What they become, by the capabilities of their framework. */
  readonly stateFor: (capabilities: ReadonlySet<string>) => TaskState;
  readonly reason: TaskStatus_Reason;
  readonly message: string;
}

/** Ends every task that is unreachable on this agent, and tells the frameworks. */
export function endUnreachableTasks(core: MasterCore, agentId: string, end: TasksEnd): void {
  const { frameworks, unreachableTasks } = core.state;
  for (const task of unreachableTasks.ofAgent(agentId)) {
    const framework = frameworks.get(task.frameworkId);
    if (framework === undefined) continue;
    const { reason, message } = end;
    const state = end.stateFor(framework.capabilities);
    const status = statusOfTask(core, task, { state, reason, message });
    applyStatus(core, task, status);
    framework.unreachableTasks.delete(task.taskId);
    addCompletedTask(core, framework, task);
    forwardStatus(framework, status);
  }
}
