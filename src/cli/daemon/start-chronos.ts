// A Chronos on embedded state or, with --zk, one of several on an ensemble: the wiring of store, election, notices and Chronos.
import { join, resolve } from 'node:path';
import { LocalElection, openLocalStore } from '../../cluster/local/index.ts';
import type { ChronosOptions } from '../../daemon/chronos/flags.ts';
import { type ChronosDependencies, startChronos } from '../../daemon/chronos/index.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { RealWorld } from '../../world/real/index.ts';
import { electionOf, statePathOf } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { openMasters } from '../masters/open.ts';
import { checkMaster, splitMasters } from '../masters/texts.ts';
import { Problem } from '../problem.ts';
import { noticeOptions, originalZk } from './chronos-secrets.ts';
import { electionAddress } from './election-address.ts';
import type { RunningDaemon } from './running-daemon.ts';
import { smtpMailer } from './smtp-mailer.ts';
import { withState } from './state.ts';

/** Where its state is and who else stands for election, and how to let go of both. */
interface Standing {
  readonly dependencies: ChronosDependencies;
  release(): Promise<void>;
}

/**
 * Throws Problem `usage` without --work-dir where one is needed, for a --zk or --master that is none and for a secret that cannot be read,
 * ElectionError `locked` when another process has the work dir.
 */
export async function startLocalChronos(world: RealWorld, options: ChronosOptions): Promise<RunningDaemon> {
  const places = splitMasters(options.master);
  for (const place of places) checkMaster(place, '--master');
  const notices = noticeOptions(options);
  const zk = options.zk ?? originalZk(options);
  const masters = await openMasters(world, places, options.zkSessionTimeoutMs);
  let standing: Standing | undefined;
  const release = async (): Promise<void> => {
    await standing?.release();
    await masters.close();
  };
  try {
    standing = await (zk === undefined ? alone(world, options) : oneOfSeveral(world, options, zk));
    const chronos = await startChronos(world, options, {
      ...standing.dependencies,
      masters: masters.places,
      notices,
      ...(notices.mail !== undefined && { mailer: smtpMailer(notices.mail) }),
      setLogLevel: (level) => world.setLogLevel(level),
    });
    return withState(world.clock, { release }, chronos);
  } catch (error) {
    await release();
    throw error;
  }
}

async function alone(world: RealWorld, { workDir }: ChronosOptions): Promise<Standing> {
  if (workDir === undefined) {
    throw new Problem(EXIT.usage, {
      what: 'Chronos needs --work-dir, or --zk.',
      why: 'Its jobs, runs and their history are kept there.',
      next: 'mctl chronos --master=127.0.0.1:5050 --work-dir=/var/lib/chronos',
    });
  }
  const directory = resolve(workDir);
  makeDirectoriesSync(directory);
  const election = new LocalElection(world, { directory });
  const store = await openLocalStore(join(directory, 'chronos.db'));
  return {
    dependencies: { store, election },
    async release() {
      await election.close();
      await store.close();
    },
  };
}

/** Below `--zk`: candidates as the original's (chronos.md 13.1), and the state at `mctl-state`. */
async function oneOfSeveral(world: RealWorld, options: ChronosOptions, zk: string): Promise<Standing> {
  const address = electionAddress(zk);
  const { connectZooKeeper, openZooKeeperStore, ZooKeeperElection } = await import('../../cluster/zookeeper/index.ts');
  const connection = connectZooKeeper(world, address, { sessionTimeoutMs: options.zkSessionTimeoutMs });
  const election = new ZooKeeperElection(world, connection, electionOf('chronos', connection.path));
  const openStore = () =>
    openZooKeeperStore(world, connection, {
      path: statePathOf(connection.path),
      commitTimeoutMs: options.zkTimeoutMs,
      // Whoever takes longer than that to load gives the leadership up anyway.
      readTimeoutMs: options.onElectedPrepareTimeoutMs,
    });
  return {
    dependencies: { openStore, election, electionPlace: address.toString() },
    async release() {
      await election.close();
      await connection.close();
    },
  };
}
