// Leadership without a choice, for a process that is alone on its state by its operator's word (marathon.md 20.1,
// --disable_ha): it leads as soon as the ensemble answers. Its epochs are numbers of transactions, as ZooKeeperElection's
// are, so that the fence keeps off whoever led before, by either.
import type { World } from '../../../world/world.ts';
import {
  type CampaignEvents,
  type Candidacy,
  type Candidate,
  type Election,
  ElectionError,
  type Observation,
} from '../../election.ts';
import type { Subscription, ZooKeeperConnection, ZooKeeperSession } from '../session.ts';
import { LATCH_NAMES } from './candidate-names.ts';
import { type Place, RETRY_MS } from './place.ts';
import { isOver, Trouble } from './trouble.ts';

/** A leadership here is over only when its holder gives it up, or is refused by the fence. */
export class SoleElection implements Election {
  readonly #place: Place;
  readonly #leaderships = new Set<SoleLeadership>();
  readonly #observers = new Set<(leader: Candidate | undefined) => void>();
  #isClosed = false;

  /** `path`: a node that changes with every leadership; made when it is not there. */
  constructor(
    world: Pick<World, 'clock' | 'random' | 'log'>,
    connection: ZooKeeperConnection,
    { path }: { readonly path: string },
  ) {
    this.#place = { world, connection, path, names: LATCH_NAMES, access: 'published', own: new Set() };
  }

  async campaign(candidate: Candidate, on: CampaignEvents): Promise<Candidacy> {
    this.#refuseWhenClosed();
    const leadership: SoleLeadership = new SoleLeadership(this.#place, candidate, (epoch) => {
      this.#tellAll();
      on.elected(epoch);
    });
    this.#leaderships.add(leadership);
    return {
      mayAct: () => leadership.isLeading,
      withdraw: async () => {
        this.#leaderships.delete(leadership);
        leadership.end();
        this.#tellAll();
      },
    };
  }

  /** Sees the candidacies of this object only. */
  async observe(fn: (leader: Candidate | undefined) => void): Promise<Observation> {
    this.#refuseWhenClosed();
    const observer = (leader: Candidate | undefined): void => fn(leader);
    this.#observers.add(observer);
    this.#place.world.clock.setTimer(0, () => {
      if (this.#observers.has(observer)) observer(this.#leader);
    });
    return { stop: () => void this.#observers.delete(observer) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#observers.clear();
    for (const leadership of this.#leaderships) leadership.end();
    this.#leaderships.clear();
  }

  get #leader(): Candidate | undefined {
    return [...this.#leaderships].find(({ isLeading }) => isLeading)?.candidate;
  }

  #tellAll(): void {
    for (const observer of [...this.#observers]) observer(this.#leader);
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ElectionError('closed', 'the election is closed');
  }
}

/** Tries in every session until it has its epoch. */
class SoleLeadership {
  readonly candidate: Candidate;
  readonly #place: Place;
  readonly #onElected: (epoch: number) => void;
  readonly #trouble: Trouble;
  readonly #sessions: Subscription;
  #phase: 'waiting' | 'leading' | 'over' = 'waiting';

  constructor(place: Place, candidate: Candidate, onElected: (epoch: number) => void) {
    this.candidate = candidate;
    this.#place = place;
    this.#onElected = onElected;
    this.#trouble = new Trouble(place, 'the lead cannot be taken now');
    this.#sessions = place.connection.onSession((session) => void this.#begin(session));
  }

  get isLeading(): boolean {
    return this.#phase === 'leading';
  }

  end(): void {
    this.#phase = 'over';
    this.#sessions.stop();
  }

  async #begin(session: ZooKeeperSession): Promise<void> {
    const { path, access, world } = this.#place;
    while (this.#phase === 'waiting' && !isOver(session)) {
      try {
        await session.ensurePath(path, access);
        const { mzxid } = await session.set(path, Buffer.from(this.candidate.data, 'utf8'));
        if (this.#phase === 'waiting') this.#lead(mzxid);
      } catch (error) {
        if (isOver(session)) return;
        this.#trouble.told(error);
        await world.clock.sleep(RETRY_MS);
      }
    }
  }

  #lead(epoch: number): void {
    this.#phase = 'leading';
    this.#sessions.stop();
    this.#trouble.passed();
    this.#onElected(epoch);
  }
}
