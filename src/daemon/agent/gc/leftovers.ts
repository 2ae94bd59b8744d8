// Finds the sandboxes that earlier runs of the agent left behind, so that they are deleted in their time.
import { type Disk, DiskError } from '../../../world/disk.ts';
import type { WorkLayout } from '../checkpoint/layout.ts';
import type { Books } from '../tasks/books.ts';
import type { Collector } from './collector.ts';

/** Schedules every directory that belongs to no live task or executor, by its own age. */
export async function scheduleLeftovers(
  disk: Disk,
  layout: WorkLayout,
  agentId: string,
  books: Books,
  collector: Collector,
): Promise<void> {
  const isLive = (frameworkId: string, executorId: string): boolean => {
    const framework = books.frameworks.get(frameworkId);
    const run = framework?.runs.get(executorId);
    return framework?.executors.has(executorId) === true || (run !== undefined && run.host === undefined);
  };
  for (const root of [layout.sandboxAgents, layout.metaAgents]) {
    for (const id of await names(disk, root)) {
      if (id !== agentId && id !== 'latest') await schedule(disk, collector, `${root}/${id}`);
    }
  }
  for (const frameworkId of await names(disk, layout.frameworksDirectory(agentId))) {
    const directory = layout.frameworkDirectory(agentId, frameworkId);
    for (const executorId of await names(disk, `${directory}/executors`)) {
      if (isLive(frameworkId, executorId)) {
        await scheduleOldRuns(disk, layout.runsDirectory(agentId, frameworkId, executorId), books, collector);
        continue;
      }
      await schedule(disk, collector, layout.executorDirectory(agentId, frameworkId, executorId));
      // It may have been launched again while we looked.
      if (isLive(frameworkId, executorId))
        collector.unschedule(layout.executorDirectory(agentId, frameworkId, executorId));
    }
    if (!books.frameworks.has(frameworkId)) {
      await schedule(disk, collector, directory);
      if (books.frameworks.has(frameworkId)) collector.unschedule(directory);
    }
  }
}

/** What earlier tasks or executors of the same id left beside the live one. */
async function scheduleOldRuns(disk: Disk, directory: string, books: Books, collector: Collector): Promise<void> {
  for (const containerId of await names(disk, directory)) {
    if (books.container(containerId) === undefined) await schedule(disk, collector, `${directory}/${containerId}`);
  }
}

async function schedule(disk: Disk, collector: Collector, path: string): Promise<void> {
  const stat = await disk.statLink(path);
  if (stat?.kind === 'directory') collector.schedule(path, stat.mtimeMs);
}

async function names(disk: Disk, path: string): Promise<string[]> {
  try {
    return await disk.list(path);
  } catch (error) {
    if (error instanceof DiskError && (error.code === 'not-found' || error.code === 'not-a-directory')) return [];
    throw error;
  }
}
