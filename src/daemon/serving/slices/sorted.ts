// Sorting that can be interrupted: runs that are sorted at once, merged two by two.
import type { Sliced } from './sliced.ts';

const RUN = 2048;
const MERGED_A_STEP = 512;

/** As Array.prototype.toSorted: stable. */
export function* sorted<T>(items: readonly T[], compare: (a: T, b: T) => number): Sliced<T[]> {
  let runs: T[][] = [];
  for (let start = 0; start < items.length; start += RUN) {
    runs.push(items.slice(start, start + RUN).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      longer.push(yield* merged(runs[index] ?? [], runs[index + 1] ?? [], compare));
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

/** Of equal ones those of the left come first. */
function* merged<T>(left: readonly T[], right: readonly T[], compare: (a: T, b: T) => number): Sliced<T[]> {
  const all: T[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    const [a, b] = [left[l] as T, right[r] as T];
    if (compare(a, b) <= 0) {
      all.push(a);
      l += 1;
    } else {
      all.push(b);
      r += 1;
    }
    if (all.length % MERGED_A_STEP === 0) yield;
  }
  for (; l < left.length; l++) all.push(left[l] as T);
  for (; r < right.length; r++) all.push(right[r] as T);
  return all;
}
