// Follows all who stand for election, for those who look on. What it costs: one watch on the parent, and a read of every
// candidate when one comes or goes.
import type { Observation } from '../../election.ts';
import type { Subscription, ZooKeeperSession } from '../session.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import { inOrder } from './candidate-names.ts';
import { Following } from './following.ts';
import type { Place } from './place.ts';
import { explained } from './trouble.ts';

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
  readonly #following: Following;
  /** What was told last. */
  #told: string | undefined;

  constructor(place: Place, fn: (news: RosterNews) => void) {
    this.#place = place;
    this.#fn = fn;
    this.#following = new Following(place, {
      what: 'the candidates cannot be found out now',
      look: (session, watches, changed) => this.#look(session, watches, changed),
      lost: () => this.#tellTrouble(new ZooKeeperError('session-lost', 'the session with ZooKeeper was lost')),
      failed: (error) => this.#tellTrouble(error),
    });
  }

  stop(): void {
    this.#following.stop();
  }

  async #look(session: ZooKeeperSession, watches: Subscription[], changed: () => void): Promise<void> {
    const { path } = this.#place;
    // Before the list is read, so that nothing falls between the two.
    watches.push(session.watchChildren(path, changed));
    // Of a node that is not there only this tells that it was made.
    watches.push(session.watchData(path, changed));
    const known = await readRoster(session, this.#place);
    if (this.#following.isIn(session)) this.#tell({ kind: 'candidates', ...known });
  }

  #tellTrouble(error: unknown): void {
    this.#tell({ kind: 'trouble', error: explained(this.#place, error) });
  }

  #tell(news: RosterNews): void {
    const what = news.kind === 'trouble' ? news.error.message : JSON.stringify(news);
    if (this.#following.isStopped || what === this.#told) return;
    this.#told = what;
    this.#fn(news);
  }
}
