// Tasks of the time before this start of which Mesos has said nothing yet. Until it has, nobody knows what runs, and nothing is
// launched (chronos.md 13.9, 22.25).
import type { Unsubscribe } from '../core.ts';

/** Nothing is unheard of before `wait`. */
export class Unheard {
  /** Job of each task. */
  readonly #tasks = new Map<string, string>();
  readonly #countOf = new Map<string, number>();
  readonly #readers = new Set<(job: string) => void>();

  get size(): number {
    return this.#tasks.size;
  }

  has(job: string): boolean {
    return this.#countOf.has(job);
  }

  wait(taskId: string, job: string): void {
    if (this.#tasks.has(taskId)) return;
    this.#tasks.set(taskId, job);
    this.#countOf.set(job, (this.#countOf.get(job) ?? 0) + 1);
  }

  /** There was word of it, or there is no point in waiting for any. */
  heard(taskId: string): void {
    const job = this.#tasks.get(taskId);
    if (job === undefined) return;
    this.#tasks.delete(taskId);
    const left = (this.#countOf.get(job) ?? 1) - 1;
    if (left > 0) this.#countOf.set(job, left);
    else this.#countOf.delete(job);
    if (left > 0) return;
    for (const reader of this.#readers) reader(job);
  }

  /** No more waiting, for any. */
  all(): void {
    for (const taskId of [...this.#tasks.keys()]) this.heard(taskId);
  }

  /** Of a job of which nothing is unheard any more. */
  onHeard(listener: (job: string) => void): Unsubscribe {
    this.#readers.add(listener);
    return () => this.#readers.delete(listener);
  }
}
