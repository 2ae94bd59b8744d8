// Siblings in the order of dominant resource fairness: the lowest share first, then who was chosen less often, then by
// path (mesos-semantics.md 3.2). Kept sorted while single shares change; sorted anew only when they all did.
import { type ClusterTotals, Quantities } from './cluster-totals.ts';
import { SortedBlocks } from './sorted-blocks.ts';

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

/** Of the siblings that take part. What decides the place of one of them is changed in `change` only. */
export class FairOrder<T extends Competitor> {
  readonly #totals: ClusterTotals;
  readonly #sorted = new SortedBlocks<T>(compare);
  /** All entries, in no order in particular, from the time when keeping them in order was given up until it is asked for. */
  #unsorted: T[] | undefined;
  /** Version of the totals that the shares were computed with; 0 when they must be computed again. */
  #version = 0;
  #moves = 0;

  constructor(totals: ClusterTotals) {
    this.#totals = totals;
  }

  get size(): number {
    return this.#unsorted?.length ?? this.#sorted.size;
  }

  /** In order, block after block: what a run walks over. Valid until the next change. */
  blocks(): readonly (readonly T[])[] {
    if (!this.#isFresh) this.#sort();
    this.#moves = 0;
    return this.#sorted.blocks;
  }

  /** In order, in one piece. */
  entries(): readonly T[] {
    return this.blocks().flat();
  }

  add(entry: T): void {
    if (this.#isFresh) this.#place(entry);
    else this.#giveUp().push(entry);
  }

  remove(entry: T): void {
    if (this.#isFresh) {
      this.#sorted.remove(entry);
      return;
    }
    const unsorted = this.#giveUp();
    const index = unsorted.indexOf(entry);
    if (index >= 0) unsorted.splice(index, 1);
  }

  /** Whatever decides the place of `entry`, which may be in here or not, is changed by `alter`. The only one has no place to lose. */
  change(entry: T, alter: () => void): void {
    const isMoved = this.size > 1 && this.#isFresh && this.#isWorthMoving() && this.#sorted.remove(entry);
    alter();
    if (isMoved) this.#place(entry);
    else if (this.#isFresh) entry.share = this.#shareOf(entry);
  }

  #isWorthMoving(): boolean {
    this.#moves += 1;
    if (this.#moves > MOVES_BEFORE_SORT) this.#giveUp();
    return this.#isFresh;
  }

  #place(entry: T): void {
    entry.share = this.#shareOf(entry);
    this.#sorted.add(entry);
  }

  #shareOf({ held, weight }: T): number {
    return this.#totals.share(held.vector, weight);
  }

  get #isFresh(): boolean {
    return this.#version === this.#totals.version;
  }

  /** From here on nothing has its place. */
  #giveUp(): T[] {
    this.#version = 0;
    this.#unsorted ??= this.#sorted.toArray();
    return this.#unsorted;
  }

  #sort(): void {
    const entries = this.#giveUp();
    let isSorted = true;
    let previous: T | undefined;
    for (const entry of entries) {
      entry.share = this.#shareOf(entry);
      if (previous !== undefined && isSorted && compare(previous, entry) > 0) isSorted = false;
      previous = entry;
    }
    if (!isSorted) entries.sort(compare);
    this.#sorted.adopt(entries);
    this.#unsorted = undefined;
    this.#version = this.#totals.version;
  }
}

/** Who comes first of two siblings whose shares are up to date. */
export function compare(a: Competitor, b: Competitor): number {
  if (a.share !== b.share) return a.share - b.share;
  if (a.count !== b.count) return a.count - b.count;
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
