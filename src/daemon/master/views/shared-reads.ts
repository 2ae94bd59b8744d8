// Identical read requests that come together are answered from one computation (mesos-api.md 2.18): the first one makes a
// note to compute as soon as there is time, those that arrive until it begins wait for the same body. What is large is
// computed in slices, from the state as it was when it began, and at most once at a time. The memory of a large body is given
// back when it has been sent to all: left to the collector it would be found after further ones, and meanwhile keep it busy.

import { freeBytes } from '../../serving/free-bytes.ts';
import type { LentBody } from '../../serving/http/responses.ts';
import type { Sliced } from '../../serving/slices/sliced.ts';
import type { Slices } from '../../serving/slices/slices.ts';

/** Shorter bodies are put together as fast without knowing. */
const MIN_REMEMBERED_BYTES = 1024 * 1024;
const MAX_REMEMBERED = 100;

/** A body, and who is still to be sent it. */
interface Lending {
  readonly made: Promise<Uint8Array>;
  borrowers: number;
}

/** A body is never kept beyond its requests, and never older than they are. */
export class SharedReads {
  readonly #slices: Slices;
  /** Has not begun: whoever asks may share it. */
  readonly #pending = new Map<string, Lending>();
  /** Has begun; resolves, whatever becomes of it, when it is over. */
  readonly #running = new Map<string, Promise<unknown>>();
  /** Length of the latest body by key. Few keys are ever asked for, those with ids or pages in them aside. */
  readonly #lengths = new Map<string, number>();
  #hits = 0;

  constructor(slices: Slices) {
    this.#slices = slices;
  }

  /** Requests that were answered from another one's computation. */
  get hits(): number {
    return this.#hits;
  }

  /**
   * `key` tells which body it is; `compute` begins after this request has arrived, so the body is never stale: it must take
   * what it needs of the state before it yields. It is told how many bytes the latest body of this key had, 0 when that
   * is not known. Rejects with what it throws.
   */
  async read(key: string, compute: (expectedBytes: number) => Sliced<Uint8Array>): Promise<LentBody> {
    const shared = this.#pending.get(key);
    if (shared !== undefined) this.#hits += 1;
    const lending = shared ?? this.#begin(key, compute);
    lending.borrowers += 1;
    const bytes = await lending.made;
    const giveBack = (): void => {
      lending.borrowers -= 1;
      // Short ones may lie beside others.
      if (lending.borrowers === 0 && bytes.length > MIN_REMEMBERED_BYTES) freeBytes(bytes);
    };
    return { bytes, giveBack };
  }

  #begin(key: string, compute: (expectedBytes: number) => Sliced<Uint8Array>): Lending {
    const earlier = this.#running.get(key);
    const start = (): Promise<Uint8Array> => this.#slices.run(this.#work(key, compute, () => made));
    const made: Promise<Uint8Array> = earlier === undefined ? start() : earlier.then(start);
    const lending = { made, borrowers: 0 };
    this.#pending.set(key, lending);
    return lending;
  }

  *#work(
    key: string,
    compute: (expectedBytes: number) => Sliced<Uint8Array>,
    body: () => Promise<Uint8Array>,
  ): Sliced<Uint8Array> {
    this.#pending.delete(key);
    const over = body().then(
      () => this.#running.delete(key),
      () => this.#running.delete(key),
    );
    this.#running.set(key, over);
    const made = yield* compute(this.#lengths.get(key) ?? 0);
    if (made.length > MIN_REMEMBERED_BYTES) this.#remember(key, made.length);
    return made;
  }

  #remember(key: string, length: number): void {
    if (this.#lengths.size >= MAX_REMEMBERED) this.#lengths.clear();
    this.#lengths.set(key, length);
  }
}
