// When the next turn begins (haproxy.md 14.4–14.7). One runs at a time; whatever comes while it runs makes one more.
import type { Clock, Random, Timer } from '../../world/world.ts';

export const QUIET_MS = 500;
export const LONGEST_DELAY_MS = 2_000;
export const IDLE_MS = 60_000;
/** While no stream tells of changes. */
export const POLL_MS = 30_000;
const JITTER = 0.1;

/** What a turn is for; several reasons make one turn. `reload`: what is on disk is to be loaded again first. */
export type TurnReason = 'start' | 'event' | 'connected' | 'idle' | 'poll' | 'signal' | 'reload' | 'again';

/** What one turn leaves to the pace. */
export interface TurnOutcome {
  /** Another turn is wanted this soon whatever happens, such as for the second look of the guard or a lock held elsewhere. */
  readonly againMs?: number;
  /** It looked at nothing: what the turn before wanted is still wanted. */
  readonly isNoTurn?: boolean;
}

/** `turn` must not throw: what goes wrong in it is its own business to tell. */
export class Pace {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #turn: (reasons: readonly TurnReason[]) => Promise<TurnOutcome>;
  readonly #reasons = new Set<TurnReason>();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;
  /** Of the events that no turn has seen. */
  #firstEventMs: number | undefined;
  #lastEventMs = 0;
  #isPolling = true;
  /** When a turn comes without any other cause. */
  #idleAtMs = 0;
  #idleReason: TurnReason = 'idle';
  /** What the last turn asked for. */
  #againAtMs: number | undefined;

  constructor(clock: Clock, random: Random, turn: (reasons: readonly TurnReason[]) => Promise<TurnOutcome>) {
    this.#clock = clock;
    this.#random = random;
    this.#turn = turn;
    this.#idleAtMs = clock.monotonicMs() + POLL_MS;
  }

  /** Something changed: a turn soon. */
  event(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#firstEventMs ??= nowMs;
    this.#lastEventMs = nowMs;
    this.#reasons.add('event');
    this.#schedule();
  }

  /** A turn at once, or after the one that runs. */
  now(reason: TurnReason): void {
    this.#reasons.add(reason);
    this.#schedule();
  }

  /** Without a stream turns come by themselves more often. */
  setPolling(isPolling: boolean): void {
    if (isPolling === this.#isPolling) return;
    this.#isPolling = isPolling;
    this.#rest();
    this.#schedule();
  }

  /** Resolves when the turn that runs has ended; none begins any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #schedule(): void {
    if (this.#isStopped || this.#running !== undefined) return;
    this.#timer?.cancel();
    const delayMs = Math.max(0, this.#dueMs() - this.#clock.monotonicMs());
    this.#timer = this.#clock.setTimer(delayMs, () => this.#begin());
  }

  #dueMs(): number {
    for (const reason of this.#reasons) if (reason !== 'event') return 0;
    if (this.#firstEventMs === undefined) return this.#idleAtMs;
    return Math.min(this.#idleAtMs, this.#lastEventMs + QUIET_MS, this.#firstEventMs + LONGEST_DELAY_MS);
  }

  #begin(): void {
    if (this.#isStopped || this.#running !== undefined) return;
    const reasons = this.#reasons.size === 0 ? [this.#idleReason] : [...this.#reasons];
    this.#reasons.clear();
    this.#firstEventMs = undefined;
    this.#running = this.#turn(reasons).then(({ againMs, isNoTurn }) => {
      this.#running = undefined;
      if (isNoTurn !== true) this.#againAtMs = againMs === undefined ? againMs : this.#clock.monotonicMs() + againMs;
      this.#rest();
      this.#schedule();
    });
  }

  #rest(): void {
    const usualMs = this.#isPolling ? POLL_MS : IDLE_MS;
    const restMs = usualMs * (1 - JITTER + 2 * JITTER * this.#random.float());
    const restAtMs = this.#clock.monotonicMs() + restMs;
    const againAtMs = this.#againAtMs ?? restAtMs;
    this.#idleReason = againAtMs < restAtMs ? 'again' : this.#isPolling ? 'poll' : 'idle';
    this.#idleAtMs = Math.min(restAtMs, againAtMs);
  }
}
