// A scheduler on embedded state or, with --zk, one of several on an ensemble: the wiring of masters, store and election, the same for
// Marathon and Chronos.
import { join, resolve } from 'node:path';
import { LocalElection, openLocalStore } from '../../cluster/local/index.ts';
import type { SchedulerDependencies } from '../../daemon/serving/leadership/start-scheduler.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { RealWorld } from '../../world/real/index.ts';
import { databaseOf, electionOf, type Service, statePathOf, titleOf } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { openMasters } from '../masters/open.ts';
import { checkMaster, splitMasters } from '../masters/texts.ts';
import { Problem } from '../problem.ts';
import { electionAddress } from './election-address.ts';
import type { RunningDaemon } from './running-daemon.ts';
import { withState } from './state.ts';

/** What schedulers differ in here. */
export interface SchedulerService {
  readonly service: Exclude<Service, 'master'>;
  /** What is in its state, in words. */
  readonly keeps: string;
  /** With --zk: whether others may stand for election, too. */
  readonly isOneOfSeveral: boolean;
}

/** The flags that say where it stands. */
export interface PlaceOptions {
  readonly master: string;
  readonly workDir: string | undefined;
  readonly zk: string | undefined;
  readonly zkSessionTimeoutMs: number;
  readonly zkTimeoutMs: number;
  readonly onElectedPrepareTimeoutMs: number;
}

/** Where its state is and who else stands for election, and how to let go of both. */
interface Standing {
  readonly dependencies: SchedulerDependencies;
  /** `zk://…`, without credentials; undefined for one that stands alone. */
  readonly electionPlace: string | undefined;
  release(): Promise<void>;
}

/**
 * `start` takes what was opened; it is given back when the daemon is over, or does not start. Throws Problem `usage` without --work-dir
 * where one is needed or for a --zk or --master that is none, ElectionError `locked` when another process has the work dir.
 */
export async function startLocalScheduler(
  world: RealWorld,
  service: SchedulerService,
  options: PlaceOptions,
  start: (
    dependencies: SchedulerDependencies,
    electionPlace: string | undefined,
  ) => Promise<Pick<RunningDaemon, 'url' | 'stop' | 'ended'>>,
): Promise<RunningDaemon> {
  const places = splitMasters(options.master);
  for (const place of places) checkMaster(place, '--master');
  const masters = await openMasters(world, places, options.zkSessionTimeoutMs);
  let standing: Standing | undefined;
  const release = async (): Promise<void> => {
    await standing?.release();
    await masters.close();
  };
  try {
    const { zk } = options;
    standing = await (zk === undefined ? embedded(world, service, options) : onEnsemble(world, service, options, zk));
    const dependencies: SchedulerDependencies = {
      ...standing.dependencies,
      masters: masters.places,
      setLogLevel: (level) => world.setLogLevel(level),
    };
    return withState(world.clock, { release }, await start(dependencies, standing.electionPlace));
  } catch (error) {
    await release();
    throw error;
  }
}

async function embedded(
  world: RealWorld,
  { service, keeps }: SchedulerService,
  { workDir }: PlaceOptions,
): Promise<Standing> {
  if (workDir === undefined) {
    throw new Problem(EXIT.usage, {
      what: `${titleOf(service)} needs --work-dir, or --zk.`,
      why: `Its ${keeps} are kept there.`,
      next: `mctl ${service} --master=127.0.0.1:5050 --work-dir=/var/lib/${service}`,
    });
  }
  const directory = resolve(workDir);
  makeDirectoriesSync(directory);
  const election = new LocalElection(world, { directory });
  const store = await openLocalStore(join(directory, databaseOf(service)));
  return {
    dependencies: { store, election },
    electionPlace: undefined,
    async release() {
      await election.close();
      await store.close();
    },
  };
}

/** Below `--zk`: candidates as the original's (marathon.md 20.1, chronos.md 13.1), and the state at `mctl-state`. */
async function onEnsemble(
  world: RealWorld,
  { service, isOneOfSeveral }: SchedulerService,
  options: PlaceOptions,
  zk: string,
): Promise<Standing> {
  const address = electionAddress(zk);
  const { connectZooKeeper, openZooKeeperStore, SoleElection, ZooKeeperElection } = await import(
    '../../cluster/zookeeper/index.ts'
  );
  const connection = connectZooKeeper(world, address, { sessionTimeoutMs: options.zkSessionTimeoutMs });
  const place = electionOf(service, connection.path);
  const election = isOneOfSeveral
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
    electionPlace: address.toString(),
    async release() {
      await election.close();
      await connection.close();
    },
  };
}
