// Follows all who stand for election, for those who look on. What it costs: one watch on the parent, and a read of every
// candidate when one comes or goes.
import type { Observation } from '../../election.ts';
import type { Subscription, ZooKeeperSession } from '../session.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import { inOrder } from './candidate-names.ts';
import { type Place, RETRY_MS } from './place.ts';
import { Signal } from './signal.ts';
import { explained, isOver, Trouble } from './trouble.ts';

/** One of those who lead or wait, as everybody sees it. */
export interface StandingCandidate {
  /** What it publishes. */
  readonly data: string;
  /** Of the leadership that it has or would have. */
  readonly epoch: number;
  readonly isLeader: boolean;
  /** Since when it stands, ms since 1970 by the ensemble's clock. */
  readonly sinceMs: number;
}

/** Who stands, the leader first. */
export interface Candidates {
  /** False when nobody has ever stood. */
  readonly isThere: boolean;
  readonly candidates: readonly StandingCandidate[];
}

/** What is known now: who stands, or why that cannot be known. */
export type RosterNews =
  | (Candidates & { readonly kind: 'candidates' })
  | { readonly kind: 'trouble'; readonly error: Error };

/** Who stands now. Throws ZooKeeperError. */
export async function readRoster(session: ZooKeeperSession, { path, names }: Place): Promise<Candidates> {
  const children = await session.children(path);
  const row = inOrder(names, children ?? []);
  const nodes = await Promise.all(row.map((name) => session.get(`${path}/${name}`)));
  const candidates = nodes
    .filter((node) => node !== undefined)
    .map(({ data, stat }, index) => ({
      data: data.toString('utf8'),
      epoch: stat.czxid,
      isLeader: index === 0,
      sinceMs: stat.ctimeMs,
    }));
  return { isThere: children !== undefined, candidates };
}

/** Starts at once; tells trouble once, not with every attempt. */
export class Roster implements Observation {
  readonly #place: Place;
  readonly #fn: (news: RosterNews) => void;
  readonly #trouble: Trouble;
  readonly #sessions: Subscription;
  readonly #changed: Signal;
  #session: ZooKeeperSession | undefined;
  #isStopped = false;
  /** What was told last. */
  #told: string | undefined;

  constructor(place: Place, fn: (news: RosterNews) => void) {
    this.#place = place;
    this.#fn = fn;
    this.#changed = new Signal(place.world.clock);
    this.#trouble = new Trouble(place, 'the candidates cannot be found out now');
    this.#sessions = place.connection.onSession((session) => void this.#follow(session));
  }

  stop(): void {
    this.#isStopped = true;
    this.#sessions.stop();
    this.#changed.raise();
  }

  async #follow(session: ZooKeeperSession): Promise<void> {
    this.#session = session;
    const states = session.onState((state) => {
      if (state === 'lost' && this.#isLatest(session))
        this.#tellTrouble(new ZooKeeperError('session-lost', 'the session with ZooKeeper was lost'));
      this.#changed.raise();
    });
    while (this.#isFollowing(session)) {
      const watches: Subscription[] = [];
      try {
        await this.#look(session, watches);
        this.#trouble.passed();
        await this.#changed.wait();
      } catch (error) {
        if (this.#isFollowing(session)) {
          this.#trouble.told(error);
          this.#tellTrouble(error);
          await this.#changed.wait(RETRY_MS);
        }
      } finally {
        for (const watch of watches) watch.stop();
      }
    }
    states.stop();
  }

  async #look(session: ZooKeeperSession, watches: Subscription[]): Promise<void> {
    const { path } = this.#place;
    // Before the list is read, so that nothing falls between the two.
    watches.push(session.watchChildren(path, this.#changed.raise));
    // Of a node that is not there only this tells that it was made.
    watches.push(session.watchData(path, this.#changed.raise));
    const known = await readRoster(session, this.#place);
    if (this.#isFollowing(session)) this.#tell({ kind: 'candidates', ...known });
  }

  #isFollowing(session: ZooKeeperSession): boolean {
    return this.#isLatest(session) && !isOver(session);
  }

  #isLatest(session: ZooKeeperSession): boolean {
    return !this.#isStopped && this.#session === session;
  }

  #tellTrouble(error: unknown): void {
    this.#tell({ kind: 'trouble', error: explained(this.#place, error) });
  }

  #tell(news: RosterNews): void {
    const what = news.kind === 'trouble' ? news.error.message : JSON.stringify(news);
    if (this.#isStopped || what === this.#told) return;
    this.#told = what;
    this.#fn(news);
  }
}
