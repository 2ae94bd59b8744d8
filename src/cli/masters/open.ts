// Opens what texts.ts reads: addresses stay addresses, an election is followed from here on. ZooKeeper's client is loaded
// only where there is one to follow.
import { isLeaderSource, type LeaderSource, type MasterPlaces } from '../../client/leader-source.ts';
import { ElectionError } from '../../cluster/election.ts';
import type { ElectionTrouble } from '../../cluster/leading-master.ts';
import type { World } from '../../world/world.ts';
import { electionOf } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { sentence } from '../output/sentence.ts';
import { Problem } from '../problem.ts';
import { isElection, readMasters } from './texts.ts';

const SESSION_TIMEOUT_MS = 10_000;
/** For the reason why nobody was found, after the time for finding somebody is over already. */
const REASON_TIMEOUT_MS = 500;

/** Masters to talk to; an election is followed until `close`. */
export interface OpenMasters {
  readonly places: MasterPlaces;
  close(): Promise<void>;
}

/** An election of masters that is followed. */
export interface OpenElection {
  readonly source: LeaderSource;
  close(): Promise<void>;
}

/**
 * Files are read, an election is followed; nothing is waited for.
 * Throws Problem `usage`.
 */
export async function openMasters(
  world: Pick<World, 'clock' | 'random' | 'log' | 'host'>,
  masters: readonly string[],
  sessionTimeoutMs = SESSION_TIMEOUT_MS,
): Promise<OpenMasters> {
  const known = readMasters(masters);
  const election = known.find(isElection);
  if (election === undefined) return { places: known, close: async () => undefined };
  if (known.length > 1) {
    throw new Problem(EXIT.usage, {
      what: 'An election stands alone.',
      why: 'Give one zk://host:port,…/path, or addresses of masters.',
    });
  }
  const { source, close } = await openElection(world, election, sessionTimeoutMs);
  return { places: source, close };
}

/** Throws ZooKeeperAddressError. */
export async function openElection(
  world: Pick<World, 'clock' | 'random' | 'log' | 'host'>,
  url: string,
  sessionTimeoutMs: number,
): Promise<OpenElection> {
  const [{ connectZooKeeper, parseZooKeeperAddress, ZooKeeperElection }, { LeadingMaster }] = await Promise.all([
    import('../../cluster/zookeeper/index.ts'),
    import('../../cluster/leading-master.ts'),
  ]);
  const connection = connectZooKeeper(world, parseZooKeeperAddress(url), { sessionTimeoutMs });
  const election = new ZooKeeperElection(world, connection, electionOf('master', connection.path));
  const source = new LeadingMaster({
    world,
    election,
    where: `zk://${connection.where}`,
    follow: (fn) => election.follow((news) => news.kind === 'candidates' && fn(news.candidates)),
    trouble: async () => {
      const trouble = await troubleOf(election);
      return trouble && { ...trouble, message: connection.trouble ?? trouble.message };
    },
  });
  return {
    source,
    async close() {
      source.stop();
      await election.close();
      await connection.close();
    },
  };
}

/** Waits for the first leader. Throws Problem `unreachable` or `notAllowed` when there is none in time. */
export async function awaitLeader({ places }: OpenMasters, timeoutMs: number): Promise<void> {
  if (!isLeaderSource(places)) return;
  const found = await places.find(timeoutMs);
  if (found.kind === 'found') return;
  if (found.kind === 'forbidden') {
    throw new Problem(EXIT.notAllowed, {
      what: `The election at ${places.where} cannot be looked at.`,
      why: sentence(found.message),
    });
  }
  throw new Problem(EXIT.unreachable, {
    what: `No master was found at ${places.where}.`,
    why: sentence(found.message),
    next: 'mctl --help              (--master, --context, --timeout)',
  });
}

async function troubleOf(election: {
  candidates(timeoutMs: number): Promise<unknown>;
}): Promise<ElectionTrouble | undefined> {
  try {
    await election.candidates(REASON_TIMEOUT_MS);
    return undefined;
  } catch (error) {
    if (!(error instanceof ElectionError)) throw error;
    return { kind: error.code === 'not-allowed' ? 'forbidden' : 'unreachable', message: error.message };
  }
}
