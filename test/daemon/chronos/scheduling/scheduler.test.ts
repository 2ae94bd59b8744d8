import { afterEach, describe, expect, test } from 'vitest';
import { CoreRig, iso, T0 } from '../support/core-rig.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

let rig: CoreRig;
afterEach(() => expect(rig.errors).toEqual([]));

/** Due times of what was launched, from T0. */
const dues = (): number[] => rig.launched.map((id) => Number(id.split(':')[1]) - T0);

describe('Occurrences', () => {
  test('a job of one run runs at once, and is disabled when it has (chronos.md 21.1)', async () => {
    rig = await CoreRig.start();
    rig.put('once', `R1/${iso(T0)}/PT1M`);
    await rig.pass(2 * SECOND);
    expect(rig.launched).toEqual([`ct:${T0}:0:once:`]);
    await rig.succeed('once');
    expect(rig.job('once')).toMatchObject({ isDisabled: true, successCount: 1, next: undefined });
    expect(rig.notices.find(({ occasion }) => occasion === 'disabled')?.message).toContain('exhausted');
    await rig.pass(HOUR);
    expect(rig.launched).toHaveLength(1);
  });

  test('Rn has n runs in all, the first included; R0 has none (chronos.md 22.1)', async () => {
    rig = await CoreRig.start();
    rig.put('three', `R3/${iso(T0 + MINUTE)}/PT1M`);
    rig.put('none', `R0/${iso(T0 + MINUTE)}/PT1M`);
    for (let minute = 0; minute < 10; minute += 1) {
      await rig.pass(MINUTE);
      if (rig.states('three').length > 0) await rig.succeed('three');
    }
    expect(dues()).toEqual([MINUTE, 2 * MINUTE, 3 * MINUTE]);
    expect(rig.job('none').isDisabled).toBe(false);
  });

  test('a task has the planned time, not that of its launch (chronos.md 4.4.4)', async () => {
    rig = await CoreRig.start();
    rig.offers = false;
    rig.put('j', `R/${iso(T0 + MINUTE)}/P1D`);
    await rig.pass(MINUTE + 30 * SECOND);
    expect(await rig.offer()).toEqual([`ct:${T0 + MINUTE}:0:j:`]);
  });

  test('clock changes of Berlin move a run and not those after it (chronos.md 21.14)', async () => {
    rig = await CoreRig.start();
    rig.clock.aheadMs = Date.parse('2026-03-28T01:00:00Z') - T0;
    rig.put('b', 'R3/2026-03-28T02:30:00/P1D', { zone: 'Europe/Berlin' });
    for (let half = 0; half < 6; half += 1) {
      await rig.pass(DAY / 2);
      if (rig.states('b').length > 0) await rig.succeed('b');
    }
    expect(dues().map((ms) => iso(T0 + ms))).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  test('a thousand jobs due at once are queued in one commit', async () => {
    rig = await CoreRig.start();
    rig.offers = false;
    for (let i = 0; i < 1_000; i += 1) rig.put(`j${i}`, `R/${iso(T0 + MINUTE)}/PT1M`);
    await rig.pass(MINUTE - 1);
    const before = rig.store.commits;
    await rig.pass(1);
    expect(rig.queue.lengths.normal).toBe(1_000);
    expect(rig.store.commits - before).toBe(1);
  });
});

describe('Late occurrences', () => {
  test('with an epsilon: those too late are missed and used up, and history tells', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R5/${iso(T0 - 2 * DAY)}/P1D`, { epsilonMs: MINUTE });
    await rig.pass(SECOND);
    expect(dues()).toEqual([0]);
    expect(await rig.history('j')).toEqual(['missed 0 x2']);
    expect(rig.job('j').next).toMatchObject({ index: 3 });
    expect(rig.told('j')).toContain('late');
  });

  test('without one: the latest runs once and stands for the others', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R5/${iso(T0 - 2 * DAY)}/P1D`);
    await rig.pass(SECOND);
    expect(dues()).toEqual([0]);
    expect(await rig.history('j')).toEqual(['coalesced 0 x2']);
    expect(rig.job('j').next).toMatchObject({ index: 3 });
  });

  test('it may start at the end of its epsilon and not a ms later, however long it waits for offers', async () => {
    rig = await CoreRig.start();
    rig.offers = false;
    rig.put('in', `R1/${iso(T0)}/PT1M`, { epsilonMs: 10 * SECOND });
    rig.put('out', `R1/${iso(T0)}/PT1M`, { epsilonMs: 10 * SECOND - 1 });
    await rig.pass(10 * SECOND);
    expect(await rig.offer()).toEqual([`ct:${T0}:0:in:`]);
    expect(await rig.history('out')).toEqual(['missed 0']);
    expect(rig.job('out').isDisabled).toBe(true);
  });

  test('a store that stands still over the epsilon: no run, and missed (chronos.md 21.9)', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0 + MINUTE)}/PT1H`, { epsilonMs: 10 * SECOND });
    await rig.pass(MINUTE - 1);
    rig.store.stop();
    await rig.pass(30 * SECOND);
    rig.store.go();
    await rig.pass(SECOND);
    expect(rig.launched).toEqual([]);
    expect(await rig.history('j')).toEqual(['missed 0']);
    await rig.pass(HOUR);
    expect(dues()).toEqual([MINUTE + HOUR]);
  });

  test('the same without an epsilon: one run of the latest, the older ones coalesced (chronos.md 21.10)', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0 + MINUTE)}/PT1M`);
    await rig.pass(SECOND);
    // A leader that cannot write is none: the next one comes when the store does.
    rig.scheduler.stop();
    await rig.pass(5 * MINUTE);
    await rig.restart();
    await rig.pass(SECOND);
    expect(dues()).toEqual([5 * MINUTE]);
    expect(await rig.history('j')).toEqual(['coalesced 0 x4']);
  });

  test('while a run waits for offers, the next occurrence takes its place', async () => {
    rig = await CoreRig.start();
    rig.offers = false;
    rig.put('j', `R/${iso(T0 + MINUTE)}/PT1M`);
    await rig.pass(3 * MINUTE);
    expect(rig.queue.lengths).toEqual({ high: 0, normal: 1 });
    expect(await rig.offer()).toEqual([`ct:${T0 + 3 * MINUTE}:0:j:`]);
    expect(await rig.history('j')).toEqual(['coalesced 0', 'coalesced 0']);
  });
});

