// The acceptance vectors of chronos.md 21, on a whole simulated cluster. Their numbers stand before the names; 12 is in crowded.test.ts.
import { expect, test } from 'vitest';
import { Scene } from './support/scene.ts';

const MINUTE = 60_000;
const states = (runs: readonly { readonly state: string }[]): string => runs.map(({ state }) => state).join();

test('1: a job without a start and with one run runs at once, then is exhausted', async () => {
  const scene = await Scene.start();
  await scene.store({ name: 'once', command: 'true', schedule: 'R1//PT1M' });
  await scene.until(() => scene.tasks('once').length === 1, 2000);
  await scene.pass(2 * MINUTE);
  expect(scene.tasks('once')).toHaveLength(1);
  expect(await scene.job('once')).toMatchObject({
    disabled: true,
    successCount: 1,
    schedule: expect.stringMatching(/^R0\//),
  });
  expect(scene.told.map(({ message }) => message).join()).toContain('exhausted');
});

test('2, 3: a run that fails is tried as often as it says, and so is the next one', async () => {
  const scene = await Scene.start({ flags: ['--failure_retry=100'] });
  await scene.store({ name: 'bad', command: 'false', retries: 2, schedule: `R2/${scene.at(5000)}/PT1M` });
  await scene.until(() => scene.tasks('bad').length === 3, MINUTE);
  await scene.pass(5000);
  expect(scene.tasks('bad').map((id) => id.split(':')[2])).toEqual(['0', '1', '2']);
  expect(new Set(scene.tasks('bad').map((id) => id.split(':')[1])).size).toBe(1);
  expect(await scene.job('bad')).toMatchObject({ errorCount: 1, errorsSinceLastSuccess: 1, successCount: 0 });
  expect(scene.told).toHaveLength(1);
  await scene.pass(MINUTE);
  expect(scene.tasks('bad')).toHaveLength(6);
  expect((await scene.job('bad')).errorCount).toBe(2);
});

test('4: a job that is marked successful counts it and starts its children', async () => {
  const scene = await Scene.start();
  await scene.store({ name: 'A', command: 'true', schedule: 'R/2100-01-01T00:00:00Z/P1D' });
  await scene.store({ name: 'B', command: 'true', parents: ['A'] });
  expect((await scene.ask('PUT', '/scheduler/job/success/A')).text).toBe('marked job A as successful: true');
  await scene.until(() => scene.tasks('B').length === 1, 10_000);
  expect((await scene.job('A')).successCount).toBe(1);
  expect(scene.tasks('A')).toEqual([]);
});

test('5: the child of a scheduled job that is deleted gets its schedule and keeps all else', async () => {
  const scene = await Scene.start();
  const container = { type: 'DOCKER', image: 'busybox' };
  await scene.store({
    name: 'A',
    command: 'true',
    schedule: 'R/2100-01-01T00:00:00Z/P1D',
    scheduleTimeZone: 'Europe/Berlin',
  });
  await scene.store({ name: 'B', parents: ['A'], container, environmentVariables: [{ name: 'X', value: '1' }] });
  expect((await scene.ask('DELETE', '/v1/scheduler/job/A')).status).toBe(204);
  const child = await scene.job('B');
  expect(child).not.toHaveProperty('parents');
  expect(child).toMatchObject({
    container,
    environmentVariables: [{ name: 'X', value: '1' }],
    scheduleTimeZone: 'Europe/Berlin',
    schedule: expect.stringContaining('/P1D'),
  });
});

test('6: arguments of a run by hand end its task id and its command', async () => {
  const scene = await Scene.start();
  await scene.store({ name: 'A', command: 'echo run', schedule: 'R/2100-01-01T00:00:00Z/P1D' });
  expect((await scene.ask('PUT', '/v1/scheduler/job/A?arguments=--day%202')).status).toBe(204);
  await scene.until(() => scene.launched.length === 1, 10_000);
  expect(scene.tasks('A')[0]).toMatch(/:0:A:--day 2$/);
  expect(scene.launched[0]?.task.argv.at(-1)).toMatch(/echo run --day 2$/);
  // It took no occurrence.
  expect((await scene.job('A')).schedule).toMatch(/^R\/2100-01-01/);
});

test('7: a parent that is not there is refused, and the job is not listed', async () => {
  const scene = await Scene.start();
  const { status, json } = await scene.ask('POST', '/scheduler/dependency', { name: 'x', parents: ['nope'] });
  expect([status, json.message]).toEqual([400, expect.stringContaining("'nope'")]);
  expect((await scene.ask('GET', '/scheduler/jobs')).json).toEqual([]);
});

test.each([1, 30, 300, 900])(
  '8, 13: a leader that dies %d ms after a run became due is followed by one that runs it once',
  async (afterMs) => {
    const scene = await Scene.start({ candidates: 2 });
    await scene.store({ name: 'A', command: 'sleep 1', schedule: `R1/${scene.at(5000)}/PT1H` });
    const { leader } = scene;
    const other = scene.all.find((one) => one !== leader);
    const lists = [];
    for (const one of [leader, other]) lists.push(await scene.ask('GET', '/scheduler/jobs', undefined, one));
    expect(lists[1]?.json).toEqual(lists[0]?.json);
    const dueMs = Date.parse((await scene.job('A')).originalSchedule.split('/')[1]);
    await scene.until(() => scene.nowMs >= dueMs + afterMs, MINUTE);
    leader?.process.crash();
    const diedMs = scene.nowMs;
    await scene.until(() => scene.leader !== undefined && scene.leader !== leader, MINUTE);
    expect(scene.nowMs - diedMs).toBeLessThan(10_000);
    await scene.pass(MINUTE);
    expect(scene.tasks('A')).toEqual([`ct:${dueMs}:0:A:`]);
    expect((await scene.job('A')).successCount).toBe(1);
  },
);

test('9: a run whose time and epsilon pass while the store is away is missed', async () => {
  const scene = await Scene.start({ candidates: 2 });
  await scene.store({ name: 'A', command: 'true', epsilon: 'PT10S', schedule: `R1/${scene.at(20_000)}/PT1H` });
  await withoutStore(scene);
  expect(scene.tasks('A')).toEqual([]);
  expect(states(await scene.runs('A'))).toBe('missed');
});

test('10: without an epsilon the latest one runs for those before it', async () => {
  const scene = await Scene.start({ candidates: 2 });
  await scene.store({ name: 'A', command: 'true', schedule: `R3/${scene.at(15_000)}/PT10S` });
  await withoutStore(scene);
  const [run, older] = await scene.runs('A');
  expect([run?.state, older?.state, older?.count]).toEqual(['success', 'coalesced', 2]);
  expect(Date.parse(run.due) - Date.parse(older.due)).toBe(20_000);
  expect(scene.tasks('A')).toHaveLength(1);
});

/** From 10 s on, until all candidates have their state again. */
async function withoutStore(scene: Scene): Promise<void> {
  await scene.pass(10_000);
  for (const { name } of scene.all) scene.ensemble.cutOff(name, 45_000);
  await scene.pass(40_000);
  expect(scene.launched).toEqual([]);
  await scene.until(() => scene.leader !== undefined, MINUTE);
  await scene.pass(20_000);
}

test('11: UNLIKE does not match agents without the attribute, and the summary says that it has no place', async () => {
  const scene = await Scene.start();
  await scene.store({ name: 'A', command: 'true', constraints: [['rack', 'UNLIKE', 'r1']], schedule: 'R1//PT1M' });
  await scene.pass(MINUTE);
  expect(scene.launched).toEqual([]);
  const [summary] = (await scene.ask('GET', '/scheduler/jobs/summary')).json.jobs;
  expect(summary).toMatchObject({ name: 'A', state: 'queued', unplaceable: expect.stringContaining('rack') });
});

test('14, 15: days across a change of clocks and ends of months come as the calendar has them', async () => {
  const scene = await Scene.start();
  const next = async (job: object): Promise<string[]> => {
    await scene.store({ name: 'A', command: 'true', ...job });
    const { runs } = (await scene.ask('GET', '/mctl/v1/jobs/A/next?n=4')).json;
    return runs.map(({ due }: { due: string }) => due);
  };
  expect(await next({ schedule: 'R3/2099-03-28T02:30:00/P1D', scheduleTimeZone: 'Europe/Berlin' })).toEqual([
    '2099-03-28T01:30:00.000Z',
    '2099-03-29T01:30:00.000Z',
    '2099-03-30T00:30:00.000Z',
  ]);
  expect((await next({ schedule: 'R/2099-01-31T00:00:00Z/P1M' })).slice(0, 3)).toEqual([
    '2099-01-31T00:00:00.000Z',
    '2099-02-28T00:00:00.000Z',
    '2099-03-31T00:00:00.000Z',
  ]);
});
