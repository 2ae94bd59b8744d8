import { expect, test } from 'vitest';
import { readWorkload } from '../../../src/workload/input/read.ts';

const JOB = { tasks: 1, duration: '1s', resources: { cpus: 1 } };

function faultsOf(workload: { readonly frameworks: readonly object[]; readonly duration?: string }): string[] {
  const read = readWorkload({ agents: [{ resources: { cpus: 1 } }], ...workload }, 'test');
  return 'faults' in read ? read.faults.map(({ path, text }) => `${path.join('.')} ${text}`) : [];
}

test.each([
  0,
  '0s',
  { uniform: [0, 0] },
  { exponential: 0 },
  { normal: { mean: 0, deviation: 0 } },
  { lognormal: { median: 0, sigma: 1 } },
  { pareto: { minimum: 0, shape: 1 } },
  { choice: [{ value: 0 }] },
])('jobs without end that come every %o would all come at once, and are refused', (every) => {
  const frameworks = (members: object) => [{ name: 'a', jobs: [{ ...JOB, ...members }] }];
  expect(faultsOf({ duration: '1h', frameworks: frameworks({ every }) })).toEqual([
    'frameworks.0.jobs.0 jobs without a count need a pause',
  ]);
  expect(faultsOf({ duration: '1h', frameworks: frameworks({ every, count: 3 }) })).toEqual([]);
});

test('too many frameworks are refused before they are made', () => {
  const frameworks = Array.from({ length: 1000 }, (_, index) => ({ name: `f${index}`, count: 10_000, jobs: [JOB] }));
  expect(faultsOf({ frameworks })).toEqual(['frameworks there may be 10000 frameworks at most']);
});