describe('With --finite_catchup missed occurrences do not use up the number of runs (chronos.md 4.4.3)', () => {
  test('of a job that is late, not even across a failover', async () => {
    rig = await CoreRig.start({ finiteCatchup: true });
    rig.put('j', `R3/${iso(T0 - 10 * MINUTE)}/PT1M`);
    await rig.pass(SECOND);
    expect(dues()).toEqual([0]);
    expect(await rig.history('j')).toEqual(['coalesced 0 x10']);
    await rig.succeed('j');
    await rig.restart();
    for (let minute = 0; minute < 5; minute += 1) {
      await rig.pass(MINUTE);
      if (rig.states('j').length > 0) await rig.succeed('j');
    }
    expect(dues()).toEqual([0, MINUTE, 2 * MINUTE]);
    expect(rig.job('j')).toMatchObject({ isDisabled: true, successCount: 3, next: undefined });
  });

  test('of a job that waits for offers, or was disabled', async () => {
    rig = await CoreRig.start({ finiteCatchup: true });
    rig.offers = false;
    rig.put('j', `R2/${iso(T0 + MINUTE)}/PT1M`);
    await rig.pass(5 * MINUTE);
    expect(await rig.offer()).toEqual([`ct:${T0 + 5 * MINUTE}:0:j:`]);
    await rig.succeed('j');
    expect(rig.job('j')).toMatchObject({ isDisabled: false, next: { index: 5 } });
    rig.jobs.setDisabled('j', true);
    await rig.pass(5 * MINUTE);
    rig.jobs.setDisabled('j', false);
    rig.offers = true;
    await rig.pass(MINUTE);
    await rig.succeed('j');
    expect(rig.job('j')).toMatchObject({ isDisabled: true, successCount: 2 });
  });

  test('but of a job with an epsilon, and of one of which a task was alive, they do', async () => {
    rig = await CoreRig.start({ finiteCatchup: true });
    rig.put('strict', `R3/${iso(T0 - 5 * MINUTE)}/PT1M`, { epsilonMs: SECOND });
    rig.put('slow', `R3/${iso(T0 + MINUTE)}/PT1M`);
    await rig.pass(5 * MINUTE);
    await rig.succeed('slow');
    expect([rig.job('strict').isDisabled, rig.job('slow').isDisabled]).toEqual([true, true]);
    expect(dues()).toEqual([MINUTE]);
  });

  test('and a new schedule counts from its beginning', async () => {
    rig = await CoreRig.start({ finiteCatchup: true });
    rig.put('j', `R3/${iso(T0 - 10 * MINUTE)}/PT1M`);
    await rig.pass(SECOND);
    expect(rig.job('j').uncounted).toBe(10);
    rig.put('j', `R2/${iso(T0 + HOUR)}/PT1M`);
    expect(rig.job('j').uncounted).toBeUndefined();
    expect(rig.jobs.schedule('j')?.series.limit).toBe(2);
  });
});

