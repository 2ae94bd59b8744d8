// What a large list is sorted and filtered by, one small number for each row: which of the few different texts it has (agent, state,
// role), or the number itself (memory, time).
import type { SortKey } from '../sorting.ts';
import { type Patience, ROWS_AT_ONCE } from './patience.ts';

/** Something that many rows have in common. */
export interface SharedBy<Row> {
  /** Rows of which this is the same are not told apart by it. */
  readonly same: (row: Row) => string;
}

/** More different values than rows are old ones mostly: then they are numbered anew. */
const SPARE = 1000;

type Rows<Row> = readonly (Row | undefined)[];

/** Filled slot by slot, in as many turns as it takes; rows that change meanwhile are looked at again. */
abstract class Column<Row> {
  #filled = 0;

  /** Is it complete? */
  fill(rows: Rows<Row>, patience: Patience): boolean {
    this.prepare(rows.length);
    while (this.#filled < rows.length) {
      if (patience.isOver()) return false;
      const end = Math.min(rows.length, this.#filled + ROWS_AT_ONCE);
      for (let slot = this.#filled; slot < end; slot += 1) this.put(slot, rows[slot]);
      this.#filled = end;
    }
    return true;
  }

  /** This slot has another row, or its row has changed. */
  touched(slot: number, row: Row | undefined): void {
    if (slot < this.#filled) this.put(slot, row);
  }

  /** All rows may be different. */
  forget(): void {
    this.#filled = 0;
  }

  /** There is to be room for so many rows. */
  protected abstract prepare(length: number): void;
  protected abstract put(slot: number, row: Row | undefined): void;
}

/** Values that many rows have in common. */
export class SharedColumn<Row> extends Column<Row> {
  /** By slot: index of its value. */
  codes: Uint32Array = new Uint32Array();
  /** In the order in which they were seen. */
  values: string[] = [];
  /** Another number as soon as `codes` mean something else. */
  epoch = 0;
  readonly #same: (row: Row) => string;
  readonly #codeOf = new Map<string, number>();

  constructor({ same }: SharedBy<Row>) {
    super();
    this.#same = same;
  }

  override forget(): void {
    super.forget();
    this.#codeOf.clear();
    this.values = [];
    this.epoch += 1;
  }

  protected override prepare(length: number): void {
    if (this.values.length > length + SPARE) this.forget();
    this.codes = grown(this.codes, length, (room) => new Uint32Array(room));
  }

  protected override put(slot: number, row: Row | undefined): void {
    if (row === undefined) return;
    const value = this.#same(row);
    let code = this.#codeOf.get(value);
    if (code === undefined) {
      code = this.values.length;
      this.values.push(value);
      this.#codeOf.set(value, code);
    }
    this.codes[slot] = code;
  }
}

/** Numbers of rows. */
export class NumberColumn<Row> extends Column<Row> {
  /** By slot; infinite where a row has none. */
  numbers: Float64Array = new Float64Array();
  readonly #of: (row: Row) => SortKey;

  constructor(of: (row: Row) => SortKey) {
    super();
    this.#of = of;
  }

  protected override prepare(length: number): void {
    this.numbers = grown(this.numbers, length, (room) => new Float64Array(room));
  }

  protected override put(slot: number, row: Row | undefined): void {
    const number = row === undefined ? undefined : this.#of(row);
    this.numbers[slot] = typeof number === 'number' && !Number.isNaN(number) ? number : Number.POSITIVE_INFINITY;
  }
}

/** With room for more than is needed now, so that not every row that comes makes a new one. */
export function grown<Numbers extends Uint8Array | Uint32Array | Float64Array>(
  old: Numbers,
  length: number,
  make: (length: number) => Numbers,
): Numbers {
  if (old.length >= length) return old;
  const larger = make(Math.ceil(length * 1.2) + 16);
  larger.set(old);
  return larger;
}
