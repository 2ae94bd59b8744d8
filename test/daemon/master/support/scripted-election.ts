// An election that does what the test says, at once.
import type { CampaignEvents, Candidacy, Candidate, Election, Observation } from '../../../../src/cluster/election.ts';

export class ScriptedElection implements Election {
  /** What the candidates published, in the order of their campaigns. */
  readonly campaigns: string[] = [];
  /** Whether the leader may act, by the clock. */
  isCertain = true;
  hasWithdrawn = false;
  /** A goodbye that never comes to an end. */
  isDead = false;
  #on: CampaignEvents | undefined;
  #observer: ((leader: Candidate | undefined) => void) | undefined;

  async campaign(candidate: Candidate, on: CampaignEvents): Promise<Candidacy> {
    this.campaigns.push(candidate.data);
    this.#on = on;
    return {
      mayAct: () => this.isCertain,
      withdraw: () => {
        this.hasWithdrawn = true;
        return this.isDead ? new Promise<void>(() => undefined) : Promise.resolve();
      },
    };
  }

  async observe(fn: (leader: Candidate | undefined) => void): Promise<Observation> {
    this.#observer = fn;
    return { stop: () => undefined };
  }

  async close(): Promise<void> {
    this.#observer = undefined;
  }

  elect(epoch = 1): void {
    this.#on?.elected(epoch);
  }

  suspend(): void {
    this.isCertain = false;
    this.#on?.suspended?.('no server answers');
  }

  resume(): void {
    this.isCertain = true;
    this.#on?.resumed?.();
  }

  lose(): void {
    this.isCertain = false;
    this.#on?.lost('the session was lost');
  }

  /** What observers are told: the candidate's own data without an argument. */
  detect(data: string | undefined = this.campaigns.at(-1)): void {
    this.#observer?.(data === undefined ? undefined : { data });
  }

  detectNobody(): void {
    this.#observer?.(undefined);
  }
}

/** MasterInfo of somebody else. */
export const OTHER = JSON.stringify({
  address: { hostname: 'other', ip: '10.0.0.9', port: 5050 },
  hostname: 'other',
  id: 'other-id',
  ip: 150994954,
  pid: 'master@10.0.0.9:5050',
  port: 5050,
  version: '1.12.0',
});
