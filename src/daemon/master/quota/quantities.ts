// Amounts by name, as quotas reckon: scalars in thousandths inside, so that sums do not drift.
import { fromMillis, toMillis } from '../../../mesos/resources/scalar.ts';

/** name → units, memory in MB. */
export type Quantities = Readonly<Record<string, number>>;

/** A sum that is added to. */
export class QuantitySum {
  readonly #millis = new Map<string, number>();

  /** `sign` -1 takes away. */
  add(amounts: Iterable<readonly [name: string, units: number]>, sign: 1 | -1 = 1): this {
    for (const [name, units] of amounts) this.addMillis(name, sign * toMillis(units));
    return this;
  }

  addMillis(name: string, millis: number): this {
    this.#millis.set(name, this.#of(name) + millis);
    return this;
  }

  addSum(that: QuantitySum): this {
    for (const [name, millis] of that.#millis) this.addMillis(name, millis);
    return this;
  }

  /** Names of which there is more than the limit; a name without a limit may have any amount. */
  above(limits: Quantities): readonly string[] {
    return Object.entries(limits).flatMap(([name, limit]) => (this.#of(name) > toMillis(limit) ? name : []));
  }

  /** Names of which there is less than that. */
  below(amounts: Quantities): readonly string[] {
    return Object.entries(amounts).flatMap(([name, amount]) => (this.#of(name) < toMillis(amount) ? name : []));
  }

  /** In units, sorted by name, without zeros. */
  quantities(): Quantities {
    const entries = [...this.#millis].filter(([, millis]) => millis !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([name, millis]) => [name, fromMillis(millis)]));
  }

  /** As the original prints quantities: `cpus:8; disk:8192; mem:4096`. */
  format(): string {
    return formatQuantities(this.quantities());
  }

  #of(name: string): number {
    return this.#millis.get(name) ?? 0;
  }
}

/** Sorted by name; `{}` for none. */
export function formatQuantities(quantities: Quantities): string {
  const entries = Object.entries(quantities).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '{}' : entries.map(([name, amount]) => `${name}:${amount}`).join('; ');
}
