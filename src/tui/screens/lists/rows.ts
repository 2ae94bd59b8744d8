// The rows of a list in their order, filtered and sorted. Remembered until something of it changes, and put right where only a few
// rows have changed, so that a key costs the same with five rows and with fifty thousand.
import { type Filter, filterFor, narrows } from '../../ui/filter.ts';
import type { Place } from '../../ui/state.ts';
import type { ClusterView } from '../../view/model.ts';
import { compareKeys, compareTexts, rankRows, SKIPPED, type SortKey, type SortKeys, sortByKeys } from './sorting.ts';

export interface RowSource<Row> {
  /** Of the list; with the subject it names what is remembered. */
  readonly name: string;
  readonly all: (view: ClusterView, subject: string | undefined) => Iterable<Row>;
  /** Grows, or is another, whenever rows, their order or what the filter sees may have changed. */
  readonly version: (view: ClusterView) => string;
  readonly id: (row: Row) => string;
  /** What the filter looks at, what is apart on lines of their own. */
  readonly text: (row: Row, view: ClusterView) => string;
  /** For large lists: the lines of `text`, first that which no other row has. */
  readonly lines?: {
    readonly own: (row: Row) => string;
    /** Whether any of the others matches. */
    readonly anyShared: (row: Row, view: ClusterView, matches: (line: string) => boolean) => boolean;
  };
  readonly isFault: (row: Row) => boolean;
  /** Rows of one key are in this order; never changes for a row. Default: its id. */
  readonly rank?: (row: Row) => string;
  /** By name of the column; undefined keys come last. The first is the order by default. Empty: as they come. */
  readonly sortBy: Readonly<Record<string, (row: Row, view: ClusterView) => SortKey>>;
  /** For large lists: a number that grows, which rows changed since, and one row. `version` need not grow with these. */
  readonly changes?: {
    readonly version: (view: ClusterView) => number;
    readonly since: (view: ClusterView, version: number) => readonly string[] | undefined;
    readonly row: (view: ClusterView, id: string) => Row | undefined;
    /** How many rows there are, without counting them. */
    readonly total: (view: ClusterView) => number;
  };
}

export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly ids: readonly string[];
  /** Without filter. */
  readonly total: number;
}

/** Lists remembered for each view; those of pages of one thing push each other out. */
const MAX_REMEMBERED = 12;
const remembered = new WeakMap<ClusterView, Map<string, unknown>>();

export function rowsOf<Row>(view: ClusterView, place: Place, source: RowSource<Row>): Rows<Row> {
  const lists = remembered.get(view) ?? new Map<string, unknown>();
  remembered.set(view, lists);
  const name = `${source.name} ${place.subject ?? ''}`;
  // Only this function puts something there, and for one name always rows of one kind.
  const list = (lists.get(name) as RememberedList<Row> | undefined) ?? new RememberedList<Row>();
  lists.delete(name);
  lists.set(name, list);
  const oldest = lists.keys().next().value;
  if (lists.size > MAX_REMEMBERED && oldest !== undefined) lists.delete(oldest);
  return list.rows(view, place, source);
}

/** `rest`: everything but the filter. */
interface Asked {
  readonly filter: string;
  readonly rest: string;
}

interface Sorted<Row> {
  readonly rows: readonly Row[];
  readonly keys: SortKeys;
}

class RememberedList<Row> {
  #asked = '';
  #askedBefore: Asked = { filter: '', rest: '' };
  #version: string | undefined;
  #changeVersion = 0;
  #result: Rows<Row> = { rows: [], ids: [], total: 0 };
  #names: RankedRows<Row> | undefined;
  /** The keys that the names were sorted by. */
  #sorted: Sorted<Row> | undefined;
  /** The same by id, for rows that are shown; made when first asked for. */
  #keys: Map<string, SortKey> | undefined;

  rows(view: ClusterView, place: Place, source: RowSource<Row>): Rows<Row> {
    const rest = JSON.stringify([place.onlyFaults, place.sort?.column, place.sort?.isDescending]);
    const asked = `${place.filter}\n${rest}`;
    const version = source.version(view);
    const changeVersion = source.changes?.version(view) ?? 0;
    const isSameList = this.#version === version;
    if (isSameList && this.#asked === asked && this.#changeVersion === changeVersion) return this.#result;
    const order = new Order(view, place, source);
    const changed = isSameList && this.#asked === asked ? source.changes?.since(view, this.#changeVersion) : undefined;
    if (changed !== undefined) this.#result = this.#repair(order, source, new Set(changed));
    else if (source.changes === undefined) this.#result = order.whole();
    else {
      this.#names ??= new RankedRows();
      this.#names.refresh(view, place, source, version);
      const before = this.#askedBefore;
      const isNarrower = isSameList && this.#changeVersion === changeVersion && before.rest === rest;
      this.#result =
        isNarrower && narrows(place.filter, before.filter) && this.#sorted !== undefined
          ? this.#narrow(order, source, this.#sorted)
          : this.#sortAnew(order, source, this.#names);
    }
    this.#asked = asked;
    this.#askedBefore = { filter: place.filter, rest };
    this.#version = version;
    this.#changeVersion = changeVersion;
    return this.#result;
  }

  #sortAnew(order: Order<Row>, source: RowSource<Row>, names: RankedRows<Row>): Rows<Row> {
    const keys = names.rows.map((row) => (order.isShown(row) ? order.key(row) : SKIPPED));
    const rows = sortByKeys(names.rows, keys, order.isDescending);
    this.#sorted = { rows: names.rows, keys };
    this.#keys = undefined;
    return { rows, ids: rows.map(source.id), total: names.rows.length };
  }

