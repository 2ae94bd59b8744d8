// One `up` or `down` of a cluster at a time: two at once would plan round each other's ports and stop each other's daemons.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Disk, DiskError } from '../../world/disk.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import type { ClusterPaths } from './layout.ts';

const POLL_MS = 50;

/** Runs `change` with the lock. Waits for another holder; throws Problem `conflict` when that takes too long. */
export async function changing<T>(
  disk: Disk,
  paths: ClusterPaths,
  timeoutMs: number,
  change: (release: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    makeStateDirectory(paths);
    try {
      const lock = await disk.lock(paths.changeLock);
      let released: Promise<void> | undefined;
      const release = (): Promise<void> => {
        released ??= lock.release();
        return released;
      };
      try {
        // Opened just before its last holder removed it: this is nobody's lock any more.
        if (existsSync(paths.changeLock)) return await change(release);
      } finally {
        removeUnused(paths);
        await release();
      }
    } catch (error) {
      // `not-found`: who was before us has just removed the directory.
      if (!(error instanceof DiskError) || !['locked', 'not-found'].includes(error.code)) throw error;
      if (performance.now() < deadline) await sleep(POLL_MS);
      else
        throw new Problem(EXIT.conflict, {
          what: `Cluster '${paths.name}' is being started or stopped by another mctl.`,
        });
    }
  }
}

function makeStateDirectory(paths: ClusterPaths): void {
  try {
    makeDirectoriesSync(paths.directory);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new Problem(
      ['EACCES', 'EPERM', 'EROFS'].includes(code) ? EXIT.notAllowed : EXIT.failed,
      {
        what: `${paths.directory} cannot be made.`,
        why: cause instanceof Error ? cause.message : String(cause),
        next: 'Choose another --state-dir.',
      },
      { cause },
    );
  }
}

/** A cluster that could not even be planned leaves no directory of its name. With the lock held. */
function removeUnused(paths: ClusterPaths): void {
  if (!existsSync(paths.directory)) return;
  const isUnused = readdirSync(paths.directory).every((name) => name === basename(paths.changeLock));
  if (isUnused) rmSync(paths.directory, { recursive: true, force: true });
}
