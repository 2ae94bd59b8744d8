import { expect, test } from 'vitest';
import { counts, durations } from '../../../src/workload/input/amounts.ts';

const EXPECTED = 'must be one value, or one of uniform, exponential, normal, lognormal, pareto and choice, such as';

test.each<[unknown, unknown]>([
  ['1.5h', { kind: 'constant', value: 5_400_000 }],
  [3, { kind: 'constant', value: 3000 }],
  [{ uniform: ['1s', '2m'] }, { kind: 'uniform', low: 1000, high: 120_000 }],
  [{ exponential: '14s' }, { kind: 'exponential', mean: 14_000 }],
  [{ normal: { mean: '20s', deviation: 2 } }, { kind: 'normal', mean: 20_000, deviation: 2000 }],
  [{ lognormal: { median: '8m', sigma: 0.5 } }, { kind: 'lognormal', median: 480_000, sigma: 0.5 }],
  [
    { pareto: { minimum: '1s', shape: 1.5, maximum: '1h' } },
    { kind: 'pareto', minimum: 1000, shape: 1.5, maximum: 3_600_000 },
  ],
  [{ pareto: { minimum: '1s', shape: 2 } }, { kind: 'pareto', minimum: 1000, shape: 2, maximum: undefined }],
  [
    { choice: [{ value: '1s' }, { value: '2s', weight: 3 }] },
    {
      kind: 'choice',
      values: [
        { value: 1000, weight: 1 },
        { value: 2000, weight: 3 },
      ],
    },
  ],
])('a duration can be drawn as %o says', (given, distribution) => {
  expect(durations.parse(given)).toEqual(distribution);
});

test.each<[unknown, string]>([
  [undefined, 'is missing'],
  ['4 apples', 'must be a duration such as 500ms, 30s, 5m or 2h, or a number of seconds'],
  ['20000d', 'must be ten years at most'],
  [{}, EXPECTED],
  [[1, 2], EXPECTED],
  [{ gamma: 1 }, EXPECTED],
  [{ constructor: 1 }, EXPECTED],
  [{ uniform: [1, 2], normal: {} }, EXPECTED],
  [{ uniform: [2, 1] }, 'uniform must be a list of the smallest and the largest value'],
  [{ uniform: [1] }, 'uniform must be a list of the smallest and the largest value'],
  [{ exponential: -1 }, 'exponential must be a duration'],
  [{ normal: 4 }, 'normal has the members mean and deviation'],
  [{ normal: { mean: 1, sigma: 2 } }, 'normal has the members mean and deviation'],
  [{ normal: { mean: 1 } }, 'normal.deviation is missing'],
  [{ lognormal: { median: 'x', sigma: 1 } }, 'lognormal.median must be a duration'],
  [{ lognormal: { median: 1, sigma: '1s' } }, 'lognormal.sigma must be a number from 0 on'],
  [{ pareto: { minimum: 1, shape: 0 } }, 'pareto.shape must be more than 0'],
  [{ choice: [] }, 'choice must be a list of value and weight'],
  [{ choice: [1] }, 'choice: each must have a value and a weight'],
  [{ choice: [{ value: 'x' }] }, 'choice: value must be a duration'],
  [{ choice: [{ value: 1, weight: 0 }] }, 'choice: weight must be a number above 0'],
])('%o is no duration that can be drawn', (given, fault) => {
  expect(durations.safeParse(given).error?.issues.map(({ message }) => message)).toEqual([
    expect.stringContaining(fault),
  ]);
});

test('numbers of tasks are whole, from 1 on', () => {
  expect(counts.parse({ uniform: [1, 20] })).toEqual({ kind: 'uniform', low: 1, high: 20 });
  expect(counts.safeParse(0.5).error?.issues[0]?.message).toBe('must be a whole number from 1 on');
});
