import { expect, test } from 'vitest';
import { SeededRandom } from '../../src/simulation/core/random.ts';
import { draw, drawCount } from '../../src/workload/draw.ts';
import { TimeSeries } from '../../src/workload/run/time-series.ts';
import type { Distribution } from '../../src/workload/workload.ts';

test.each<[Distribution, number]>([
  [{ kind: 'constant', value: 7 }, 7],
  [{ kind: 'uniform', low: 2, high: 6 }, 4],
  [{ kind: 'exponential', mean: 14 }, 14],
  [{ kind: 'normal', mean: 20, deviation: 2 }, 20],
  [{ kind: 'lognormal', median: 10, sigma: 0.5 }, 10 * Math.exp(0.125)],
  [{ kind: 'pareto', minimum: 2, shape: 3, maximum: undefined }, 3],
  [
    {
      kind: 'choice',
      values: [
        { value: 1, weight: 3 },
        { value: 5, weight: 1 },
      ],
    },
    2,
  ],
])('%o has the mean %d', (distribution, mean) => {
  const chance = new SeededRandom(1, 'draw');
  let sum = 0;
  for (let i = 0; i < 20_000; i++) sum += draw(distribution, () => chance.float());
  expect(sum / 20_000 / mean).toBeCloseTo(1, 1);
});

test('numbers of tasks are whole, from 1 on, and the largest is as likely as the smallest', () => {
  const chance = new SeededRandom(1, 'count');
  const drawn = Array.from({ length: 3000 }, () =>
    drawCount({ kind: 'uniform', low: 1, high: 3 }, () => chance.float(), 1000),
  );
  for (const value of [1, 2, 3]) expect(drawn.filter((one) => one === value).length).toBeGreaterThan(850);
  expect(drawCount({ kind: 'normal', mean: 0, deviation: 0 }, () => 0.5, 10)).toBe(1);
  expect(drawCount({ kind: 'constant', value: 99 }, () => 0.5, 10)).toBe(10);
});

test('a series over time keeps means and shape, however long it gets', () => {
  const series = new TimeSeries();
  series.set(1, 0);
  series.set(0, 500_000);
  series.set(0.5, 1_000_000);
  expect(series.mean(2_000_000)).toBeCloseTo(0.5, 9);
  expect(series.parts(4, 2_000_000)).toEqual([1, 0, 0.5, 0.5].map((part) => expect.closeTo(part, 1)));
});
