// One candidacy, over any number of sessions until it leads, and over one session from then on. What it costs: a watch on
// the own node and, while it waits, one on the node before it, so that the end of a leader wakes its successor only.
import type { CampaignEvents, Candidacy, Candidate } from '../../election.ts';
import type { NodeData, SessionState, Subscription, ZooKeeperSession } from '../session.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import { inOrder } from './candidate-names.ts';
import { type Place, RETRY_MS } from './place.ts';
import { Signal } from './signal.ts';
import { isOver, Trouble } from './trouble.ts';

/** A withdrawal is waited for no longer than this; it goes on in the background until the session ends. */
const WITHDRAWAL_MS = 2_000;

/** Stands from its construction. Events come from later turns. */
export class Standing implements Candidacy {
  readonly #place: Place;
  readonly #data: Buffer;
  readonly #on: CampaignEvents;
  readonly #trouble: Trouble;
  readonly #changed: Signal;
  readonly #sessions: Subscription;
  /** Tells our node from those of others in names that have a place for it. */
  readonly #guid: string;
  #phase: 'waiting' | 'leading' | 'over' = 'waiting';
  #isSuspended = false;
  #session: ZooKeeperSession | undefined;
  /** Name of our node in the present session. */
  #node: string | undefined;
  /** A node may have been made in this session whose name nobody told us, or may be made yet. */
  #mayHaveMore = false;
  #standing: Promise<void> = Promise.resolve();
  #withdrawal: Promise<void> | undefined;

