// A Marathon on embedded state or, with --zk, one of several on an ensemble: the wiring of store, election and Marathon.
import { join, resolve } from 'node:path';
import { LocalElection, openLocalStore } from '../../cluster/local/index.ts';
import type { MarathonOptions } from '../../daemon/marathon/flags.ts';
import { type MarathonDependencies, startMarathon } from '../../daemon/marathon/index.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { RealWorld } from '../../world/real/index.ts';
import { electionOf, statePathOf } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { openMasters } from '../masters/open.ts';
import { checkMaster, splitMasters } from '../masters/texts.ts';
import { Problem } from '../problem.ts';
import { electionAddress } from './election-address.ts';
import type { RunningDaemon } from './running-daemon.ts';
import { withState } from './state.ts';

/** Where its state is and who else stands for election, and how to let go of both. */
interface Standing {
  readonly dependencies: MarathonDependencies;
  release(): Promise<void>;
}

/**
 * Throws Problem `usage` without --work-dir where one is needed or for a --zk or --master that is none, ElectionError `locked` when
 * another process has the work dir.
 */
export async function startLocalMarathon(world: RealWorld, options: MarathonOptions): Promise<RunningDaemon> {
  const places = splitMasters(options.master);
  for (const place of places) checkMaster(place, '--master');
  const masters = await openMasters(world, places, options.zkSessionTimeoutMs);
  let standing: Standing | undefined;
  const release = async (): Promise<void> => {
    await standing?.release();
    await masters.close();
  };
  try {
    standing = await (options.zk === undefined ? alone(world, options) : oneOfSeveral(world, options, options.zk));
    const marathon = await startMarathon(world, options, {
      ...standing.dependencies,
      masters: masters.places,
      setLogLevel: (level) => world.setLogLevel(level),
    });
    return withState(world.clock, { release }, marathon);
  } catch (error) {
    await release();
    throw error;
  }
}

async function alone(world: RealWorld, { workDir }: MarathonOptions): Promise<Standing> {
  if (workDir === undefined) {
    throw new Problem(EXIT.usage, {
      what: 'Marathon needs --work-dir, or --zk.',
      why: 'Its apps, instances and deployments are kept there.',
      next: 'mctl marathon --master=127.0.0.1:5050 --work-dir=/var/lib/marathon',
    });
  }
  const directory = resolve(workDir);
  makeDirectoriesSync(directory);
  const election = new LocalElection(world, { directory });
  const store = await openLocalStore(join(directory, 'marathon.db'));
  return {
    dependencies: { store, election },
    async release() {
      await election.close();
      await store.close();
    },
  };
}

/** Below `--zk`: candidates as the original's (marathon.md 20.1), and the state at `mctl-state`. */
async function oneOfSeveral(world: RealWorld, options: MarathonOptions, zk: string): Promise<Standing> {
  const address = electionAddress(zk);
  const { connectZooKeeper, openZooKeeperStore, SoleElection, ZooKeeperElection } = await import(
    '../../cluster/zookeeper/index.ts'
  );
  const connection = connectZooKeeper(world, address, { sessionTimeoutMs: options.zkSessionTimeoutMs });
  const place = electionOf('marathon', connection.path);
  const election = options.ha
    ? new ZooKeeperElection(world, connection, place)
    : new SoleElection(world, connection, place);
  const openStore = () =>
    openZooKeeperStore(world, connection, {
      path: statePathOf(connection.path),
      commitTimeoutMs: options.zkTimeoutMs,
      // Whoever takes longer than that to load gives the leadership up anyway.
      readTimeoutMs: options.onElectedPrepareTimeoutMs,
    });
  return {
    dependencies: { openStore, election },
    async release() {
      await election.close();
      await connection.close();
    },
  };
}
