// Siblings in the order of dominant resource fairness: the lowest share first, then who was chosen less often, then by
// path (mesos-semantics.md 3.2). Kept sorted while single shares change; sorted anew only when they all did.
import { type ClusterTotals, Quantities } from './cluster-totals.ts';

/** Whoever competes: a node of the role tree, or a framework under a role. */
export abstract class Competitor {
  /** Unique among siblings; the last tie-breaker. */
  readonly path: string;
  /** What it holds, offered or allocated, its whole subtree. */
  held = new Quantities();
  /** How often anything was given to it since it was added. */
  count = 0;
  weight = 1;
  /** Of the time its order was last sorted; read it through FairOrder. */
  share = 0;

  constructor(path: string) {
    this.path = path;
  }
}

/** After this many single moves without anybody looking, sorting once is cheaper. */
const MOVES_BEFORE_SORT = 16;

/**
 * Whoever changes what decides an entry's place does so between `changing` and `changed`; nothing is looked for here.
 */
export class FairOrder<T extends Competitor> {
  readonly #totals: ClusterTotals;
  #entries: T[] = [];
  /** Version of the totals that the shares were computed with; 0 when they must be computed again. */
  #version = 0;
  #moves = 0;

  constructor(totals: ClusterTotals) {
    this.#totals = totals;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** In order. Valid until the next change. */
  entries(): readonly T[] {
    if (this.#version !== this.#totals.version) this.#sort();
    this.#moves = 0;
    return this.#entries;
  }

  add(entry: T): void {
    if (this.#version !== this.#totals.version) {
      this.#entries.push(entry);
      return;
    }
    entry.share = this.#totals.share(entry.held.vector, entry.weight);
    this.#entries.splice(this.#position(entry), 0, entry);
  }

  remove(entry: T): void {
    const index = this.#indexOf(entry);
    if (index >= 0) this.#entries.splice(index, 1);
  }

  /** To be called before anything of `entry` that decides its place changes, with the answer given to `changed`. */
  changing(entry: T): number {
    if (this.#version !== this.#totals.version) return -1;
    this.#moves += 1;
    if (this.#moves > MOVES_BEFORE_SORT) {
      this.#version = 0;
      return -1;
    }
    return this.#indexOf(entry);
  }

  changed(entry: T, index: number): void {
    if (index < 0) return;
    const entries = this.#entries;
    entry.share = this.#totals.share(entry.held.vector, entry.weight);
    const after = entries[index + 1];
    const before = entries[index - 1];
    if ((after === undefined || compare(entry, after) < 0) && (before === undefined || compare(before, entry) < 0))
      return;
    entries.splice(index, 1);
    entries.splice(this.#position(entry), 0, entry);
  }

  #sort(): void {
    const totals = this.#totals;
    const entries = this.#entries;
    let isSorted = true;
    let previous: T | undefined;
    for (const entry of entries) {
      entry.share = totals.share(entry.held.vector, entry.weight);
      if (previous !== undefined && isSorted && compare(previous, entry) > 0) isSorted = false;
      previous = entry;
    }
    if (!isSorted) entries.sort(compare);
    this.#version = totals.version;
  }

  #indexOf(entry: T): number {
    if (this.#version !== this.#totals.version) return this.#entries.indexOf(entry);
    const index = this.#position(entry);
    return this.#entries[index] === entry ? index : -1;
  }

  /** Index of the first that does not come before `entry`. */
  #position(entry: T): number {
    const entries = this.#entries;
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(entries[middle] as T, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Who comes first of two siblings whose shares are up to date. */
export function compare(a: Competitor, b: Competitor): number {
  if (a.share !== b.share) return a.share - b.share;
  if (a.count !== b.count) return a.count - b.count;
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
