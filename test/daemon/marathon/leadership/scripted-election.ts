// An election that a test decides, for one candidate.
import type { CampaignEvents, Candidate, Election } from '../../../../src/cluster/election.ts';

/** One time of standing. */
export interface Campaign {
  readonly data: string;
  readonly on: CampaignEvents;
  isWithdrawn: boolean;
}

export class ScriptedElection implements Election {
  readonly campaigns: Campaign[] = [];
  mayAct = true;
  /** What the next campaigns come to. */
  failure: Error | undefined;
  /** Withdrawals that do not end. */
  isSilent = false;
  #tell: ((leader: Candidate | undefined) => void) | undefined;

  async campaign({ data }: Candidate, on: CampaignEvents) {
    if (this.failure !== undefined) throw this.failure;
    const campaign: Campaign = { data, on, isWithdrawn: false };
    this.campaigns.push(campaign);
    return {
      mayAct: () => this.mayAct,
      withdraw: async () => {
        campaign.isWithdrawn = true;
        if (this.isSilent) await new Promise(() => undefined);
      },
    };
  }

  async observe(fn: (leader: Candidate | undefined) => void) {
    this.#tell = fn;
    return {
      stop: () => {
        this.#tell = undefined;
      },
    };
  }

  async close(): Promise<void> {
    this.#tell = undefined;
  }

  /** Everybody sees that one lead. */
  show(leader: string | undefined): void {
    this.#tell?.(leader === undefined ? undefined : { data: leader });
  }

  get last(): Campaign {
    const last = this.campaigns.at(-1);
    if (last === undefined) throw new Error('nobody stands');
    return last;
  }
}
