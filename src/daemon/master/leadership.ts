// Who leads: this master, another one, nobody (mesos-semantics.md 11.2). A master acts only while it leads itself, and a
// master that loses the lead is over: its process starts again as a candidate.
import type { Candidacy, Candidate, Election, Observation } from '../../cluster/election.ts';
import { parseJson, stringify } from '../../mesos/codec.ts';
import { MasterInfo } from '../../mesos/generated/v1.ts';
import type { Log } from '../../world/world.ts';

/** What becomes of the candidacy. Nothing comes after `lost`. */
export interface LeadershipEvents {
  /** This master leads, under an epoch greater than every earlier one. */
  readonly elected: (epoch: number) => void;
  /** It no longer does, and never will again. */
  readonly lost: (reason: string) => void;
}

/** Stands for election once and watches who leads, through the Election it is given. */
export class Leadership {
  readonly #election: Election;
  readonly #log: Log;
  readonly #own: MasterInfo;
  #leader: MasterInfo | undefined;
  #isLeading = false;
  #candidacy: Candidacy | undefined;
  #observation: Observation | undefined;

  constructor(election: Election, own: MasterInfo, log: Log) {
    this.#election = election;
    this.#own = own;
    this.#log = log;
  }

  /** As it announced itself, this master included; undefined while nobody is known to lead. */
  get leader(): MasterInfo | undefined {
    return this.#isLeading ? this.#own : this.#leader;
  }

  get isLeading(): boolean {
    return this.#isLeading;
  }

  /** Stands for election. Throws ElectionError. */
  async start(events: LeadershipEvents): Promise<void> {
    this.#observation = await this.#election.observe((leader) => this.#observed(leader));
    this.#candidacy = await this.#election.campaign(
      { data: stringify(MasterInfo, this.#own) },
      {
        elected: (epoch) => {
          this.#isLeading = true;
          events.elected(epoch);
        },
        lost: (reason) => {
          this.#isLeading = false;
          events.lost(reason);
        },
      },
    );
  }

  async stop(): Promise<void> {
    this.#isLeading = false;
    this.#observation?.stop();
    await this.#candidacy?.withdraw();
  }

  #observed(leader: Candidate | undefined): void {
    this.#leader = undefined;
    if (leader === undefined) return;
    try {
      this.#leader = parseJson(MasterInfo, leader.data);
    } catch (error) {
      // Somebody else's data: without an address there is nowhere to send anybody, so it is as if nobody led.
      this.#log.error('the leader announced something that is no MasterInfo', { data: leader.data, error });
    }
  }
}
