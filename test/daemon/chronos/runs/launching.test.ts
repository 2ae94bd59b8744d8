import { afterEach, describe, expect, test } from 'vitest';
import { taskIdOf } from '../../../../src/daemon/chronos/runs/task-id.ts';
import { settled } from '../../marathon/support/virtual-clock.ts';
import { CoreRig, iso, T0 } from '../support/core-rig.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const ONCE = `R1/${iso(T0)}/PT1M`;
const AGENT = { id: 'a1', host: 'agent1' };

let rig: CoreRig;
afterEach(() => expect(rig.errors).toEqual([]));

/** Begins to launch the first that waits. */
function launch(): Promise<boolean> {
  const [run] = rig.queue.waiting();
  if (run === undefined) throw new Error('nothing waits');
  return rig.runs.launching(run, taskIdOf(run, rig.job(run.key.job).definition), AGENT);
}

async function withQueued(more: Parameters<CoreRig['put']>[2] = {}): Promise<void> {
  rig = await CoreRig.start();
  rig.offers = false;
  rig.put('j', ONCE, more);
  await rig.pass(1);
}

describe('A launch', () => {
  test('is durable before its offer is used (chronos.md 4.4.5)', async () => {
    await withQueued();
    rig.store.stop();
    let isDurable = false;
    const launching = launch().then((may) => {
      isDurable = may;
    });
    expect(rig.states('j')).toEqual(['launching']);
    await settled();
    expect(isDurable).toBe(false);
    rig.store.go();
    await launching;
    expect(isDurable).toBe(true);
    const record = JSON.parse(
      Buffer.from(rig.store.entries.get(rig.store.keys('runs/')[0] ?? '') ?? '').toString('utf8'),
    );
    expect(record.run).toMatchObject({ state: 'launching', taskId: `ct:${T0}:0:j:`, agentId: 'a1' });
  });

  test('is given up when the run was killed, or its job deleted, while it was written', async () => {
    await withQueued();
    rig.store.stop();
    const first = launch();
    rig.runs.kill('j');
    rig.store.go();
    expect(await first).toBe(false);
    expect(await rig.history('j')).toEqual(['killed 0']);
    rig.runs.start('j', '');
    await rig.pass(1);
    rig.store.stop();
    const second = launch();
    rig.jobs.remove('j', 'relink');
    rig.store.go();
    expect(await second).toBe(false);
    await settled();
    expect(rig.store.keys()).toEqual([]);
  });

  test('that writing made too late is missed', async () => {
    await withQueued({ epsilonMs: 5 * SECOND });
    rig.store.stop();
    const launching = launch();
    await rig.pass(6 * SECOND);
    rig.store.go();
    expect(await launching).toBe(false);
    expect(await rig.history('j')).toEqual(['missed 0']);
  });

  test('that is long in writing is neither silent nor lost: nobody could know it', async () => {
    await withQueued();
    rig.store.stop();
    const launching = launch();
    await rig.pass(30 * SECOND);
    expect(rig.runs.silentLaunches()).toEqual([]);
    await rig.tell('j', 'TASK_LOST', { reason: 'REASON_RECONCILIATION' });
    expect(rig.states('j')).toEqual(['launching']);
    rig.store.go();
    expect(await launching).toBe(true);
  });

  test('that was taken back and made anew while the first was written is one launch', async () => {
    await withQueued();
    rig.store.stop();
    const first = launch();
    rig.runs.notLaunched(rig.taskOf('j'));
    const second = launch();
    rig.store.go();
    expect(await Promise.all([first, second])).toEqual([false, true]);
  });

  test('that was not sent waits for another offer', async () => {
    await withQueued();
    await launch();
    rig.runs.notLaunched(rig.taskOf('j'));
    expect(rig.states('j')).toEqual(['queued']);
    expect(await rig.offer()).toEqual([`ct:${T0}:0:j:`]);
  });

  test('is for a run that waits, and once', async () => {
    await withQueued();
    const [run] = rig.queue.waiting();
    if (run === undefined) throw new Error('nothing waits');
    expect(await Promise.all([launch(), rig.runs.launching(run, 'ct:1:0:j:', AGENT)])).toEqual([true, false]);
  });

  test('that the master refuses for its offer uses up no attempt', async () => {
    await withQueued();
    await launch();
    await rig.tell('j', 'TASK_LOST', { reason: 'REASON_INVALID_OFFERS' });
    expect(rig.states('j')).toEqual(['queued']);
    expect(await rig.history('j')).toEqual(['lost 0']);
    expect(rig.job('j').errorCount).toBe(0);
    for (let i = 0; i < 12; i += 1) {
      await rig.offer();
      if (rig.states('j').length > 0) await rig.tell('j', 'TASK_LOST', { reason: 'REASON_INVALID_OFFERS' });
    }
    // Not for ever.
    expect(rig.states('j')).toEqual([]);
    expect(rig.job('j').errorCount).toBe(1);
  });

  test('that may still be on its way is not unknown because the master says so', async () => {
    await withQueued();
    await launch();
    const taskId = rig.taskOf('j');
    expect(rig.runs.tasks()).toEqual([]);
    expect(rig.runs.tasks('with-fresh')).toEqual([{ taskId, agentId: 'a1' }]);
    await rig.tell(taskId, 'TASK_LOST', { reason: 'REASON_RECONCILIATION' });
    expect(rig.states('j')).toEqual(['launching']);
    expect(rig.runs.silentLaunches()).toEqual([]);
    await rig.pass(10 * SECOND);
    expect(rig.runs.silentLaunches()).toEqual([{ taskId, agentId: 'a1' }]);
    await rig.tell(taskId, 'TASK_LOST', { reason: 'REASON_RECONCILIATION' });
    expect(rig.states('j')).toEqual(['queued']);
  });
});

