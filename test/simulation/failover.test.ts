// Three masters on an ensemble under faults, over a span of seeds: one acts at a time, no acknowledged write is lost, no
// task is lost or run twice (invariants.ts), and everything comes to rest.
import { describe, expect, test } from 'vitest';
import { type RunReport, runFailoverScenario } from '../../src/simulation/scenario/run.ts';

const SEEDS_PER_TEST = 10;
const SEEDS = 40;

describe('a cluster of three masters that stand for election, five agents and two frameworks under faults', () => {
  const reports: RunReport[] = [];

  for (let from = 1; from <= SEEDS; from += SEEDS_PER_TEST) {
    const to = from + SEEDS_PER_TEST - 1;
    test(`keeps its promises with seeds ${from} to ${to}`, { timeout: 120_000 }, async () => {
      const failures: string[] = [];
      for (let seed = from; seed <= to; seed++) {
        const report = await runFailoverScenario({ seed });
        reports.push(report);
        if (report.violations.length > 0) {
          const replay = `replay: npm run simulate -- --scenario failover --seed ${seed} --verbose`;
          failures.push(`seed ${seed}: ${report.violations.slice(0, 3).join('; ')} (${replay})`);
        }
      }
      expect(failures).toEqual([]);
    });
  }

  test('gives the same run for the same seed, bit for bit', async () => {
    expect(await runFailoverScenario({ seed: 1 })).toEqual(reports[0]);
  });

  test('was tested by every kind of fault, and did its work all the same', () => {
    const sum = (of: (report: RunReport) => number) => reports.reduce((total, report) => total + of(report), 0);
    for (const kind of ['crash', 'ambush', 'stop', 'cut', 'no-quorum', 'partition', 'one-way', 'reboot']) {
      expect(
        sum((report) => report.faults[kind] ?? 0),
        kind,
      ).toBeGreaterThan(0);
    }
    expect(sum((report) => report.launches) / reports.length).toBeGreaterThan(10);
    expect(sum((report) => report.acknowledgedWrites ?? 0) / reports.length).toBeGreaterThan(10);
  });
});
