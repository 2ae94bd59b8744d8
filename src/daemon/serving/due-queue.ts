// What is due when, the first first: a binary heap in which setting, moving and clearing one costs O(log n) and nothing is ever scanned.
// It knows no clock; who wakes up for it does (Marathon's deadlines, Chronos' due times).

/** `atMs` counts from wherever its user's clock does. */
export interface DueEntry<K> {
  readonly key: K;
  readonly atMs: number;
}

interface Place<K> extends DueEntry<K> {
  atMs: number;
  /** Of equal times the one set first comes first. */
  turn: number;
  /** In the heap. */
  index: number;
}

/** One time a key. */
export class DueQueue<K> {
  readonly #heap: Place<K>[] = [];
  readonly #byKey = new Map<K, Place<K>>();
  #turns = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Still in it. */
  get first(): DueEntry<K> | undefined {
    return this.#heap[0];
  }

  /** Moves the one there was. */
  set(key: K, atMs: number): void {
    this.#turns += 1;
    let place = this.#byKey.get(key);
    if (place === undefined) {
      place = { key, atMs, turn: this.#turns, index: this.#heap.length };
      this.#heap.push(place);
      this.#byKey.set(key, place);
    } else {
      [place.atMs, place.turn] = [atMs, this.#turns];
    }
    this.#settle(place);
  }

  /** Whether it was there. */
  clear(key: K): boolean {
    const place = this.#byKey.get(key);
    if (place === undefined) return false;
    this.#byKey.delete(key);
    const last = this.#heap.pop();
    if (last === undefined || last === place) return true;
    last.index = place.index;
    this.#heap[last.index] = last;
    this.#settle(last);
    return true;
  }

  clearAll(): void {
    this.#heap.length = 0;
    this.#byKey.clear();
  }

  /** Up or down to where it belongs. */
  #settle(place: Place<K>): void {
    const heap = this.#heap;
    let { index } = place;
    for (;;) {
      const parent = heap[(index - 1) >> 1];
      if (index === 0 || parent === undefined || !isBefore(place, parent)) break;
      index = this.#put(parent, index);
    }
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, place)) break;
      index = this.#put(child, index);
    }
    this.#put(place, index);
  }

  /** Where it was before. */
  #put(place: Place<K>, index: number): number {
    const before = place.index;
    this.#heap[index] = place;
    place.index = index;
    return before;
  }
}

function isBefore<K>(a: Place<K>, b: Place<K>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.turn < b.turn);
}
