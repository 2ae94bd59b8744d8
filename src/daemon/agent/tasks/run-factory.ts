// Makes runs: from a task the master sends, or from what the journal says of one. And the journal entries of a run.
import { toJson } from '../../../mesos/codec.ts';
import { type FrameworkInfo, TaskInfo } from '../../../mesos/generated/v1.ts';
import type { World } from '../../../world/world.ts';
import type { JournalEntry } from '../checkpoint/entries.ts';
import { pathComponent, type WorkLayout } from '../checkpoint/layout.ts';
import type { RecoveredTask } from '../checkpoint/replay.ts';
import { nestedKey } from '../containers/container-id.ts';
import type { ExecutorRecord } from '../executors/executor.ts';
import { executorEntries } from '../executors/executor-factory.ts';
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

/**
 * A new run of a task that belongs to an executor: with a container nested in that of the default one, within the
 * container of a custom one.
 */
export function newHostedRun(
  world: Pick<World, 'random'>,
  layout: WorkLayout,
  host: ExecutorRecord,
  task: TaskInfo,
  groupId: string | undefined,
): TaskRun {
  pathComponent(task.task_id.value);
  const { frameworkId, agentId, isCheckpointed } = host;
  const runId = world.random.uuid();
  const facts = { frameworkId, agentId, info: task, executor: host.info, runId, host, groupId, isCheckpointed };
  if (host.kind === 'custom') {
    const { containerId, directory, runtimeDirectory, user } = host;
    return new TaskRun({ ...facts, containerId, directory, runtimeDirectory, user });
  }
  const containerId = nestedKey(host.containerId, runId);
  return new TaskRun({
    ...facts,
    containerId,
    runId: containerId,
    directory: layout.nestedDirectory(host.directory, runId),
    runtimeDirectory: layout.runtimeContainer(containerId),
    user: task.command?.user ?? host.user,
  });
}

/** The run as it was when the journal ended. Its container is running as far as anybody knows. */
export function recoveredRun(agentId: string, recovered: RecoveredTask, host: ExecutorRecord | undefined): TaskRun {
  const {
    frameworkId,
    task,
    containerId: runId,
    groupId,
    directory,
    runtimeDirectory,
    isCheckpointed,
    user,
  } = recovered;
  const run = new TaskRun({
    frameworkId,
    agentId,
    info: task,
    executor: host?.info ?? commandExecutorInfo(frameworkId, task),
    containerId: host?.kind === 'custom' ? host.containerId : runId,
    runId,
    host,
    groupId,
    directory,
    runtimeDirectory,
    isCheckpointed,
    user,
  });
  for (const status of recovered.statuses) {
    run.record(status);
    run.rememberRelayed(status.uuid ?? '');
  }
  run.unacknowledged = recovered.statuses.slice(recovered.acknowledged);
  run.isSettled = run.isTerminal && run.unacknowledged.length === 0;
  run.container = recovered.container;
  const isThere = host?.kind === 'custom' || run.container !== undefined;
  run.phase = !isThere || run.isTerminal ? 'ended' : 'running';
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
    for (const executor of framework.executors.values()) entries.push(...executorEntries(executor));
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
    containerId: run.runId,
    ...(run.host && { executorContainerId: run.host.containerId }),
    ...(run.groupId !== undefined && { groupId: run.groupId }),
    directory: run.directory,
    runtimeDirectory: run.runtimeDirectory,
    isCheckpointed: run.isCheckpointed,
    user: run.user,
  };
}

function runEntries(run: TaskRun): JournalEntry[] {
  const waiting = new Set(run.unacknowledged);
  const statuses = run.statuses.filter((status) => !waiting.has(status));
  const { runId: containerId, frameworkId, kill } = run;
  const task = taskEntry(run);
  return [
    { ...task, ...(statuses.length > 0 && { statuses }), ...(run.checks && { checks: run.checks }) },
    ...(run.container ? [{ kind: 'container', checkpoint: run.container } as const] : []),
    ...run.unacknowledged.map((status) => ({ kind: 'update', frameworkId, containerId, status }) as const),
    ...(kill ? [{ kind: 'kill', containerId, cause: kill.cause, deadlineMs: kill.deadlineMs } as const] : []),
  ];
}
