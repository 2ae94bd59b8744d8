// The rows of a large list, each in a place of its own (its slot) that it keeps while it is there, and the slots in the order of the
// rows' names. Rows that come are sorted by themselves, in pieces, and then put between the others.
import { compareTexts } from '../sorting.ts';
import type { Patience } from './patience.ts';
import { withMoved } from './slot-order.ts';

export interface RankedBy<Row> {
  readonly id: (row: Row) => string;
  /** What rows are ordered by; ids decide where it is the same. Never changes. */
  readonly name: (row: Row) => string;
  /** The same of an id alone: its row may be gone. */
  readonly nameOfId: (id: string) => string;
}

/** Rows of one piece: what can be sorted without anybody noticing. */
const PIECE = 1024;

export class Ranking<Row> {
  /** By slot; undefined where nobody is. Another array whenever a slot gets another row: who keeps one keeps what was there. */
  rows: readonly (Row | undefined)[] = [];
  /** Slots by name. */
  order: Uint32Array = new Uint32Array();
  /** Grows whenever rows have come or gone. */
  version = 0;
  readonly #by: RankedBy<Row>;
  #free: number[] = [];
  /** By slot: where it is in `order`. Made when it is asked for. */
  #places: Uint32Array | undefined;
  #ranks: Uint32Array | undefined;
  /** Rows that wait to be put in. */
  readonly #waiting = new Set<Row>();
  #unsorted: Row[] = [];
  #sorted: Row[][] = [];

  constructor(by: RankedBy<Row>) {
    this.#by = by;
  }

  /** By slot: its place in the order of names. */
  get places(): Uint32Array {
    if (this.#places !== undefined) return this.#places;
    const places = new Uint32Array(this.rows.length);
    for (let at = 0; at < this.order.length; at += 1) places[this.order[at] ?? 0] = at;
    this.#places = places;
    return places;
  }

  /** By slot: the place of the first row that is called the same. */
  get ranks(): Uint32Array {
    if (this.#ranks !== undefined) return this.#ranks;
    const ranks = new Uint32Array(this.rows.length);
    let before: string | undefined;
    let rank = 0;
    for (let at = 0; at < this.order.length; at += 1) {
      const slot = this.order[at] ?? 0;
      const row = this.rows[slot];
      if (row === undefined) continue;
      const name = this.#by.name(row);
      if (name !== before) rank = at;
      before = name;
      ranks[slot] = rank;
    }
    this.#ranks = ranks;
    return ranks;
  }

  slotOf(id: string): number | undefined {
    const name = this.#by.nameOfId(id);
    let from = 0;
    let to = this.order.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const slot = this.order[middle] ?? 0;
      const row = this.rows[slot];
      if (row === undefined) return undefined;
      const order = compareTexts(this.#by.name(row), name) || compareTexts(this.#by.id(row), id);
      if (order === 0) return slot;
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return undefined;
  }

  /** It is in the list as soon as `work` is through. */
  add(row: Row): void {
    if (this.#waiting.has(row)) return;
    this.#waiting.add(row);
    this.#unsorted.push(row);
  }

  /** At once. */
  remove(slots: readonly number[]): void {
    if (slots.length === 0) return;
    const rows = [...this.rows];
    for (const slot of slots) rows[slot] = undefined;
    this.order = this.order.filter((slot) => rows[slot] !== undefined);
    this.rows = rows;
    this.#free.push(...slots);
    this.#changed();
  }

  /**
   * Puts in what was added, as far as `isThere` still says so of it; the slots that were filled. Undefined: to be called again, there
   * is more to do than there was time for.
   */
  work(patience: Patience, isThere: (row: Row) => boolean): readonly number[] | undefined {
    if (this.#waiting.size === 0) return [];
    const unsorted = this.#unsorted;
    while (unsorted.length > 0) {
      if (patience.isOver()) return undefined;
      this.#sorted.push(unsorted.splice(-PIECE).sort(this.#compare));
    }
    while (this.#sorted.length > 1) {
      if (patience.isOver()) return undefined;
      this.#sorted.sort((one, other) => other.length - one.length);
      const one = this.#sorted.pop() ?? [];
      const other = this.#sorted.pop() ?? [];
      this.#sorted.push(merged(one, other, this.#compare));
    }
    const [fresh = []] = this.#sorted;
    this.#sorted = [];
    this.#waiting.clear();
    return this.#putIn(fresh.filter(isThere));
  }

  #putIn(fresh: readonly Row[]): readonly number[] {
    const rows = [...this.rows];
    const slots: number[] = [];
    for (const row of fresh) {
      const slot = this.#free.pop() ?? rows.length;
      rows[slot] = row;
      slots.push(slot);
    }
    this.rows = rows;
    this.order = withMoved(this.order, slots, rows.length, (one, other) => {
      const [a, b] = [rows[one], rows[other]];
      return a === undefined || b === undefined ? 0 : this.#compare(a, b);
    });
    this.#changed();
    return slots;
  }

  #changed(): void {
    this.#places = undefined;
    this.#ranks = undefined;
    this.version += 1;
  }

  readonly #compare = (one: Row, other: Row): number => {
    const { name, id } = this.#by;
    return compareTexts(name(one), name(other)) || compareTexts(id(one), id(other));
  };
}

function merged<Row>(one: readonly Row[], other: readonly Row[], compare: (one: Row, other: Row) => number): Row[] {
  const rows: Row[] = [];
  let at = 0;
  for (const row of one) {
    for (let next = other[at]; next !== undefined && compare(next, row) < 0; next = other[at]) {
      rows.push(next);
      at += 1;
    }
    rows.push(row);
  }
  for (; at < other.length; at += 1) rows.push(other[at] as Row);
  return rows;
}