  constructor(place: Place, candidate: Candidate, on: CampaignEvents) {
    this.#place = place;
    this.#data = Buffer.from(candidate.data, 'utf8');
    this.#on = on;
    this.#guid = place.world.random.uuid();
    this.#changed = new Signal(place.world.clock);
    this.#trouble = new Trouble(place, 'this candidate cannot stand for election now');
    this.#sessions = place.connection.onSession((session) => {
      this.#standing = this.#standing.then(() => this.#standIn(session));
    });
  }

  mayAct(): boolean {
    return (
      this.#phase === 'leading' &&
      !this.#isSuspended &&
      this.#session?.state === 'connected' &&
      this.#session.isCertain()
    );
  }

  withdraw(): Promise<void> {
    this.#withdrawal ??= this.#leave();
    return this.#withdrawal;
  }

  async #standIn(session: ZooKeeperSession): Promise<void> {
    if (this.#phase !== 'waiting' || isOver(session)) return;
    this.#session = session;
    this.#forget();
    this.#mayHaveMore = false;
    const states = session.onState((state) => this.#stateChanged(state));
    while (this.#isStandingIn(session)) {
      const watches: Subscription[] = [];
      try {
        await this.#look(session, watches);
        this.#trouble.passed();
      } catch (error) {
        if (this.#isStandingIn(session)) {
          this.#trouble.told(error);
          await this.#changed.wait(RETRY_MS);
        }
      } finally {
        for (const watch of watches) watch.stop();
      }
    }
    states.stop();
    // The state may have turned final without an event that was still ours to hear.
    if (this.#isLeading()) this.#lose('the session with ZooKeeper is over');
  }

  /** Finds out where we are in the row, and waits until that may have changed. */
  async #look(session: ZooKeeperSession, watches: Subscription[]): Promise<void> {
    this.#node ??= await this.#enter(session);
    const own = this.#pathOf(this.#node);
    watches.push(session.watchData(own, this.#changed.raise));
    const mine = await session.get(own);
    if (!this.#isStandingIn(session)) return;
    if (mine === undefined) {
      this.#forget();
      if (this.#phase === 'leading') this.#lose('somebody removed the node of this leader');
      return;
    }
    if (this.#phase === 'leading') {
      this.#resume(session);
      await this.#changed.wait();
      return;
    }
    const row = inOrder(this.#place.names, (await session.children(this.#place.path)) ?? []);
    const position = row.indexOf(this.#node);
    // Gone since it was read: the next look says so.
    if (position < 0 || !this.#isStandingIn(session)) return;
    const before = row[position - 1];
    if (before === undefined) {
      await this.#lead(session, mine);
      return;
    }
    watches.push(session.watchData(this.#pathOf(before), this.#changed.raise));
    if (await this.#isWorthWaitingFor(session, before)) await this.#changed.wait();
  }

  /** Name of our node. One that an earlier try may have made is removed when it is in the way (isWorthWaitingFor). */
  async #enter(session: ZooKeeperSession): Promise<string> {
    const { path, names, access } = this.#place;
    await session.ensurePath(path, access);
    try {
      const options = { ephemeral: true, sequential: true, access };
      const made = await session.create(`${path}/${names.prefix(this.#guid)}`, this.#data, options);
      return this.#remember(made.slice(path.length + 1));
    } catch (error) {
      if (error instanceof ZooKeeperError && error.mayHaveHappened) this.#mayHaveMore = true;
      throw error;
    }
  }

  async #lead(session: ZooKeeperSession, mine: NodeData): Promise<void> {
    if (session.state !== 'connected' || !session.isCertain()) {
      await this.#changed.wait(RETRY_MS);
      return;
    }
    this.#phase = 'leading';
    this.#on.elected(mine.stat.czxid);
  }

  /** False when it has gone meanwhile, or was of our own making and is removed: then there is something new to see. */
  async #isWorthWaitingFor(session: ZooKeeperSession, name: string): Promise<boolean> {
    const node = await session.get(this.#pathOf(name));
    if (node === undefined) return false;
    if (node.stat.ephemeralOwner !== session.id || this.#place.own.has(this.#pathOf(name))) return true;
    // Made by a request of ours that was given up too early: we would wait for ourselves.
    await this.#remove(session, name);
    return false;
  }

  #stateChanged(state: SessionState): void {
    this.#changed.raise();
    if (this.#phase !== 'leading') return;
    if (state === 'lost') this.#lose('the session with ZooKeeper was lost');
    else if (state === 'closed') this.#lose('the session with ZooKeeper was closed');
    else if (state === 'suspended' && !this.#isSuspended) {
      this.#isSuspended = true;
      this.#on.suspended?.('no server of ZooKeeper answers');
    }
  }

  /** Our node was just read and is there: nobody else has led meanwhile. */
  #resume(session: ZooKeeperSession): void {
    if (!this.#isSuspended || session.state !== 'connected' || !session.isCertain()) return;
    this.#isSuspended = false;
    this.#on.resumed?.();
  }

  #lose(reason: string): void {
    this.#phase = 'over';
    this.#sessions.stop();
    this.#changed.raise();
    this.#on.lost(reason);
  }

  async #leave(): Promise<void> {
    this.#phase = 'over';
    this.#sessions.stop();
    this.#changed.raise();
    const gone = this.#standing.then(() => this.#removeAll());
    const patience = new Signal(this.#place.world.clock);
    void gone.then(patience.raise);
    await patience.wait(WITHDRAWAL_MS);
  }

  /** Until it is done or the session is over, which does it as well. */
  async #removeAll(): Promise<void> {
    const session = this.#session;
    while (session !== undefined && !isOver(session)) {
      try {
        if (this.#node !== undefined) await this.#remove(session, this.#node);
        if (this.#mayHaveMore) {
          for (const name of await this.#nodesOfOurs(session)) await this.#remove(session, name);
        }
        break;
      } catch (error) {
        this.#trouble.told(error);
        if (error instanceof ZooKeeperError && !error.mayHaveHappened) break;
        await this.#changed.wait(RETRY_MS);
      }
    }
    this.#forget();
  }

  /** Nodes of our session that belong to no other candidacy of this process, in order. */
  async #nodesOfOurs(session: ZooKeeperSession): Promise<string[]> {
    const { path, names, own } = this.#place;
    const row = inOrder(names, (await session.children(path)) ?? []);
    const nodes = await Promise.all(row.map((name) => session.get(this.#pathOf(name))));
    return row.filter(
      (name, index) => nodes[index]?.stat.ephemeralOwner === session.id && !own.has(this.#pathOf(name)),
    );
  }

  async #remove(session: ZooKeeperSession, name: string): Promise<void> {
    try {
      await session.remove(this.#pathOf(name));
    } catch (error) {
      if (!(error instanceof ZooKeeperError && error.code === 'no-node')) throw error;
    }
  }

  #remember(name: string): string {
    this.#place.own.add(this.#pathOf(name));
    return name;
  }

  #forget(): void {
    if (this.#node !== undefined) this.#place.own.delete(this.#pathOf(this.#node));
    this.#node = undefined;
  }

  #isLeading(): boolean {
    return this.#phase === 'leading';
  }

  #isStandingIn(session: ZooKeeperSession): boolean {
    return this.#phase !== 'over' && this.#session === session && !isOver(session);
  }

  #pathOf(name: string): string {
    return `${this.#place.path}/${name}`;
  }
}
