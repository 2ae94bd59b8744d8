import { afterEach, describe, expect, test } from 'vitest';
import { CoreRig, iso, T0 } from '../support/core-rig.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

let rig: CoreRig;
afterEach(() => expect(rig.errors).toEqual([]));

const NEVER = `R0/${iso(T0)}/PT1H`;

/** Jobs that came to be queued by this success, by name; they are run to their end quietly. */
async function succeed(job: string): Promise<string> {
  await rig.pass(1);
  const before = rig.launched.length;
  rig.runs.markSuccess(job);
  await rig.pass(1);
  return rig.launched
    .slice(before)
    .map((id) => id.split(':')[3])
    .sort()
    .join(' ');
}

/** Ends every task without a success that would go on. */
async function endAll(): Promise<void> {
  for (const run of [...rig.runs.alive()]) if (run.taskId !== undefined) await rig.tell(run.taskId, 'TASK_KILLED');
}

describe('Children', () => {
  test('of several parents fire once a set of successes is complete (chronos.md 6.9)', async () => {
    rig = await CoreRig.start();
    rig.put('A', NEVER);
    rig.put('B', ['A']);
    rig.put('C', ['A']);
    rig.put('D', ['B']);
    rig.put('E', ['B', 'C']);
    const fired: string[] = [];
    for (const name of ['A', 'B', 'C', 'A', 'C', 'B']) {
      // As a success of a run: by hand it would use up what its own parents gave.
      if (name === 'A') rig.runs.markSuccess('A');
      else {
        if (rig.states(name).length === 0) rig.runs.start(name, '');
        await rig.pass(1);
      }
      const before = rig.launched.length;
      if (name !== 'A') await rig.tell(name, 'TASK_FINISHED');
      await rig.pass(1);
      const now = name === 'A' ? rig.launched.slice(-2) : rig.launched.slice(before);
      fired.push(
        now
          .map((id) => id.split(':')[3])
          .sort()
          .join(''),
      );
      for (const run of [...rig.runs.alive()]) {
        if (['D', 'E'].includes(run.key.job) && run.taskId !== undefined) await rig.tell(run.taskId, 'TASK_KILLED');
      }
    }
    expect(fired).toEqual(['BC', 'D', 'E', 'BC', '', 'DE']);
  });

  test('of one parent fire after every success, with its time as their due time (chronos.md 6.1, 6.6, 21.4)', async () => {
    rig = await CoreRig.start();
    rig.put('A', NEVER);
    rig.put('B', ['A']);
    await rig.pass(5 * SECOND);
    expect(rig.runs.markSuccess('A')).toBe(true);
    await rig.pass(1);
    expect(rig.launched).toEqual([`ct:${T0 + 5 * SECOND}:0:B:`]);
    expect(rig.job('A').successCount).toBe(1);
    expect(rig.runs.markSuccess('nobody')).toBe(false);
  });

  test('a run of the parent fires them as well as a mark', async () => {
    rig = await CoreRig.start();
    rig.put('A', `R/${iso(T0)}/PT1H`);
    rig.put('B', ['A']);
    rig.put('C', ['B']);
    await rig.pass(SECOND);
    await rig.succeed('A');
    await rig.succeed('B');
    await rig.succeed('C');
    expect(rig.launched.map((id) => id.split(':')[3])).toEqual(['A', 'B', 'C']);
  });

  test('successes outlive a failover between them (chronos.md 6.4)', async () => {
    rig = await CoreRig.start();
    rig.put('A', NEVER);
    rig.put('B', NEVER);
    rig.put('C', ['A', 'B']);
    expect(await succeed('A')).toBe('');
    await rig.restart();
    expect(await succeed('B')).toBe('C');
  });

  test('a fast parent and a slow one: one run for each complete set', async () => {
    rig = await CoreRig.start();
    rig.put('fast', NEVER);
    rig.put('slow', NEVER);
    rig.put('C', ['fast', 'slow']);
    for (let i = 0; i < 3; i += 1) expect(await succeed('fast')).toBe('');
    expect(await succeed('slow')).toBe('C');
    await endAll();
    expect(await succeed('slow')).toBe('C');
    expect(rig.job('C').successesOf).toEqual({ fast: 1 });
  });

  test('a success while the child waits in the queue is kept for a run after it', async () => {
    rig = await CoreRig.start();
    rig.put('A', NEVER);
    rig.put('B', ['A']);
    rig.offers = false;
    await succeed('A');
    await succeed('A');
    expect(rig.states('B')).toEqual(['queued']);
    rig.offers = true;
    await rig.offer();
    await rig.succeed('B');
    await rig.pass(1);
    expect(rig.launched).toHaveLength(2);
    await rig.succeed('B');
    await rig.pass(1);
    expect(rig.launched).toHaveLength(2);
  });

  test('a kill ends what waits for the one that waits, too; a task that somebody else killed lets it come', async () => {
    rig = await CoreRig.start();
    rig.put('A', NEVER);
    rig.put('B', ['A']);
    rig.offers = false;
    for (const end of [() => rig.runs.kill('B'), () => rig.runs.purge()]) {
      await succeed('A');
      await succeed('A');
      expect(end()).toBe(1);
      expect([rig.states('B'), rig.job('B').successesOf]).toEqual([[], {}]);
    }
    expect((await rig.history('B')).map((line) => line.split(' ')[0])).toEqual([
      'killed',
      'killed',
      'killed',
      'killed',
    ]);
    await succeed('A');
    await succeed('A');
    rig.offers = true;
    await rig.offer();
    await rig.tell('B', 'TASK_KILLED');
    await rig.pass(1);
    expect(rig.launched).toHaveLength(2);
  });

  test('a success while a task of the child is alive is an overlap', async () => {
    rig = await CoreRig.start();
    rig.put('A', NEVER);
    rig.put('B', ['A']);
    await succeed('A');
    await succeed('A');
    expect(await rig.history('B')).toEqual(['skipped-overlap 0']);
    expect(rig.job('B').successesOf).toEqual({});
  });

  test('a failure fires nothing; a soft one does, but only the final one (chronos.md 6.7, 22.10)', async () => {
    rig = await CoreRig.start();
    rig.put('hard', `R/${iso(T0)}/PT1H`);
    rig.put('soft', `R/${iso(T0)}/PT1H`, { softError: true, retries: 1 });
    rig.put('H', ['hard']);
    rig.put('S', ['soft']);
    await rig.pass(SECOND);
    await rig.tell('hard', 'TASK_FAILED');
    await rig.tell('soft', 'TASK_FAILED');
    await rig.pass(MINUTE);
    expect(rig.states('S')).toEqual([]);
    await rig.tell('soft', 'TASK_FAILED');
    expect(rig.states('S')).toEqual(['launching']);
    expect(rig.states('H')).toEqual([]);
  });

  test('a disabled one counts and does not run; complete sets of that time start nothing (chronos.md 6.5)', async () => {
    rig = await CoreRig.start();
    rig.put('A', NEVER);
    rig.put('B', NEVER);
    rig.put('C', ['A', 'B']);
    rig.jobs.setDisabled('C', true);
    for (const name of ['A', 'B', 'A', 'B', 'A']) await succeed(name);
    rig.jobs.setDisabled('C', false);
    await rig.pass(MINUTE);
    expect(rig.launched).toEqual([]);
    expect(await rig.history('C')).toEqual(['discarded 0 x2']);
    expect(await succeed('B')).toBe('C');
  });

  test('a mark uses up what the parents of the marked gave (chronos.md 6.3)', async () => {
    rig = await CoreRig.start();
    rig.put('A', NEVER);
    rig.put('B', NEVER);
    rig.put('C', ['A', 'B']);
    await succeed('A');
    rig.runs.markSuccess('C');
    expect(rig.job('C').successesOf).toEqual({});
    expect(await succeed('B')).toBe('');
  });

  test.each(['constructor', '__proto__', 'toString'])('count a parent called %s as any other', async (parent) => {
    rig = await CoreRig.start();
    rig.put(parent, NEVER);
    rig.put('A', NEVER);
    rig.put('B', [parent, 'A']);
    expect(await succeed('A')).toBe('');
    await rig.restart();
    expect(await succeed(parent)).toBe('B');
    expect(rig.job('B').successesOf).toEqual({});
  });
});
