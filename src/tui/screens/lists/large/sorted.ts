// The slots of a large list in the order that somebody asked for. Put right where a few keys have changed, made anew where the
// column, the direction or the rows are others.
import type { Ranking } from './ranking.ts';
import { sortedByKeys, withMoved } from './slot-order.ts';

/** Where keys come from: numbers by slot, the smallest first; infinite where there is none. `version` names what they mean. */
export interface KeyColumn {
  readonly version: string;
  readonly keyAt: (slot: number) => number;
}

export class SortedSlots<Row> {
  order: Uint32Array = new Uint32Array();
  #keys: Float64Array = new Float64Array();
  #madeOf = '';
  readonly #ranking: Ranking<Row>;

  constructor(ranking: Ranking<Row>) {
    this.#ranking = ranking;
  }

  /** Is everything to be sorted anew for it? */
  isOther(column: KeyColumn, isDescending: boolean): boolean {
    return this.#name(column, isDescending) !== this.#madeOf;
  }

  #name({ version }: KeyColumn, isDescending: boolean): string {
    return `${version} ${isDescending} ${this.#ranking.version}`;
  }

  /** `touched`: slots whose rows have changed since it was asked last. True when the order is another one. */
  refresh(column: KeyColumn, isDescending: boolean, touched: ReadonlySet<number>): boolean {
    const madeOf = this.#name(column, isDescending);
    if (madeOf === this.#madeOf) return this.#repair(column, isDescending, touched);
    this.#madeOf = madeOf;
    const { rows, order } = this.#ranking;
    const keys = new Float64Array(rows.length);
    for (const slot of order) keys[slot] = turned(column.keyAt(slot), isDescending);
    this.#keys = keys;
    this.order = sortedByKeys(order, keys);
    return true;
  }

  #repair(column: KeyColumn, isDescending: boolean, touched: ReadonlySet<number>): boolean {
    const { rows, places } = this.#ranking;
    const moved: number[] = [];
    for (const slot of touched) {
      const key = turned(column.keyAt(slot), isDescending);
      if (rows[slot] === undefined || key === this.#keys[slot]) continue;
      this.#keys[slot] = key;
      moved.push(slot);
    }
    if (moved.length === 0) return false;
    const keys = this.#keys;
    const compare = (one: number, other: number): number => {
      const [a = 0, b = 0] = [keys[one], keys[other]];
      return a < b ? -1 : a > b ? 1 : (places[one] ?? 0) - (places[other] ?? 0);
    };
    this.order = withMoved(this.order, moved.sort(compare), rows.length, compare);
    return true;
  }
}

/** Rows without a key are last in both directions, and rows of one key stay in the order of their names. */
function turned(key: number, isDescending: boolean): number {
  return isDescending && key !== Number.POSITIVE_INFINITY ? -key : key;
}
