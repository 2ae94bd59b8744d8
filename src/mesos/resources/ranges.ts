// Sets of unsigned integers as coalesced intervals, flat: [begin0, end0, begin1, end1, …], ends inclusive, ascending,
// with at least one missing number between neighbours. Never changed in place.

export type Ranges = readonly number[];

const at = (ranges: Ranges, index: number): number => ranges[index] ?? Number.NaN;

/** Any intervals, in any order, overlapping or not. Inverted ones are the caller's mistake. */
export function coalesce(pairs: Iterable<readonly [number, number]>): Ranges {
  const sorted = [...pairs].sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  for (const [begin, end] of sorted) {
    const last = result.length - 1;
    const lastEnd = result[last];
    if (lastEnd !== undefined && begin <= lastEnd + 1) {
      if (end > lastEnd) result[last] = end;
    } else {
      result.push(begin, end);
    }
  }
  return result;
}

/** The union, coalesced. A number in both counts once. */
export function addRanges(a: Ranges, b: Ranges): Ranges {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const result: number[] = [];
  let i = 0;
  let j = 0;
  let begin = Math.min(at(a, 0), at(b, 0));
  let end = begin - 1;
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && at(a, i) <= at(b, j));
    const nextBegin = fromA ? at(a, i) : at(b, j);
    const nextEnd = fromA ? at(a, i + 1) : at(b, j + 1);
    if (fromA) i += 2;
    else j += 2;
    if (nextBegin <= end + 1) {
      if (nextEnd > end) end = nextEnd;
    } else {
      result.push(begin, end);
      begin = nextBegin;
      end = nextEnd;
    }
  }
  result.push(begin, end);
  return result;
}

/** What is in `a` and not in `b`. */
export function subtractRanges(a: Ranges, b: Ranges): Ranges {
  if (b.length === 0 || a.length === 0) return a;
  const result: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let begin = at(a, i);
    const end = at(a, i + 1);
    while (j < b.length && at(b, j + 1) < begin) j += 2;
    let k = j;
    while (k < b.length && at(b, k) <= end) {
      if (at(b, k) > begin) result.push(begin, at(b, k) - 1);
      begin = at(b, k + 1) + 1;
      k += 2;
    }
    if (begin <= end) result.push(begin, end);
  }
  return result;
}

/** Is every number of `b` in `a`? */
export function containsRanges(a: Ranges, b: Ranges): boolean {
  let i = 0;
  for (let j = 0; j < b.length; j += 2) {
    while (i < a.length && at(a, i + 1) < at(b, j)) i += 2;
    if (i >= a.length || at(a, i) > at(b, j) || at(a, i + 1) < at(b, j + 1)) return false;
  }
  return true;
}

/** Compares numbers: coalesced ranges have one form only. */
export function equalRanges(a: Ranges, b: Ranges): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** How many numbers. */
export function countRanges(ranges: Ranges): number {
  let count = 0;
  for (let i = 0; i < ranges.length; i += 2) count += at(ranges, i + 1) - at(ranges, i) + 1;
  return count;
}

/** As [begin, end] pairs, ends inclusive. */
export function toPairs(ranges: Ranges): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([at(ranges, i), at(ranges, i + 1)]);
  return pairs;
}

/** The text form: `[31000-31002, 31005-31005]`; `[]` when empty. */
export const formatRanges = (ranges: Ranges): string =>
  `[${toPairs(ranges)
    .map(([begin, end]) => `${begin}-${end}`)
    .join(', ')}]`;
