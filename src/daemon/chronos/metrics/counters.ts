// Counts of what happened since this process leads (chronos.md 15.2), by the names that serving/offers gives them.

export class Counters {
  readonly #counts = new Map<string, number>();

  /** Adds `by`, 1 unless told. */
  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}
