// Scalar quantities as vectors: every scalar name of the cluster has an index, and whatever is summed per role, framework
// or cluster is a Float64Array of thousandths at those indexes.
import type { Resources } from '../../mesos/resources.ts';

const FIRST_CAPACITY = 8;

/** Only scalars of the names that are not excluded count for shares (`--fair_sharing_excluded_resource_names`). */
export class ClusterTotals {
  /** Grows with every change that alters shares everywhere: orders made under an older one are stale. */
  version = 1;
  readonly names: string[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #excluded: ReadonlySet<string>;
  /** Thousandths. */
  #totals = new Float64Array(FIRST_CAPACITY);
  /** Units at indexes that count for fairness, 0 elsewhere. */
  #divisors = new Float64Array(FIRST_CAPACITY);

  constructor(excludedNames: readonly string[] = []) {
    this.#excluded = new Set(excludedNames);
  }

  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.names.length;
    this.names.push(name);
    this.#indexes.set(name, index);
    if (index >= this.#totals.length) {
      this.#totals = grown(this.#totals, index + 1);
      this.#divisors = grown(this.#divisors, index + 1);
    }
    return index;
  }

  /** An agent's total came (`sign` 1) or went (-1). */
  change(resources: Resources, sign: 1 | -1): void {
    for (const item of resources.items) {
      if (item.identity.kind !== 'SCALAR') continue;
      const index = this.indexOf(item.identity.name);
      const millis = (this.#totals[index] ?? 0) + sign * item.millis;
      this.#totals[index] = millis;
      // In units, as the original divides: shares that are equal there must be equal here to the last bit.
      this.#divisors[index] = this.#excluded.has(item.identity.name) ? 0 : millis / 1000;
    }
    this.version += 1;
  }

  /** Largest part of any one scalar, divided by the weight (mesos-semantics.md 3.2). */
  share(allocation: Float64Array, weight: number): number {
    const divisors = this.#divisors;
    const count = Math.min(allocation.length, this.names.length);
    let share = 0;
    for (let i = 0; i < count; i++) {
      const divisor = divisors[i] as number;
      if (divisor <= 0) continue;
      const part = (allocation[i] as number) / 1000 / divisor;
      if (part > share) share = part;
    }
    return share / weight;
  }

  /** Of which scalar the share is the largest, if there is any; the share itself, unweighted. */
  dominant(allocation: Float64Array): { readonly name: string | undefined; readonly share: number } {
    const share = this.share(allocation, 1);
    if (share === 0) return { name: undefined, share };
    const name = this.names.find(
      (_, index) => (allocation[index] ?? 0) / 1000 / (this.#divisors[index] ?? 0) === share,
    );
    return { name, share };
  }

  /** name → units, without zeros. */
  toRecord(vector: Float64Array = this.#totals): Record<string, number> {
    const record: Record<string, number> = {};
    for (const [index, name] of this.names.entries()) {
      const millis = vector[index] ?? 0;
      if (millis !== 0) record[name] = millis / 1000;
    }
    return record;
  }
}

/** A vector that can be added to; grows with the names. */
export class Quantities {
  vector = new Float64Array(FIRST_CAPACITY);

  add(totals: ClusterTotals, resources: Resources, sign: 1 | -1): void {
    for (const item of resources.items) {
      if (item.identity.kind !== 'SCALAR') continue;
      this.addAt(totals.indexOf(item.identity.name), sign * item.millis);
    }
  }

  /** `millis` at the index of a scalar. */
  addAt(index: number, millis: number): void {
    if (index >= this.vector.length) this.vector = grown(this.vector, index + 1);
    this.vector[index] = (this.vector[index] as number) + millis;
  }

  at(index: number): number {
    return this.vector[index] ?? 0;
  }

  get isZero(): boolean {
    return this.vector.every((millis) => millis === 0);
  }

  copy(): Quantities {
    const copy = new Quantities();
    copy.vector = this.vector.slice();
    return copy;
  }
}

function grown(vector: Float64Array<ArrayBuffer>, atLeast: number): Float64Array<ArrayBuffer> {
  const bigger = new Float64Array(Math.max(atLeast, vector.length * 2));
  bigger.set(vector);
  return bigger;
}
