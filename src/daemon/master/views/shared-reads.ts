// Identical read requests that come together are answered from one computation (mesos-api.md 2.18): the first one makes a
// note to compute at the end of the turn, those that arrive until then wait for the same body.
import type { Clock } from '../../../world/world.ts';

export class SharedReads {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Promise<Uint8Array>>();
  #hits = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Requests that were answered from another one's computation. */
  get hits(): number {
    return this.#hits;
  }

  /** `key` tells which body it is; `compute` runs after this request has arrived, so the body is never stale. */
  read(key: string, compute: () => Uint8Array): Promise<Uint8Array> {
    const shared = this.#pending.get(key);
    if (shared !== undefined) {
      this.#hits += 1;
      return shared;
    }
    const body = new Promise<Uint8Array>((resolve, reject) => {
      this.#clock.setTimer(0, () => {
        this.#pending.delete(key);
        try {
          resolve(compute());
        } catch (error) {
          reject(error);
        }
      });
    });
    this.#pending.set(key, body);
    return body;
  }
}
