// The virtual clock and the loop that turns it. One event at a time; after each, every promise reaction that it set off
// runs to its end before the next event is looked at. Nothing here waits for real time.
import { type EventOwner, EventQueue, type ScheduledEvent } from './event-queue.ts';
import { Fingerprint } from './fingerprint.ts';
import { SeededRandom } from './random.ts';

/** Wall time at which every simulation begins (2024-01-01T00:00:00Z). */
const EPOCH_MS = 1_704_067_200_000;

/** So often the real event loop gets a turn, for the test runner's sake and for rejections nobody handled. */
const EVENTS_PER_TURN = 512;

/** More events than this at one moment mean that something goes in circles without letting time pass. */
const MAX_EVENTS_PER_MOMENT = 200_000;

/** `seed` decides everything: the same seed and the same calls give the same `fingerprint`. */
export class Engine {
  readonly seed: number;
  readonly fingerprint = new Fingerprint();
  readonly #queue = new EventQueue();
  #nowMs = 0;
  #sequence = 0;
  #processed = 0;
  #atThisMoment = 0;
  #isRunning = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Virtual milliseconds since the simulation began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get wallMs(): number {
    return EPOCH_MS + this.#nowMs;
  }

  /** Events that have happened. */
  get processed(): number {
    return this.#processed;
  }

  /** The stream of chance of that name; always begins at its beginning. */
  random(name: string): SeededRandom {
    return new SeededRandom(this.seed, name);
  }

  /** Calls `fn` `delayMs` from now, never from inside this call. */
  schedule(label: string, delayMs: number, fn: () => void, owner?: EventOwner): ScheduledEvent {
    const atMs = wholeMicroseconds(this.#nowMs + Math.max(0, delayMs));
    const event = { atMs, sequence: this.#sequence++, label, fn, owner, isCancelled: false };
    this.#queue.push(event);
    return event;
  }

  /** Ends the run under way, or the next one, with that error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Runs everything due within the next `forMs`; the clock ends exactly there. */
  async run(forMs: number): Promise<void> {
    const untilMs = wholeMicroseconds(this.#nowMs + forMs);
    await this.#loop(untilMs, () => false);
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Runs until `predicate` holds, looked at after each event. False when it did not within `limitMs`. */
  async runUntil(predicate: () => boolean, limitMs: number): Promise<boolean> {
    const untilMs = wholeMicroseconds(this.#nowMs + limitMs);
    await drain();
    if (predicate()) {
      return true;
    }
    const isReached = await this.#loop(untilMs, predicate);
    if (!isReached) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
    }
    return isReached;
  }

  /**
   * Lets events happen as they come, in the background, until the answer is called. For tests that are written for real
   * time; how their own steps interleave with the events is not part of the seed.
   */
  runFreely(): () => Promise<void> {
    let isStopped = false;
    const ended = (async () => {
      while (!isStopped) {
        const event = this.#queue.pop();
        if (event !== undefined) {
          this.#happen(event);
        }
        await turn();
      }
    })();
    return () => {
      isStopped = true;
      return ended;
    };
  }

  async #loop(untilMs: number, isEnough: () => boolean): Promise<boolean> {
    if (this.#isRunning) {
      throw new Error('the simulation is running already: run() does not nest');
    }
    this.#isRunning = true;
    try {
      await drain();
      for (let event = this.#queue.peek(); event !== undefined && event.atMs <= untilMs; event = this.#queue.peek()) {
        this.#queue.pop();
        if (!this.#happen(event)) {
          continue;
        }
        await drain();
        event.owner?.afterEvent();
        this.#throwFailure();
        if (this.#processed % EVENTS_PER_TURN === 0) {
          await turn();
        }
        if (isEnough()) {
          return true;
        }
      }
      await turn();
      return isEnough();
    } finally {
      this.#isRunning = false;
    }
  }

  #throwFailure(): void {
    const failure = this.#failure;
    if (failure !== undefined) {
      this.#failure = undefined;
      throw failure.error;
    }
  }

  /** False when nothing happened after all. */
  #happen(event: ScheduledEvent): boolean {
    const { owner } = event;
    if (event.isCancelled || (owner !== undefined && !owner.isAlive)) {
      return false;
    }
    if (owner !== undefined && owner.stoppedUntilMs > event.atMs) {
      event.atMs = owner.stoppedUntilMs;
      this.#queue.push(event);
      return false;
    }
    if (event.atMs > this.#nowMs) {
      this.#nowMs = event.atMs;
      this.#atThisMoment = 0;
    }
    this.#processed++;
    this.#atThisMoment++;
    if (this.#atThisMoment > MAX_EVENTS_PER_MOMENT) {
      throw new Error(`time stands still at ${this.#nowMs} ms: '${event.label}' goes in circles`);
    }
    this.fingerprint.addInteger(Math.round(this.#nowMs * 1000) | 0);
    this.fingerprint.addLabel(event.label);
    this.fingerprint.addInteger(owner?.serial ?? 0);
    try {
      event.fn();
    } catch (error) {
      if (owner === undefined) {
        throw error;
      }
      owner.onUncaught(error);
    }
    return true;
  }
}

/** Time is no finer than this: sums of delays stay exact enough to compare. */
export function wholeMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/**
 * Resolves when no promise reaction is left to run: Node takes a next-tick callback that was queued from a reaction
 * only once the queue of reactions is empty.
 */
function drain(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
