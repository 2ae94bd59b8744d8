// A list of tens of thousands of rows that is looked at while they change. A key costs the same whatever there is: who sorts does not
// filter, who filters does not sort, a row that has changed is the only one that is looked at, and what takes longer than somebody
// should wait is done in slices (patience.ts).
import { filterFor, narrows } from '../../../ui/filter.ts';
import type { Place } from '../../../ui/state.ts';
import type { ClusterView } from '../../../view/model.ts';
import type { RowSource, Rows } from '../rows.ts';
import { compareKeys, type SortKey } from '../sorting.ts';
import { NumberColumn, type SharedBy, SharedColumn } from './columns.ts';
import type { Patience } from './patience.ts';
import { Ranking } from './ranking.ts';
import { Search, type SearchedColumn } from './search.ts';
import { ShownRows } from './shown-rows.ts';
import { type KeyColumn, SortedSlots } from './sorted.ts';

/** Of a value that many rows share: what the filter looks at, and what columns sort by it. */
export interface Shared<Row> extends SharedBy<Row> {
  readonly lines?: (value: string, view: ClusterView) => readonly string[];
  readonly sortBy?: Readonly<Record<string, (value: string, view: ClusterView) => SortKey>>;
}

/** What a source adds when its list is large. */
export interface LargeSource<Row> {
  /** As `version` of the source, but for changes of single rows. */
  readonly changeVersion: (view: ClusterView) => number;
  readonly changedSince: (view: ClusterView, version: number) => readonly string[] | undefined;
  /** Undefined when it is not, or no more, in the list. */
  readonly row: (view: ClusterView, id: string, subject: string | undefined) => Row | undefined;
  /** As `rank`, of an id. */
  readonly nameOfId: (id: string) => string;
  /** The column whose order is that of `rank`. */
  readonly ranked: string;
  /** The line that the filter looks at and that no other row has. */
  readonly own: (row: Row) => string;
  /** The other lines of `text`, and the columns that sort by texts: of `sortBy` only numbers are asked for beside these. */
  readonly shared: readonly Shared<Row>[];
}

type Source<Row> = RowSource<Row> & { readonly large: LargeSource<Row> };

export class LargeList<Row> {
  readonly #source: Source<Row>;
  readonly #ranking: Ranking<Row>;
  readonly #sorted: SortedSlots<Row>;
  readonly #shared: ReadonlyMap<Shared<Row>, SharedColumn<Row>>;
  readonly #numbers = new Map<string, NumberColumn<Row>>();
  readonly #ranks = new Map<string, { readonly madeOf: string; readonly ranks: Float64Array }>();
  readonly #faults: NumberColumn<Row>;
  #lines: readonly SearchedColumn<Row>[] | undefined;
  #search: { readonly filter: string; readonly search: Search<Row> } | undefined;
  /** What texts are made of beside the row itself. */
  #version: string | undefined;
  #changeVersion = -1;
  /** Slots whose rows have changed since rows were shown last. */
  #touched = new Set<number>();
  #shown: { readonly madeOf: string; readonly rows: Rows<Row> } | undefined;

  constructor(source: Source<Row>) {
    const { id, rank = id, large, isFault } = source;
    this.#source = source;
    this.#ranking = new Ranking({ id, name: rank, nameOfId: large.nameOfId });
    this.#sorted = new SortedSlots(this.#ranking);
    this.#shared = new Map(large.shared.map((shared) => [shared, new SharedColumn(shared)]));
    this.#faults = new NumberColumn((row) => (isFault(row) ? 1 : 0));
  }

