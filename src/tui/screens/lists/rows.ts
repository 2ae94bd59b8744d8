// The rows of a list in their order, filtered and sorted. Remembered until something of it changes, and put right where only a few
// rows have changed, so that a key costs the same with five rows and with fifty thousand.
import { filterFor } from '../../ui/filter.ts';
import type { Place } from '../../ui/state.ts';
import type { ClusterView } from '../../view/model.ts';

/** What a row is sorted by; undefined comes last whatever the direction. */
export type SortKey = string | number | undefined;

export interface RowSource<Row> {
  /** Of the list; with the subject it names what is remembered. */
  readonly name: string;
  readonly all: (view: ClusterView, subject: string | undefined) => Iterable<Row>;
  /** Grows, or is another, whenever rows, their order or what the filter sees may have changed. */
  readonly version: (view: ClusterView) => string;
  readonly id: (row: Row) => string;
  /** What the filter looks at. */
  readonly text: (row: Row, view: ClusterView) => string;
  readonly isFault: (row: Row) => boolean;
  /** By name of the column; the first is the order by default. Empty: as they come. */
  readonly sortBy: Readonly<Record<string, (row: Row, view: ClusterView) => SortKey>>;
  /** For large lists: a number that grows, which rows changed since, and one row. */
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

interface Entry<Row> {
  readonly row: Row;
  readonly id: string;
  readonly key: SortKey;
}

interface Remembered<Row> {
  readonly asked: string;
  readonly version: string;
  readonly changeVersion: number;
  readonly entries: readonly Entry<Row>[];
  readonly result: Rows<Row>;
}

/** Lists remembered for each view; those of pages of one thing push each other out. */
const MAX_REMEMBERED = 12;
const remembered = new WeakMap<ClusterView, Map<string, Remembered<unknown>>>();

export function rowsOf<Row>(view: ClusterView, place: Place, source: RowSource<Row>): Rows<Row> {
  const lists = remembered.get(view) ?? new Map<string, Remembered<unknown>>();
  remembered.set(view, lists);
  const name = `${source.name} ${place.subject ?? ''}`;
  const asked = JSON.stringify([place.filter, place.onlyFaults, place.sort?.column, place.sort?.isDescending]);
  // Only this function puts something there, and for one name always rows of one kind.
  const known = lists.get(name) as Remembered<Row> | undefined;
  const version = source.version(view);
  const changeVersion = source.changes?.version(view) ?? 0;
  if (known?.asked === asked && known.version === version && known.changeVersion === changeVersion) return known.result;
  const order = new Order(view, place, source);
  const changed =
    known?.asked === asked && known.version === version ? source.changes?.since(view, known.changeVersion) : undefined;
  const entries = known === undefined || changed === undefined ? order.all() : order.repaired(known.entries, changed);
  const result = { rows: entries.map(({ row }) => row), ids: entries.map(({ id }) => id), total: order.total() };
  lists.delete(name);
  lists.set(name, { asked, version, changeVersion, entries, result });
  const oldest = lists.keys().next().value;
  if (lists.size > MAX_REMEMBERED && oldest !== undefined) lists.delete(oldest);
  return result;
}

class Order<Row> {
  readonly #view: ClusterView;
  readonly #place: Place;
  readonly #source: RowSource<Row>;
  readonly #sortBy: ((row: Row, view: ClusterView) => SortKey) | undefined;
  readonly #sign: 1 | -1;
  #total: number | undefined;

  constructor(view: ClusterView, place: Place, source: RowSource<Row>) {
    this.#view = view;
    this.#place = place;
    this.#source = source;
    const column = place.sort?.column ?? Object.keys(source.sortBy)[0] ?? '';
    this.#sortBy = source.sortBy[column] ?? Object.values(source.sortBy)[0];
    this.#sign = place.sort?.isDescending === true ? -1 : 1;
  }

  total(): number {
    if (this.#total !== undefined) return this.#total;
    const { changes } = this.#source;
    if (changes !== undefined) return changes.total(this.#view);
    let total = 0;
    for (const _ of this.#source.all(this.#view, this.#place.subject)) total += 1;
    return total;
  }

  all(): readonly Entry<Row>[] {
    const entries: Entry<Row>[] = [];
    let total = 0;
    for (const row of this.#source.all(this.#view, this.#place.subject)) {
      total += 1;
      if (this.#isShown(row)) entries.push(this.#entry(row));
    }
    this.#total = total;
    return this.#sortBy === undefined ? entries : entries.sort(this.#compare);
  }

  /** The old order without the changed rows, and these where they belong now. */
  repaired(old: readonly Entry<Row>[], changed: readonly string[]): readonly Entry<Row>[] {
    const { changes } = this.#source;
    const touched = new Set(changed);
    const fresh: Entry<Row>[] = [];
    for (const id of touched) {
      const row = changes?.row(this.#view, id);
      if (row !== undefined && this.#isShown(row)) fresh.push(this.#entry(row));
    }
    fresh.sort(this.#compare);
    const merged: Entry<Row>[] = [];
    let next = 0;
    for (const entry of old) {
      if (touched.has(entry.id)) continue;
      for (let one = fresh[next]; one !== undefined && this.#compare(one, entry) < 0; one = fresh[next]) {
        merged.push(one);
        next += 1;
      }
      merged.push(entry);
    }
    for (; next < fresh.length; next += 1) {
      const one = fresh[next];
      if (one !== undefined) merged.push(one);
    }
    return merged;
  }

  #isShown(row: Row): boolean {
    if (this.#place.onlyFaults && !this.#source.isFault(row)) return false;
    const filter = filterFor(this.#place.filter);
    return filter.isEmpty || filter.matches(this.#source.text(row, this.#view));
  }

  #entry(row: Row): Entry<Row> {
    return { row, id: this.#source.id(row), key: this.#sortBy?.(row, this.#view) };
  }

  /** Rows of one key stand in the order of their ids, so that they do not dance. */
  #compare = (one: Entry<Row>, other: Entry<Row>): number => {
    const { key: a } = one;
    const { key: b } = other;
    if (a !== b) {
      if (a === undefined) return 1;
      if (b === undefined) return -1;
      return a < b ? -this.#sign : this.#sign;
    }
    return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
  };
}
