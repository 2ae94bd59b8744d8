// Launches and lost tasks among the delays of master, store and network, on a whole Marathon (marathon.md 13, 16, 28).
import { describe, expect, test } from 'vitest';
import { NetError } from '../../../../src/world/net.ts';
import { settled } from '../support/virtual-clock.ts';
import { Whole } from '../support/whole.ts';
import { expectQuiet, expectRunning } from '../support/whole-expectations.ts';

describe('a launch that is on its way to the disk', () => {
  test('of an instance that is not wanted any more is taken back: no task, no record', async () => {
    const whole = await Whole.start();
    const plan = await whole.deploy({ '/a': { instances: 1 } });
    await settled();
    whole.store.hold();
    whole.master.offer();
    await whole.clock.advance(10);
    const [one] = whole.ofApp('/a');
    expect(one?.condition).toBe('Provisioned');
    whole.it.deployments.cancel(plan.id, 'by hand');
    await whole.clock.advance(10);
    if (one !== undefined) void whole.it.kills.kill([one.id], 'user', 'Decommissioned');
    expect(whole.states('/a')).toEqual(['Decommissioned Provisioned']);
    const removed = whole.deploy({ '/a': undefined });
    whole.store.release();
    await removed;
    await whole.deployed();
    expect(whole.master.launched).toEqual([]);
    expect(whole.master.of('KILL')).toEqual([]);
    expectQuiet(whole);
  });

  test('is taken back when its offer is rescinded, and another offer launches the instance', async () => {
    const whole = await Whole.start();
    await whole.deploy({ '/a': { instances: 1 } });
    await settled();
    whole.store.hold();
    const [offerId = ''] = whole.master.offer();
    await whole.clock.advance(10);
    whole.master.rescind(offerId);
    await settled();
    whole.store.release();
    await whole.deployed();
    expect(whole.master.launched).toHaveLength(1);
    expect(whole.master.launched[0]).toMatch(/\._app\.2$/);
    expectQuiet(whole);
  });

  test('that the process does not survive leaves no task, and the instance is launched by the next', async () => {
    const whole = await Whole.start();
    await whole.deploy({ '/a': { instances: 1 } });
    await settled();
    whole.store.hold();
    whole.master.offer();
    await whole.clock.advance(10);
    await whole.boot();
    expect(whole.master.launched).toEqual([]);
    await whole.deployed();
    expectRunning(whole, '/a', ['sleep 1']);
    expectQuiet(whole);
  });
});

describe('an ACCEPT', () => {
  test('that fails after its instance was given up leaves no record', async () => {
    const whole = await Whole.start();
    await whole.deploy({ '/a': { instances: 2 } });
    await settled();
    whole.master.faults.set('ACCEPT', [{ status: 400, headers: {}, body: new Uint8Array() }]);
    whole.store.hold();
    whole.master.offer();
    await whole.clock.advance(10);
    const [first] = whole.ofApp('/a');
    whole.store.release();
    await Promise.resolve();
    if (first !== undefined) void whole.it.kills.kill([first.id], 'user', 'Decommissioned');
    await whole.deployed();
    await whole.serve(5);
    expect(whole.ofApp('/a').map(({ id }) => id)).not.toContain(first?.id);
    expectRunning(whole, '/a', Array(2).fill('sleep 1'));
    expectQuiet(whole);
  });

  test('that came too late for its offer has its instances launched again', async () => {
    const whole = await Whole.start();
    await whole.deploy({ '/a': { instances: 2 } });
    await settled();
    whole.store.hold();
    const [offerId = ''] = whole.master.offer();
    await whole.clock.advance(10);
    whole.store.release();
    // The master has rescinded it, and nobody has heard of it yet.
    whole.master.rescindSilently(offerId);
    await whole.deployed();
    expectRunning(whole, '/a', Array(2).fill('sleep 1'));
    expect(whole.ofApp('/a').map(({ task }) => task?.incarnation)).toEqual([2, 2]);
    expectQuiet(whole);
  });
});

