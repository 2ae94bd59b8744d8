// How long runs take, as the original tells it (chronos.md 10.2–10.7): quantiles between neighbours as Dropwizard has them, but over
// the runs that the history keeps, and with a mean and a count that are what they say.

/** The names that the percentile endpoint knows. */
export const PERCENTILES = {
  '75thPercentile': 0.75,
  '95thPercentile': 0.95,
  '98thPercentile': 0.98,
  '99thPercentile': 0.99,
  median: 0.5,
} as const;

/** In ms. */
export type Histogram = Readonly<Record<keyof typeof PERCENTILES | 'mean' | 'count', number>>;

/** All 0 of no durations. */
export function histogram(durationsMs: readonly number[]): Histogram {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const sum = sorted.reduce((total, ms) => total + ms, 0);
  return {
    '75thPercentile': quantile(sorted, PERCENTILES['75thPercentile']),
    '95thPercentile': quantile(sorted, PERCENTILES['95thPercentile']),
    '98thPercentile': quantile(sorted, PERCENTILES['98thPercentile']),
    '99thPercentile': quantile(sorted, PERCENTILES['99thPercentile']),
    median: quantile(sorted, PERCENTILES.median),
    mean: sorted.length === 0 ? 0 : sum / sorted.length,
    count: sorted.length,
  };
}

/** Undefined for a word that names no statistic. */
export function statistic(word: string, durationsMs: readonly number[]): number | undefined {
  return word !== 'count' && Object.hasOwn(histogram([]), word)
    ? histogram(durationsMs)[word as keyof Histogram]
    : undefined;
}

function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length + 1);
  const below = Math.floor(position);
  const low = sorted[Math.max(0, below - 1)] ?? 0;
  const high = sorted[Math.min(sorted.length - 1, below)] ?? 0;
  return below < 1 ? high : low + (position - below) * (high - low);
}
