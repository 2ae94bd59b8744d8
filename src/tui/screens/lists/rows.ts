// The rows of a list in their order, filtered and sorted. Remembered until something of it changes; those of large lists are kept in a
// way of their own (large/large-list.ts), so that a key costs the same with five rows and with fifty thousand.
import { type Filter, filterFor } from '../../ui/filter.ts';
import type { Place } from '../../ui/state.ts';
import type { ClusterView } from '../../view/model.ts';
import { LargeList, type LargeSource } from './large/large-list.ts';
import { ENDLESS, type Patience } from './large/patience.ts';
import { compareKeys, compareTexts, type SortKey } from './sorting.ts';

export interface RowSource<Row> {
  /** Of the list; with the subject it names what is remembered. */
  readonly name: string;
  readonly all: (view: ClusterView, subject: string | undefined) => Iterable<Row>;
  /** Grows, or is another, whenever rows, their order or what the filter sees may have changed. */
  readonly version: (view: ClusterView) => string;
  readonly id: (row: Row) => string;
  /** What the filter looks at, what is apart on lines of their own. */
  readonly text: (row: Row, view: ClusterView) => string;
  readonly isFault: (row: Row) => boolean;
  /** Rows of one key are in this order in both directions; never changes for a row. Default: its id. */
  readonly rank?: (row: Row) => string;
  /** By name of the column; undefined keys come last. The first is the order by default. Empty: as they come. */
  readonly sortBy: Readonly<Record<string, (row: Row, view: ClusterView) => SortKey>>;
  /** For large lists. `version` need not grow when only rows have changed. */
  readonly large?: LargeSource<Row>;
}

export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly ids: readonly string[];
  readonly length: number;
  /** Without filter. */
  readonly total: number;
  /** Set while these are not yet the rows that were asked for: how far the search for those has come, 0–1. */
  readonly unfinishedShare: number | undefined;
  slice(from: number, to: number): readonly Row[];
  idAt(index: number): string | undefined;
  /** -1: it is not among them. */
  indexOf(id: string): number;
}

/** Lists remembered for each view; those of pages of one thing push each other out. */
const MAX_REMEMBERED = 12;
const remembered = new WeakMap<ClusterView, Map<string, unknown>>();

/** All that was asked for, unless patience ends before. */
export function rowsOf<Row>(
  view: ClusterView,
  place: Place,
  source: RowSource<Row>,
  patience: Patience = ENDLESS,
): Rows<Row> {
  const lists = remembered.get(view) ?? new Map<string, unknown>();
  remembered.set(view, lists);
  const name = `${source.name} ${place.subject ?? ''}`;
  // Only this function puts something there, and for one name always rows of one kind.
  const list = (lists.get(name) as RememberedList<Row> | undefined) ?? listFor(source);
  lists.delete(name);
  lists.set(name, list);
  const oldest = lists.keys().next().value;
  if (lists.size > MAX_REMEMBERED && oldest !== undefined) lists.delete(oldest);
  return list.rows(view, place, patience);
}

interface RememberedList<Row> {
  rows(view: ClusterView, place: Place, patience: Patience): Rows<Row>;
}

function listFor<Row>(source: RowSource<Row>): RememberedList<Row> {
  const { large } = source;
  return large === undefined ? new SmallList(source) : new LargeList({ ...source, large });
}

/** Sorted and filtered as a whole whenever something has changed. */
class SmallList<Row> implements RememberedList<Row> {
  readonly #source: RowSource<Row>;
  #asked = '';
  #result: Rows<Row> = new PlainRows<Row>([], [], 0);

  constructor(source: RowSource<Row>) {
    this.#source = source;
  }

  rows(view: ClusterView, place: Place): Rows<Row> {
    const rest = JSON.stringify([place.onlyFaults, place.sort?.column, place.sort?.isDescending]);
    const asked = `${this.#source.version(view)}\n${place.filter}\n${rest}`;
    if (this.#asked !== asked) this.#result = new Order(view, place, this.#source).whole();
    this.#asked = asked;
    return this.#result;
  }
}

class PlainRows<Row> implements Rows<Row> {
  readonly unfinishedShare: undefined;
  readonly rows: readonly Row[];
  readonly ids: readonly string[];
  readonly total: number;

  constructor(rows: readonly Row[], ids: readonly string[], total: number) {
    this.rows = rows;
    this.ids = ids;
    this.total = total;
  }

  get length(): number {
    return this.rows.length;
  }

  slice(from: number, to: number): readonly Row[] {
    return this.rows.slice(from, to);
  }

  idAt(index: number): string | undefined {
    return this.ids[index];
  }

  indexOf(id: string): number {
    return this.ids.indexOf(id);
  }
}

/** What is asked for at a place: which rows, and in which order. */
class Order<Row> {
  readonly #isDescending: boolean;
  readonly #view: ClusterView;
  readonly #place: Place;
  readonly #source: RowSource<Row>;
  readonly #sortBy: ((row: Row, view: ClusterView) => SortKey) | undefined;
  readonly #filter: Filter;

  constructor(view: ClusterView, place: Place, source: RowSource<Row>) {
    this.#view = view;
    this.#place = place;
    this.#source = source;
    this.#filter = filterFor(place.filter);
    const column = place.sort?.column ?? Object.keys(source.sortBy)[0] ?? '';
    this.#sortBy = source.sortBy[column] ?? Object.values(source.sortBy)[0];
    this.#isDescending = place.sort?.isDescending === true;
  }

  /** By key, then as they are ranked, then by id, these in both directions: rows that are alike do not dance. */
  whole(): Rows<Row> {
    const { id, rank = id } = this.#source;
    const entries: { readonly row: Row; readonly key: SortKey; readonly name: string; readonly id: string }[] = [];
    let total = 0;
    for (const row of this.#source.all(this.#view, this.#place.subject)) {
      total += 1;
      if (!this.#isShown(row)) continue;
      entries.push({ row, key: this.#sortBy?.(row, this.#view), name: rank(row), id: id(row) });
    }
    if (this.#sortBy !== undefined) {
      entries.sort(
        (one, other) =>
          compareKeys(one.key, other.key, this.#isDescending) ||
          compareTexts(one.name, other.name) ||
          compareTexts(one.id, other.id),
      );
    }
    return new PlainRows(
      entries.map(({ row }) => row),
      entries.map((entry) => entry.id),
      total,
    );
  }

  #isShown(row: Row): boolean {
    if (this.#place.onlyFaults && !this.#source.isFault(row)) return false;
    return this.#filter.isEmpty || this.#filter.matches(this.#source.text(row, this.#view));
  }
}
