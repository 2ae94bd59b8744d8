// One fetching of an image and everybody who waits for it. Who does not want it any more leaves at once; when nobody is
// left it is stopped.
import type { Clock, Timer } from '../../../../../world/world.ts';
import { ImageError } from '../image-error.ts';

/** Between questions whether it is still wanted. */
const ASK_MS = 250;

interface Waiter<T> {
  readonly isCancelled: () => boolean;
  readonly settle: PromiseWithResolvers<T>;
}

/** Begins when it is made. */
export class SharedPull<T> {
  readonly #waiters = new Set<Waiter<T>>();
  readonly #stop = new AbortController();
  readonly #timer: Timer;

  constructor(clock: Clock, work: (stop: AbortSignal) => Promise<T>) {
    this.#timer = clock.every(ASK_MS, () => this.#ask());
    work(this.#stop.signal).then(
      (value) => this.#end((waiter) => waiter.settle.resolve(value)),
      (error: unknown) => this.#end((waiter) => waiter.settle.reject(error)),
    );
  }

  /** False when it has been given up: nothing will come of it. */
  get isWanted(): boolean {
    return !this.#stop.signal.aborted;
  }

  /** Throws what the work throws, or ImageError `cancelled`. */
  join(isCancelled: () => boolean): Promise<T> {
    const settle = Promise.withResolvers<T>();
    this.#waiters.add({ isCancelled, settle });
    return settle.promise;
  }

  /** Nobody wants it. */
  giveUp(): void {
    this.#stop.abort();
    this.#leave(() => true);
  }

  #ask(): void {
    this.#leave((waiter) => waiter.isCancelled());
    if (this.#waiters.size === 0) this.#stop.abort();
  }

  #leave(isLeaving: (waiter: Waiter<T>) => boolean): void {
    for (const waiter of this.#waiters) {
      if (!isLeaving(waiter)) continue;
      this.#waiters.delete(waiter);
      waiter.settle.reject(new ImageError('cancelled', 'the image is not wanted any more'));
    }
  }

  #end(tell: (waiter: Waiter<T>) => void): void {
    this.#timer.cancel();
    for (const waiter of this.#waiters) tell(waiter);
    this.#waiters.clear();
  }
}
