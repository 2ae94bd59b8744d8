// Notices that runs wait and no offer comes (chronos.md 19: #511, #520): then the master is asked for offers again, and if that does not
// help it is subscribed to anew. A cluster that is full looks the same, so that it is done ever more rarely.
import type { Log, Timer, World } from '../../../world/world.ts';

/** Without an offer for so long, with something waiting, something may be wrong. */
const SILENCE_MS = 5 * 60_000;
/** Between two times that it is done, at most. */
const MAX_SILENCE_MS = 60 * 60_000;

interface Parts {
  readonly world: Pick<World, 'clock'>;
  readonly log: Log;
  /** Offers that were declined are not made again for so long. */
  readonly declinedForMs: number;
  /** Asks for offers of everything. */
  revive(): void;
  /** Gives the subscription up for another one. */
  resubscribe(): void;
}

/** Rings only while something waits and there is a subscription. */
export class OfferWatch {
  readonly #parts: Parts;
  readonly #firstMs: number;
  #silenceMs: number;
  #timer: Timer | undefined;
  #isNext: 'revive' | 'resubscribe' = 'revive';
  #isWaiting = false;
  #isConnected = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#firstMs = Math.max(SILENCE_MS, 2 * parts.declinedForMs);
    this.#silenceMs = this.#firstMs;
  }

  connected(): void {
    this.#isConnected = true;
    this.#wind();
  }

  disconnected(): void {
    this.#isConnected = false;
    this.#wind();
  }

  /** Whether any run waits for an offer. */
  waiting(isWaiting: boolean): void {
    if (isWaiting === this.#isWaiting) return;
    this.#isWaiting = isWaiting;
    this.#calm();
  }

  /** An offer came: all is well. */
  offered(): void {
    this.#calm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #calm(): void {
    this.#silenceMs = this.#firstMs;
    this.#isNext = 'revive';
    this.#wind();
  }

  #wind(): void {
    this.stop();
    if (!this.#isWaiting || !this.#isConnected) return;
    this.#timer = this.#parts.world.clock.setTimer(this.#silenceMs, () => this.#ring());
  }

  #ring(): void {
    const { log, revive, resubscribe } = this.#parts;
    const what = this.#isNext;
    log.warn('runs wait and no offer comes', { forSeconds: this.#silenceMs / 1000, doing: what });
    if (what === 'resubscribe')
      this.#silenceMs = Math.max(this.#firstMs, Math.min(this.#silenceMs * 2, MAX_SILENCE_MS));
    this.#isNext = what === 'revive' ? 'resubscribe' : 'revive';
    this.#wind();
    if (what === 'revive') revive();
    else resubscribe();
  }
}
