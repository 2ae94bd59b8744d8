// An election on the simulated ensemble: candidates wait in a row, leaders are suspended while they cannot be sure, and
// lost for good when their session is.
import {
  type CampaignEvents,
  type Candidacy,
  type Candidate,
  type Election,
  ElectionError,
  type Observation,
} from '../../cluster/election.ts';
import type { EnsembleSession, SessionReader } from './ensemble-session.ts';
import type { RowEntry, SimulatedEnsemble } from './simulated-ensemble.ts';

export class EnsembleElection implements Election {
  readonly #ensemble: SimulatedEnsemble;
  readonly #session: EnsembleSession;
  readonly #open = new Set<{ stop(): void }>();
  #isClosed = false;

  constructor(ensemble: SimulatedEnsemble, session: EnsembleSession) {
    this.#ensemble = ensemble;
    this.#session = session;
  }

  async campaign(candidate: Candidate, on: CampaignEvents): Promise<Candidacy> {
    this.#refuseWhenClosed();
    const standing = new Standing(this.#ensemble, this.#session, candidate, on);
    this.#open.add(standing);
    return standing;
  }

  async observe(fn: (leader: Candidate | undefined) => void): Promise<Observation> {
    this.#refuseWhenClosed();
    const observing = new Observing(this.#ensemble, this.#session, fn);
    this.#open.add(observing);
    return observing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const one of this.#open) one.stop();
    this.#open.clear();
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ElectionError('closed', 'the election is closed');
  }
}

class Standing implements Candidacy, SessionReader {
  readonly #ensemble: SimulatedEnsemble;
  readonly #session: EnsembleSession;
  readonly #candidate: Candidate;
  readonly #on: CampaignEvents;
  readonly #leave: () => void;
  #entry: RowEntry | undefined;
  #phase: 'waiting' | 'leading' | 'over' = 'waiting';
  #isSuspended = false;

  constructor(ensemble: SimulatedEnsemble, session: EnsembleSession, candidate: Candidate, on: CampaignEvents) {
    this.#ensemble = ensemble;
    this.#session = session;
    this.#candidate = candidate;
    this.#on = on;
    this.#leave = session.onState(this);
    session.changed();
  }

  mayAct(): boolean {
    return this.#phase === 'leading' && !this.#isSuspended && this.#session.isCertain();
  }

  async withdraw(): Promise<void> {
    this.stop();
  }

  stop(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#leave();
    if (this.#entry !== undefined) this.#ensemble.leave(this.#entry);
  }

  look(): void {
    if (this.#phase !== 'waiting') return;
    this.#entry ??= this.#ensemble.stand(this.#session, this.#candidate);
    const { epoch } = this.#entry;
    if (this.#ensemble.leader !== this.#entry || !this.#session.isCertain()) return;
    this.#phase = 'leading';
    this.#on.elected(epoch);
  }

  suspended(): void {
    if (this.#phase !== 'leading') return;
    this.#isSuspended = true;
    this.#on.suspended?.('the ensemble does not answer');
  }

  resumed(): void {
    if (this.#phase !== 'leading' || !this.#isSuspended) return;
    this.#isSuspended = false;
    this.#on.resumed?.();
  }

  lost(): void {
    this.#entry = undefined;
    if (this.#phase !== 'leading') return;
    this.#phase = 'over';
    this.#leave();
    this.#on.lost('the session is over');
  }
}

class Observing implements Observation, SessionReader {
  readonly #ensemble: SimulatedEnsemble;
  readonly #fn: (leader: Candidate | undefined) => void;
  readonly #leave: () => void;
  /** As told last; undefined before the first time. */
  #told: { readonly leader: Candidate | undefined } | undefined;
  #isStopped = false;

  constructor(ensemble: SimulatedEnsemble, session: EnsembleSession, fn: (leader: Candidate | undefined) => void) {
    this.#ensemble = ensemble;
    this.#fn = fn;
    this.#leave = session.onState(this);
    session.changed();
  }

  stop(): void {
    this.#isStopped = true;
    this.#leave();
  }

  look(): void {
    this.#tell(this.#ensemble.leader?.candidate);
  }

  lost(): void {
    this.#tell(undefined);
  }

  suspended(): void {
    // What was seen last may still hold: nothing is told.
  }

  resumed(): void {
    // `look` comes with it.
  }

  #tell(leader: Candidate | undefined): void {
    if (this.#isStopped || (this.#told !== undefined && this.#told.leader === leader)) return;
    this.#told = { leader };
    this.#fn(leader);
  }
}
