// Makes runs: from a task the master sends, or from what the journal says of one. And the journal entries of a run.
import { toJson } from '../../../mesos/codec.ts';
import { type FrameworkInfo, TaskInfo } from '../../../mesos/generated/v1.ts';
import type { World } from '../../../world/world.ts';
import type { JournalEntry } from '../checkpoint/entries.ts';
import type { WorkLayout } from '../checkpoint/layout.ts';
import type { RecoveredTask } from '../checkpoint/replay.ts';
import type { Books } from './books.ts';
import { commandExecutorInfo } from './command-executor.ts';
import { TaskRun } from './task-run.ts';

/** A new run with a container id of its own. Throws RangeError when its ids cannot be part of a path. */
export function newRun(
  world: Pick<World, 'random'>,
  layout: WorkLayout,
  agentId: string,
  framework: FrameworkInfo,
  task: TaskInfo,
): TaskRun {
  const frameworkId = framework.id?.value ?? '';
  const containerId = world.random.uuid();
  return new TaskRun({
    frameworkId,
    agentId,
    info: task,
    executor: commandExecutorInfo(frameworkId, task),
    containerId,
    directory: layout.runDirectory(agentId, frameworkId, task.task_id.value, containerId),
    runtimeDirectory: layout.runtimeContainer(containerId),
    isCheckpointed: framework.checkpoint ?? false,
    user: task.command?.user ?? framework.user,
  });
}

/** The run as it was when the journal ended. Its container is running as far as anybody knows. */
export function recoveredRun(agentId: string, recovered: RecoveredTask): TaskRun {
  const { frameworkId, task, containerId, directory, runtimeDirectory, isCheckpointed, user } = recovered;
  const executor = commandExecutorInfo(frameworkId, task);
  const run = new TaskRun({
    frameworkId,
    agentId,
    info: task,
    executor,
    containerId,
    directory,
    runtimeDirectory,
    isCheckpointed,
    user,
  });
  for (const status of recovered.statuses) run.record(status);
  run.unacknowledged = recovered.statuses.slice(recovered.acknowledged);
  run.isSettled = run.isTerminal && run.unacknowledged.length === 0;
  run.container = recovered.container;
  run.phase = run.container === undefined || run.isTerminal ? 'ended' : 'running';
  run.kill = recovered.kill && { ...recovered.kill, timer: undefined };
  run.checks = recovered.checks;
  run.isRemembered = isCheckpointed;
  run.isAbandoned = !isCheckpointed || recovered.kill?.cause === 'framework-removed';
  return run;
}

/** The journal as it would be if only the present mattered. */
export function journalSnapshot(books: Books): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const framework of books.frameworks.values()) {
    entries.push({ kind: 'framework', info: framework.info });
    for (const run of framework.runs.values()) entries.push(...runEntries(run));
  }
  return entries;
}

/** The entry of a task that has just arrived. */
export function taskEntry(run: TaskRun): Extract<JournalEntry, { kind: 'task' }> {
  return {
    kind: 'task',
    frameworkId: run.frameworkId,
    task: toJson(TaskInfo, run.info),
    containerId: run.containerId,
    directory: run.directory,
    runtimeDirectory: run.runtimeDirectory,
    isCheckpointed: run.isCheckpointed,
    user: run.user,
  };
}

function runEntries(run: TaskRun): JournalEntry[] {
  const waiting = new Set(run.unacknowledged);
  const statuses = run.statuses.filter((status) => !waiting.has(status));
  const { containerId, frameworkId, kill } = run;
  const task = taskEntry(run);
  return [
    { ...task, ...(statuses.length > 0 && { statuses }), ...(run.checks && { checks: run.checks }) },
    ...(run.container ? [{ kind: 'container', checkpoint: run.container } as const] : []),
    ...run.unacknowledged.map((status) => ({ kind: 'update', frameworkId, containerId, status }) as const),
    ...(kill ? [{ kind: 'kill', containerId, cause: kill.cause, deadlineMs: kill.deadlineMs } as const] : []),
  ];
}
