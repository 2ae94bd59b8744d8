// The order of the `random` sorters (`--role_sorter`, `--framework_sorter`): by lot, where a weight of 2 wins twice as often.

/** From 0 (included) to 1 (excluded). */
export type RandomNumber = () => number;

/**
 * All items in an order by lot: at each place an item's chance is its weight over the weights of those that are left. Weights
 * are positive. (Efraimidis and Spirakis, Weighted random sampling with a reservoir, 2006: the smallest of exponentially
 * distributed keys.)
 */
export function weightedShuffle<T>(items: readonly T[], weightOf: (item: T) => number, random: RandomNumber): T[] {
  return items
    .map((item) => ({ item, key: -Math.log(1 - random()) / weightOf(item) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
