// An executor's container is given what its tasks need, before they are launched and when some have ended.
import { ContainerError } from '../containers/containerizer.ts';
import type { StatusFacts } from '../tasks/status/status.ts';
import type { TaskParts } from '../tasks/task-parts.ts';
import { updateFailed } from './endings.ts';
import type { ExecutorRecord } from './executor.ts';

/** Undefined when it has it, or is gone; else the executor cannot go on, and this is what becomes of its tasks. */
export async function resize(
  { containerizer, launcher, books }: Pick<TaskParts, 'containerizer' | 'launcher' | 'books'>,
  executor: ExecutorRecord,
): Promise<StatusFacts | undefined> {
  try {
    await containerizer.update(executor.containerId, launcher.wants(executor));
    return undefined;
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    const isPartitionAware = books.frameworks.get(executor.frameworkId)?.has('PARTITION_AWARE') ?? false;
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    return updateFailed(why, isPartitionAware);
  }
}
