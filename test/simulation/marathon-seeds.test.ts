// Marathon under faults and random requests, over a few seeds; `npm run simulate -- --scenario marathon` takes more.
import { describe, expect, test } from 'vitest';
import { runMarathonScenario } from '../../src/simulation/scenario/marathon/run.ts';
import type { RunReport } from '../../src/simulation/scenario/run.ts';

const SEEDS = 8;

describe('Marathon with one master, four to six agents and three clients, under faults', () => {
  const reports: RunReport[] = [];

  test(`keeps its promises with seeds 1 to ${SEEDS}`, { timeout: 120_000 }, async () => {
    const failures: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const report = await runMarathonScenario({ seed });
      reports.push(report);
      const replay = `replay: npm run simulate -- --scenario marathon --seed ${seed} --verbose`;
      if (report.violations.length > 0) failures.push(`${report.violations.slice(0, 3).join('; ')} (${replay})`);
    }
    expect(failures).toEqual([]);
  });

  test('gives the same run for the same seed, bit for bit', async () => {
    expect(await runMarathonScenario({ seed: 1 })).toEqual(reports[0]);
  });

  test('was tested by faults and by requests that were taken, and by some that were not', () => {
    const sum = (of: (report: RunReport) => number | undefined) =>
      reports.reduce((total, report) => total + (of(report) ?? 0), 0);
    for (const kind of ['crash', 'ambush', 'partition', 'reboot', 'disk', 'duplicates', 'streamsBroken'])
      expect(
        sum(({ faults }) => faults[kind]),
        kind,
      ).toBeGreaterThan(0);
    for (const status of ['200', '201', '404', '409', '422', '503', 'none'])
      expect(
        sum(({ answers }) => answers?.[status]),
        status,
      ).toBeGreaterThan(0);
    expect(sum(({ launches }) => launches)).toBeGreaterThan(100);
  });
});
