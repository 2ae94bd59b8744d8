// This process as a candidate: stands for election, stands again after each leadership, and knows who leads meanwhile
// (marathon.md 20.1).
import { BackOff } from '../../../client/back-off.ts';
import type { Candidacy, Election, Observation } from '../../../cluster/election.ts';
import type { Timer, World } from '../../../world/world.ts';

/** After leaderships that came to nothing one after the other. */
const STAND_AGAIN = { firstMs: 500, maxMs: 30_000 } as const;
/** A goodbye that takes longer is left to the end of the session. */
const GOODBYE_LIMIT_MS = 1_000;

/** What becomes of the candidacy. */
export interface CandidateEvents {
  /** It leads, under an epoch greater than every earlier one. */
  readonly elected: (epoch: number) => void;
  /** It led all the time, and may act again. */
  readonly resumed: () => void;
  /** It does not lead any more. Whoever wants to stand again says so. */
  readonly lost: (reason: string) => void;
}

/** One process in one election. */
export class Candidate {
  /** `host:port`, as others are told. */
  readonly own: string;
  readonly #world: Pick<World, 'clock' | 'random' | 'log'>;
  readonly #election: Election;
  readonly #events: CandidateEvents;
  readonly #backOff: BackOff;
  /** Whom the election names. */
  #leader: string | undefined;
  #observation: Observation | undefined;
  #candidacy: Candidacy | undefined;
  /** Counts candidacies: what an earlier one still brings concerns nobody. */
  #round = 0;
  #epoch: number | undefined;
  #isLeading = false;
  /** When the last leadership began (monotonic). */
  #sinceMs = Number.POSITIVE_INFINITY;
  #isSuspended = false;
  #isOver = false;
  #again: Timer | undefined;

  constructor(
    world: Pick<World, 'clock' | 'random' | 'log'>,
    election: Election,
    own: string,
    events: CandidateEvents,
  ) {
    this.#world = world;
    this.#election = election;
    this.own = own;
    this.#events = events;
    this.#backOff = new BackOff(world.random, STAND_AGAIN);
  }

  /** `host:port` of the leader as the election has it, this process included; undefined while nobody leads. */
  get leader(): string | undefined {
    return this.#leader;
  }

  /** Whether it leads and nobody else can at this moment. Cheap. */
  mayAct(): boolean {
    return this.#isLeading && !this.#isSuspended && this.#candidacy?.mayAct() === true;
  }

  /** Follows who leads. Throws ElectionError. */
  async observe(): Promise<void> {
    this.#observation = await this.#election.observe((leader) => this.#observed(leader?.data));
    if (this.#isOver) this.#observation.stop();
  }

  /** Stands for election. Throws ElectionError. */
  async stand(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    const isPresent = () => round === this.#round && !this.#isOver;
    this.#isSuspended = false;
    this.#epoch = undefined;
    const candidacy = await this.#election.campaign(
      { data: this.own },
      {
        elected: (epoch) => {
          if (!isPresent()) return;
          this.#epoch = epoch;
          this.#lead();
        },
        suspended: (reason) => {
          if (!isPresent()) return;
          this.#isSuspended = true;
          this.#world.log.warn('not certain to lead: acting is suspended', { reason });
        },
        resumed: () => {
          if (!isPresent()) return;
          this.#isSuspended = false;
          this.#world.log.info('certain to lead again');
          this.#events.resumed();
        },
        lost: (reason) => {
          if (isPresent()) this.#lost(reason);
        },
      },
    );
    if (!isPresent()) return await candidacy.withdraw();
    this.#candidacy = candidacy;
    this.#lead();
  }

  /** Gives the leadership up, and stands again at the end of the row; after failures with a pause that grows. */
  async standAgain({ isFailure }: { readonly isFailure: boolean }): Promise<void> {
    const { clock, log } = this.#world;
    const lastedMs = clock.monotonicMs() - this.#sinceMs;
    if (!isFailure || lastedMs > STAND_AGAIN.maxMs) this.#backOff.reset();
    const withdrawal = this.#withdraw();
    const round = this.#round;
    await withdrawal;
    if (this.#isOver || round !== this.#round) return;
    this.#again?.cancel();
    this.#again = clock.setTimer(isFailure ? this.#backOff.next() : 0, () => {
      this.stand().catch((error: unknown) => {
        if (this.#isOver) return;
        log.warn('this candidate cannot stand for election now', { error });
        void this.standAgain({ isFailure: true });
      });
    });
  }

  /** Gives up the leadership, or the wish for it, for good. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#again?.cancel();
    this.#observation?.stop();
    await this.#withdraw();
  }

  /** A candidate that was elected before it knew of its candidacy could not be asked whether it may act. */
  #lead(): void {
    if (this.#epoch === undefined || this.#candidacy === undefined || this.#isLeading) return;
    this.#isLeading = true;
    this.#sinceMs = this.#world.clock.monotonicMs();
    this.#world.log.info('elected', { epoch: this.#epoch });
    this.#events.elected(this.#epoch);
  }

  #lost(reason: string): void {
    const wasLeading = this.#isLeading;
    this.#isLeading = false;
    this.#world.log.info(wasLeading ? 'leadership is lost' : 'not a candidate any more', { reason });
    if (wasLeading) this.#events.lost(reason);
    else void this.standAgain({ isFailure: true });
  }

  /** Never rejects, and takes no longer than a goodbye may. */
  #withdraw(): Promise<void> {
    const { clock, log } = this.#world;
    const candidacy = this.#candidacy;
    this.#round += 1;
    this.#candidacy = undefined;
    this.#isLeading = false;
    if (candidacy === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const limit = clock.setTimer(GOODBYE_LIMIT_MS, resolve);
      candidacy
        .withdraw()
        .catch((error: unknown) => log.info('no goodbye was possible', { error }))
        .finally(() => {
          limit.cancel();
          resolve();
        });
    });
  }

  #observed(data: string | undefined): void {
    if (this.#isOver || data === this.#leader) return;
    this.#leader = data;
    this.#world.log.info(data === undefined ? 'nobody leads' : 'there is a leader', { leader: data });
  }
}
