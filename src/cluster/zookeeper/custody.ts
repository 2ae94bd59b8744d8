// Hold of a state that nobody leads, for who writes it without standing for election (a restore). An ephemeral node beside
// the entries keeps a second one out; the transaction that made it is an epoch, as that of a candidate's node is
// (election/): newer than that of everybody who stood before, older than that of everybody who comes later. So whoever
// leads next has either written before our commit, which is refused then, or reads what we have written.
import { ElectionError } from '../election.ts';
import { StoreError } from '../store.ts';
import type { ZooKeeperElection } from './election/zookeeper-election.ts';
import type { ZooKeeperConnection, ZooKeeperSession } from './session.ts';
import { readHead } from './store/head.ts';
import { StoreLayout } from './store/layout.ts';
import { ZooKeeperError } from './zookeeper-error.ts';

/** What is to be held. */
export interface CustodyOptions {
  /** Of the store; made when it is not there. */
  readonly path: string;
  /** The way to it, which everybody may look at: candidates meet there. */
  readonly publicPath: string;
  /** Of those who write to it otherwise. */
  readonly election: Pick<ZooKeeperElection, 'candidates'>;
  readonly timeoutMs: number;
}

/** Lasts until `release`, or the end of the session. */
export interface Custody {
  /** To be given with every commit. */
  readonly epoch: number;
  release(): Promise<void>;
}

/**
 * Throws ElectionError `locked` while somebody stands for election or holds it already; `unreachable` and `not-allowed` as
 * of the election; StoreError `fenced` when nobody can write there at all; ZooKeeperError.
 */
export async function takeCustody(connection: ZooKeeperConnection, options: CustodyOptions): Promise<Custody> {
  const { path, publicPath, election, timeoutMs } = options;
  const session = await connection.connected(timeoutMs);
  await session.ensurePath(publicPath, 'published');
  await session.ensurePath(path, 'private');
  const node = `${path}/restoring`;
  const epoch = await make(session, node);
  const release = async (): Promise<void> => {
    await session.remove(node).catch((error: unknown) => {
      // It ends with the session, whatever keeps us from removing it.
      if (!(error instanceof ZooKeeperError)) throw error;
    });
  };
  try {
    refuseOthers(await election.candidates(timeoutMs), connection.where);
    await refuseLaterEpoch(session, path, epoch);
    return { epoch, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Its epoch. */
async function make(session: ZooKeeperSession, node: string): Promise<number> {
  try {
    await session.create(node, new Uint8Array(0), { ephemeral: true, access: 'private' });
  } catch (error) {
    if (!(error instanceof ZooKeeperError && (error.code === 'node-exists' || error.mayHaveHappened))) throw error;
  }
  const made = await session.get(node);
  if (made?.stat.ephemeralOwner === session.id) return made.stat.czxid;
  throw new ElectionError(
    'locked',
    `${node} is there: another restore is under way, or was until a moment ago and its session has not ended yet`,
  );
}

function refuseOthers({ length }: readonly unknown[], where: string): void {
  if (length === 0) return;
  const who = length === 1 ? 'a candidate stands' : `${length} candidates stand`;
  throw new ElectionError('locked', `${who} for election at zk://${where}`);
}

/** Epochs are numbers of the ensemble's transactions: a later one than the latest comes from elsewhere. */
async function refuseLaterEpoch(session: ZooKeeperSession, path: string, epoch: number): Promise<void> {
  const head = await readHead(session, new StoreLayout(path));
  const written = head?.fence.content.epoch ?? 0;
  if (written <= epoch) return;
  throw new StoreError(
    'fenced',
    `the state at ${path} was written under epoch ${written}, and this ensemble is at ${epoch}: the nodes were copied ` +
      `from another ensemble, and no leader could write to them. Remove them (zkCli.sh: deleteall ${path}) and try again`,
  );
}
