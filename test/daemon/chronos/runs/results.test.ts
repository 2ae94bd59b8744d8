import { afterEach, describe, expect, test } from 'vitest';
import { CoreRig, iso, T0 } from '../support/core-rig.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

let rig: CoreRig;
afterEach(() => expect(rig.errors).toEqual([]));

const ONCE = `R1/${iso(T0)}/PT1M`;
const HOURLY = `R/${iso(T0)}/PT1H`;

/** Fails what runs, `times` times, each a retry delay after the other. */
async function fail(job: string, times: number, delayMs: number): Promise<void> {
  for (let attempt = 0; attempt < times; attempt += 1) {
    await rig.tell(job, 'TASK_FAILED', { message: 'exit 1' });
    await rig.pass(delayMs);
  }
}

describe('Failures', () => {
  test('two retries are three executions, one error and one notice (chronos.md 21.2, 22.5)', async () => {
    rig = await CoreRig.start({ failureRetryMs: 100 });
    rig.put('bad', ONCE, { retries: 2 });
    await rig.pass(SECOND);
    await fail('bad', 3, 100);
    expect(rig.launched).toEqual([0, 1, 2].map((attempt) => `ct:${T0}:${attempt}:bad:`));
    expect(rig.job('bad')).toMatchObject({ errorCount: 1, errorsSinceLastSuccess: 1, successCount: 0 });
    expect(rig.told('bad')).toEqual(['failure', 'disabled']);
    expect(rig.notices[0]).toMatchObject({ taskId: `ct:${T0}:2:bad:`, message: 'TASK_FAILED: exit 1' });
    expect(await rig.history('bad')).toEqual(['failure 0', 'failure 1', 'failure 2']);
  });

  test('the next occurrence of a job that failed has its retries again (chronos.md 21.3, 22.6)', async () => {
    rig = await CoreRig.start({ failureRetryMs: 100 });
    rig.put('bad', HOURLY, { retries: 2 });
    await rig.pass(SECOND);
    await fail('bad', 3, 100);
    await rig.pass(HOUR);
    await fail('bad', 3, 100);
    expect(rig.launched).toHaveLength(6);
    expect(rig.launched.at(-1)).toBe(`ct:${T0 + HOUR}:2:bad:`);
    expect(rig.job('bad').errorCount).toBe(2);
  });

  test('a retry waits for its time, also over a failover; its delay may grow (chronos.md 5.10)', async () => {
    rig = await CoreRig.start();
    rig.put('bad', HOURLY, { retries: 2, retryDelayMs: 10 * SECOND, retryFactor: 3 });
    await rig.pass(SECOND);
    await rig.tell('bad', 'TASK_FAILED');
    await rig.pass(10 * SECOND - 1);
    expect(rig.launched).toHaveLength(1);
    await rig.pass(1);
    expect(rig.launched).toHaveLength(2);
    await rig.tell('bad', 'TASK_FAILED');
    await rig.pass(5 * SECOND);
    await rig.restart();
    await rig.pass(25 * SECOND - 1);
    expect(rig.launched).toHaveLength(2);
    await rig.pass(1);
    expect(rig.launched).toHaveLength(3);
  });

  test('epsilon bounds the start of the first attempt, not retries (chronos.md 5.14)', async () => {
    rig = await CoreRig.start();
    rig.put('bad', HOURLY, { retries: 1, epsilonMs: 10 * SECOND });
    await rig.pass(SECOND);
    await fail('bad', 1, MINUTE);
    expect(rig.launched).toHaveLength(2);
  });

  test('a retry does not run beside the next occurrence, but after it', async () => {
    rig = await CoreRig.start();
    rig.put('bad', `R/${iso(T0)}/PT1M`, { retries: 1 });
    await rig.pass(SECOND);
    await rig.tell('bad', 'TASK_FAILED');
    await rig.pass(MINUTE);
    expect(rig.launched.at(-1)).toBe(`ct:${T0 + MINUTE}:0:bad:`);
    expect(rig.states('bad')).toEqual(['delayed', 'launching']);
    await rig.tell('bad', 'TASK_FINISHED');
    expect(rig.launched.at(-1)).toBe(`ct:${T0}:1:bad:`);
    expect(rig.states('bad')).toEqual(['launching']);
  });

  test('retries use up no recurrences (chronos.md 5.15)', async () => {
    rig = await CoreRig.start({ failureRetryMs: 100 });
    rig.put('bad', `R2/${iso(T0)}/PT1H`, { retries: 2 });
    await rig.pass(SECOND);
    await fail('bad', 3, 100);
    expect(rig.job('bad').next).toMatchObject({ index: 1 });
  });

  test('so many failures in a row disable a job, which nothing but somebody enables again (chronos.md 5.11)', async () => {
    rig = await CoreRig.start({ disableAfterFailures: 2 });
    rig.put('bad', HOURLY);
    await rig.pass(SECOND);
    await fail('bad', 1, HOUR);
    expect(rig.job('bad').isDisabled).toBe(false);
    await fail('bad', 1, HOUR);
    expect(rig.job('bad').isDisabled).toBe(true);
    expect(rig.told('bad')).toEqual(['failure', 'disabled']);
  });

  test('a job disabled by hand while it runs stays so, and is not retried', async () => {
    rig = await CoreRig.start({ disableAfterFailures: 5 });
    rig.put('bad', HOURLY, { retries: 3 });
    await rig.pass(SECOND);
    rig.jobs.setDisabled('bad', true);
    await fail('bad', 1, HOUR);
    expect(rig.job('bad')).toMatchObject({ isDisabled: true, errorCount: 1 });
    expect(rig.launched).toHaveLength(1);
  });

  test('a success after failures is told as a recovery', async () => {
    rig = await CoreRig.start();
    rig.put('j', HOURLY);
    await rig.pass(SECOND);
    await fail('j', 1, HOUR);
    await rig.succeed('j');
    expect(rig.told('j')).toEqual(['failure', 'success', 'recovered']);
    expect(rig.job('j')).toMatchObject({ errorsSinceLastSuccess: 0, lastSuccessMs: T0 + HOUR + SECOND });
  });
});

