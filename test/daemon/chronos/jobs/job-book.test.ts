import { afterEach, describe, expect, test } from 'vitest';
import { CoreRig, definition, iso, T0 } from '../support/core-rig.ts';

const HOUR = 3_600_000;

let rig: CoreRig;
afterEach(() => expect(rig.errors).toEqual([]));

const HOURLY = `R/${iso(T0 + HOUR)}/PT1H`;
const names = (): string[] => [...rig.jobs.all()].map(({ definition: { name } }) => name);
const refusal = (code: string) => expect.objectContaining({ code });

describe('Jobs that are refused', () => {
  test('are refused by a look at them too, which stores nothing either way (chronos.md 8.29)', async () => {
    rig = await CoreRig.start();
    const dependent = (parents: readonly string[]) => definition('A', { when: { kind: 'dependent', parents } });
    expect(() => rig.jobs.check(dependent(['nope']))).toThrow(refusal('unknown-parent'));
    expect(() => rig.jobs.check(dependent(['A']))).toThrow(refusal('cycle'));
    expect(() => rig.jobs.check(definition('A', { command: 'x'.repeat(250_000) }))).toThrow(refusal('invalid'));
    rig.jobs.check(definition('A'));
    await rig.pass(1);
    expect([names(), rig.store.keys()]).toEqual([[], []]);
  });

  test('have parents that are not there: nothing is stored (chronos.md 6.11, 21.7)', async () => {
    rig = await CoreRig.start();
    expect(() => rig.put('C', ['nope'])).toThrow(refusal('unknown-parent'));
    await rig.pass(1);
    expect(names()).toEqual([]);
    expect(rig.store.keys()).toEqual([]);
  });

  test('would depend on themselves, with the way told (chronos.md 6.10, 6.14)', async () => {
    rig = await CoreRig.start();
    rig.put('A', HOURLY);
    rig.put('B', ['A']);
    rig.put('C', ['B']);
    expect(() => rig.put('A', ['C'])).toThrow(/A → B → C → A/);
    expect(() => rig.put('new', ['new'])).toThrow(refusal('cycle'));
    expect(rig.job('A').definition.when.kind).toBe('scheduled');
  });

  test('have no parents at all, or a schedule that cannot be read (chronos.md 6.12, 3.13)', async () => {
    rig = await CoreRig.start();
    expect(() => rig.put('A', [])).toThrow(refusal('invalid'));
    expect(() => rig.put('A', 'FOO')).toThrow(/Cannot parse schedule 'FOO'/);
    expect(() => rig.put('A', HOURLY, { zone: 'Nowhere/City' })).toThrow(refusal('invalid'));
    expect(() => rig.put('A', HOURLY, { command: 'x'.repeat(250_000) })).toThrow(refusal('invalid'));
    expect(rig.jobs.count).toBe(0);
  });
});

