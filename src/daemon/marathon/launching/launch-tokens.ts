// Launch tokens (marathon.md 13.3): how many tasks may be started before some of them run, so that a crowd of new tasks
// does not fall upon the cluster at once.
import type { Timer, World } from '../../../world/world.ts';

/** `onMore` is called when there are some again after there were none. */
export class LaunchTokens {
  readonly #max: number;
  readonly #refreshIntervalMs: number;
  readonly #clock: World['clock'];
  readonly #onMore: () => void;
  #left: number;
  #refresh: Timer | undefined;

  constructor(
    clock: World['clock'],
    limits: { readonly max: number; readonly refreshIntervalMs: number },
    onMore: () => void,
  ) {
    this.#clock = clock;
    this.#max = limits.max;
    this.#left = limits.max;
    this.#refreshIntervalMs = limits.refreshIntervalMs;
    this.#onMore = onMore;
  }

  get left(): number {
    return this.#left;
  }

  start(): void {
    this.#refresh = this.#clock.every(this.#refreshIntervalMs, () => this.give(this.#max));
  }

  stop(): void {
    this.#refresh?.cancel();
  }

  /** For one launch. Asserts that there is one. */
  take(): void {
    if (this.#left <= 0) throw new Error('a launch without a token');
    this.#left -= 1;
  }

  /** Never more than the maximum. */
  give(count: number): void {
    const before = this.#left;
    this.#left = Math.min(this.#max, before + count);
    if (before === 0 && this.#left > 0) this.#onMore();
  }
}
