// A map that remembers the newest entries only: the master's histories (mesos-semantics.md 1, "bounded history").

/** Keys in the order they were added; one more than `capacity` and the oldest goes. */
export class BoundedMap<K, V> {
  readonly capacity: number;
  readonly #entries: Map<K, V>;

  /** `capacity` 0 remembers nothing. `entries`: where they are kept, empty, for maps that do more than that. */
  constructor(capacity: number, entries = new Map<K, V>()) {
    this.capacity = capacity;
    this.#entries = entries;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** Adds or replaces; the entry becomes the newest, the oldest goes when there are too many. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.capacity) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  /** Oldest first. */
  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }

  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries();
  }
}