  /** When there is no time for all that is asked for: what was shown last, with how far it has come. */
  rows(view: ClusterView, place: Place, patience: Patience): Rows<Row> {
    const version = this.#source.version(view);
    if (version !== this.#version) this.#forgetTexts();
    this.#version = version;
    const isRanked = this.#catchUp(view, place.subject, patience);
    if (!isRanked) return this.#unfinished(0);
    const { rows, order } = this.#ranking;
    const column = this.#keyColumn(view, place, patience);
    const filter = filterFor(place.filter);
    const isFaultsFull = !place.onlyFaults || this.#faults.fill(rows, patience);
    if (column === undefined || !isFaultsFull) return this.#unfinished(0);
    const search = filter.isEmpty ? undefined : this.#searchFor(view, place.filter);
    if (search !== undefined) {
      for (const { column: searched } of this.#searched(view)) {
        if (!searched.fill(rows, patience)) return this.#unfinished(0);
      }
      if (!search.work(rows, patience)) return this.#unfinished(search.looked / rows.length);
    } else this.#search = undefined;
    const isDescending = place.sort?.isDescending === true;
    if (this.#sorted.isOther(column, isDescending) && patience.isOver()) return this.#unfinished(0);
    const isReordered = this.#sorted.refresh(column, isDescending, this.#touched);
    this.#touched = new Set();
    const madeOf = `${place.onlyFaults} ${this.#ranking.version} ${version}\n${place.filter}`;
    if (isReordered || this.#isStale || this.#shown?.madeOf !== madeOf) {
      const faults = place.onlyFaults ? this.#faults.numbers : undefined;
      const slots =
        search === undefined && faults === undefined
          ? this.#sorted.order
          : this.#sorted.order.filter(
              (slot) => (search === undefined || search.isShown(slot)) && (faults === undefined || faults[slot] === 1),
            );
      this.#shown = { madeOf, rows: new ShownRows(rows, slots, this.#source.id, order.length) };
      this.#isStale = false;
    }
    return this.#shown.rows;
  }

  /** Rows that are shown may not match any more, or others may. */
  #isStale = false;

  #unfinished(share: number): Rows<Row> {
    const { rows, order } = this.#ranking;
    const before = this.#shown?.rows;
    const known = before instanceof ShownRows ? before : new ShownRows(rows, new Uint32Array(), this.#source.id, 0);
    return known.unfinished(share, order.length);
  }

  #forgetTexts(): void {
    this.#search = undefined;
    this.#lines = undefined;
    this.#ranks.clear();
    this.#isStale = true;
  }

