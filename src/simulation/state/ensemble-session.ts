// A process' line to the simulated ensemble: what it knows of its session, and when it may be sure of it.
import type { ProcessLife } from '../core/process.ts';
import type { SimulatedEnsemble } from './simulated-ensemble.ts';

/** Told in the process of the session. */
export interface SessionReader {
  /** Answered just now: what concerns us may have changed. */
  look(): void;
  suspended(): void;
  resumed(): void;
  /** It is over, and so is everything that was ours in it; a new one is being opened. */
  lost(): void;
}

/** Beats three times in the time-out, as the real client does. */
export class EnsembleSession {
  readonly life: ProcessLife;
  readonly #ensemble: SimulatedEnsemble;
  readonly #hostName: string;
  readonly #readers = new Set<SessionReader>();
  /** The ensemble's: it has given this session up. */
  isExpired = false;
  /** Grows with every new session of this process. */
  generation = 1;
  beats = 0;
  #isConnected = false;
  /** Given up by us, or by the ensemble: the next answer begins a new one. */
  #isOver = false;
  #certainUntilMs = 0;
  #answeredAtMs = 0;

  constructor(ensemble: SimulatedEnsemble, life: ProcessLife, hostName: string) {
    this.#ensemble = ensemble;
    this.life = life;
    this.#hostName = hostName;
  }

  start(): void {
    this.#answeredAtMs = this.life.engine.nowMs;
    this.#beat();
    const again = (): void => {
      this.#beat();
      this.life.later('beat', this.#ensemble.sessionTimeoutMs / 3, again);
    };
    this.life.later('beat', this.#ensemble.sessionTimeoutMs / 3, again);
  }

  get isReachable(): boolean {
    return this.#ensemble.answers(this.#hostName);
  }

  get isSteady(): boolean {
    return this.#ensemble.isSteady;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Whether it cannot have been given up by now. */
  isCertain(): boolean {
    return this.#isConnected && this.life.engine.nowMs < this.#certainUntilMs;
  }

  /** Nothing is told after the answer was called. */
  onState(reader: SessionReader): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  nextBeat(): number {
    this.beats++;
    return this.beats;
  }

  /** The ensemble has news; they get here when something does. */
  changed(): void {
    this.life.later('news', this.life.random.between(0.5, 3), () => {
      if (this.isReachable && this.#isConnected && !this.isExpired) this.#tell((reader) => reader.look());
    });
  }

  #beat(): void {
    const { nowMs } = this.life.engine;
    if (!this.isReachable) {
      if (this.#isConnected) {
        this.#isConnected = false;
        this.#tell((reader) => reader.suspended());
      }
      // It counts itself out when no server can think otherwise.
      if (nowMs - this.#answeredAtMs > this.#ensemble.sessionTimeoutMs) this.#lose();
      return;
    }
    if (this.isExpired) this.#lose();
    if (this.#isOver) {
      this.#ensemble.renew(this);
      this.#isOver = false;
    }
    this.#ensemble.heard(this);
    this.#answeredAtMs = nowMs;
    this.#certainUntilMs = nowMs + (this.#ensemble.sessionTimeoutMs * 2) / 3;
    const wasConnected = this.#isConnected;
    this.#isConnected = true;
    this.#tell((reader) => {
      if (!wasConnected) reader.resumed();
      reader.look();
    });
  }

  #lose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isConnected = false;
    this.#tell((reader) => reader.lost());
  }

  #tell(tell: (reader: SessionReader) => void): void {
    for (const reader of [...this.#readers]) if (this.#readers.has(reader)) tell(reader);
  }
}
