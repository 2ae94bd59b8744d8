// Watches one agent: a ping at once and then every interval; too many in a row without a pong and it counts as lost, though
// it is pinged on, since a late pong may still call that off (mesos-semantics.md 7.2).
import type { Clock, Timer } from '../../../world/world.ts';

export interface PingWatchOptions {
  readonly clock: Clock;
  /** Between pings, and for the answer to one. */
  readonly intervalMs: number;
  /** Pings without an answer after which the agent is lost. */
  readonly maxMissed: number;
  readonly ping: () => void;
  readonly onLost: () => void;
  /** After `onLost`: a pong came, or the watch was started over or ended. */
  readonly onBack: () => void;
}

/** Counts the pings of one agent that stayed without an answer; what follows is the caller's (pings.ts). */
export class PingWatch {
  readonly #options: PingWatchOptions;
  #timer: Timer | undefined;
  #missed = 0;
  #isAnswered = true;
  #isLost = false;

  constructor(options: PingWatchOptions) {
    this.#options = options;
  }

  /** Starts over: nothing missed yet. */
  start(): void {
    this.stop();
    const { clock, intervalMs } = this.#options;
    this.#missed = 0;
    this.#timer = clock.every(intervalMs, () => this.#tick());
    this.#ping();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#callOff();
  }

  pong(): void {
    this.#isAnswered = true;
    this.#missed = 0;
    this.#callOff();
  }

  #callOff(): void {
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#options.onBack();
  }

  #tick(): void {
    if (!this.#isAnswered) this.#missed += 1;
    if (this.#missed >= this.#options.maxMissed && !this.#isLost) {
      this.#isLost = true;
      this.#options.onLost();
    }
    // `onLost` may have ended the watch.
    if (this.#timer !== undefined) this.#ping();
  }

  #ping(): void {
    this.#isAnswered = false;
    this.#options.ping();
  }
}