  /** Rows that have changed, come and gone since. False: to be called again. */
  #catchUp(view: ClusterView, subject: string | undefined, patience: Patience): boolean {
    const { large } = this.#source;
    const changeVersion = large.changeVersion(view);
    if (changeVersion !== this.#changeVersion) {
      const changed = this.#changeVersion < 0 ? undefined : large.changedSince(view, this.#changeVersion);
      this.#changeVersion = changeVersion;
      if (changed === undefined) this.#compareAll(view, subject);
      else this.#follow(view, subject, new Set(changed));
    }
    return this.#ranking.work(
      patience,
      (row) => large.row(view, this.#source.id(row), subject) === row,
      (slot) => this.#touch(slot),
    );
  }

  #follow(view: ClusterView, subject: string | undefined, ids: ReadonlySet<string>): void {
    const { large } = this.#source;
    const gone: number[] = [];
    for (const id of ids) {
      const slot = this.#ranking.slotOf(id);
      const row = large.row(view, id, subject);
      const known = slot === undefined ? undefined : this.#ranking.rows[slot];
      if (slot !== undefined && known === row) this.#touch(slot);
      else if (slot !== undefined) gone.push(slot);
      if (row !== undefined && row !== known) this.#ranking.add(row);
    }
    this.#remove(gone);
  }

  /** Which rows there are is known only by looking at all of them, and each may have changed. */
  #compareAll(view: ClusterView, subject: string | undefined): void {
    const there = new Set(this.#source.all(view, subject));
    const gone: number[] = [];
    for (const slot of this.#ranking.order) {
      const row = this.#ranking.rows[slot];
      if (row === undefined || !there.delete(row)) gone.push(slot);
    }
    this.#remove(gone);
    for (const row of there) this.#ranking.add(row);
    for (const column of this.#shared.values()) column.forget();
    for (const column of this.#numbers.values()) column.forget();
    this.#faults.forget();
    this.#search = undefined;
    this.#touched = new Set(this.#ranking.order);
    this.#isStale = true;
  }

  #remove(slots: readonly number[]): void {
    this.#ranking.remove(slots);
    for (const slot of slots) this.#touch(slot);
  }

  #touch(slot: number): void {
    const row = this.#ranking.rows[slot];
    for (const column of this.#shared.values()) column.touched(slot, row);
    for (const column of this.#numbers.values()) column.touched(slot, row);
    this.#faults.touched(slot, row);
    this.#search?.search.touched(slot, this.#ranking.rows);
    this.#touched.add(slot);
    this.#isStale = true;
  }

  #searched(view: ClusterView): readonly SearchedColumn<Row>[] {
    this.#lines ??= [...this.#shared].flatMap(([{ lines }, column]) =>
      lines === undefined ? [] : [{ column, linesOf: remembering(column, (value) => lines(value, view)) }],
    );
    return this.#lines;
  }

  #searchFor(view: ClusterView, filter: string): Search<Row> {
    if (this.#search?.filter === filter) return this.#search.search;
    const wider = this.#search !== undefined && narrows(filter, this.#search.filter) ? this.#search.search : undefined;
    const search = new Search(filterFor(filter), this.#searched(view), this.#source.large.own, wider);
    this.#search = { filter, search };
    return search;
  }

  /** Undefined when there was no time to look at all rows. */
  #keyColumn(view: ClusterView, { sort }: Place, patience: Patience): KeyColumn | undefined {
    const { rows } = this.#ranking;
    const { sortBy, large } = this.#source;
    const name = sort !== undefined && sortBy[sort.column] !== undefined ? sort.column : (Object.keys(sortBy)[0] ?? '');
    if (name === large.ranked) {
      const { ranks } = this.#ranking;
      return { version: name, keyAt: (slot) => ranks[slot] ?? 0 };
    }
    for (const [shared, column] of this.#shared) {
      const keyOf = shared.sortBy?.[name];
      if (keyOf === undefined) continue;
      if (!column.fill(rows, patience)) return undefined;
      const madeOf = `${name} ${column.epoch} ${column.values.length}`;
      const known = this.#ranks.get(name);
      const ranks = known?.madeOf === madeOf ? known.ranks : ranksOf(column.values, (value) => keyOf(value, view));
      this.#ranks.set(name, { madeOf, ranks });
      return { version: madeOf, keyAt: (slot) => ranks[column.codes[slot] ?? 0] ?? Number.POSITIVE_INFINITY };
    }
    const number = sortBy[name];
    const column = this.#numbers.get(name) ?? new NumberColumn((row: Row) => number?.(row, view));
    this.#numbers.set(name, column);
    if (!column.fill(rows, patience)) return undefined;
    return { version: name, keyAt: (slot) => column.numbers[slot] ?? Number.POSITIVE_INFINITY };
  }
}

/** Names are looked up once for each value, not for each letter of a filter. */
function remembering<Row>(
  column: SharedColumn<Row>,
  linesOf: (value: string) => readonly string[],
): (code: number) => readonly string[] {
  let known: (readonly string[])[] = [];
  let { epoch } = column;
  return (code) => {
    if (column.epoch !== epoch) known = [];
    epoch = column.epoch;
    known[code] ??= linesOf(column.values[code] ?? '');
    return known[code];
  };
}

/** Of each value the place of its key among all keys. */
function ranksOf(values: readonly string[], keyOf: (value: string) => SortKey): Float64Array {
  const keys = values.map(keyOf);
  const distinct = [...new Set(keys)].sort((one, other) => compareKeys(one, other, false));
  const places = new Map(distinct.map((key, place) => [key, key === undefined ? Number.POSITIVE_INFINITY : place]));
  return Float64Array.from(keys, (key) => places.get(key) ?? Number.POSITIVE_INFINITY);
}
