// Three Marathons on an ensemble under faults and random requests, over a few seeds; `npm run simulate -- --scenario
// marathons` takes more.
import { describe, expect, test } from 'vitest';
import { runMarathonFailoverScenario } from '../../src/simulation/scenario/marathon/run.ts';
import type { RunReport } from '../../src/simulation/scenario/run.ts';

/** The last three find a leader that goes on acting when it is not certain to lead any more. */
const SEEDS = [1, 2, 3, 107, 124, 129];

describe('three Marathons that stand for election, with clients that know one of them each, under faults', () => {
  const reports: RunReport[] = [];

  test(`keep the promises of one with seeds ${SEEDS.join(', ')}`, { timeout: 120_000 }, async () => {
    const failures: string[] = [];
    for (const seed of SEEDS) {
      const report = await runMarathonFailoverScenario({ seed });
      reports.push(report);
      const replay = `replay: npm run simulate -- --scenario marathons --seed ${seed} --verbose`;
      if (report.violations.length > 0) failures.push(`${report.violations.slice(0, 3).join('; ')} (${replay})`);
    }
    expect(failures).toEqual([]);
  });

  test('give the same run for the same seed, bit for bit', async () => {
    expect(await runMarathonFailoverScenario({ seed: 1 })).toEqual(reports[0]);
  });

  test('were tested by losing leaders and the ensemble, and by requests to standbys', () => {
    const sum = (of: (report: RunReport) => number | undefined) =>
      reports.reduce((total, report) => total + (of(report) ?? 0), 0);
    for (const kind of ['crash', 'stop', 'cut', 'no-quorum', 'partition'])
      expect(
        sum(({ faults }) => faults[kind]),
        kind,
      ).toBeGreaterThan(0);
    // 500: nobody knows what became of it. 502: a standby without a leader. 503: a leader that was not certain.
    for (const status of ['200', '201', '500', '502', '503', 'none'])
      expect(
        sum(({ answers }) => answers?.[status]),
        status,
      ).toBeGreaterThan(0);
    expect(sum(({ launches }) => launches)).toBeGreaterThan(100);
  });
});
