// The client reads what our Chronos answers, and finds its way to older ones (chronos.md 8).
import { expect, test } from 'vitest';
import { chronosAndClient } from '../../cli/chronos/support.ts';

const DAILY = { name: 'nightly', command: 'true', schedule: 'R/2026-02-02T02:00:00Z/P1D' };

test('Every answer of ours is read', async () => {
  const { client, chronos } = chronosAndClient();
  await client.store(DAILY);
  await client.store({ name: 'after', parents: ['nightly'] });
  expect((await client.jobs()).map(({ name }) => name)).toEqual(['after', 'nightly']);
  expect(await client.ownJob('nightly')).toMatchObject({ children: ['after'], state: 'idle', status: 'fresh' });
  expect(await client.start('nightly', '-x')).toMatchObject({ number: 1, state: 'queued' });
  chronos.addHistory('nightly', { result: 'missed', count: 2 });
  expect((await client.runs('nightly')).map(({ state }) => state)).toEqual(['queued', 'missed']);
  expect((await client.why('nightly'))[0]?.kind).toBe('queued');
  expect((await client.next(undefined, 2)).map(({ due }) => due.slice(0, 10))).toEqual(['2026-02-02', '2026-02-03']);
  expect((await client.setDisabled('nightly', true)).disabled).toBe(true);
  expect(await client.kill('nightly')).toBe(1);
  expect(await client.leader()).toBe('10.0.0.1:4400');
});

test('What is refused has a code', async () => {
  const { client } = chronosAndClient();
  await client.store(DAILY);
  await client.store({ name: 'after', parents: ['nightly'] });
  await expect(client.remove('nope')).rejects.toMatchObject({ code: 'unknown-job', message: "job 'nope' not found" });
  await expect(client.remove('nightly', 'refuse')).rejects.toMatchObject({ code: 'conflict' });
  await expect(client.store({ name: 'x', schedule: 'R' })).rejects.toMatchObject({ code: 'invalid' });
  await expect(client.store(DAILY, { dryRun: true })).resolves.toBeUndefined();
});

test('A Chronos of the 2.x line is asked under its prefix, and what only ours has is not there', async () => {
  const { client } = chronosAndClient((path) => path.startsWith('/scheduler/'));
  await client.store(DAILY);
  expect(await client.jobs()).toHaveLength(1);
  await expect(client.ownJobs()).rejects.toMatchObject({ code: 'no-such-path' });
});
