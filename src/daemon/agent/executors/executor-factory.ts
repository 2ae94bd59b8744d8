// Makes executors: from what the master sends with a task, or from what the journal says of one. And their journal entries.
import { toJson } from '../../../mesos/codec.ts';
import { ExecutorInfo, type FrameworkInfo } from '../../../mesos/generated/v1.ts';
import type { World } from '../../../world/world.ts';
import type { JournalEntry } from '../checkpoint/entries.ts';
import type { WorkLayout } from '../checkpoint/layout.ts';
import type { RecoveredExecutor } from '../checkpoint/replay.ts';
import { ExecutorRecord } from './executor.ts';

/** A new executor with a container id of its own. Throws RangeError when its ids cannot be part of a path. */
export function newExecutor(
  world: Pick<World, 'random'>,
  layout: WorkLayout,
  agentId: string,
  framework: FrameworkInfo,
  given: ExecutorInfo,
): ExecutorRecord {
  const frameworkId = framework.id?.value ?? '';
  const containerId = world.random.uuid();
  const info = { ...given, type: given.type ?? ('CUSTOM' as const), framework_id: { value: frameworkId } };
  return new ExecutorRecord({
    frameworkId,
    agentId,
    info,
    containerId,
    directory: layout.runDirectory(agentId, frameworkId, given.executor_id.value, containerId),
    runtimeDirectory: layout.runtimeContainer(containerId),
    isCheckpointed: framework.checkpoint ?? false,
    user: given.command?.user ?? framework.user,
  });
}

/** The executor as it was when the journal ended. Its container is running as far as anybody knows. */
export function recoveredExecutor(agentId: string, recovered: RecoveredExecutor): ExecutorRecord {
  const { executor: info, container, deadlineMs, ...facts } = recovered;
  const executor = new ExecutorRecord({ ...facts, agentId, info });
  executor.container = container;
  executor.deadlineMs = deadlineMs;
  if (container === undefined) executor.state = 'terminated';
  else if (deadlineMs !== undefined) executor.state = 'terminating';
  else if (executor.kind === 'default') executor.state = 'running';
  executor.isRemembered = executor.isCheckpointed;
  executor.isAbandoned = !executor.isCheckpointed;
  return executor;
}

/** The entry of an executor that is about to be launched. */
export function executorEntry(executor: ExecutorRecord): Extract<JournalEntry, { kind: 'executor' }> {
  const { frameworkId, info, containerId, directory, runtimeDirectory, isCheckpointed, user } = executor;
  return {
    kind: 'executor',
    frameworkId,
    executor: toJson(ExecutorInfo, info),
    containerId,
    directory,
    runtimeDirectory,
    isCheckpointed,
    user,
  };
}

/** Everything the journal must say of an executor as of now. */
export function executorEntries(executor: ExecutorRecord): JournalEntry[] {
  const { containerId, container, deadlineMs } = executor;
  return [
    executorEntry(executor),
    ...(container ? [{ kind: 'container', checkpoint: container } as const] : []),
    ...(deadlineMs === undefined ? [] : [{ kind: 'executor-shutdown', containerId, deadlineMs } as const]),
  ];
}
