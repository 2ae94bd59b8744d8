// How many instances of an app have each value of one field. Every question that a constraint asks costs the same
// whatever the number of instances.

/** A bag of texts. */
export class ValueCounts {
  readonly #counts = new Map<string, number>();
  /** count → how many values have it; few keys, as their sum is the number of instances. */
  readonly #valuesWithCount = new Map<number, number>();
  #minimum: number | undefined = 0;
  /** Of the `per` asked for last. */
  #surplus: { readonly per: number; sum: number } | undefined;

  /** How many have the value. */
  of(value: string): number {
    return this.#counts.get(value) ?? 0;
  }

  /** How many different values there are. */
  get distinct(): number {
    return this.#counts.size;
  }

  /** Lowest count of all values there are; 0 when there is none. */
  get minimum(): number {
    this.#minimum ??= this.#counts.size === 0 ? 0 : Math.min(...this.#valuesWithCount.keys());
    return this.#minimum;
  }

  /** Sum over all values of what they have beyond `per`. */
  surplus(per: number): number {
    if (this.#surplus?.per !== per) {
      let sum = 0;
      for (const [count, values] of this.#valuesWithCount) sum += Math.max(0, count - per) * values;
      this.#surplus = { per, sum };
    }
    return this.#surplus.sum;
  }

  /** One more of the value. */
  add(value: string): void {
    const before = this.of(value);
    this.#counts.set(value, before + 1);
    this.#move(before, before + 1);
    if (this.#surplus !== undefined && before >= this.#surplus.per) this.#surplus.sum += 1;
  }

  /** One less; there must be one. */
  remove(value: string): void {
    const before = this.of(value);
    if (before <= 1) this.#counts.delete(value);
    else this.#counts.set(value, before - 1);
    this.#move(before, before - 1);
    if (this.#surplus !== undefined && before > this.#surplus.per) this.#surplus.sum -= 1;
  }

  #move(from: number, to: number): void {
    const left = (this.#valuesWithCount.get(from) ?? 0) - 1;
    if (left > 0) this.#valuesWithCount.set(from, left);
    else this.#valuesWithCount.delete(from);
    if (to > 0) this.#valuesWithCount.set(to, (this.#valuesWithCount.get(to) ?? 0) + 1);
    this.#minimum = undefined;
  }
}
