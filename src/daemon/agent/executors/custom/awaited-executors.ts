// Executors of an earlier agent that have to subscribe again before the agent goes to its master (mesos-semantics.md 8.4).
import type { ExecutorRecord } from '../executor.ts';

/** Until all are back or given up. */
export class AwaitedExecutors {
  readonly #awaited = new Set<ExecutorRecord>();
  #whenNone: (() => void) | undefined;

  add(executor: ExecutorRecord): void {
    this.#awaited.add(executor);
  }

  /** It has subscribed, or never will. Harmless for one that nobody waits for. */
  delete(executor: ExecutorRecord): void {
    this.#awaited.delete(executor);
    this.#tellIfNone();
  }

  /** Calls it once, as soon as nobody is waited for: at once when that is so. */
  whenNone(fn: () => void): void {
    this.#whenNone = fn;
    this.#tellIfNone();
  }

  #tellIfNone(): void {
    if (this.#awaited.size > 0) return;
    const tell = this.#whenNone;
    this.#whenNone = undefined;
    tell?.();
  }
}