describe('After a failover', () => {
  test('a run that was queued is launched once, under the same id (chronos.md 21.8)', async () => {
    await withQueued();
    const [run] = rig.queue.waiting();
    await rig.restart();
    expect(rig.queue.lengths.normal).toBe(1);
    expect(await rig.offer()).toEqual([`ct:${run?.key.dueMs}:0:j:`]);
    await rig.succeed('j');
    await rig.pass(HOUR);
    expect(rig.job('j').successCount).toBe(1);
    expect(await rig.offer()).toEqual([]);
  });

  test('nothing is launched before it is known what runs (chronos.md 13.9, 22.25)', async () => {
    rig = await CoreRig.start();
    rig.put('long', `R/${iso(T0)}/PT1H`);
    rig.put('other', `R1/${iso(T0 + MINUTE)}/PT1H`);
    await rig.pass(SECOND);
    await rig.tell('long', 'TASK_RUNNING');
    const taskId = rig.taskOf('long');
    await rig.restart();
    expect(rig.runs.isReconciled).toBe(false);
    await rig.pass(MINUTE);
    expect(rig.launched).toHaveLength(1);
    expect(rig.queue.why('other')).toContain('Mesos has not said');
    expect(rig.runs.tasks()).toEqual([{ taskId, agentId: 'a1' }]);
    await rig.tell(taskId, 'TASK_RUNNING', { reason: 'REASON_RECONCILIATION' });
    await rig.pass(1);
    expect(rig.launched).toHaveLength(2);
  });

  test('what is not answered in time keeps only its own job waiting', async () => {
    rig = await CoreRig.start();
    rig.put('long', `R/${iso(T0)}/PT1H`);
    rig.put('other', `R1/${iso(T0 + MINUTE)}/PT1H`);
    await rig.pass(SECOND);
    await rig.restart();
    await rig.pass(MINUTE);
    rig.runs.reconciled();
    await rig.pass(2 * HOUR);
    expect(rig.launched.map((id) => id.split(':')[3])).toEqual(['long', 'other']);
  });

  test('an occurrence that came due meanwhile is not taken for an overlap with a task that has ended', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0)}/PT1M`);
    await rig.pass(SECOND);
    await rig.tell('j', 'TASK_RUNNING');
    const taskId = rig.taskOf('j');
    rig.scheduler.stop();
    await rig.pass(MINUTE);
    await rig.restart();
    await rig.pass(SECOND);
    await rig.tell(taskId, 'TASK_FINISHED', { reason: 'REASON_RECONCILIATION' });
    await rig.pass(1);
    expect(rig.launched.at(-1)).toBe(`ct:${T0 + MINUTE}:0:j:`);
    expect(await rig.history('j')).toEqual(['success 0']);
  });

  test('a launch that the master never heard of is made again; one that it has goes on', async () => {
    rig = await CoreRig.start();
    rig.put('heard', ONCE);
    rig.put('unheard', ONCE);
    await rig.pass(SECOND);
    await rig.restart();
    await rig.tell(`ct:${T0}:0:heard:`, 'TASK_RUNNING', { reason: 'REASON_RECONCILIATION' });
    await rig.tell(`ct:${T0}:0:unheard:`, 'TASK_LOST', { reason: 'REASON_RECONCILIATION' });
    await rig.pass(1);
    expect(rig.launched.slice(2)).toEqual([`ct:${T0}:0:unheard:`]);
    expect(await rig.history('unheard')).toEqual(['lost 0']);
  });

  test('when the master has removed the framework, all that ran is lost, and retried (chronos.md 13.11)', async () => {
    rig = await CoreRig.start();
    rig.put('j', `R/${iso(T0)}/PT1H`, { retries: 1 });
    await rig.pass(SECOND);
    await rig.tell('j', 'TASK_RUNNING');
    await rig.restart();
    rig.runs.allLost('the framework has been removed');
    expect(rig.runs.isReconciled).toBe(true);
    await rig.pass(MINUTE);
    expect(rig.launched.at(-1)).toBe(`ct:${T0}:1:j:`);
  });
});
