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
/** Rows that are put between the others at once: for that all of them are looked at, however few they are. */
const PUT_IN = 2048;

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
  #merging: Merge<Row> | undefined;

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
   * Puts in what was added, as far as `isThere` still says so of it, and tells of each slot that is filled. False: to be called again,
   * there is more to do than there was time for.
   */
  work(patience: Patience, isThere: (row: Row) => boolean, filled: (slot: number) => void): boolean {
    const unsorted = this.#unsorted;
    while (unsorted.length > 0) {
      if (patience.isOver()) return false;
      this.#sorted.push(unsorted.splice(-PIECE).sort(this.#compare));
    }
    for (;;) {
      this.#merging ??= this.#nextMerge();
      if (this.#merging === undefined) break;
      if (patience.isOver()) return false;
      const rows = this.#merging.work(PIECE);
      if (rows === undefined) continue;
      this.#merging = undefined;
      this.#sorted.push(rows);
    }
    for (let [rest] = this.#sorted; rest !== undefined; [rest] = this.#sorted) {
      if (patience.isOver()) return false;
      const piece = rest.slice(0, PUT_IN);
      this.#sorted = rest.length > PUT_IN ? [rest.slice(PUT_IN)] : [];
      for (const row of piece) this.#waiting.delete(row);
      for (const slot of this.#putIn(piece.filter(isThere))) filled(slot);
    }
    return true;
  }

  /** Of the two shortest: so each row is moved as few times as can be. */
  #nextMerge(): Merge<Row> | undefined {
    if (this.#sorted.length < 2) return undefined;
    this.#sorted.sort((one, other) => other.length - one.length);
    return new Merge(this.#sorted.pop() ?? [], this.#sorted.pop() ?? [], this.#compare);
  }

  #putIn(fresh: readonly Row[]): readonly number[] {
    if (fresh.length === 0) return [];
    const rows = this.rows.slice();
    const slots: number[] = [];
    for (const row of fresh) {
      const slot = this.#free.pop() ?? rows.length;
      rows[slot] = row;
      slots.push(slot);
    }
    this.rows = rows;
    const last = this.rows[this.order.at(-1) ?? -1];
    const [first] = fresh;
    const areLast = last === undefined || (first !== undefined && this.#compare(last, first) < 0);
    this.order = areLast
      ? appended(this.order, slots)
      : withMoved(this.order, slots, rows.length, (one, other) => {
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

/** They all come after the others: so it is when a list is made. */
function appended(order: Uint32Array, slots: readonly number[]): Uint32Array {
  const longer = new Uint32Array(order.length + slots.length);
  longer.set(order);
  longer.set(slots, order.length);
  return longer;
}

/** Two sorted lists that become one, a piece at a time. */
class Merge<Row> {
  readonly #one: readonly Row[];
  readonly #other: readonly Row[];
  readonly #compare: (one: Row, other: Row) => number;
  readonly #rows: Row[] = [];
  #at = 0;
  #otherAt = 0;

  constructor(one: readonly Row[], other: readonly Row[], compare: (one: Row, other: Row) => number) {
    this.#one = one;
    this.#other = other;
    this.#compare = compare;
  }

  /** So many rows more; the whole list when it is complete. */
  work(rows: number): Row[] | undefined {
    for (const end = this.#rows.length + rows; this.#rows.length < end; ) {
      const [one, other] = [this.#one[this.#at], this.#other[this.#otherAt]];
      if (one !== undefined && (other === undefined || this.#compare(one, other) <= 0)) {
        this.#rows.push(one);
        this.#at += 1;
      } else if (other !== undefined) {
        this.#rows.push(other);
        this.#otherAt += 1;
      } else return this.#rows;
    }
    return undefined;
  }
}
