// Asks one task one thing again and again: first after a delay, then at its interval. A probe that takes longer than the
// interval is waited for, and what was missed is not made up for.
import type { Clock, Timer } from '../../../world/world.ts';
import type { ProbeQueue } from './probe-queue.ts';

/** `turn`: whose turn it takes in the queue. `probe` must not reject. */
export interface ProbeLoopOptions<T> {
  readonly clock: Clock;
  readonly queue: ProbeQueue;
  readonly turn: string;
  readonly firstDelayMs: number;
  readonly intervalMs: number;
  readonly probe: () => Promise<T>;
  /** Not called once the loop was stopped. May stop it. */
  readonly onOutcome: (outcome: T) => void;
}

/** An interval of nothing would be a busy loop. */
const SHORTEST_INTERVAL_MS = 100;

/** Begins when made; ends with `stop`. */
export class ProbeLoop<T> {
  readonly #options: ProbeLoopOptions<T>;
  readonly #intervalMs: number;
  #timer: Timer;
  #dueMs: number;
  #takeBack: (() => void) | undefined;
  #isStopped = false;

  constructor(options: ProbeLoopOptions<T>) {
    this.#options = options;
    this.#intervalMs = Math.max(SHORTEST_INTERVAL_MS, options.intervalMs);
    this.#dueMs = options.clock.monotonicMs() + options.firstDelayMs;
    this.#timer = options.clock.setTimer(options.firstDelayMs, () => this.#due());
  }

  /** No probe begins, and no outcome is told, after this. */
  stop(): void {
    this.#isStopped = true;
    this.#timer.cancel();
    this.#takeBack?.();
  }

  #due(): void {
    const { queue, turn } = this.#options;
    this.#takeBack = queue.add(turn, () => this.#run());
  }

  async #run(): Promise<void> {
    const { clock, probe, onOutcome } = this.#options;
    const outcome = await probe();
    if (this.#isStopped) return;
    const missed = Math.floor((clock.monotonicMs() - this.#dueMs) / this.#intervalMs);
    this.#dueMs += (Math.max(0, missed) + 1) * this.#intervalMs;
    this.#timer = clock.setTimer(this.#dueMs - clock.monotonicMs(), () => this.#due());
    onOutcome(outcome);
  }
}
