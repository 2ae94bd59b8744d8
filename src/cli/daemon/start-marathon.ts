// A Marathon on embedded state: the wiring of store, election and Marathon.
import { join, resolve } from 'node:path';
import { LocalElection, openLocalStore } from '../../cluster/local/index.ts';
import type { MarathonOptions } from '../../daemon/marathon/flags.ts';
import { startMarathon } from '../../daemon/marathon/index.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { RealWorld } from '../../world/real/index.ts';
import { EXIT } from '../exit-codes.ts';
import { openMasters } from '../masters/open.ts';
import { splitMasters } from '../masters/texts.ts';
import { Problem } from '../problem.ts';
import type { RunningDaemon } from './running-daemon.ts';

/** Throws Problem `usage` without --work-dir, ElectionError `locked` when another process has it. */
export async function startLocalMarathon(world: RealWorld, options: MarathonOptions): Promise<RunningDaemon> {
  if (options.workDir === undefined) {
    throw new Problem(EXIT.usage, {
      what: 'Marathon needs --work-dir.',
      why: 'Its apps, instances and deployments are kept there.',
      next: 'mctl marathon --master=127.0.0.1:5050 --work-dir=/var/lib/marathon',
    });
  }
  const masters = await openMasters(world, splitMasters(options.master), options.zkSessionTimeoutMs);
  const directory = resolve(options.workDir);
  makeDirectoriesSync(directory);
  const election = new LocalElection(world, { directory });
  const store = await openLocalStore(join(directory, 'marathon.db'));
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => {
    released ??= election
      .close()
      .then(() => store.close())
      .then(() => masters.close());
    return released;
  };
  try {
    const marathon = await startMarathon(world, options, {
      store,
      election,
      masters: masters.places,
      setLogLevel: (level) => world.setLogLevel(level),
    });
    return {
      url: marathon.url,
      // The process ends when this settles: not before the state is closed.
      ended: marathon.ended.then(async (end) => {
        await release();
        return end;
      }),
      async stop() {
        await marathon.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
