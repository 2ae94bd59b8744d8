// Launches of this term that nothing was heard of yet. One that is being written, or was sent a moment ago, may be unknown to the master
// and is not lost because it says so.
import type { Clock } from '../../../world/world.ts';

/** A launch decided so lately may not have reached the master. */
const FRESH_MS = 10_000;

/** One launch of one task; the next of the same task is another one. */
export interface Launch {
  /** By the monotonic clock; undefined while it is being written. */
  sentMs: number | undefined;
}

export class Launches {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #launches = new Map<string, Launch>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Decided, and being written. */
  begin(taskId: string): Launch {
    const launch: Launch = { sentMs: undefined };
    this.#launches.set(taskId, launch);
    return launch;
  }

  /** Durable. False: it was given up meanwhile. */
  isWritten(taskId: string, launch: Launch): boolean {
    launch.sentMs = this.#clock.monotonicMs();
    return this.#launches.get(taskId) === launch;
  }

  /** There was word of it, or it is given up. */
  forget(taskId: string | undefined): void {
    if (taskId !== undefined) this.#launches.delete(taskId);
  }

  isFresh(taskId: string | undefined): boolean {
    const launch = taskId === undefined ? undefined : this.#launches.get(taskId);
    if (launch === undefined) return false;
    return launch.sentMs === undefined || this.#clock.monotonicMs() - launch.sentMs < FRESH_MS;
  }

  /** Tasks that there should have been word of by now. */
  silent(): readonly string[] {
    return [...this.#launches.keys()].filter((taskId) => !this.isFresh(taskId));
  }
}
