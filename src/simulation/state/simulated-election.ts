// Leadership by a lock on the machine: the first candidate leads until its process ends or it withdraws; meanwhile others
// are refused. Epochs survive everything.
import {
  type CampaignEvents,
  type Candidacy,
  type Candidate,
  type Election,
  ElectionError,
  type Observation,
} from '../../cluster/election.ts';
import type { ProcessLife } from '../core/process.ts';

interface Observer {
  readonly life: ProcessLife;
  readonly fn: (leader: Candidate | undefined) => void;
  isStopped: boolean;
}

/** What all processes of the machine see of one election. */
export class ElectionState {
  epoch = 0;
  #leader: { readonly life: ProcessLife; readonly candidate: Candidate } | undefined;
  readonly #observers = new Set<Observer>();

  get leader(): Candidate | undefined {
    return this.#leader?.candidate;
  }

  /** The epoch that begins. Throws ElectionError `locked`. */
  lead(life: ProcessLife, candidate: Candidate): number {
    if (this.#leader !== undefined) {
      throw new ElectionError('locked', `${this.#leader.life.name} leads already and will not give way`);
    }
    this.#leader = { life, candidate };
    this.epoch++;
    life.onDeath(() => this.giveUp(life));
    this.#tellAll();
    return this.epoch;
  }

  giveUp(life: ProcessLife): boolean {
    if (this.#leader?.life !== life) {
      return false;
    }
    this.#leader = undefined;
    this.#tellAll();
    return true;
  }

  observe(observer: Observer): void {
    this.#observers.add(observer);
    observer.life.onDeath(() => this.#observers.delete(observer));
    this.#tell(observer);
  }

  stopObserving(observer: Observer): void {
    observer.isStopped = true;
    this.#observers.delete(observer);
  }

  #tellAll(): void {
    for (const observer of this.#observers) {
      this.#tell(observer);
    }
  }

  #tell(observer: Observer): void {
    const { leader } = this;
    observer.life.later('leader', 1, () => {
      if (!observer.isStopped) {
        observer.fn(leader);
      }
    });
  }
}

const LOCK_MS = 1;

export class SimulatedElection implements Election {
  readonly #life: ProcessLife;
  readonly #state: ElectionState;
  readonly #observers = new Set<Observer>();
  #campaign: { readonly on: CampaignEvents; isOver: boolean } | undefined;
  #isClosed = false;

  constructor(life: ProcessLife, state: ElectionState) {
    this.#life = life;
    this.#state = state;
  }

  campaign(candidate: Candidate, on: CampaignEvents): Promise<Candidacy> {
    return this.#life.perform('campaign', LOCK_MS, () => {
      this.#checkOpen();
      const epoch = this.#state.lead(this.#life, candidate);
      const campaign = { on, isOver: false };
      this.#campaign = campaign;
      this.#life.later('elected', 0, () => {
        if (!campaign.isOver) {
          on.elected(epoch);
        }
      });
      let isLeaving = false;
      return {
        mayAct: () => !campaign.isOver && !isLeaving,
        withdraw: () => {
          isLeaving = true;
          return this.#life.perform('withdraw', LOCK_MS, () => {
            if (!campaign.isOver) {
              campaign.isOver = true;
              this.#state.giveUp(this.#life);
            }
          });
        },
      };
    });
  }

  observe(fn: (leader: Candidate | undefined) => void): Promise<Observation> {
    return this.#life.perform('observe', LOCK_MS, () => {
      this.#checkOpen();
      const observer: Observer = { life: this.#life, fn, isStopped: false };
      this.#observers.add(observer);
      this.#state.observe(observer);
      return {
        stop: () => {
          this.#observers.delete(observer);
          this.#state.stopObserving(observer);
        },
      };
    });
  }

  close(): Promise<void> {
    return this.#life.perform('election-close', LOCK_MS, () => {
      this.#isClosed = true;
      for (const observer of this.#observers) {
        this.#state.stopObserving(observer);
      }
      if (this.#campaign !== undefined && !this.#campaign.isOver) {
        this.#campaign.isOver = true;
        this.#state.giveUp(this.#life);
      }
    });
  }

  #checkOpen(): void {
    if (this.#isClosed) {
      throw new ElectionError('closed', 'the election is closed');
    }
  }
}
