// The pipeline of status updates: book, store, events, acknowledgement, in that order (marathon.md 16.5, 3.9, 26).
import { describe, expect, it } from 'vitest';
import { type InstanceId, taskIdOf } from '../../../../src/daemon/marathon/model/instance.ts';
import { resolvePath } from '../../../../src/daemon/marathon/model/path-id.ts';
import { makeApp, versionAfter } from './support/app.ts';
import { Rig } from './support/rig.ts';

const A = resolvePath('/a');
const STRANGER = 'a.instance-0a1b2c3d-0000-11eb-8000-000000000000._app.1';

describe('a status update', () => {
  it('is in the book at once, and told and acknowledged only when it is durable', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = rig.launch('/a');
    await rig.pass(10);
    rig.events = [];
    rig.tell(instance ?? '', 'TASK_RUNNING');
    expect(rig.instance(instance?.id as InstanceId).condition).toBe('Running');
    await rig.pass(1);
    expect([rig.told, rig.acknowledged]).toEqual([[], []]);
    await rig.pass(10);
    expect(rig.told).toEqual(['instance_changed_event Running', 'status_update_event Running']);
    expect(rig.acknowledged).toEqual([instance?.task?.id]);
    await rig.restart();
    expect(rig.instance(instance?.id as InstanceId).condition).toBe('Running');
  });

  it('that changes nothing is acknowledged all the same, and told to nobody', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    rig.events = [];
    rig.tell(instance ?? '', 'TASK_RUNNING');
    await rig.pass(10);
    expect(rig.told).toEqual([]);
    expect(rig.acknowledged).toEqual([instance?.task?.id, instance?.task?.id]);
  });

  it('with another healthy flag is told as status_update_event alone', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    rig.events = [];
    rig.tell(instance ?? '', 'TASK_RUNNING', { healthy: true });
    await rig.pass(10);
    expect(rig.told).toEqual(['status_update_event Running']);
  });

  it('of an unknown task that may run gets it killed, again and again until it has ended', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    rig.tell(STRANGER, 'TASK_RUNNING');
    await rig.pass(10);
    expect(rig.killed).toEqual([STRANGER]);
    expect(rig.acknowledged).toEqual([STRANGER]);
    await rig.pass(30_000);
    expect(rig.killed).toEqual([STRANGER, STRANGER]);
    expect(rig.told).toEqual([]);
    rig.tell(STRANGER, 'TASK_KILLED');
    await rig.pass(60_000);
    expect(rig.killed.length).toBe(2);
    expect(rig.events).toMatchObject([
      { type: 'unknown_instance_terminated_event', appId: A, condition: 'Killed', instanceId: STRANGER.slice(0, -7) },
    ]);
    expect(rig.it.kills.inFlight).toEqual({ tasks: 0, attempts: 0 });
  });

  it('of an unknown task that is unreachable is told as its end', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    rig.tell(STRANGER, 'TASK_UNREACHABLE');
    rig.tell('not-of-marathon', 'TASK_LOST');
    await rig.pass(10);
    expect(rig.killed).toEqual([]);
    expect(rig.events).toMatchObject([{ type: 'unknown_instance_terminated_event', condition: 'Unreachable' }]);
    expect(rig.acknowledged).toEqual([STRANGER, 'not-of-marathon']);
  });

  it('of an earlier incarnation gets that task killed and leaves the instance alone', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [first] = await rig.running('/a');
    rig.tell(first ?? '', 'TASK_UNKNOWN');
    const second = rig.provision(first?.id as InstanceId);
    rig.tell(second, 'TASK_RUNNING');
    rig.tell(first ?? '', 'TASK_RUNNING');
    await rig.pass(10);
    expect(rig.killed).toEqual([first?.task?.id]);
    expect(rig.instance(second.id)).toMatchObject({ condition: 'Running', task: { id: taskIdOf(second.id, 2) } });
    rig.tell(first ?? '', 'TASK_KILLED');
    await rig.pass(60_000);
    expect(rig.killed.length).toBe(1);
    expect(rig.instance(second.id).condition).toBe('Running');
  });

  it('of a task that was thought to be gone gets it killed until it ends, whatever becomes of the instance', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [first] = await rig.running('/a');
    rig.tell(first ?? '', 'TASK_GONE');
    rig.tell(first ?? '', 'TASK_RUNNING');
    rig.tell(rig.provision(first?.id as InstanceId), 'TASK_RUNNING');
    await rig.pass(30_010);
    expect(rig.killed).toEqual([first?.task?.id, first?.task?.id]);
  });

  it('is counted by state', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    rig.tell(instance ?? '', 'TASK_GONE_BY_OPERATOR');
    expect(Object.fromEntries(rig.it.counters.entries())).toEqual({
      'mesos.task-updates.task-running.counter': 1,
      'mesos.task-updates.task-gone-by-operator.counter': 1,
    });
  });

  it('made up by the master wants no acknowledgement', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = rig.launch('/a');
    rig.tell(instance ?? '', 'TASK_RUNNING', { uuid: '' });
    await rig.pass(10);
    expect(rig.acknowledged).toEqual([]);
  });
});

describe('the last failure of an app', () => {
  it.each(['TASK_FAILED', 'TASK_ERROR', 'TASK_LOST', 'TASK_DROPPED', 'TASK_GONE', 'TASK_UNKNOWN'] as const)(
    'is kept for %s, over a restart',
    async (state) => {
      const rig = await Rig.start([makeApp('/a')]);
      const [instance] = await rig.running('/a');
      rig.tell(instance ?? '', state, { message: 'boom' });
      await rig.pass(10);
      const failure = rig.it.failures.of(A);
      expect(failure).toMatchObject({
        appId: A,
        taskId: instance?.task?.id,
        state,
        message: 'boom',
        host: 'agent1',
        slaveId: 'a1',
        version: versionAfter(0),
      });
      await rig.restart();
      expect(rig.it.failures.of(A)).toEqual(failure);
    },
  );

  it.each(['TASK_FINISHED', 'TASK_KILLED', 'TASK_UNREACHABLE'] as const)('is not %s', async (state) => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    rig.tell(instance ?? '', state);
    expect(rig.it.failures.of(A)).toBeUndefined();
  });

  it('goes with the app, and does not come back after it', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [one, other] = await rig.running('/a', 2);
    rig.tell(one ?? '', 'TASK_FAILED');
    rig.apps.delete(A);
    rig.it.failures.forget(A);
    rig.tell(other ?? '', 'TASK_FAILED');
    await rig.pass(10);
    expect(rig.it.failures.of(A)).toBeUndefined();
    expect((await rig.simulation.settle(rig.it.storage.read('failures/'))).size).toBe(0);
  });

  it('of an app removed while nobody looked is dropped at the start', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    rig.tell(instance ?? '', 'TASK_FAILED', { message: 'm'.repeat(1e6) });
    await rig.pass(10);
    rig.apps.delete(A);
    await rig.restart();
    expect((await rig.simulation.settle(rig.it.storage.read('failures/'))).size).toBe(0);
  });
});
