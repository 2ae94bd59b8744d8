// Which directories are to be deleted when: a pure list in order of age (mesos-semantics.md 8.5).

/** Directories remembered; beyond this the oldest are due at once. */
export const MAX_SCHEDULED = 100_000;

/** Bounded: beyond `maxScheduled` directories the oldest are due at once. */
export class GcSchedule {
  /** Path → time of last use. Oldest first, as they come in that order. */
  readonly #since = new Map<string, number>();
  readonly #maxScheduled: number;

  constructor(maxScheduled = MAX_SCHEDULED) {
    this.#maxScheduled = maxScheduled;
  }

  get size(): number {
    return this.#since.size;
  }

  /** Takes a directory that was last used at `sinceMs`; one that is there already starts anew. */
  add(path: string, sinceMs: number): void {
    this.#since.delete(path);
    this.#since.set(path, sinceMs);
  }

  /** The directory is in use again; false when it was not scheduled. */
  remove(path: string): boolean {
    return this.#since.delete(path);
  }

  /** Takes out what is older than `maxAgeMs` at `nowMs`, and what is too much. */
  takeDue(nowMs: number, maxAgeMs: number): string[] {
    const due: string[] = [];
    let surplus = this.#since.size - this.#maxScheduled;
    for (const [path, sinceMs] of this.#since) {
      if (surplus > 0 || nowMs - sinceMs >= maxAgeMs) due.push(path);
      surplus -= 1;
    }
    for (const path of due) this.#since.delete(path);
    return due;
  }
}

/** Longest life of a sandbox: shorter the fuller the disk. `usage` and `headroom` are shares of 1. */
export function maxAllowedAgeMs(delayMs: number, headroom: number, usage: number): number {
  return delayMs * Math.max(0, 1 - headroom - usage);
}
