// Work that nobody waits for. What it throws is never lost: an unexpected error there is a broken invariant, and the agent
// ends rather than going on half (its tasks do not notice).
import type { Log } from '../../world/world.ts';

/** Counts what it runs, so that an end can wait for it; it does not limit it. */
export class Background {
  readonly #log: Log;
  readonly #onFailure: (what: string, error: unknown) => void;
  #running = 0;

  constructor(log: Log, onFailure: (what: string, error: unknown) => void) {
    this.#log = log;
    this.#onFailure = onFailure;
  }

  /** Pieces of work not yet at their end. */
  get running(): number {
    return this.#running;
  }

  run(what: string, work: () => Promise<void>): void {
    void this.guard(what, work);
  }

  /** As `run`, for somebody who wants to know when it is over. Never rejects. */
  async guard(what: string, work: () => Promise<void>): Promise<void> {
    this.#running += 1;
    try {
      await work();
    } catch (error) {
      this.#log.error('unexpected failure', { what, error });
      this.#onFailure(what, error);
    } finally {
      this.#running -= 1;
    }
  }
}
