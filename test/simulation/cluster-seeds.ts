// The cluster under faults, over a span of seeds. Two test files share the seeds so that two cores do.
import { afterAll, describe, expect, test } from 'vitest';
import { type RunReport, runScenario } from '../../src/simulation/scenario/run.ts';

const SEEDS_PER_TEST = 10;

/** Promises that hold for every seed of [first, first + count). A failing one is named and replays alone. */
export function describeSeeds(first: number, count: number): void {
  describe('a cluster of one master, five agents and two frameworks under faults', () => {
    const reports: RunReport[] = [];
    const startMs = performance.now();

    for (let from = first; from < first + count; from += SEEDS_PER_TEST) {
      const to = Math.min(from + SEEDS_PER_TEST, first + count) - 1;
      test(`keeps its promises with seeds ${from} to ${to}`, { timeout: 120_000 }, async () => {
        const failures: string[] = [];
        for (let seed = from; seed <= to; seed++) {
          const report = await runScenario({ seed });
          reports.push(report);
          if (report.violations.length > 0) {
            const replay = `replay: npm run simulate -- --seed ${seed} --verbose`;
            failures.push(`seed ${seed}: ${report.violations.slice(0, 3).join('; ')} (${replay})`);
          }
        }
        expect(failures).toEqual([]);
      });
    }

    test('gives the same run for the same seed, bit for bit', async () => {
      const again = await runScenario({ seed: first });
      expect(again).toEqual(reports[0]);
    });

    test('was tested by every kind of fault, and did its work all the same', () => {
      const sum = (kind: string) => reports.reduce((total, report) => total + (report.faults[kind] ?? 0), 0);
      const kinds = [
        'crash',
        'ambush',
        'stop',
        'partition',
        'one-way',
        'reboot',
        'disk',
        'requestsLost',
        'responsesLost',
      ];
      for (const kind of [...kinds, 'duplicates', 'streamsBroken', 'stalled', 'drains', 'deactivations']) {
        expect(sum(kind), kind).toBeGreaterThan(0);
      }
      const operations = reports.reduce((total, report) => total + (report.operations ?? 0), 0);
      expect(operations / reports.length, 'on resources').toBeGreaterThan(10);
      const launches = reports.reduce((total, report) => total + report.launches, 0);
      expect(launches / reports.length).toBeGreaterThan(10);
    });

    afterAll(() => {
      const seconds = (performance.now() - startMs) / 1000;
      const sum = (of: (report: RunReport) => number) => reports.reduce((total, report) => total + of(report), 0);
      const steps = sum((report) => report.steps);
      const faults = sum((report) => report.faultCount);
      console.info(
        `${reports.length} seeds, ${steps} steps, ${faults} faults survived, ${sum((report) => report.launches)} tasks ` +
          `in ${seconds.toFixed(1)} s: ${(reports.length / seconds).toFixed(1)} seeds/s, ${Math.round(steps / seconds)} steps/s`,
      );
    });
  });
}
