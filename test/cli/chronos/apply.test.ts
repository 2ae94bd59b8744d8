// mctl job apply: what differs is changed, parents first, and nothing else (chronos.md 18.2).
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyJobs, isChanging, jobsFrom } from '../../../src/cli/chronos/apply.ts';
import { chronosAndClient } from './support.ts';

const A = { name: 'a', schedule: 'R/2026-02-02T00:00:00Z/P1D' };
const B = { name: 'b', parents: ['a'] };
const C = { name: 'c', parents: ['b'] };

function applying(jobs: readonly unknown[], how: { prune?: boolean; dryRun?: boolean } = {}) {
  const asked: string[] = [];
  const confirmRemoval = async (names: readonly string[]) => void asked.push(names.join());
  return { asked, options: { jobs, prune: false, dryRun: false, confirmRemoval, ...how } };
}

test('Jobs are stored parents first, and a second time nothing changes', async () => {
  const { client: chronos, chronos: daemon } = chronosAndClient();
  const { options } = applying([C, B, A]);
  const first = await applyJobs({ chronos, ...options });
  expect(first.map(({ name, change }) => `${name} ${change}`)).toEqual(['a create', 'b create', 'c create']);
  daemon.change('a', { successCount: 4, next: { index: 2, dueMs: Date.UTC(2026, 1, 4) } });
  const second = await applyJobs({ chronos, ...options });
  expect(isChanging(second)).toBe(false);
});

test('Members that mean nothing are named with what was meant, and so are jobs that do nothing', async () => {
  const { client: chronos } = chronosAndClient();
  const jobs = [
    { ...A, comand: 'echo', retires: 3, quux_of_ours: 1, constructor: 1 },
    { ...B, command: 'x', epsilon: 'PT1M', cpus: 1, originalSchedule: '' },
  ];
  const [a, b] = await applyJobs({ chronos, ...applying(jobs, { dryRun: true }).options });
  expect(a?.notes).toEqual([
    "a: 'comand' is no member of a job and is left out; did you mean 'command'?",
    "a: 'retires' is no member of a job and is left out; did you mean 'retries'?",
    "a: 'quux_of_ours' is no member of a job and is left out",
    "a: 'constructor' is no member of a job and is left out",
    'a has no command: its runs do nothing, and succeed.',
  ]);
  expect(b?.notes).toEqual([]);
});

test('A dry run changes nothing; pruning removes children before their parents, after a question', async () => {
  const { client: chronos, chronos: daemon } = chronosAndClient();
  await applyJobs({ chronos, ...applying([A, B, C]).options });
  const dry = applying([{ ...A, command: 'x' }], { prune: true, dryRun: true });
  const would = await applyJobs({ chronos, ...dry.options });
  expect(would.map(({ name, change, fields }) => `${name} ${change} ${fields}`)).toEqual([
    'a update command',
    'c remove ',
    'b remove ',
  ]);
  expect([dry.asked, daemon.jobs.size]).toEqual([[], 3]);
  const real = applying([A], { prune: true });
  await applyJobs({ chronos, ...real.options });
  expect([real.asked, [...daemon.jobs.keys()]]).toEqual([['c,b'], ['a']]);
});

test('Files are read from directories, several jobs to a file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-jobs-'));
  mkdirSync(join(directory, 'scheduled'));
  writeFileSync(join(directory, 'scheduled', 'a.yaml'), 'name: a\nschedule: R/2026-02-02T00:00:00Z/P1D\n');
  writeFileSync(join(directory, 'more.json'), JSON.stringify([B, C]));
  writeFileSync(join(directory, 'README.md'), 'not a job');
  expect(await jobsFrom([directory])).toEqual([B, C, A]);
});
