// Scalars of many collections summed up, kept as the collections come, change and go.
import type { Identity } from '../../../mesos/resources/identity.ts';
import type { Resources } from '../../../mesos/resources.ts';

/** Of everything that is of one identity. */
export interface ScalarSum {
  readonly identity: Identity;
  /** Thousandths, above 0. */
  readonly millis: number;
}

/** What differs in anything but the amount is apart. */
export class ScalarSums {
  readonly #sums = new Map<string, { readonly identity: Identity; millis: number }>();

  values(): Iterable<ScalarSum> {
    return this.#sums.values();
  }

  /** One collection takes the place of the other; shared resources count once in each. */
  replace(before: Resources, after: Resources): void {
    if (before === after) return;
    this.#add(before, -1);
    this.#add(after, 1);
  }

  #add({ items }: Resources, sign: 1 | -1): void {
    for (const { identity, millis } of items) {
      if (identity.kind !== 'SCALAR') continue;
      const known = this.#sums.get(identity.key);
      if (known === undefined) this.#sums.set(identity.key, { identity, millis: sign * millis });
      else {
        known.millis += sign * millis;
        if (known.millis === 0) this.#sums.delete(identity.key);
      }
    }
  }
}
