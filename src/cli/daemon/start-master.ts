// A master on embedded state: the wiring of store, election and master.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LocalElection, openLocalStore } from '../../cluster/local/index.ts';
import type { MasterOptions } from '../../daemon/master/flags.ts';
import { startMaster } from '../../daemon/master/index.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import type { RunningDaemon } from './running-daemon.ts';

/** Throws Problem `usage` without --work-dir where one is needed, ElectionError `locked` when another process has it. */
export async function startLocalMaster(world: World, options: MasterOptions): Promise<RunningDaemon> {
  const { directory, remove } = workDirectory(options);
  const election = new LocalElection(world, { directory });
  const store = await openLocalStore(join(directory, 'registry.db'));
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => {
    released ??= election
      .close()
      .then(() => store.close())
      .finally(remove);
    return released;
  };
  try {
    const master = await startMaster(world, options, { store, election });
    return {
      url: master.url,
      // The process ends when this settles: not before the registry is closed.
      ended: master.ended.then(async (end) => {
        await release();
        return end;
      }),
      async stop() {
        await master.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

function workDirectory({ workDir, registry }: MasterOptions): { directory: string; remove: () => void } {
  if (registry === 'in_memory') {
    // "In memory" means gone afterwards; the store wants a file all the same.
    const directory = mkdtempSync(join(tmpdir(), 'mctl-master-'));
    return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
  }
  if (workDir === undefined) {
    throw new Problem(EXIT.usage, {
      what: 'A master needs --work-dir.',
      why: 'Its registry is kept there.',
      next: 'mctl master --work-dir=/var/lib/mesos      (or --registry=in_memory to keep nothing)',
    });
  }
  const directory = resolve(workDir);
  makeDirectoriesSync(directory);
  return { directory, remove: () => undefined };
}