describe('Updates', () => {
  test.each(['TASK_ERROR', 'TASK_LOST', 'TASK_GONE', 'TASK_GONE_BY_OPERATOR', 'TASK_DROPPED', 'TASK_UNKNOWN'] as const)(
    '%s of a running task ends it, and it is retried (chronos.md 5.7)',
    async (state) => {
      rig = await CoreRig.start();
      rig.put('j', HOURLY, { retries: 1 });
      await rig.pass(SECOND);
      await rig.tell('j', 'TASK_RUNNING');
      await rig.tell('j', state);
      expect(rig.states('j')).toEqual(['delayed']);
      await rig.pass(MINUTE);
      expect(rig.launched).toHaveLength(2);
    },
  );

  test('a killed task is neither success nor failure (chronos.md 5.6, 22.9)', async () => {
    rig = await CoreRig.start();
    rig.put('j', HOURLY, { retries: 2 });
    await rig.pass(SECOND);
    await rig.tell('j', 'TASK_KILLED');
    await rig.pass(10 * MINUTE);
    expect(rig.launched).toHaveLength(1);
    expect(rig.job('j')).toMatchObject({ errorCount: 0, successCount: 0 });
    expect(rig.notices).toEqual([]);
    expect(await rig.history('j')).toEqual(['killed 0']);
  });

  test('a repeated update counts once (chronos.md 5.16)', async () => {
    rig = await CoreRig.start();
    rig.put('j', HOURLY);
    await rig.pass(SECOND);
    const taskId = rig.taskOf('j');
    for (let i = 0; i < 3; i += 1) await rig.tell(taskId, 'TASK_FINISHED');
    await rig.tell(taskId, 'TASK_FAILED');
    expect(rig.job('j')).toMatchObject({ successCount: 1, errorCount: 0 });
  });

  test('an unreachable task counts as running until its time is up; then it is lost, and killed if it comes back', async () => {
    rig = await CoreRig.start({ unreachableTimeoutMs: 5 * MINUTE, failureRetryMs: SECOND });
    rig.put('j', HOURLY, { retries: 1 });
    await rig.pass(SECOND);
    const taskId = rig.taskOf('j');
    await rig.tell(taskId, 'TASK_RUNNING');
    await rig.tell(taskId, 'TASK_UNREACHABLE');
    await rig.pass(5 * MINUTE - 1);
    expect(rig.states('j')).toEqual(['unreachable']);
    await rig.pass(2 * SECOND);
    expect(rig.launched).toHaveLength(2);
    expect(await rig.history('j')).toEqual(['lost 0']);
    await rig.tell(taskId, 'TASK_RUNNING');
    expect(rig.calls.killed).toEqual([taskId]);
  });

  test('one that is reachable again goes on', async () => {
    rig = await CoreRig.start();
    rig.put('j', HOURLY);
    await rig.pass(SECOND);
    await rig.tell('j', 'TASK_RUNNING');
    await rig.tell('j', 'TASK_UNREACHABLE');
    await rig.pass(MINUTE);
    await rig.succeed('j');
    expect(rig.job('j').successCount).toBe(1);
    expect(rig.runs.durationsMs('j')).toEqual([MINUTE + SECOND]);
  });

  test('updates of no run change nothing; what is not of our form is left alone', async () => {
    rig = await CoreRig.start();
    rig.put('j', HOURLY);
    await rig.tell('ct:1:0:gone:', 'TASK_FINISHED');
    await rig.tell('ct:1:0:gone:', 'TASK_RUNNING');
    rig.runs.update({ task_id: { value: 'other' }, state: 'TASK_RUNNING' });
    await rig.pass(SECOND);
    expect(rig.calls.killed).toEqual(['ct:1:0:gone:']);
    expect(rig.job('j')).toMatchObject({ successCount: 0 });
  });
});