describe('A job that is replaced', () => {
  test('keeps its counters and, with the same schedule, its place in the series (chronos.md 3.11)', async () => {
    rig = await CoreRig.start();
    const first = rig.put('j', `R5/${iso(T0)}/PT1H`);
    await rig.pass(1);
    await rig.succeed('j');
    const again = rig.put('j', `R5/${iso(T0)}/PT1H`, { command: 'other' });
    expect(again).toMatchObject({ successCount: 1, generation: first.generation, next: { index: 1 } });
    expect(again.definition.command).toBe('other');
    await rig.pass(1);
    expect(rig.launched).toHaveLength(1);
  });

  test('goes by its new schedule at once, also an earlier one', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0 + 24 * HOUR)}/PT1H`);
    rig.put('j', `R/${iso(T0 + HOUR)}/PT1H`);
    await rig.pass(HOUR);
    expect(rig.launched).toEqual([`ct:${T0 + HOUR}:0:j:`]);
  });

  test('keeps what its parents gave only while they are the same (chronos.md 7.3)', async () => {
    rig = await CoreRig.start();
    for (const name of ['A', 'B', 'X']) rig.put(name, HOURLY);
    rig.put('C', ['A', 'B']);
    rig.runs.markSuccess('A');
    expect(rig.put('C', ['B', 'A']).successesOf).toEqual({ A: 1 });
    expect(rig.put('C', ['A', 'X']).successesOf).toEqual({});
    expect(rig.jobs.children('B')).toEqual([]);
  });

  test('may become of the other kind (chronos.md 7.1, 7.2)', async () => {
    rig = await CoreRig.start();
    rig.put('A', HOURLY);
    rig.put('B', ['A']);
    rig.put('B', HOURLY);
    expect(rig.jobs.children('A')).toEqual([]);
    rig.runs.markSuccess('A');
    await rig.pass(1);
    expect(rig.launched).toEqual([]);
    rig.put('A', ['B']);
    expect(rig.job('A').next).toBeUndefined();
    await rig.pass(HOUR);
    expect(rig.launched).toEqual([`ct:${T0 + HOUR}:0:B:`]);
  });
});

describe('A job that is deleted', () => {
  const container = {
    type: 'DOCKER',
    image: 'i',
    network: 'HOST',
    networkName: undefined,
    networkInfos: [],
    volumes: [],
    parameters: [],
    forcePullImage: false,
  } as const;

  test('scheduled: an only child takes its schedule over, and keeps all it had (chronos.md 7.7, 21.5)', async () => {
    rig = await CoreRig.start();
    rig.put('A', `R/${iso(T0)}/PT1H`, { zone: 'Europe/Berlin' });
    await rig.pass(1);
    const environmentVariables = [{ name: 'X', value: '1' }];
    const before = rig.put('B', ['A'], { container, environmentVariables, ownerName: 'o', concurrent: true });
    const { next } = rig.job('A');
    rig.jobs.remove('A', 'relink');
    expect(rig.job('B')).toEqual({
      ...before,
      next,
      definition: {
        ...before.definition,
        when: { kind: 'scheduled', text: `R/${iso(T0)}/PT1H`, zoneId: 'Europe/Berlin' },
      },
    });
    const due = next?.dueMs ?? 0;
    await rig.pass(HOUR);
    expect(rig.launched.at(-1)).toBe(`ct:${due}:0:B:`);
  });

  test('scheduled: a child with other parents only loses this one, and nothing starts by that', async () => {
    rig = await CoreRig.start();
    for (const name of ['A', 'B']) rig.put(name, HOURLY);
    rig.put('C', ['A', 'B']);
    rig.runs.markSuccess('B');
    rig.jobs.remove('A', 'relink');
    expect(rig.job('C').definition.when).toEqual({ kind: 'dependent', parents: ['B'] });
    await rig.pass(1);
    expect(rig.launched).toEqual([]);
    rig.runs.markSuccess('B');
    await rig.pass(1);
    expect(rig.launched).toHaveLength(1);
  });

  test('dependent: its children get its parents (chronos.md 7.6)', async () => {
    rig = await CoreRig.start();
    for (const name of ['A', 'B']) rig.put(name, HOURLY);
    rig.put('P', ['A', 'B']);
    rig.put('C', ['P', 'A']);
    rig.jobs.remove('P', 'relink');
    expect(rig.job('C').definition.when).toEqual({ kind: 'dependent', parents: ['A', 'B'] });
    expect(rig.jobs.children('B')).toEqual(['C']);
  });

  test('is refused for its children when that is asked for, and when it is not there', async () => {
    rig = await CoreRig.start();
    rig.put('A', HOURLY);
    rig.put('B', ['A']);
    expect(() => rig.jobs.remove('A', 'refuse')).toThrow(refusal('has-children'));
    expect(() => rig.jobs.remove('nobody', 'relink')).toThrow(refusal('unknown-job'));
    expect(names()).toEqual(['A', 'B']);
  });

  test('takes its runs and its history along; what comes of its tasks later changes nothing (chronos.md 7.8, 7.9)', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0)}/PT1H`);
    await rig.pass(1);
    await rig.succeed('j');
    await rig.pass(HOUR);
    const old = rig.taskOf('j');
    await rig.tell(old, 'TASK_RUNNING');
    rig.jobs.remove('j', 'relink');
    await rig.pass(1);
    expect(rig.calls.killed).toEqual([old]);
    expect(rig.told('j')).toEqual(['success', 'removed']);
    rig.put('j', `R/${iso(T0 + 2 * HOUR)}/PT1H`);
    expect(await rig.runs.history('j')).toEqual([]);
    await rig.tell(old, 'TASK_FAILED');
    expect(rig.job('j')).toMatchObject({ successCount: 0, errorCount: 0 });
    await rig.pass(HOUR);
    expect(rig.launched.at(-1)).toBe(`ct:${T0 + 2 * HOUR}:0:j:`);
    expect(rig.store.keys('runs/')).toHaveLength(1);
  });

  test('and made again while its task still runs: two tasks never have one id', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R1/${iso(T0)}/PT1H`);
    await rig.pass(1);
    const old = rig.taskOf('j');
    await rig.tell(old, 'TASK_RUNNING');
    rig.jobs.remove('j', 'relink');
    rig.put('j', `R1/${iso(T0)}/PT1H`);
    await rig.pass(1);
    expect(rig.launched).toEqual([old]);
    await rig.tell(old, 'TASK_KILLED');
    await rig.pass(1);
    expect(rig.launched).toEqual([old, old]);
    expect(await rig.runs.history('j')).toEqual([]);
  });
});

describe('What is stored', () => {
  test('comes back as it was', async () => {
    rig = await CoreRig.start();
    rig.put('A', `R/${iso(T0)}/PT1H`, { retries: 3 });
    rig.put('B', ['A'], { notify: { on: ['late'], channels: undefined }, epsilonMs: 5, epsilon: 'PT0.005S' });
    rig.runs.markSuccess('A');
    await rig.pass(1);
    const before = [...rig.jobs.all()];
    await rig.restart();
    expect([...rig.jobs.all()]).toEqual(before);
    expect(rig.jobs.children('A')).toEqual(['B']);
  });

  test('under any name that Chronos 2 took (chronos.md 2.3)', async () => {
    rig = await CoreRig.start();
    const strange = ['..', '.', 'two words # one', 'a.b-c_d'];
    for (const name of strange) rig.put(name, `R1/${iso(T0)}/PT1H`);
    await rig.pass(1);
    await rig.restart();
    expect(names()).toEqual([...strange].sort());
    expect(rig.store.keys('jobs/')).not.toContain('jobs/..');
    expect(rig.launched).toHaveLength(4);
  });

  test('by a later version is refused by name', async () => {
    rig = await CoreRig.start();
    await rig.store.commit([{ kind: 'put', key: 'jobs/x', value: Buffer.from('{"format":2,"job":{}}') }]);
    await expect(rig.restart()).rejects.toThrow(/jobs\/x has format 2/);
    await rig.store.commit([{ kind: 'put', key: 'jobs/x', value: Buffer.from('{') }]);
    await expect(rig.restart()).rejects.toThrow(/jobs\/x is no JSON/);
  });

  test('with a cycle: its jobs are disabled and reported, the others go on (chronos.md 6.10)', async () => {
    rig = await CoreRig.start();
    rig.put('ok', HOURLY);
    rig.put('A', HOURLY);
    rig.put('B', ['A']);
    await rig.pass(1);
    const text = Buffer.from(rig.store.entries.get('jobs/A') ?? '').toString('utf8');
    const record = JSON.parse(text) as { job: { definition: { when: unknown } } };
    record.job.definition.when = { kind: 'dependent', parents: ['B'] };
    await rig.store.commit([{ kind: 'put', key: 'jobs/A', value: Buffer.from(JSON.stringify(record)) }]);
    await rig.restart();
    expect([...rig.jobs.all()].map(({ isDisabled }) => isDisabled)).toEqual([true, true, false]);
    expect(rig.errors.splice(0)).toHaveLength(2);
  });
});

test('everybody hears of changes in one order, and one who fails stops nobody', async () => {
  rig = await CoreRig.start();
  const heard: string[] = [];
  rig.jobs.onChange(({ name, job }) => {
    if (name === 'A' && job !== undefined && rig.jobs.get('B') === undefined)
      rig.jobs.put(definition('B'), { isDisabled: false });
    heard.push(`first ${name}`);
  });
  rig.jobs.onChange(({ name }) => {
    heard.push(`second ${name}`);
    throw new Error('on purpose');
  });
  rig.put('A', HOURLY);
  expect(heard).toEqual(['first A', 'second A', 'first B', 'second B']);
  expect(rig.errors.splice(0)).toHaveLength(2);
});
