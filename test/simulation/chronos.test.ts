// The Jepsen property of Chronos (chronos.md 20): its judge by the vectors of 20.6, and the scenario over a few seeds; `npm run simulate --
// --scenario chronos` takes more.
import { describe, expect, test } from 'vitest';
import { type JudgedJob, type JudgedRun, judge } from '../../src/simulation/scenario/chronos/judge.ts';
import { runChronosScenario } from '../../src/simulation/scenario/chronos/run.ts';
import { StartWitness } from '../../src/simulation/scenario/chronos/witness.ts';
import type { RunReport } from '../../src/simulation/scenario/run.ts';

const SECOND = 1_000;
const JOB: JudgedJob = {
  startMs: 0,
  intervalMs: 60 * SECOND,
  count: 3,
  epsilonMs: 10 * SECOND,
  durationMs: 0,
  forgivenessMs: 5 * SECOND,
};
const LATE = 1_000 * SECOND;

const runAt = (seconds: number): JudgedRun => ({ startMs: seconds * SECOND, endMs: seconds * SECOND });
const unfinishedAt = (seconds: number): JudgedRun => ({ startMs: seconds * SECOND, endMs: undefined });
const missedOf = (runs: readonly JudgedRun[], readMs = LATE) =>
  judge(JOB, runs, readMs).unsatisfied.map(({ index }) => index);

describe('The judge (chronos.md 20.6)', () => {
  test('finds runs in every window valid', () => {
    expect(missedOf([3, 65, 127].map(runAt))).toEqual([]);
  });

  test('counts a run too many as extra, and minds it not', () => {
    const { unsatisfied, extra } = judge(JOB, [3, 65, 127, 180].map(runAt), LATE);
    expect(unsatisfied).toEqual([]);
    expect(extra).toEqual([runAt(180)]);
  });

  test('finds the target without a run', () => {
    expect(missedOf([3, 127].map(runAt))).toEqual([1]);
  });

  test('takes no run that did not end', () => {
    expect(missedOf([runAt(3), unfinishedAt(65), runAt(127)])).toEqual([1]);
  });

  test('asks for nothing that may still come', () => {
    expect(judge(JOB, [runAt(3)], 70 * SECOND).targets.map(({ index }) => index)).toEqual([0]);
  });

  test('takes no run before its time, nor after the window, nor one for two targets', () => {
    expect(missedOf([runAt(-1), runAt(76), runAt(127)])).toEqual([0, 1]);
    const overlapping = { ...JOB, intervalMs: 10 * SECOND };
    expect(judge(overlapping, [runAt(12)], LATE).unsatisfied.map(({ index }) => index)).toEqual([1, 2]);
    expect(judge(overlapping, [12, 14, 21].map(runAt), LATE).unsatisfied).toEqual([]);
  });
});

describe('The witness of starts (chronos.md 20.7)', () => {
  const lost = { dueMs: 5, result: 'lost' };
  const host = { name: 'agent-1', isUp: true };
  const processOf = (taskId: string, exitLine?: string) => ({ task: { env: { MESOS_TASK_ID: taskId } }, exitLine });

  /** What is said of these tasks, started in this order, with that much on record. */
  function saidOf(tasks: readonly ReturnType<typeof processOf>[], history: readonly object[]): readonly string[] {
    const witness = new StartWitness(() => history as never);
    for (const task of tasks) witness.launched(task, host, 7);
    return witness.violations;
  }

  test('minds a second start of an occurrence, the same attempt or another, unless a loss is on record for each', () => {
    const twice = [processOf('ct:5:0:a:', 'exited 0'), processOf('ct:5:1:a:', 'exited 0')];
    expect(saidOf(twice, [])).toHaveLength(1);
    expect(saidOf(twice, [lost])).toEqual([]);
    expect(saidOf([...twice, processOf('ct:5:1:a:')], [lost])).toHaveLength(1);
    expect(saidOf([processOf('ct:5:0:a:', 'exited 0'), processOf('ct:5:0:b:')], [])).toEqual([]);
  });

  test('minds two of a job side by side, unless the older one was given up', () => {
    const beside = [processOf('ct:5:0:a:'), processOf('ct:9:0:a:')];
    expect(saidOf(beside, [])).toHaveLength(1);
    expect(saidOf(beside, [lost])).toEqual([]);
    expect(saidOf([processOf('ct:5:0:a:', 'exited 0'), processOf('ct:9:0:a:')], [])).toEqual([]);
  });
});

describe('Several Chronos and masters while machines, networks, clocks and stores fail', () => {
  const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
  const STEPS = 60;
  const reports: RunReport[] = [];

  test(`misses nothing and doubles nothing beyond the rule, seeds ${SEEDS.join(', ')}`, {
    timeout: 120_000,
  }, async () => {
    const failures: string[] = [];
    for (const seed of SEEDS) {
      const report = await runChronosScenario({ seed, steps: STEPS });
      reports.push(report);
      const replay = `replay: npm run simulate -- --scenario chronos --seed ${seed} --steps ${STEPS} --verbose`;
      if (report.violations.length > 0) failures.push(`${report.violations.slice(0, 3).join('; ')} (${replay})`);
    }
    expect(failures).toEqual([]);
  });

  test('gives the same run for the same seed, bit for bit', { timeout: 60_000 }, async () => {
    expect(await runChronosScenario({ seed: 1, steps: STEPS })).toEqual(reports[0]);
  });

  test('was tested by faults of every kind, and by runs', () => {
    const sum = (of: (report: RunReport) => number | undefined) =>
      reports.reduce((total, report) => total + (of(report) ?? 0), 0);
    for (const kind of [
      'crash',
      'ambush',
      'stop',
      'partition',
      'reboot',
      'disk',
      'cut',
      'no-quorum',
      'clock',
      'duplicates',
    ])
      expect(
        sum(({ faults }) => faults[kind]),
        kind,
      ).toBeGreaterThan(0);
    expect(sum(({ answers }) => answers?.['204'])).toBeGreaterThan(20);
    expect(sum(({ launches }) => launches)).toBeGreaterThan(100);
    expect(sum(({ targets }) => targets?.judged)).toBeGreaterThan(100);
    process.stdout.write(`${SEEDS.length} seeds, ${sum(({ faultCount }) => faultCount)} faults\n`);
  });
});
