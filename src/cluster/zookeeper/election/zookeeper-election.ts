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
import { LATCH_NAMES, MASTER_NAMES } from './candidate-names.ts';
import { Observing } from './observing.ts';
import type { Place } from './place.ts';
import { Roster, type RosterNews, readRoster, type StandingCandidate } from './roster.ts';
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

/**
 * `campaign` and `observe` resolve at once, also while no server answers, and go on trying until they are stopped; the log
 * says why. Candidates wait in the order of their coming. Who waits and loses its session stands again, at the end of the
 * row, and is not told; who leads is told `lost`. The connection is the caller's, and is not closed.
 */
export class ZooKeeperElection implements Election {
  readonly #place: Place;
  readonly #standings = new Set<Standing>();
  readonly #observations = new Set<Observation>();
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
    return this.#observed(new Observing(this.#place, fn));
  }

  /**
   * Who stands now, the leader first. Throws ElectionError `unreachable` when no server answers within `timeoutMs`,
   * `not-allowed` when it does not let us read.
   */
  async candidates(timeoutMs: number): Promise<readonly StandingCandidate[]> {
    this.#refuseWhenClosed();
    try {
      return (await readRoster(await this.#place.connection.connected(timeoutMs), this.#place)).candidates;
    } catch (error) {
      throw explained(this.#place, error);
    }
  }

  /** Calls `fn` with all who stand now, and again whenever one comes or goes, or that cannot be found out any more. */
  follow(fn: (news: RosterNews) => void): Observation {
    this.#refuseWhenClosed();
    return this.#observed(new Roster(this.#place, fn));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const observing of this.#observations) observing.stop();
    this.#observations.clear();
    await Promise.all([...this.#standings].map((standing) => standing.withdraw()));
    this.#standings.clear();
  }

  /** Until it is stopped, or the election is closed. */
  #observed(observation: Observation): Observation {
    this.#observations.add(observation);
    return {
      stop: () => {
        this.#observations.delete(observation);
        observation.stop();
      },
    };
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ElectionError('closed', 'the election is closed');
  }
}
