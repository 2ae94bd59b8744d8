// What storing a list of jobs would change (chronos.md 18.2).
import { expect, test } from 'vitest';
import { FakeChronos } from './support/fake-core.ts';

const A = { name: 'a', schedule: 'R5/2026-02-02T00:00:00Z/P1D', uris: ['http://x/y'] };

test('A plan puts parents first, compares what was meant, and stores nothing', async () => {
  const chronos = new FakeChronos();
  await chronos.store(A);
  await chronos.store({ name: 'now', schedule: 'R//PT1H' });
  await chronos.store({ name: 'left', schedule: 'R/2026-02-02T00:00:00Z/P1D' });
  chronos.change('a', { successCount: 3, next: { index: 3, dueMs: Date.UTC(2026, 1, 5) } });
  const list = [
    { name: 'c', parents: ['b', 'a'] },
    { name: 'b', parents: ['a'] },
    { ...A, cpus: '0', retries: 2, successCount: 0 },
    { name: 'now', schedule: 'R//PT1H', command: 'x', disabled: true },
  ];
  const { json } = await chronos.ask('POST', '/mctl/v1/plan', { jobs: list });
  const steps = json.steps.map(({ name, change, fields }: Record<string, string>) => `${name} ${change} ${fields}`);
  expect(steps).toEqual(['a none ', 'b create ', 'c create ', 'now update command,disabled']);
  expect(json.others).toEqual(['left']);
  expect(chronos.jobs.size).toBe(3);
  // What it says to post is taken, and changes what it said.
  const now = json.steps[3].job;
  await chronos.store(now);
  const again = await chronos.ask('POST', '/mctl/v1/plan', { jobs: [now] });
  expect(again.json.steps[0]).toMatchObject({ change: 'none', fields: [] });
});

test('A job that was disabled by the end of its schedule is as its file says; one that a person disabled is not', async () => {
  const chronos = new FakeChronos();
  const jobs = ['done', 'off'].map((name) => ({ name, schedule: 'R2/2026-02-02T00:00:00Z/P1D' }));
  for (const job of jobs) await chronos.store(job);
  chronos.change('done', { next: undefined, isDisabled: true });
  chronos.change('off', { isDisabled: true });
  const changes = async (list: readonly object[]) => {
    const { json } = await chronos.ask('POST', '/mctl/v1/plan', { jobs: list });
    return json.steps.map(({ name, fields }: Record<string, string>) => `${name} ${fields}`);
  };
  expect(await changes(jobs)).toEqual(['done ', 'off disabled']);
  // Another schedule lets it run again.
  expect(await changes([{ name: 'done', schedule: 'R3/2026-02-02T00:00:00Z/P1D' }])).toEqual([
    'done disabled,schedule',
  ]);
});

test('A plan is refused for everything that is wrong with any of its jobs', async () => {
  const chronos = new FakeChronos();
  const many = { name: 'w', schedule: 'R1//P', retries: -1, cpus: 'lots' };
  const bad = [{ name: 'x', schedule: 'FOO' }, { schedule: 'R1//P' }, { name: 'y', parents: ['y'] }, many];
  const { status, json } = await chronos.ask('POST', '/mctl/v1/plan', { jobs: bad });
  expect(status).toBe(400);
  expect(json.message).toContain("x: Cannot parse schedule 'FOO'");
  expect(json.message).toContain('job 2: name: ');
  expect(json.message).toContain('w: retries: must not be negative; w: cpus: a number is expected');
  const cycle = [A, { name: 'y', parents: ['z', 'nope'] }, { name: 'z', parents: ['y'] }];
  const refused = await chronos.ask('POST', '/mctl/v1/plan', { jobs: cycle });
  expect(refused.json.message).toContain("y: parents: there is no 'nope'");
  expect(refused.json.message).toContain('y → z → y');
});
