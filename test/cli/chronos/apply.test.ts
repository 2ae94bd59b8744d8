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
