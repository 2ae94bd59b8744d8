// Named counters that only grow, under the names the original gives its metrics (mesos-api.md 11). Gauges are not kept
// here: the views compute them from the state.

/** A name that was never counted reads 0. */
export class Counters {
  readonly #values = new Map<string, number>();

  /** `known` names are there from the start with 0. */
  constructor(known: Iterable<string> = []) {
    for (const name of known) this.#values.set(name, 0);
  }

  increment(name: string, by = 1): void {
    this.#values.set(name, (this.#values.get(name) ?? 0) + by);
  }

  get(name: string): number {
    return this.#values.get(name) ?? 0;
  }

  entries(): IterableIterator<[string, number]> {
    return this.#values.entries();
  }
}
