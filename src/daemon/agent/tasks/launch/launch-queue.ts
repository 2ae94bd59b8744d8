// Lets a limited number of launches go on at a time, in the order they came. A launch that waits can be taken out again.

/** Launches at a time: enough to hide the disk and the fork, not so many that the running tasks notice. */
export const MAX_LAUNCHING = 32;
/** Tasks waiting to be launched beyond this are refused. */
export const MAX_QUEUED = 10_000;

/** At most `maxLaunching` go on and `maxQueued` wait; beyond that `add` refuses. */
export class LaunchQueue<T> {
  readonly #launch: (item: T) => Promise<void>;
  readonly #maxLaunching: number;
  readonly #maxQueued: number;
  readonly #queued = new Set<T>();
  #launching = 0;

  /** `launch` must not throw. */
  constructor(launch: (item: T) => Promise<void>, limits: { maxLaunching?: number; maxQueued?: number } = {}) {
    this.#launch = launch;
    this.#maxLaunching = limits.maxLaunching ?? MAX_LAUNCHING;
    this.#maxQueued = limits.maxQueued ?? MAX_QUEUED;
  }

  get queuedCount(): number {
    return this.#queued.size;
  }

  /** False when too many are waiting: nothing was queued. */
  add(item: T): boolean {
    if (this.#launching < this.#maxLaunching) this.#start(item);
    else if (this.#queued.size >= this.#maxQueued) return false;
    else this.#queued.add(item);
    return true;
  }

  /** Takes back what was not started yet; false when it was. */
  remove(item: T): boolean {
    return this.#queued.delete(item);
  }

  #start(item: T): void {
    this.#launching += 1;
    void this.#launch(item).finally(() => {
      this.#launching -= 1;
      this.#next();
    });
  }

  #next(): void {
    for (const item of this.#queued) {
      this.#queued.delete(item);
      this.#start(item);
      return;
    }
  }
}
