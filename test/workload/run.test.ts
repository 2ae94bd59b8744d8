import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { policyOf, readWorkload } from '../../src/workload/input/read.ts';
import { type PolicyReport, reportOf } from '../../src/workload/report.ts';
import { runWorkload } from '../../src/workload/run/run.ts';
import { NoAgentsError } from '../../src/workload/run/set-up.ts';
import type { PolicyKind, Workload } from '../../src/workload/workload.ts';

function workload(value: unknown): Workload {
  const read = readWorkload(value, 'test');
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.workload;
}

const run = (value: unknown, kind: PolicyKind = 'drf'): PolicyReport =>
  reportOf(runWorkload(workload(value), policyOf(kind), () => undefined));

const frameworkOf = (report: PolicyReport, name: string): PolicyReport['frameworks'][number] => {
  const found = report.frameworks.find(({ framework }) => framework === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

const ONE_CPU = { cpus: 1, mem: 100 };
const machines = (count: number, cpus = 1): object => ({ count, resources: { cpus, mem: cpus * 1000 } });
const job = (more: object): object => ({ tasks: 1, resources: ONE_CPU, duration: '10s', ...more });

describe('what comes out can be checked by hand', () => {
  test('two tasks on one machine that holds one: the second waits for the first, and for the next allocation', () => {
    const report = run({ agents: [machines(1)], frameworks: [{ name: 'a', jobs: [job({ tasks: 2 })] }] });
    const { waiting, completion, utilisation } = frameworkOf(report, 'a');
    expect(waiting).toMatchObject({ count: 2, mean: 5, p50: 0, max: 10 });
    expect(completion).toMatchObject({ count: 1, mean: 20 });
    expect(report).toMatchObject({ ending: 'finished', endSeconds: 20 });
    expect(utilisation).toEqual({ cpus: 1, mem: 0.1 });
  });

  test('what has not finished when the time is over is told apart: running, waiting, unfinished', () => {
    const report = run({
      duration: '15s',
      agents: [machines(1)],
      frameworks: [{ name: 'a', jobs: [job({ tasks: 4 })] }],
    });
    expect(report).toMatchObject({ ending: 'duration', endSeconds: 15 });
    expect(report.whole).toMatchObject({ tasksFinished: 1, tasksRunning: 1, tasksWaiting: 2, jobsUnfinished: 1 });
  });

  test('a job has no more tasks at once than maxParallel, and those kept by it do not count as waiting', () => {
    const report = run({
      agents: [machines(10)],
      frameworks: [{ name: 'a', jobs: [job({ tasks: 6, maxParallel: 2 })] }],
    });
    expect(report.endSeconds).toBe(30);
    expect(frameworkOf(report, 'a').waiting.max).toBe(0);
  });

  test('a job comes so long after the one before has finished', () => {
    const report = run({ agents: [machines(1)], frameworks: [{ name: 'a', jobs: [job({ count: 3, after: '5s' })] }] });
    expect(report).toMatchObject({ endSeconds: 40, whole: { jobsFinished: 3 } });
  });

  test('minParallel: nothing starts until there is a place for all, and places are given back when that takes too long', () => {
    const value = (patience: string): object => ({
      agents: [machines(2)],
      frameworks: [
        { name: 'mpi', jobs: [job({ start: '1s', tasks: 2, minParallel: 2, patience })] },
        { name: 'other', jobs: [job({ duration: '30s' }), job({ start: '4s', duration: '5s' })] },
      ],
    });
    // One machine is kept from second 1 on; the other is free at 30, and fairness gives it to the short task first.
    const patient = run(value('5m'));
    expect(frameworkOf(patient, 'mpi').waiting).toMatchObject({ count: 2, mean: 34 });
    expect(frameworkOf(patient, 'other').completion.max).toBeGreaterThan(30);
    // Given up once, it lets the short task of the other one pass.
    const impatient = run(value('10s'));
    expect(frameworkOf(impatient, 'other').completion.max).toBe(30);
    expect(frameworkOf(impatient, 'mpi').waiting.count).toBe(2);
  });

  test('what can never start ends the run, and says so', () => {
    const report = run({
      agents: [machines(4)],
      roles: [{ name: 'a', limit: { cpus: 2 } }],
      frameworks: [{ name: 'a', jobs: [job({ tasks: 3, minParallel: 3 })] }],
    });
    expect(report).toMatchObject({ ending: 'stalled', whole: { tasksFinished: 0, jobsUnfinished: 1 } });
  });
});

describe('policies', () => {
  const crowded = {
    agents: [machines(8)],
    roles: [{ name: 'a', weight: 3 }],
    frameworks: [
      { name: 'a', jobs: [job({ tasks: 200 })] },
      { name: 'b', jobs: [job({ tasks: 200 })] },
    ],
    duration: '200s',
  };

  test('sharing by fairness: who weighs three times as much has three times as much', () => {
    const report = run(crowded);
    expect(frameworkOf(report, 'a').dominantShare).toBeCloseTo(0.75, 1);
    expect(frameworkOf(report, 'b').dominantShare).toBeCloseTo(0.25, 1);
    expect(report.fairness?.jain).toBeGreaterThan(0.98);
  });

  test('static partitions: each has its own machines, and leaves them idle when it has no tasks', () => {
    const alone = { ...crowded, frameworks: [crowded.frameworks[0], { name: 'b', jobs: [job({ start: '199s' })] }] };
    expect(frameworkOf(run(alone, 'static'), 'a').dominantShare).toBeCloseTo(0.5, 5);
    expect(frameworkOf(run(alone), 'a').dominantShare).toBeCloseTo(1, 5);
  });

  test('a framework of its own partition keeps it from those who share, and to itself', () => {
    const apart = {
      ...crowded,
      frameworks: [
        { name: 'a', sharing: 'partition', partition: 3, jobs: [job({ tasks: 500 })] },
        crowded.frameworks[1],
      ],
    };
    const report = run(apart);
    expect(frameworkOf(report, 'a').dominantShare).toBeCloseTo(0.75, 5);
    expect(frameworkOf(report, 'b').dominantShare).toBeCloseTo(0.25, 5);
  });

  test('by lot, weights are chances', () => {
    const report = run(crowded, 'random');
    expect(frameworkOf(report, 'a').dominantShare).toBeGreaterThan(frameworkOf(report, 'b').dominantShare);
  });

  test('more frameworks than machines cannot be divided', () => {
    const three = { agents: [machines(2)], frameworks: [{ name: 'a', count: 3, jobs: [job({})] }] };
    expect(() => run(three, 'static')).toThrow(NoAgentsError);
  });

  test('the same file and seed answer the same, and every policy has the same jobs', () => {
    const chance = {
      agents: [machines(5, 4)],
      frameworks: [
        {
          name: 'a',
          count: 3,
          order: 'fair',
          jobs: [
            job({
              count: 20,
              every: { exponential: '10s' },
              tasks: { uniform: [1, 9] },
              duration: { lognormal: { median: '20s', sigma: 1 } },
              prefers: { replicas: 1, wait: '3s', slowdown: 2 },
            }),
          ],
        },
      ],
    };
    const first = run(chance);
    expect(run(chance)).toEqual(first);
    expect(run({ ...chance, seed: 2 })).not.toEqual(first);
    expect(run(chance, 'static').whole.tasksFinished).toBe(first.whole.tasksFinished);
    expect(run(chance, 'random').whole.tasksFinished).toBe(first.whole.tasksFinished);
  });

  test('a framework that is alone is answered as quickly and as well as a run over all agents would', () => {
    // Enough agents that only some of them are looked at; the one place left is found all the same.
    const report = run({
      agents: [machines(200)],
      frameworks: [{ name: 'a', jobs: [job({ tasks: 199, duration: '100s' }), job({ start: '10s' })] }],
    });
    expect(report.whole.waiting.max).toBe(0);
    expect(report.endSeconds).toBe(100);
  });
});

describe('where tasks run', () => {
  test('attributes, racks and regions decide who is offered what', () => {
    const report = run({
      region: 'here',
      agents: [
        { name: 'near', ...machines(4), racks: 2, region: 'here' },
        { name: 'far', ...machines(4), region: 'there' },
      ],
      frameworks: [
        { name: 'rack', where: { rack: 'rack1' }, jobs: [job({ tasks: 4 })] },
        { name: 'aware', capabilities: ['REGION_AWARE'], jobs: [job({ start: '30s', tasks: 8 })] },
        { name: 'unaware', jobs: [job({ start: '60s', tasks: 8 })] },
      ],
    });
    expect(frameworkOf(report, 'rack').completion.max).toBe(20);
    expect(frameworkOf(report, 'aware').completion.max).toBe(10);
    expect(frameworkOf(report, 'unaware').completion.max).toBe(20);
  });

  test('the experiments of the paper: sharing is quicker for large jobs, and waiting brings tasks to their data', () => {
    const read = (name: string): Workload =>
      workload(
        parse(readFileSync(fileURLToPath(new URL(`../../templates/simulate/${name}.yaml`, import.meta.url)), 'utf8'), {
          merge: true,
        }),
      );
    const reports = (name: string): PolicyReport[] =>
      read(name).policies.map((policy) => reportOf(runWorkload(read(name), policy, () => undefined)));
    const [apart, sharing] = reports('macro-benchmark');
    if (apart === undefined || sharing === undefined) throw new Error('two are compared');
    const speedUp = (name: string): string =>
      (frameworkOf(apart, name).completion.mean / frameworkOf(sharing, name).completion.mean).toFixed(2);
    // The figures that the file prints.
    expect(['facebook', 'large', 'spark', 'mpi'].map(speedUp)).toEqual(['2.10', '2.19', '0.98', '1.00']);
    const locality = reports('delay-scheduling').map(({ whole }) => Math.round((whole.locality ?? 0) * 100));
    expect(locality).toEqual([17, 66, 84, 97]);
  });
});