describe('Async jobs', () => {
  test('end when their end is told, whatever their process did (chronos.md 5.9)', async () => {
    rig = await CoreRig.start();
    rig.put('a', HOURLY, { async: true });
    await rig.pass(SECOND);
    const taskId = rig.taskOf('a');
    await rig.tell(taskId, 'TASK_FINISHED');
    expect(rig.states('a')).toEqual(['reported']);
    expect(rig.job('a').successCount).toBe(0);
    rig.runs.report(taskId, 0);
    expect(rig.job('a').successCount).toBe(1);
    expect(() => rig.runs.report(taskId, 0)).toThrow(/no run has the task/);
  });

  test('may be told so before their process ends', async () => {
    rig = await CoreRig.start();
    rig.put('a', HOURLY, { async: true });
    await rig.pass(SECOND);
    await rig.tell('a', 'TASK_RUNNING');
    rig.runs.report(rig.taskOf('a'), 3);
    expect(rig.states('a')).toEqual(['running']);
    await rig.tell('a', 'TASK_FINISHED');
    expect(rig.job('a')).toMatchObject({ successCount: 0, errorCount: 1 });
  });

  test('fail when nobody tells within maxCompletionTime', async () => {
    rig = await CoreRig.start();
    rig.put('a', HOURLY, { async: true, maxCompletionTimeSeconds: 30 });
    await rig.pass(SECOND);
    await rig.tell('a', 'TASK_FINISHED');
    await rig.pass(31 * SECOND);
    expect(rig.job('a').errorCount).toBe(1);
  });

  test('only they are told so', async () => {
    rig = await CoreRig.start();
    rig.put('j', HOURLY);
    await rig.pass(SECOND);
    expect(() => rig.runs.report(rig.taskOf('j'), 0)).toThrow(expect.objectContaining({ code: 'not-async' }));
  });
});

