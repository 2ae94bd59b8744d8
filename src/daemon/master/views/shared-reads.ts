// Identical read requests that come together are answered from one computation (mesos-api.md 2.18): the first one makes a
// note to compute at the end of the turn, those that arrive until then wait for the same body.
import type { Clock } from '../../../world/world.ts';

/** Shorter bodies are put together as fast without knowing. */
const MIN_REMEMBERED_BYTES = 1024 * 1024;
const MAX_REMEMBERED = 100;

/** A body is computed once per turn and key, and never kept beyond it: an answer is never older than its request. */
export class SharedReads {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Promise<Uint8Array>>();
  /** Length of the latest body by key. Few keys are ever asked for, those with ids or pages in them aside. */
  readonly #lengths = new Map<string, number>();
  #hits = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Requests that were answered from another one's computation. */
  get hits(): number {
    return this.#hits;
  }

  /**
   * `key` tells which body it is; `compute` runs after this request has arrived, so the body is never stale. It is told how
   * many bytes the latest body of this key had, 0 when that is not known.
   */
  read(key: string, compute: (expectedBytes: number) => Uint8Array): Promise<Uint8Array> {
    const shared = this.#pending.get(key);
    if (shared !== undefined) {
      this.#hits += 1;
      return shared;
    }
    const body = new Promise<Uint8Array>((resolve, reject) => {
      this.#clock.setTimer(0, () => {
        this.#pending.delete(key);
        try {
          const made = compute(this.#lengths.get(key) ?? 0);
          if (made.length > MIN_REMEMBERED_BYTES) this.#remember(key, made.length);
          resolve(made);
        } catch (error) {
          reject(error);
        }
      });
    });
    this.#pending.set(key, body);
    return body;
  }

  #remember(key: string, length: number): void {
    if (this.#lengths.size >= MAX_REMEMBERED) this.#lengths.clear();
    this.#lengths.set(key, length);
  }
}
