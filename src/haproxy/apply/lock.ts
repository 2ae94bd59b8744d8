// One turn at a time for a config, whoever makes it (haproxy.md 10.1). The lock is the kernel's: it goes with its holder.
import { basename, dirname } from 'node:path';
import { DiskError, type DiskLock } from '../../world/disk.ts';
import type { World } from '../../world/world.ts';
import { ApplyError } from './apply-error.ts';

const POLL_MS = 100;

/** Throws ApplyError `locked` when another holds it for longer than `waitMs`; `disk` when there is no place for it. */
export async function takeTurnLock(
  { disk, clock }: Pick<World, 'disk' | 'clock'>,
  configPath: string,
  waitMs: number,
): Promise<DiskLock> {
  const path = `${dirname(configPath)}/.${basename(configPath)}.lock`;
  const endMs = clock.monotonicMs() + waitMs;
  for (;;) {
    try {
      return await disk.lock(path);
    } catch (cause) {
      if (!(cause instanceof DiskError)) throw cause;
      if (cause.code !== 'locked') {
        throw new ApplyError('disk', `no lock can be taken beside ${configPath}: ${cause.message}`, { cause });
      }
      if (clock.monotonicMs() >= endMs) {
        throw new ApplyError('locked', `another run is at work: ${cause.message}`, { cause });
      }
    }
    await clock.sleep(POLL_MS);
  }
}
