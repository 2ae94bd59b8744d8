// One `up` or `down` of a cluster at a time: two at once would plan round each other's ports and stop each other's daemons.
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Disk, DiskError } from '../../world/disk.ts';
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
  mkdirSync(paths.directory, { recursive: true });
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      const lock = await disk.lock(paths.changeLock);
      let released: Promise<void> | undefined;
      const release = (): Promise<void> => {
        released ??= lock.release();
        return released;
      };
      return await change(release).finally(release);
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'locked') throw error;
      if (performance.now() < deadline) await sleep(POLL_MS);
      else
        throw new Problem(EXIT.conflict, {
          what: `Cluster '${paths.name}' is being started or stopped by another mctl.`,
        });
    }
  }
}
