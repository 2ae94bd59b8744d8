// Where the instances of one configuration of an app are, as its constraints want to know it (marathon.md 13.6).
import type { App } from '../model/app.ts';
import { fieldText, type Place } from './place.ts';
import { ValueCounts } from './value-counts.ts';

/** A field that nobody counts. */
const NOTHING = new ValueCounts();

/** Adding, removing and asking cost the same whatever the number of instances. */
export class PlacedInstances {
  readonly #fields: readonly string[];
  readonly #counts: ReadonlyMap<string, ValueCounts>;
  /** Instance id → its values, in the order of `#fields`; in the order they were placed. */
  readonly #values = new Map<string, readonly (string | undefined)[]>();

  /** Of the app only the fields of its constraints are looked at. */
  constructor(app: Pick<App, 'constraints'>) {
    this.#fields = [...new Set(app.constraints.map(({ field }) => field))];
    this.#counts = new Map(this.#fields.map((field) => [field, new ValueCounts()]));
  }

  /** How many instances are counted. */
  get size(): number {
    return this.#values.size;
  }

  /** Counts an instance there; one that is counted already moves. */
  add(id: string, place: Place): void {
    this.remove(id);
    const values = this.#fields.map((field) => fieldText(place, field));
    this.#values.set(id, values);
    for (const [i, value] of values.entries()) if (value !== undefined) this.counts(this.#fields[i] ?? '').add(value);
  }

  /** Harmless when it is not counted. */
  remove(id: string): void {
    const values = this.#values.get(id);
    if (values === undefined) return;
    this.#values.delete(id);
    for (const [i, value] of values.entries())
      if (value !== undefined) this.counts(this.#fields[i] ?? '').remove(value);
  }

  /** Of a field of the app's constraints; empty for any other. */
  counts(field: string): ValueCounts {
    return this.#counts.get(field) ?? NOTHING;
  }

  /** Value of the first instance placed that has the field. */
  firstValue(field: string): string | undefined {
    const index = this.#fields.indexOf(field);
    for (const values of this.#values.values()) if (values[index] !== undefined) return values[index];
    return undefined;
  }
}
