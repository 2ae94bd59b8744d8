// State and elections that no machine of the cluster keeps: an ensemble as ZooKeeper is one, seen from outside. Sessions
// end when nothing was heard of them for long; whoever is first in a row leads; what was sent arrives although its sender
// was stopped meanwhile. Single machines may lose sight of it, or all of them do.
import type { Candidate } from '../../cluster/election.ts';
import type { Engine } from '../core/engine.ts';
import type { ProcessLife } from '../core/process.ts';
import { EnsembleSession } from './ensemble-session.ts';
import { StoreState } from './simulated-store.ts';

/** How long a session lives without a sign of life. */
export interface EnsembleOptions {
  readonly sessionTimeoutMs: number;
}

/** One who leads or waits. */
export interface RowEntry {
  readonly session: EnsembleSession;
  readonly candidate: Candidate;
  /** Number of the transaction that it came with. */
  readonly epoch: number;
}

export class SimulatedEnsemble {
  readonly sessionTimeoutMs: number;
  /** Every request is answered at once; else some take seconds. */
  isSteady = false;
  readonly #engine: Engine;
  readonly #stores = new Map<string, StoreState>();
  readonly #sessions = new Set<EnsembleSession>();
  readonly #cutOffUntilMs = new Map<string, number>();
  #row: RowEntry[] = [];
  #transactions = 0;
  #downUntilMs = 0;

  constructor(engine: Engine, options: EnsembleOptions) {
    this.#engine = engine;
    this.sessionTimeoutMs = options.sessionTimeoutMs;
  }

  /** First in the row, if anybody stands. */
  get leader(): RowEntry | undefined {
    return this.#row[0];
  }

  /** What is durable, by the path. */
  store(path: string): StoreState {
    let state = this.#stores.get(path);
    if (state === undefined) {
      state = new StoreState(path);
      this.#stores.set(path, state);
    }
    return state;
  }

  /** A session of that process, from now on; it opens new ones by itself. */
  join(life: ProcessLife, hostName: string): EnsembleSession {
    const session = new EnsembleSession(this, life, hostName);
    this.#sessions.add(session);
    session.start();
    return session;
  }

  /** Nothing gets from that machine to the ensemble, nor back, for that long. */
  cutOff(hostName: string, forMs: number): void {
    this.#cutOffUntilMs.set(hostName, this.#engine.nowMs + forMs);
  }

  /** Nobody is answered for that long, and no session ends: there is no quorum. */
  stall(forMs: number): void {
    this.#downUntilMs = Math.max(this.#downUntilMs, this.#engine.nowMs + forMs);
    this.#engine.schedule('quorum', forMs, () => {
      // Its new leader gives every session its whole time again.
      if (!this.isDown) for (const session of this.#sessions) this.heard(session);
    });
  }

  /** Everybody is answered again. */
  heal(): void {
    this.#cutOffUntilMs.clear();
    this.#downUntilMs = 0;
    for (const session of this.#sessions) this.heard(session);
  }

  get isDown(): boolean {
    return this.#downUntilMs > this.#engine.nowMs;
  }

  answers(hostName: string): boolean {
    return !this.isDown && (this.#cutOffUntilMs.get(hostName) ?? 0) <= this.#engine.nowMs;
  }

  /** A sign of life: the session ends unless another comes in time. */
  heard(session: EnsembleSession): void {
    if (session.isExpired) return;
    const { generation } = session;
    const beat = session.nextBeat();
    this.#engine.schedule('session', this.sessionTimeoutMs, () => {
      const isSilent = session.beats === beat && session.generation === generation && !session.isExpired;
      if (isSilent && !this.isDown) this.#expire(session);
    });
  }

  /** To the end of the row. */
  stand(session: EnsembleSession, candidate: Candidate): RowEntry {
    this.#transactions++;
    const entry = { session, candidate, epoch: this.#transactions };
    this.#row.push(entry);
    if (this.#row[0] === entry) this.#tellAll();
    return entry;
  }

  leave(entry: RowEntry): void {
    const wasLeader = this.#row[0] === entry;
    this.#row = this.#row.filter((other) => other !== entry);
    if (wasLeader) this.#tellAll();
  }

  /** Its process has given the old session up: what was left of that goes, and a new one begins. */
  renew(session: EnsembleSession): void {
    this.#expire(session);
    session.isExpired = false;
    session.generation++;
  }

  #expire(session: EnsembleSession): void {
    session.isExpired = true;
    const before = this.#row[0];
    this.#row = this.#row.filter((entry) => entry.session !== session);
    if (!session.life.isAlive) this.#sessions.delete(session);
    if (this.#row[0] !== before) this.#tellAll();
  }

  #tellAll(): void {
    for (const session of this.#sessions) session.changed();
  }
}
