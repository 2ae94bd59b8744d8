// Which rows of a large list a filter lets through. What many rows say is asked once; what a row has alone is asked of it, but not
// again while somebody goes on typing and it could not match before.
import type { Filter } from '../../../ui/filter.ts';
import { grown, type SharedColumn } from './columns.ts';
import { type Patience, ROWS_AT_ONCE } from './patience.ts';

/** A column that is searched, and the lines that a value of it stands for. */
export interface SearchedColumn<Row> {
  readonly column: SharedColumn<Row>;
  readonly lines: (value: string) => readonly string[];
}

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

type Rows<Row> = readonly (Row | undefined)[];

export class Search<Row> {
  readonly #filter: Filter;
  readonly #columns: readonly SearchedColumn<Row>[];
  readonly #flags: Uint8Array[];
  readonly #epochs: number[];
  readonly #own: (row: Row) => string;
  /** By slot: does the line match that the row has alone? */
  #ownMatches: Uint8Array = new Uint8Array();
  #shown: Uint8Array = new Uint8Array();
  #looked = 0;

  /** `narrower`: one whose filter lets everything through that this one does, but for inversion. */
  constructor(
    filter: Filter,
    columns: readonly SearchedColumn<Row>[],
    own: (row: Row) => string,
    wider: Search<Row> | undefined,
  ) {
    this.#filter = filter;
    this.#columns = columns;
    this.#own = own;
    this.#flags = columns.map(() => new Uint8Array());
    this.#epochs = columns.map(({ column }) => column.epoch);
    if (wider !== undefined) this.#ownMatches = wider.#ownMatches.map((known) => (known === NO ? NO : UNKNOWN));
  }

  /** Of the rows, how many were looked at. */
  get looked(): number {
    return this.#looked;
  }

  /** Once `work` is through. */
  isShown(slot: number): boolean {
    return this.#shown[slot] === 1;
  }

  /** False when there was no time for all of them. Columns are full. */
  work(rows: Rows<Row>, patience: Patience): boolean {
    if (this.#columns.some(({ column }, at) => column.epoch !== this.#epochs[at])) this.#again();
    if (this.#looked === rows.length) return true;
    this.#ownMatches = grown(this.#ownMatches, rows.length, (length) => new Uint8Array(length));
    this.#shown = grown(this.#shown, rows.length, (length) => new Uint8Array(length));
    while (this.#looked < rows.length) {
      if (patience.isOver()) return false;
      const end = Math.min(rows.length, this.#looked + ROWS_AT_ONCE);
      for (let slot = this.#looked; slot < end; slot += 1) this.#look(slot, rows[slot]);
      this.#looked = end;
    }
    return true;
  }

  /** This slot has another row, or its row has changed; true when that makes a difference. */
  touched(slot: number, row: Row | undefined): boolean {
    if (slot >= this.#looked) return true;
    const before = this.#shown[slot];
    this.#ownMatches[slot] = UNKNOWN;
    this.#look(slot, row);
    return this.#shown[slot] !== before;
  }

  /** What values stand for may be different. */
  #again(): void {
    this.#looked = 0;
    for (const [at, { column }] of this.#columns.entries()) {
      this.#flags[at] = new Uint8Array();
      this.#epochs[at] = column.epoch;
    }
  }

  #look(slot: number, row: Row | undefined): void {
    const isMatch = row !== undefined && (this.#isSharedMatch(slot) || this.#isOwnMatch(slot, row));
    this.#shown[slot] = isMatch === this.#filter.isInverse ? 0 : 1;
  }

  #isSharedMatch(slot: number): boolean {
    for (let at = 0; at < this.#columns.length; at += 1) {
      const code = this.#columns[at]?.column.codes[slot] ?? 0;
      if ((this.#flags[at]?.[code] || this.#flagOf(at, code)) === YES) return true;
    }
    return false;
  }

  #flagOf(at: number, code: number): number {
    const searched = this.#columns[at];
    if (searched === undefined) return NO;
    const { column, lines } = searched;
    const flag = lines(column.values[code] ?? '').some((line) => this.#filter.line(line)) ? YES : NO;
    const flags = grown(this.#flags[at] ?? new Uint8Array(), column.values.length, (length) => new Uint8Array(length));
    flags[code] = flag;
    this.#flags[at] = flags;
    return flag;
  }

  #isOwnMatch(slot: number, row: Row): boolean {
    const known = this.#ownMatches[slot];
    if (known !== UNKNOWN && known !== undefined) return known === YES;
    const isMatch = this.#filter.line(this.#own(row));
    this.#ownMatches[slot] = isMatch ? YES : NO;
    return isMatch;
  }
}