  /** Of what was shown, what still is: it stays in its order. */
  #narrow(order: Order<Row>, source: RowSource<Row>, sorted: Sorted<Row>): Rows<Row> {
    const shown = new Set(this.#result.rows.filter((row) => order.isShown(row)));
    const keys = sorted.keys.map((key, rank) => {
      const row = sorted.rows[rank];
      return key !== SKIPPED && row !== undefined && shown.has(row) ? key : SKIPPED;
    });
    this.#sorted = { rows: sorted.rows, keys };
    this.#keys = undefined;
    const rows = [...shown];
    return { rows, ids: rows.map(source.id), total: this.#result.total };
  }

  #keysById(source: RowSource<Row>): Map<string, SortKey> {
    if (this.#keys !== undefined) return this.#keys;
    const byId = new Map<string, SortKey>();
    const { rows, keys } = this.#sorted ?? { rows: [], keys: [] };
    for (const [rank, key] of keys.entries()) {
      const row = rows[rank];
      if (key !== SKIPPED && row !== undefined) byId.set(source.id(row), key);
    }
    this.#keys = byId;
    this.#sorted = undefined;
    return byId;
  }

  /** Nothing at all is done about rows that stay where they are. */
  #repair(order: Order<Row>, source: RowSource<Row>, changed: ReadonlySet<string>): Rows<Row> {
    const keys = this.#keysById(source);
    const moved = new Set<string>();
    const fresh: Row[] = [];
    for (const id of changed) {
      const row = order.row(id);
      const isShown = row !== undefined && order.isShown(row);
      const wasShown = keys.has(id);
      if (!isShown && !wasShown) continue;
      const key = isShown ? order.key(row) : undefined;
      if (isShown && wasShown && keys.get(id) === key) continue;
      moved.add(id);
      if (!isShown) {
        keys.delete(id);
        continue;
      }
      keys.set(id, key);
      fresh.push(row);
    }
    const total = order.total();
    if (moved.size === 0) return { ...this.#result, total };
    fresh.sort(order.compare);
    const rows = merged(this.#result, moved, fresh, order);
    return { rows, ids: rows.map(source.id), total };
  }
}

/** Rows of a large list in the order of their names. Kept until rows come or go. */
class RankedRows<Row> {
  rows: readonly Row[] = [];
  #version = '';
  #changeVersion = -1;

  refresh(view: ClusterView, place: Place, source: RowSource<Row>, version: string): void {
    const { changes } = source;
    const changed = version === this.#version ? changes?.since(view, this.#changeVersion) : undefined;
    const isSame =
      changed?.every((id) => changes?.row(view, id) !== undefined) && this.rows.length === changes?.total(view);
    if (!isSame) this.rows = rankRows(source.all(view, place.subject), source.rank ?? source.id, source.id);
    this.#version = version;
    this.#changeVersion = changes?.version(view) ?? 0;
  }
}

/** The old order without the rows that moved, and these where they belong now. */
function merged<Row>(
  old: Rows<Row>,
  moved: ReadonlySet<string>,
  fresh: readonly Row[],
  order: Order<Row>,
): readonly Row[] {
  const rows: Row[] = [];
  let next = 0;
  for (const [index, row] of old.rows.entries()) {
    if (moved.has(old.ids[index] ?? '')) continue;
    for (let one = fresh[next]; one !== undefined && order.compare(one, row) < 0; one = fresh[next]) {
      rows.push(one);
      next += 1;
    }
    rows.push(row);
  }
  return [...rows, ...fresh.slice(next)];
}

/** What is asked for at a place: which rows, and in which order. */
class Order<Row> {
  readonly isDescending: boolean;
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
    this.isDescending = place.sort?.isDescending === true;
  }

  key(row: Row): SortKey {
    return this.#sortBy?.(row, this.#view);
  }

  row(id: string): Row | undefined {
    return this.#source.changes?.row(this.#view, id);
  }

  total(): number {
    return this.#source.changes?.total(this.#view) ?? 0;
  }

  isShown(row: Row): boolean {
    if (this.#place.onlyFaults && !this.#source.isFault(row)) return false;
    if (this.#filter.isEmpty) return true;
    const { lines, text } = this.#source;
    return lines === undefined
      ? this.#filter.matches(text(row, this.#view))
      : this.#filter.matchesLines(lines.own(row), (matches) => lines.anyShared(row, this.#view, matches));
  }

  /** All of a list that is small enough to be sorted whenever something has changed. */
  whole(): Rows<Row> {
    const entries: { readonly row: Row; readonly key: SortKey; readonly id: string }[] = [];
    let total = 0;
    for (const row of this.#source.all(this.#view, this.#place.subject)) {
      total += 1;
      if (this.isShown(row)) entries.push({ row, key: this.key(row), id: this.#source.id(row) });
    }
    if (this.#sortBy !== undefined) {
      const sign = this.isDescending ? -1 : 1;
      entries.sort(
        (one, other) => compareKeys(one.key, other.key, this.isDescending) || sign * compareTexts(one.id, other.id),
      );
    }
    return { rows: entries.map(({ row }) => row), ids: entries.map(({ id }) => id), total };
  }

  /** By key, then as they are ranked, then by id: rows that are alike do not dance. */
  compare = (one: Row, other: Row): number => {
    const byKey = compareKeys(this.key(one), this.key(other), this.isDescending);
    if (byKey !== 0) return byKey;
    const { id, rank = id } = this.#source;
    const byName = compareTexts(rank(one), rank(other)) || compareTexts(id(one), id(other));
    return this.isDescending ? -byName : byName;
  };
}
