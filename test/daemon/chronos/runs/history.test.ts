import { afterEach, describe, expect, test } from 'vitest';
import { CoreRig, iso, T0 } from '../support/core-rig.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

let rig: CoreRig;
afterEach(() => expect(rig.errors).toEqual([]));

async function minutely(limit: number): Promise<void> {
  rig = await CoreRig.start({ jobHistoryLimit: limit });
  rig.put('j', `R/${iso(T0)}/PT1M`);
  await rig.pass(SECOND);
}

describe('The history of a job', () => {
  test('tells of each run where, when and how it ended, the newest first (chronos.md 10.1)', async () => {
    await minutely(5);
    await rig.tell('j', 'TASK_RUNNING');
    await rig.pass(10 * SECOND);
    rig.runs.located(rig.taskOf('j'), '/sandbox');
    await rig.tell('j', 'TASK_FINISHED', { message: 'Command\n exited with status 0' });
    await rig.pass(MINUTE);
    await rig.tell('j', 'TASK_FAILED', { reason: 'REASON_COMMAND_EXECUTOR_FAILED' });
    const [second, first] = await rig.runs.history('j');
    expect(first).toEqual({
      number: 1,
      taskId: `ct:${T0}:0:j:`,
      cause: 'schedule',
      dueMs: T0,
      lastDueMs: T0,
      count: 1,
      attempt: 0,
      queuedMs: T0,
      startedMs: T0 + SECOND,
      endedMs: T0 + 11 * SECOND,
      result: 'success',
      agentId: 'a1',
      agentHost: 'agent1',
      sandbox: '/sandbox',
      message: 'TASK_FINISHED: Command exited with status 0',
    });
    expect(second).toMatchObject({ number: 2, message: 'TASK_FAILED (REASON_COMMAND_EXECUTOR_FAILED)' });
  });

  test('keeps so many runs and four times as many failures, also over a failover', async () => {
    await minutely(2);
    for (let run = 0; run < 20; run += 1) {
      await rig.tell('j', run % 2 === 0 ? 'TASK_FINISHED' : 'TASK_FAILED');
      await rig.pass(MINUTE);
      if (run === 9) {
        await rig.restart();
        await rig.tell('j', 'TASK_RUNNING');
      }
    }
    const results = (await rig.runs.history('j')).map(({ result, number }) => `${result} ${number}`);
    expect(results.filter((text) => text.startsWith('success'))).toEqual(['success 19', 'success 17']);
    expect(results.filter((text) => text.startsWith('failure'))).toHaveLength(8);
    expect(rig.store.keys('history/')).toHaveLength(10);
  });

  test('is not flooded by what was skipped', async () => {
    await minutely(2);
    await rig.tell('j', 'TASK_FINISHED');
    await rig.pass(MINUTE);
    await rig.tell('j', 'TASK_RUNNING');
    await rig.pass(500 * MINUTE);
    expect(await rig.history('j')).toEqual(['success 0', 'skipped-overlap 0 x500']);
  });

  test('has durations of successful runs, and finds them again (chronos.md 10.6)', async () => {
    await minutely(3);
    for (const seconds of [1, 2, 3, 4]) {
      await rig.tell('j', 'TASK_RUNNING');
      await rig.pass(seconds * SECOND);
      await rig.tell('j', 'TASK_FINISHED');
      await rig.pass(MINUTE - seconds * SECOND);
    }
    // Each was told to run a second after it was due.
    expect(rig.runs.durationsMs('j')).toEqual([2000, 3000, 4000, 5000]);
    await rig.restart();
    expect(rig.runs.durationsMs('j')).toEqual([3000, 4000, 5000]);
    // Waiting for an offer is a part of it (chronos.md 5.4).
    rig.offers = false;
    await rig.pass(MINUTE);
    await rig.tell('j', 'TASK_FINISHED');
    await rig.pass(MINUTE + 7 * SECOND);
    await rig.offer();
    await rig.succeed('j');
    expect(rig.runs.durationsMs('j').at(-1)).toBe(8000);
  });
});
