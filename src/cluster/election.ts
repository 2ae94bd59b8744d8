// Leadership behind one interface: `local` (a lock on the work dir), simulated, and ZooKeeper (zookeeper/).

/** Who leads, for any number of candidates and onlookers. */
export interface Election {
  /**
   * Stands for election with what others are to be told of us (for masters the MasterInfo JSON).
   * Calls `on.elected` with an epoch greater than every earlier one once we lead, `on.lost` at most once when leadership,
   * or the wish for it, is over for good. Between the two, `suspended` and `resumed` take turns.
   */
  campaign(candidate: Candidate, on: CampaignEvents): Promise<Candidacy>;
  /** Calls `fn` with the present leader's data, and again whenever it changes; undefined = nobody leads. */
  observe(fn: (leader: Candidate | undefined) => void): Promise<Observation>;
  close(): Promise<void>;
}

/** Who stands for election, or leads. */
export interface Candidate {
  /** What the candidate publishes, opaque here. */
  readonly data: string;
}

/** What becomes of a candidacy. */
export interface CampaignEvents {
  elected(epoch: number): void;
  /** We lead, but cannot be sure of it now: stop acting, keep everything. `resumed` or `lost` follows. */
  suspended?(reason: string): void;
  /** We led all the time: go on. */
  resumed?(): void;
  lost(reason: string): void;
}

/** A candidate's hold on the election. */
export interface Candidacy {
  /**
   * Whether we lead and nobody else can lead at this moment: to be asked before every act of leadership. Asks the clock, so
   * it is right also before the events that this process slept through.
   */
  mayAct(): boolean;
  /** Gives up leadership or the wish for it. */
  withdraw(): Promise<void>;
}

/** Nothing is called after `stop`. */
export interface Observation {
  stop(): void;
}

/**
 * `locked`: somebody else leads and waiting is not possible here. `closed`: this Election was closed. `unreachable`: who
 * keeps the election does not answer. `not-allowed`: it does, and refuses our credentials or what we ask for.
 */
export type ElectionErrorCode = 'locked' | 'closed' | 'unreachable' | 'not-allowed';

/**
 * `locked`: another process leads on this work dir and will not give way (local election only). `unreachable` and
 * `not-allowed` come from questions asked once; a candidacy or an observation goes on trying instead.
 */
export class ElectionError extends Error {
  override readonly name = 'ElectionError';
  readonly code: ElectionErrorCode;
  constructor(code: ElectionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
