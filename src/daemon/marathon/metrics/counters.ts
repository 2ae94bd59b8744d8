// Counts of what happened since this process leads (marathon.md 22); http/ shows them as `marathon.<name>`.

/** Counters by their dotted name without prefix, e.g. `mesos.offers.declined.counter`. */
export class Counters {
  readonly #counts = new Map<string, number>();

  /** Adds `by`, 1 unless told. */
  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** Name and count of every counter used so far. */
  entries(): Iterable<readonly [string, number]> {
    return this.#counts;
  }
}
