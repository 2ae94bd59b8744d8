// Some of a set of siblings, in their order, while the shares of single ones change: so that a run that concerns few roles
// does not walk over all.
import type { ClusterTotals } from './cluster-totals.ts';
import { type Competitor, compare } from './fair-order.ts';

/** `T` is what stands for a competitor. */
export class FairSelection<T> {
  readonly #totals: ClusterTotals;
  readonly #competitors: Competitor[] = [];
  readonly #members: T[] = [];

  constructor(totals: ClusterTotals) {
    this.#totals = totals;
  }

  /** In order. Valid until the next change. */
  members(): readonly T[] {
    return this.#members;
  }

  /** Comes after all that are there. */
  append(member: T, competitor: Competitor): void {
    this.#members.push(member);
    this.#competitors.push(competitor);
  }

  /** Its share changed. */
  move(member: T): void {
    const competitor = this.drop(member);
    if (competitor === undefined) return;
    competitor.share = this.#totals.share(competitor.held.vector, competitor.weight);
    let low = 0;
    let high = this.#competitors.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.#competitors[middle] as Competitor, competitor) < 0) low = middle + 1;
      else high = middle;
    }
    this.#members.splice(low, 0, member);
    this.#competitors.splice(low, 0, competitor);
  }

  /** Answers who competed for it, if it was there. */
  drop(member: T): Competitor | undefined {
    // Who was just served stood near the front.
    const index = this.#members.indexOf(member);
    if (index < 0) return undefined;
    this.#members.splice(index, 1);
    return this.#competitors.splice(index, 1)[0];
  }
}
