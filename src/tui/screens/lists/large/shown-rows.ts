// What a large list shows, as it was when it was asked for: rows and ids are made of slots only where somebody looks at them.
import type { Rows } from '../rows.ts';

export class ShownRows<Row> implements Rows<Row> {
  readonly total: number;
  /** Set while rows that were asked for later are not there yet: how many of the rows have been looked at, 0–1. */
  readonly unfinishedShare: number | undefined;
  readonly #bySlot: readonly (Row | undefined)[];
  readonly #slots: Uint32Array;
  readonly #id: (row: Row) => string;
  #ids: readonly string[] | undefined;

  constructor(
    bySlot: readonly (Row | undefined)[],
    slots: Uint32Array,
    id: (row: Row) => string,
    total: number,
    unfinishedShare?: number,
  ) {
    this.#bySlot = bySlot;
    this.#slots = slots;
    this.#id = id;
    this.total = total;
    this.unfinishedShare = unfinishedShare;
  }

  get length(): number {
    return this.#slots.length;
  }

  get rows(): readonly Row[] {
    return this.slice(0, this.length);
  }

  get ids(): readonly string[] {
    this.#ids ??= this.rows.map(this.#id);
    return this.#ids;
  }

  slice(from: number, to: number): readonly Row[] {
    const rows: Row[] = [];
    for (const slot of this.#slots.subarray(from, to)) {
      const row = this.#bySlot[slot];
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  idAt(index: number): string | undefined {
    const [row] = this.slice(index, index + 1);
    return row === undefined ? undefined : this.#id(row);
  }

  indexOf(id: string): number {
    for (let index = 0; index < this.#slots.length; index += 1) {
      const row = this.#bySlot[this.#slots[index] ?? 0];
      if (row !== undefined && this.#id(row) === id) return index;
    }
    return -1;
  }

  /** The same rows, while others are looked for. */
  unfinished(share: number, total: number): ShownRows<Row> {
    return new ShownRows(this.#bySlot, this.#slots, this.#id, total, share);
  }
}
