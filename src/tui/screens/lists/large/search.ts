// Which rows of a large list a filter lets through. What many rows say is asked once; what a row has alone is asked of it, but not
// again while somebody goes on typing and it could not match before.
import type { Filter } from '../../../ui/filter.ts';
import { grown, type SharedColumn } from './columns.ts';
import { ENDLESS, type Patience, ROWS_AT_ONCE } from './patience.ts';

/** A column that is searched, and the lines that a value of it stands for. */
export interface SearchedColumn<Row> {
  readonly column: SharedColumn<Row>;
  readonly linesOf: (code: number) => readonly string[];
}

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

type Rows<Row> = readonly (Row | undefined)[];

export class Search<Row> {
  readonly #filter: Filter;
  readonly #values: readonly ValueSearch<Row>[];
  readonly #own: (row: Row) => string;
  /** By slot: does the line match that the row has alone? */
  #ownMatches: Uint8Array = new Uint8Array();
  /** By slot: does any of its lines? */
  #matches: Uint8Array = new Uint8Array();
  #looked = 0;

  /** `wider`: one whose lines let everything through that those of this filter do. */
  constructor(
    filter: Filter,
    columns: readonly SearchedColumn<Row>[],
    own: (row: Row) => string,
    wider: Search<Row> | undefined,
  ) {
    this.#filter = filter;
    this.#own = own;
    this.#values = columns.map((searched) => new ValueSearch(filter, searched));
    if (wider !== undefined) this.#ownMatches = wider.#ownMatches.map((known) => (known === NO ? NO : UNKNOWN));
  }

  /** Of the rows, how many were looked at. */
  get looked(): number {
    return this.#looked;
  }

  /** Once `work` is through. */
  isShown(slot: number): boolean {
    return (this.#matches[slot] === 1) !== this.#filter.isInverse;
  }

  /** False when there was no time for all of them. Columns are full. */
  work(rows: Rows<Row>, patience: Patience): boolean {
    for (const values of this.#values) {
      if (values.isOther()) this.#looked = 0;
      if (!values.work(patience)) return false;
    }
    if (this.#looked === rows.length) return true;
    this.#ownMatches = grown(this.#ownMatches, rows.length, (length) => new Uint8Array(length));
    this.#matches = grown(this.#matches, rows.length, (length) => new Uint8Array(length));
    while (this.#looked < rows.length) {
      if (patience.isOver()) return false;
      const end = Math.min(rows.length, this.#looked + ROWS_AT_ONCE);
      this.#look(this.#looked, end, rows);
      this.#looked = end;
    }
    return true;
  }

  /** This slot has another row, or its row has changed. */
  touched(slot: number, rows: Rows<Row>): void {
    this.#ownMatches[slot] = UNKNOWN;
    if (slot >= this.#looked) return;
    for (const values of this.#values) values.work(ENDLESS);
    this.#look(slot, slot + 1, rows);
  }

  #look(from: number, end: number, rows: Rows<Row>): void {
    const matches = this.#matches;
    matches.fill(0, from, end);
    for (const values of this.#values) values.mark(matches, from, end);
    const known = this.#ownMatches;
    for (let slot = from; slot < end; slot += 1) {
      if (matches[slot] === 1 || known[slot] === NO) continue;
      const row = rows[slot];
      if (row === undefined) continue;
      const isMatch = known[slot] === YES || this.#filter.line(this.#own(row));
      known[slot] = isMatch ? YES : NO;
      if (isMatch) matches[slot] = 1;
    }
  }
}

/** Which of the values of a column match. */
class ValueSearch<Row> {
  readonly #filter: Filter;
  readonly #searched: SearchedColumn<Row>;
  /** By code: 1 where one of its lines matches. */
  #flags: Uint8Array = new Uint8Array();
  #matching = 0;
  #looked = 0;
  #epoch: number;

  constructor(filter: Filter, searched: SearchedColumn<Row>) {
    this.#filter = filter;
    this.#searched = searched;
    this.#epoch = searched.column.epoch;
  }

  /** Values are numbered anew: what was found out of rows holds no more. */
  isOther(): boolean {
    const { epoch } = this.#searched.column;
    if (epoch === this.#epoch) return false;
    this.#epoch = epoch;
    this.#looked = 0;
    this.#matching = 0;
    this.#flags.fill(0);
    return true;
  }

  work(patience: Patience): boolean {
    const { column, linesOf } = this.#searched;
    const { length } = column.values;
    if (this.#looked >= length) return true;
    this.#flags = grown(this.#flags, length, (size) => new Uint8Array(size));
    for (; this.#looked < length; this.#looked += 1) {
      if (this.#looked % ROWS_AT_ONCE === 0 && patience.isOver()) return false;
      if (!linesOf(this.#looked).some(this.#filter.line)) continue;
      this.#flags[this.#looked] = 1;
      this.#matching += 1;
    }
    return true;
  }

  /** Sets a 1 for each slot with a value that matches. */
  mark(matches: Uint8Array, from: number, end: number): void {
    if (this.#matching === 0) return;
    const { codes } = this.#searched.column;
    const flags = this.#flags;
    for (let slot = from; slot < end; slot += 1) if (flags[codes[slot] ?? 0] === 1) matches[slot] = 1;
  }
}