describe('an unreachable instance', () => {
  const waits = { unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 120 } };

  async function lost(app: object): Promise<{ whole: Whole; ids: string[] }> {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 2, cmd: 'one', ...app });
    const ids = [...whole.master.tasks.keys()];
    whole.master.tellAll('TASK_UNREACHABLE', ids.slice(0, 1));
    await settled();
    return { whole, ids };
  }

  test('that was replaced at once is killed when it comes back', async () => {
    const { whole, ids } = await lost({});
    await whole.serve(8);
    expect(whole.states('/a')).toEqual(['Running Running', 'Running Running']);
    expect(whole.master.tasks.size).toBe(3);
    whole.master.tellAll('TASK_RUNNING', ids.slice(0, 1));
    await whole.serve(1);
    expect([...whole.master.tasks.keys()]).not.toContain(ids[0]);
    expectRunning(whole, '/a', ['one', 'one']);
    expectQuiet(whole);
  });

  test('that is back within its window during a rolling restart is replaced like the others', async () => {
    const { whole, ids } = await lost(waits);
    await whole.deploy({ '/a': { cmd: 'two' } });
    await whole.serve(1);
    whole.master.tellAll('TASK_RUNNING', ids.slice(0, 1));
    await whole.deployed();
    await whole.serve(2);
    expectRunning(whole, '/a', ['two', 'two']);
    expectQuiet(whole);
  });

  test('of the new configuration that is lost in a rolling restart is waited for, replaced, and killed in the end', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 2, cmd: 'one', ...waits });
    whole.master.doKillsEnd = false;
    await whole.deploy({ '/a': { cmd: 'two' } });
    await whole.serve(2);
    const [first = ''] = [...whole.master.tasks].flatMap(([id, { info }]) =>
      info.command?.value === 'two' ? [id] : [],
    );
    whole.master.tellAll('TASK_UNREACHABLE', [first]);
    await whole.serve(70);
    whole.master.doKillsEnd = true;
    whole.master.endKilled();
    await whole.deployed();
    whole.master.tellAll('TASK_RUNNING', [first]);
    await whole.serve(3);
    expectRunning(whole, '/a', ['two', 'two']);
    expectQuiet(whole);
  });

  test('that is scaled away is killed when it comes back, also by the next process', async () => {
    const { whole, ids } = await lost(waits);
    await whole.deploy({ '/a': { instances: 1 } });
    await whole.deployed();
    await whole.boot();
    whole.master.tellAll('TASK_RUNNING', ids.slice(0, 1));
    await whole.serve(2);
    expectRunning(whole, '/a', ['one']);
    expectQuiet(whole);
  });
});

describe('a line to the master that breaks', () => {
  const lost = () => new NetError('broken', 'lost');

  test('while a launch is under way: a task that was launched is kept, one that was not is launched again', async () => {
    for (const isTaken of [true, false]) {
      const whole = await Whole.start();
      await whole.deploy({ '/a': { instances: 2 } });
      await settled();
      whole.master.doTasksStart = false;
      whole.master.doCallsCome = isTaken;
      whole.master.faults.set('ACCEPT', [lost()]);
      whole.master.offer();
      await whole.clock.advance(100);
      whole.master.cut();
      whole.master.doCallsCome = true;
      whole.master.doTasksStart = true;
      await whole.clock.advance(1_000);
      whole.master.tellAll('TASK_RUNNING');
      await whole.deployed();
      await whole.serve(2);
      expectRunning(whole, '/a', Array(2).fill('sleep 1'));
      const incarnations = whole.ofApp('/a').map(({ task }) => task?.incarnation);
      expect(incarnations).toEqual(isTaken ? [1, 1] : [2, 2]);
      expectQuiet(whole);
    }
  });

  test('while kills are under way: they are sent again with the next subscription', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 3 });
    whole.master.doCallsCome = false;
    await whole.deploy({ '/a': { instances: 1 } });
    await whole.clock.advance(100);
    whole.master.cut();
    whole.master.doCallsCome = true;
    await whole.clock.advance(1_000);
    expect(whole.master.tasks.size).toBe(1);
    await whole.deployed();
    expectQuiet(whole);
  });

  test('while tasks end and start: the master is asked, and what was missed is made good', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 3 });
    const [first = '', second = ''] = whole.master.tasks.keys();
    whole.master.cut();
    whole.master.tell(first, 'TASK_FAILED');
    whole.master.tell(second, 'TASK_GONE');
    await whole.serve(10);
    expectRunning(whole, '/a', Array(3).fill('sleep 1'));
    expectQuiet(whole);
  });
});