describe('Kills', () => {
  test('end what waits and kill what runs; that is no failure (chronos.md 5.18)', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0)}/PT1M`, { retries: 2, concurrent: true });
    await rig.pass(SECOND);
    await rig.tell('j', 'TASK_FAILED');
    await rig.pass(MINUTE - SECOND);
    expect(rig.states('j')).toEqual(['delayed', 'launching']);
    expect(rig.runs.kill('j')).toBe(2);
    await rig.pass(1);
    const running = `ct:${T0 + MINUTE}:0:j:`;
    expect(rig.calls.killed).toEqual([running]);
    await rig.tell(running, 'TASK_FAILED', { message: 'Command terminated with signal Terminated' });
    expect(rig.states('j')).toEqual([]);
    expect(await rig.history('j')).toEqual(['failure 0', 'killed 1', 'killed 0']);
    expect(rig.job('j').errorCount).toBe(0);
    expect(() => rig.runs.kill('nobody')).toThrow(expect.objectContaining({ code: 'unknown-job' }));
  });

  test('of a purge end what waits of any job, and leave what runs (chronos.md 8.16)', async () => {
    rig = await CoreRig.start();
    const when = 'R1/2030-01-01T00:00:00Z/PT1H';
    rig.put('both', when, { concurrent: true, retries: 1 });
    rig.put('waits', when);
    for (let started = 0; started < 2; started += 1) rig.runs.start('both', '');
    await rig.pass(1);
    const [failing = '', running = ''] = rig.launched;
    await rig.tell(failing, 'TASK_FAILED');
    rig.offers = false;
    rig.runs.start('both', 'x');
    rig.runs.start('waits', '');
    expect(rig.states('both').sort()).toEqual(['delayed', 'launching', 'queued']);
    expect(rig.runs.purge()).toBe(3);
    expect([rig.states('both'), rig.states('waits'), rig.calls.killed]).toEqual([['launching'], [], []]);
    await rig.tell(running, 'TASK_FINISHED');
    expect([rig.job('both').successCount, rig.job('both').errorCount]).toEqual([1, 0]);
    expect(await rig.history('waits')).toEqual(['killed 0']);
  });

  test('are sent until the task has ended, also by the next leader', async () => {
    rig = await CoreRig.start();
    rig.put('j', HOURLY);
    await rig.pass(SECOND);
    await rig.tell('j', 'TASK_RUNNING');
    const taskId = rig.taskOf('j');
    rig.runs.kill('j');
    await rig.pass(6 * SECOND);
    expect(rig.calls.killed).toEqual([taskId, taskId]);
    await rig.restart();
    await rig.pass(SECOND);
    expect(rig.calls.killed).toEqual([taskId]);
    await rig.tell(taskId, 'TASK_KILLED');
    await rig.pass(MINUTE);
    expect(rig.calls.killed).toEqual([taskId]);
  });
});

describe('By hand', () => {
  test('a run takes no occurrence and does not move the schedule; its arguments are in the id (chronos.md 4.4.8, 21.6)', async () => {
    rig = await CoreRig.start();
    rig.put('A', `R3/${iso(T0 + HOUR)}/PT1H`, { arguments: ['-a', '1'] });
    const { next } = rig.job('A');
    rig.runs.start('A', '--day 2');
    await rig.pass(SECOND);
    expect(rig.launched).toEqual([`ct:${T0}:0:A:--day 2`]);
    await rig.succeed('A');
    expect(rig.job('A')).toMatchObject({ next, successCount: 1, isDisabled: false });
    rig.runs.start('A', '');
    await rig.pass(SECOND);
    expect(rig.launched.at(-1)).toBe(`ct:${T0 + SECOND}:0:A:-a 1`);
  });

  test('a disabled job runs, and stays disabled (chronos.md 4.1.4)', async () => {
    rig = await CoreRig.start();
    rig.put('j', HOURLY);
    rig.jobs.setDisabled('j', true);
    rig.runs.start('j', '');
    await rig.pass(SECOND);
    expect(rig.launched).toHaveLength(1);
    await rig.succeed('j');
    expect(rig.job('j')).toMatchObject({ isDisabled: true, successCount: 1 });
  });

  test('a job that is queued is not queued again, unless arguments differ or it is concurrent (chronos.md 4.1.2)', async () => {
    rig = await CoreRig.start();
    rig.offers = false;
    rig.put('j', `R/${iso(T0 + HOUR)}/PT1H`);
    rig.put('c', `R/${iso(T0 + HOUR)}/PT1H`, { concurrent: true });
    rig.runs.start('j', 'x');
    expect(() => rig.runs.start('j', 'x')).toThrow(expect.objectContaining({ code: 'already-queued' }));
    rig.runs.start('j', 'y');
    rig.runs.start('c', '');
    rig.runs.start('c', '');
    await rig.pass(1);
    // Two of one moment have two ids; the second of the job that is not concurrent gives way when the first starts.
    expect(await rig.offer()).toEqual([`ct:${T0}:0:j:x`, `ct:${T0}:0:c:`, `ct:${T0 + 1}:0:c:`]);
    expect(await rig.history('j')).toEqual(['skipped-overlap 0']);
    expect(() => rig.runs.start('nobody', '')).toThrow(expect.objectContaining({ code: 'unknown-job' }));
  });

  test('beside a task that is alive it is skipped, and history tells (chronos.md 4.1.3)', async () => {
    rig = await CoreRig.start();
    rig.put('j', HOURLY);
    await rig.pass(SECOND);
    const run = rig.runs.start('j', '');
    expect(rig.states('j')).toEqual(['launching']);
    const [entry] = await rig.runs.history('j');
    expect(entry).toMatchObject({ result: 'skipped-overlap', number: run.key.number, cause: 'manual' });
  });

  test('elements of a data job are counted (chronos.md 10.5)', async () => {
    rig = await CoreRig.start();
    rig.put('d', HOURLY, { dataProcessingJobType: true });
    await rig.pass(SECOND);
    const taskId = rig.taskOf('d');
    rig.runs.progress(taskId, 5);
    rig.runs.progress(taskId, 2);
    expect(() => rig.runs.progress(taskId, -1)).toThrow(expect.objectContaining({ code: 'invalid' }));
    await rig.succeed('d');
    expect((await rig.runs.history('d'))[0]).toMatchObject({ elementsProcessed: 7 });
    expect(() => rig.runs.progress(taskId, 1)).toThrow(expect.objectContaining({ code: 'unknown-task' }));
  });
});
