// Who leads: this master, another one, nobody (mesos-semantics.md 11.2). A master acts only while it leads itself, and a
// master that loses the lead is over: its process starts again as a candidate.
import type { Candidacy, Candidate, Election, Observation } from '../../cluster/election.ts';
import { parseJson } from '../../mesos/codec.ts';
import { MasterInfo } from '../../mesos/generated/v1.ts';
import type { Timer, World } from '../../world/world.ts';
import { formatDomain, regionOf } from '../serving/process/fault-domain.ts';
import { publishedInfo } from './master-info.ts';

/** A candidate whose wish for the lead came to nothing contends again after this (mesos-semantics.md 11.2). */
const CONTEND_AGAIN_MS = 2_000;
/** A goodbye that takes longer is left to the end of the session: a master must not hang on an election that is down. */
const GOODBYE_LIMIT_MS = 1_000;

/** What becomes of the candidacy. Nothing comes after `lost`. */
export interface LeadershipEvents {
  /** This master leads, under an epoch greater than every earlier one, and is seen to lead. */
  readonly elected: (epoch: number) => void;
  /** It led all the time, and may act again. */
  readonly resumed: () => void;
  /** It no longer leads, and never will again. */
  readonly lost: (reason: string) => void;
  /** Another one leads that this one must not stand beside: all masters are in one region (mesos-semantics.md 14). */
  readonly mismatched: (reason: string) => void;
}

/** Stands for election and watches who leads, through the Election it is given. */
export class Leadership {
  readonly #world: Pick<World, 'clock' | 'log'>;
  readonly #election: Election;
  readonly #own: MasterInfo;
  /** Who is seen to lead, this master included. */
  #detected: MasterInfo | undefined;
  #epoch: number | undefined;
  #state: 'candidate' | 'leading' | 'over' = 'candidate';
  #isSuspended = false;
  #isLost = false;
  #candidacy: Candidacy | undefined;
  #observation: Observation | undefined;
  #again: Timer | undefined;
  #events: LeadershipEvents | undefined;

  constructor(election: Election, own: MasterInfo, world: Pick<World, 'clock' | 'log'>) {
    this.#election = election;
    this.#own = own;
    this.#world = world;
  }

  /** As it announced itself, this master included; undefined while nobody is known to lead. */
  get leader(): MasterInfo | undefined {
    if (this.#state === 'leading') return this.#own;
    // Seen to lead before we know of it ourselves: nobody is to be sent in circles.
    return this.#detected?.id === this.#own.id ? undefined : this.#detected;
  }

  /** From the election to the end, also while it may not act. */
  get isLeading(): boolean {
    return this.#state === 'leading';
  }

  /** Whether it leads and nobody else can at this moment: to be asked before every act of a leader. Cheap. */
  mayAct(): boolean {
    return this.#state === 'leading' && !this.#isSuspended && this.#candidacy?.mayAct() === true;
  }

  /** Stands for election. Throws ElectionError. */
  async start(events: LeadershipEvents): Promise<void> {
    this.#events = events;
    this.#observation = await this.#election.observe((leader) => this.#observed(leader));
    await this.#contend();
  }

  /** Gives up the lead, or the wish for it. */
  async stop(): Promise<void> {
    this.#state = 'over';
    this.#again?.cancel();
    this.#observation?.stop();
    const { clock, log } = this.#world;
    const goodbye = this.#candidacy
      ?.withdraw()
      .catch((error: unknown) => log.info('no goodbye was possible', { error }));
    // Who has lost the lead has nothing to give back that anybody waits for.
    if (!this.#isLost) await Promise.race([goodbye, clock.sleep(GOODBYE_LIMIT_MS)]);
  }

  async #contend(): Promise<void> {
    const candidacy = await this.#election.campaign(
      { data: publishedInfo(this.#own) },
      {
        elected: (epoch) => {
          this.#epoch = epoch;
          this.#begin();
        },
        suspended: (reason) => {
          this.#isSuspended = true;
          if (this.isLeading) this.#world.log.warn('not certain to lead: acting is suspended', { reason });
        },
        resumed: () => {
          this.#isSuspended = false;
          if (!this.isLeading) return;
          this.#world.log.info('certain to lead again');
          this.#events?.resumed();
        },
        lost: (reason) => this.#lost(reason),
      },
    );
    this.#candidacy = candidacy;
    if (this.#state === 'over') await candidacy.withdraw();
    else this.#begin();
  }

  /** A master leads when the leader that is seen is itself, not merely because it was elected. */
  #begin(): void {
    const isSeen = this.#detected?.id === this.#own.id;
    if (this.#state !== 'candidate' || this.#epoch === undefined || this.#candidacy === undefined || !isSeen) return;
    this.#state = 'leading';
    this.#world.log.info('elected', { epoch: this.#epoch });
    this.#events?.elected(this.#epoch);
  }

  #lost(reason: string): void {
    if (this.#state === 'leading') this.#end(reason);
    if (this.#state !== 'candidate') return;
    // Nothing was done under it: stand again.
    this.#epoch = undefined;
    this.#candidacy = undefined;
    this.#isSuspended = false;
    this.#world.log.info('not a candidate any more, standing again', { reason, inMs: CONTEND_AGAIN_MS });
    this.#again = this.#world.clock.setTimer(CONTEND_AGAIN_MS, () => {
      this.#contend().catch((error: unknown) => this.#end(error instanceof Error ? error.message : String(error)));
    });
  }

  #end(reason: string): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#isLost = true;
    this.#events?.lost(reason);
  }

  #observed(leader: Candidate | undefined): void {
    this.#detected = leader && this.#parse(leader);
    if (this.#state === 'candidate' && this.#detected !== undefined) this.#compareRegions(this.#detected);
    if (this.#state !== 'leading') this.#begin();
    else if (this.#detected?.id !== this.#own.id)
      this.#end(this.#detected === undefined ? 'no master leads any more' : `${nameOf(this.#detected)} leads`);
  }

  /** One without a domain beside one with: so they are for a while when domains are introduced one master after the other. */
  #compareRegions({ id, domain }: MasterInfo): void {
    if (id === this.#own.id) return;
    const [theirs, own] = [regionOf(domain), regionOf(this.#own.domain)];
    if (theirs === own) return;
    const words = `the leading master has the fault domain ${formatDomain(domain)}, this one ${formatDomain(this.#own.domain)}`;
    if (theirs === undefined || own === undefined) {
      this.#world.log.warn(`${words}: all masters should have one, of the same region`);
      return;
    }
    this.#state = 'over';
    this.#events?.mismatched(`All masters must be in one region: ${words}. Start it with --domain in ${theirs}`);
  }

  #parse(leader: Candidate): MasterInfo | undefined {
    try {
      return parseJson(MasterInfo, leader.data);
    } catch (error) {
      // Somebody else's data: without an address there is nowhere to send anybody, so it is as if nobody led.
      this.#world.log.error('the leader announced something that is no MasterInfo', { data: leader.data, error });
      return undefined;
    }
  }
}

function nameOf(info: MasterInfo): string {
  return info.pid ?? `the master ${info.id}`;
}
