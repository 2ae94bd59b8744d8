// Follows who leads, over any number of sessions. What it costs: while somebody leads, one watch on that one node, so that
// the coming and going of those who wait wakes nobody; while nobody does, one watch on the parent. Everybody is woken when
// the leader changes, as everybody must be: one list and one read each.
import type { Candidate, Observation } from '../../election.ts';
import type { Subscription, ZooKeeperSession } from '../session.ts';
import { inOrder } from './candidate-names.ts';
import { Following } from './following.ts';
import type { Place } from './place.ts';

/** Starts at once. A leader of whom nothing can be known, because our session is over, counts as none. */
export class Observing implements Observation {
  readonly #place: Place;
  readonly #fn: (leader: Candidate | undefined) => void;
  readonly #following: Following;
  /** Node and data of what was told last; undefined before the first. */
  #told: string | undefined;

  constructor(place: Place, fn: (leader: Candidate | undefined) => void) {
    this.#place = place;
    this.#fn = fn;
    this.#following = new Following(place, {
      what: 'the leader cannot be found out now',
      look: (session, watches, changed) => this.#look(session, watches, changed),
      lost: () => this.#tell(undefined),
    });
  }

  stop(): void {
    this.#following.stop();
  }

  /** Tells who leads; leaves behind only the watch that the next change will come through. */
  async #look(session: ZooKeeperSession, watches: Subscription[], changed: () => void): Promise<void> {
    const { path, names } = this.#place;
    // Before the list is read, so that nothing falls between the two.
    const comings = session.watchChildren(path, changed);
    watches.push(comings);
    const children = await session.children(path);
    const [first] = inOrder(names, children ?? []);
    if (first !== undefined) {
      watches.push(session.watchData(`${path}/${first}`, changed));
      const node = await session.get(`${path}/${first}`);
      if (node !== undefined) {
        comings.stop();
        if (this.#following.isIn(session)) this.#tell({ node: first, data: node.data.toString('utf8') });
        return;
      }
      // It vanished between the list and the read: nobody leads until the next change, which is under way.
    }
    if (this.#following.isIn(session)) this.#tell(undefined);
  }

  #tell(leader: { readonly node: string; readonly data: string } | undefined): void {
    const what = leader === undefined ? '' : `${leader.node} ${leader.data}`;
    if (this.#following.isStopped || what === this.#told) return;
    this.#told = what;
    this.#fn(leader === undefined ? undefined : { data: leader.data });
  }
}
