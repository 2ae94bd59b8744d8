// Sorting fifty thousand rows by another column within a key press: rows are put in the order of their names once, and from then on
// every order is one of numbers, place of the key before place of the name.

export type SortKey = string | number | undefined;

/** Of a row that is not shown. */
export const SKIPPED: unique symbol = Symbol('skipped');

/** Keys in the order of ranked rows. */
export type SortKeys = readonly (SortKey | typeof SKIPPED)[];

/** In the order of their names, and of their ids where names are alike. */
export function rankRows<Row>(
  rows: Iterable<Row>,
  nameOf: (row: Row) => string,
  id: (row: Row) => string,
): readonly Row[] {
  const named = Array.from(rows, (row) => ({ row, name: nameOf(row) }));
  named.sort((one, other) =>
    one.name === other.name ? compareTexts(id(one.row), id(other.row)) : compareTexts(one.name, other.name),
  );
  return named.map(({ row }) => row);
}

/** The rows that are shown, by key and then as they are ranked; all of it backwards when descending, but for undefined keys. */
export function sortByKeys<Row>(ranked: readonly Row[], keys: SortKeys, isDescending: boolean): readonly Row[] {
  const shown: number[] = [];
  let areNumbers = true;
  for (const [rank, key] of keys.entries()) {
    if (key === SKIPPED) continue;
    shown.push(rank);
    areNumbers &&= key === undefined || typeof key === 'number';
  }
  const ranks = areNumbers ? ranksByNumber(shown, keys, isDescending) : ranksByText(shown, keys, isDescending);
  const rows: Row[] = [];
  for (const rank of ranks) {
    const row = ranked[rank];
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

function ranksByNumber(shown: readonly number[], keys: SortKeys, isDescending: boolean): Iterable<number> {
  const sign = isDescending ? -1 : 1;
  const numbers = new Float64Array(keys.length);
  let isSorted = true;
  let previous = Number.NEGATIVE_INFINITY;
  for (const rank of shown) {
    const key = keys[rank];
    const number = typeof key === 'number' ? sign * key : Number.POSITIVE_INFINITY;
    numbers[rank] = number;
    isSorted &&= number >= previous;
    previous = number;
  }
  if (isSorted && !isDescending) return shown;
  return Uint32Array.from(shown).sort((one, other) => {
    const a = numbers[one] ?? 0;
    const b = numbers[other] ?? 0;
    return a < b ? -1 : a > b ? 1 : sign * (one - other);
  });
}

/** Few texts are different ones: each gets its number, and a row is the number of its text and its rank in one. */
function* ranksByText(shown: readonly number[], keys: SortKeys, isDescending: boolean): Iterable<number> {
  const distinct = new Map<SortKey, number>();
  const keyOf = (rank: number): SortKey => {
    const key = keys[rank];
    return key === SKIPPED ? undefined : key;
  };
  for (const rank of shown) distinct.set(keyOf(rank), 0);
  const order = [...distinct.keys()].sort((one, other) => compareKeys(one, other, isDescending));
  for (const [index, key] of order.entries()) distinct.set(key, index);
  const size = keys.length;
  const places = new Float64Array(shown.length);
  for (const [index, rank] of shown.entries())
    places[index] = (distinct.get(keyOf(rank)) ?? 0) * size + (isDescending ? size - 1 - rank : rank);
  for (const place of places.sort()) yield isDescending ? size - 1 - (place % size) : place % size;
}

/** Undefined comes last whatever the direction. */
export function compareKeys(one: SortKey, other: SortKey, isDescending: boolean): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other === isDescending ? 1 : -1;
}

export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