describe('Overlap', () => {
  test('an occurrence that is due while a task is alive is skipped, and the next one is not (chronos.md 4.1.3)', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0 + MINUTE)}/PT1M`);
    await rig.pass(MINUTE);
    await rig.tell('j', 'TASK_RUNNING');
    await rig.pass(2 * MINUTE + 1);
    await rig.tell('j', 'TASK_FINISHED');
    await rig.pass(MINUTE);
    expect(dues()).toEqual([MINUTE, 4 * MINUTE]);
    expect(await rig.history('j')).toEqual(['skipped-overlap 0 x2', 'success 0']);
  });

  test('of the last of several that are late: history does not say of those before it that one ran for them', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0 + MINUTE)}/PT1M`);
    await rig.pass(MINUTE);
    await rig.tell('j', 'TASK_RUNNING');
    rig.clock.aheadMs += 5 * MINUTE;
    await rig.pass(10 * SECOND);
    expect(dues()).toEqual([MINUTE]);
    const told = (await rig.runs.history('j')).map(({ result, count, message }) => `${count} ${result}: ${message}`);
    expect(told.reverse()).toEqual([
      '4 coalesced: a later occurrence was due by then, and stands for it',
      '1 skipped-overlap: a task of the job is alive',
    ]);
    expect(rig.notices.at(-1)).toMatchObject({ occasion: 'late', message: expect.stringContaining('stands for it') });
  });

  test('a concurrent job runs beside itself', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0 + MINUTE)}/PT1M`, { concurrent: true });
    await rig.pass(3 * MINUTE);
    expect(dues()).toEqual([MINUTE, 2 * MINUTE, 3 * MINUTE]);
    expect(rig.states('j')).toEqual(['launching', 'launching', 'launching']);
  });
});

describe('The clock', () => {
  test('a wall clock that is set forward is noticed within 10 s', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R1/${iso(T0 + DAY)}/PT1M`);
    await rig.pass(SECOND);
    rig.clock.aheadMs += DAY;
    await rig.pass(10 * SECOND);
    expect(dues()).toEqual([DAY]);
  });

  test('one that is set back runs nothing twice', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0 + HOUR)}/PT1H`);
    await rig.pass(HOUR);
    await rig.succeed('j');
    rig.clock.aheadMs -= 30 * MINUTE;
    await rig.pass(HOUR);
    expect(dues()).toEqual([HOUR]);
    await rig.pass(30 * MINUTE);
    expect(dues()).toEqual([HOUR, 2 * HOUR]);
  });

  test('idle jobs cost nothing: one timer for all of them', async () => {
    rig = await CoreRig.start();
    for (let i = 0; i < 500; i += 1) rig.put(`j${i}`, `R/${iso(T0 + HOUR + i)}/P1D`);
    await rig.pass(SECOND);
    expect(rig.clock.pending).toBe(1);
    expect(rig.scheduler.size).toBe(500);
  });
});

describe('Disabled jobs', () => {
  test('are not run by the calendar, and what was due meanwhile is not made up for', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0 + HOUR)}/PT1H`);
    await rig.pass(SECOND);
    rig.jobs.setDisabled('j', true);
    await rig.pass(3 * HOUR + MINUTE);
    rig.jobs.setDisabled('j', false);
    await rig.pass(MINUTE);
    expect(rig.launched).toEqual([]);
    expect(await rig.history('j')).toEqual(['discarded 0 x3']);
    await rig.pass(HOUR);
    expect(dues()).toEqual([4 * HOUR]);
  });

  test('lose what waits in the queue', async () => {
    rig = await CoreRig.start();
    rig.offers = false;
    rig.put('j', `R/${iso(T0)}/PT1H`);
    await rig.pass(SECOND);
    rig.jobs.setDisabled('j', true);
    expect(await rig.offer()).toEqual([]);
    expect(await rig.history('j')).toEqual(['discarded 0']);
  });
});
