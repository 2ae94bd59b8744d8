// The executor that a command task has in the books: nobody starts it, the agent itself does its work, but tools expect
// to see it with the names and resources of the original (mesos-semantics.md 9.1).
import type { CommandInfo, ExecutorInfo, Resource, TaskInfo } from '../../../mesos/generated/v1.ts';
import { withoutSecretValues } from '../../../mesos/secrets.ts';

/** Grace between SIGTERM and SIGKILL when nobody says otherwise. */
export const DEFAULT_KILL_GRACE_MS = 3_000;

/** What the original's executor process uses beside the task; counts for limits and statistics only. */
const OVERHEAD: readonly { readonly name: string; readonly value: number }[] = [
  { name: 'cpus', value: 0.1 },
  { name: 'mem', value: 32 },
];

/** Longest command shown in the executor's name, dots included. */
const SHOWN_COMMAND = 15;

/** The ExecutorInfo of a command task, with `framework_id`. */
export function commandExecutorInfo(frameworkId: string, task: TaskInfo): ExecutorInfo {
  const role = allocationRole(task);
  return {
    executor_id: { value: task.task_id.value },
    framework_id: { value: frameworkId },
    command: executorCommand(task.command),
    resources: overheadResources(role),
    name: executorName(task),
    source: task.task_id.value,
    ...(task.container && { container: withoutSecretValues(task.container) }),
    ...(task.discovery && { discovery: task.discovery }),
    ...(task.labels && { labels: task.labels }),
  };
}

/** `Command Executor (Task: t1) (Command: sh -c 'echo hello; ...')`. */
export function executorName(task: TaskInfo): string {
  return `Command Executor (Task: ${task.task_id.value}) (Command: ${shownCommand(task.command)})`;
}

/** The role whose allocation the task uses; `*` when its resources do not say. */
export function allocationRole(task: TaskInfo): string {
  for (const resource of task.resources ?? []) {
    if (resource.allocation_info?.role !== undefined) return resource.allocation_info.role;
  }
  return '*';
}

/** Milliseconds between SIGTERM and SIGKILL by the task's own kill policy, else the default. */
export function killGraceMs(task: TaskInfo): number {
  const nanoseconds = task.kill_policy?.grace_period?.nanoseconds;
  return nanoseconds === undefined ? DEFAULT_KILL_GRACE_MS : Math.max(0, nanoseconds / 1e6);
}

function overheadResources(role: string): Resource[] {
  return OVERHEAD.map(({ name, value }) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value },
    allocation_info: { role },
  }));
}

function shownCommand(command: CommandInfo | undefined): string {
  if (command === undefined) return 'NO COMMAND';
  if (command.shell === false) {
    const words = [command.value ?? '', (command.arguments ?? []).join(', ')];
    return `[${words.join(', ')}]`;
  }
  if (command.value === undefined) return 'NO COMMAND';
  const value = command.value;
  return `sh -c '${value.length <= SHOWN_COMMAND ? value : `${value.slice(0, SHOWN_COMMAND - 3)}...`}'`;
}

/** There is no such program; the member says who runs the task. */
function executorCommand(command: CommandInfo | undefined): CommandInfo {
  return {
    shell: false,
    value: 'mctl-command-executor',
    arguments: ['mctl-command-executor'],
    ...(command?.uris && { uris: command.uris }),
    ...(command?.environment && { environment: command.environment }),
    ...(command?.user !== undefined && { user: command.user }),
  };
}
