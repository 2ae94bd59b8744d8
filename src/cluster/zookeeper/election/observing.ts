// Follows who leads, over any number of sessions. What it costs: while somebody leads, one watch on that one node, so that
// the coming and going of those who wait wakes nobody; while nobody does, one watch on the parent. Everybody is woken when
// the leader changes, as everybody must be: one list and one read each.
import type { Candidate, Observation } from '../../election.ts';
import type { Subscription, ZooKeeperSession } from '../session.ts';
import { inOrder } from './candidate-names.ts';
import { type Place, RETRY_MS } from './place.ts';
import { Signal } from './signal.ts';
import { isOver, Trouble } from './trouble.ts';

/** Starts at once. A leader of whom nothing can be known, because our session is over, counts as none. */
export class Observing implements Observation {
  readonly #place: Place;
  readonly #fn: (leader: Candidate | undefined) => void;
  readonly #trouble: Trouble;
  readonly #sessions: Subscription;
  readonly #changed: Signal;
  #session: ZooKeeperSession | undefined;
  #isStopped = false;
  /** Node and data of what was told last; undefined before the first. */
  #told: string | undefined;

  constructor(place: Place, fn: (leader: Candidate | undefined) => void) {
    this.#place = place;
    this.#fn = fn;
    this.#changed = new Signal(place.world.clock);
    this.#trouble = new Trouble(place, 'the leader cannot be found out now');
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
      if (state === 'lost' && this.#session === session) this.#tell(undefined);
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
          await this.#changed.wait(RETRY_MS);
        }
      } finally {
        for (const watch of watches) watch.stop();
      }
    }
    states.stop();
  }

  /** Tells who leads; leaves behind only the watch that the next change will come through. */
  async #look(session: ZooKeeperSession, watches: Subscription[]): Promise<void> {
    const { path, names } = this.#place;
    // Before the list is read, so that nothing falls between the two.
    const comings = session.watchChildren(path, this.#changed.raise);
    watches.push(comings);
    const children = await session.children(path);
    const [first] = inOrder(names, children ?? []);
    if (first !== undefined) {
      watches.push(session.watchData(`${path}/${first}`, this.#changed.raise));
      const node = await session.get(`${path}/${first}`);
      if (node !== undefined) {
        comings.stop();
        if (this.#isFollowing(session)) this.#tell({ node: first, data: node.data.toString('utf8') });
        return;
      }
      // It vanished between the list and the read: nobody leads until the next change, which is under way.
    }
    if (this.#isFollowing(session)) this.#tell(undefined);
  }

  #isFollowing(session: ZooKeeperSession): boolean {
    return !this.#isStopped && this.#session === session && !isOver(session);
  }

  #tell(leader: { readonly node: string; readonly data: string } | undefined): void {
    const what = leader === undefined ? '' : `${leader.node} ${leader.data}`;
    if (this.#isStopped || what === this.#told) return;
    this.#told = what;
    this.#fn(leader === undefined ? undefined : { data: leader.data });
  }
}
