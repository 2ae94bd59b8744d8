// Leadership by ephemeral sequential nodes: who has the lowest number leads until its session ends (mesos-api.md 15,
// mesos-semantics.md 11.2, marathon.md 20.1). The epoch is the transaction that made the leader's node, which grows with
// every node of the ensemble, and so with every leadership.
import type { World } from '../../../world/world.ts';
import {
  type CampaignEvents,
  type Candidacy,
  type Candidate,
  type Election,
  ElectionError,
  type Observation,
} from '../../election.ts';
import type { ZooKeeperConnection } from '../session.ts';
import { inOrder, LATCH_NAMES, MASTER_NAMES } from './candidate-names.ts';
import { Observing } from './observing.ts';
import type { Place } from './place.ts';
import { Standing } from './standing.ts';
import { explained } from './trouble.ts';

/** Where candidates meet. */
export interface ZooKeeperElectionOptions {
  /** Absolute, below no chroot; made when it is not there. */
  readonly path: string;
  /** `masters`: `json.info_<number>`, as detectors of masters read it. `latch`: as Curator's LeaderLatch has it. */
  readonly names: 'masters' | 'latch';
  /** `published`: everybody may read who leads. Matters only with credentials. Default `published`. */
  readonly access?: 'private' | 'published';
}

/** One of those who lead or wait, as everybody sees it. */
export interface StandingCandidate extends Candidate {
  /** Of the leadership that it has or would have. */
  readonly epoch: number;
  readonly isLeader: boolean;
  /** Since when it stands, ms since 1970 by the ensemble's clock. */
  readonly sinceMs: number;
}

/**
 * `campaign` and `observe` resolve at once, also while no server answers, and go on trying until they are stopped; the log
 * says why. Candidates wait in the order of their coming. Who waits and loses its session stands again, at the end of the
 * row, and is not told; who leads is told `lost`. The connection is the caller's, and is not closed.
 */
export class ZooKeeperElection implements Election {
  readonly #place: Place;
  readonly #standings = new Set<Standing>();
  readonly #observations = new Set<Observing>();
  #isClosed = false;

  constructor(
    world: Pick<World, 'clock' | 'random' | 'log'>,
    connection: ZooKeeperConnection,
    options: ZooKeeperElectionOptions,
  ) {
    const { path, names, access = 'published' } = options;
    this.#place = {
      world,
      connection,
      path,
      names: names === 'masters' ? MASTER_NAMES : LATCH_NAMES,
      access,
      own: new Set(),
    };
  }

  async campaign(candidate: Candidate, on: CampaignEvents): Promise<Candidacy> {
    this.#refuseWhenClosed();
    const standing = new Standing(this.#place, candidate, on);
    this.#standings.add(standing);
    return {
      mayAct: () => standing.mayAct(),
      withdraw: () => {
        this.#standings.delete(standing);
        return standing.withdraw();
      },
    };
  }

  async observe(fn: (leader: Candidate | undefined) => void): Promise<Observation> {
    this.#refuseWhenClosed();
    const observing = new Observing(this.#place, fn);
    this.#observations.add(observing);
    return {
      stop: () => {
        this.#observations.delete(observing);
        observing.stop();
      },
    };
  }

  /**
   * Who stands now, the leader first. Throws ElectionError `unreachable` when no server answers within `timeoutMs`,
   * `not-allowed` when it does not let us read.
   */
  async candidates(timeoutMs: number): Promise<readonly StandingCandidate[]> {
    this.#refuseWhenClosed();
    const { connection, path, names } = this.#place;
    try {
      const session = await connection.connected(timeoutMs);
      const children = inOrder(names, (await session.children(path)) ?? []);
      const nodes = await Promise.all(children.map((name) => session.get(`${path}/${name}`)));
      return nodes
        .filter((node) => node !== undefined)
        .map(({ data, stat }, index) => ({
          data: data.toString('utf8'),
          epoch: stat.czxid,
          isLeader: index === 0,
          sinceMs: stat.ctimeMs,
        }));
    } catch (error) {
      throw explained(this.#place, error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const observing of this.#observations) observing.stop();
    this.#observations.clear();
    await Promise.all([...this.#standings].map((standing) => standing.withdraw()));
    this.#standings.clear();
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ElectionError('closed', 'the election is closed');
  }
}
