// Kills: what is sent, how often, and when they are over (marathon.md 16.6, 3.7, 26.43).
import { describe, expect, it } from 'vitest';
import { type Instance, type InstanceId, isScheduled } from '../../../../src/daemon/marathon/model/instance.ts';
import { makeApp } from './support/app.ts';
import { Rig } from './support/rig.ts';

const STAYS = { unreachableStrategy: 'disabled' } as const;
const idsOf = (instances: readonly Instance[]): InstanceId[] => instances.map(({ id }) => id);
const tasksOf = (instances: readonly Instance[]): string[] => instances.map(({ task }) => task?.id ?? '');

/** Whether it has resolved, so far. */
function watched(promise: Promise<void>): { isDone: boolean } {
  const state = { isDone: false };
  void promise.then(() => {
    state.isDone = true;
  });
  return state;
}

describe('a kill', () => {
  it('without a goal has the same instance launched again', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    if (instance === undefined) throw new Error('not launched');
    const kill = watched(rig.it.kills.kill([instance.id], 'user'));
    await rig.pass(10);
    expect(rig.killed).toEqual(tasksOf([instance]));
    rig.tell(instance, 'TASK_KILLING');
    await rig.pass(10);
    expect(kill.isDone).toBe(false);
    rig.tell(instance, 'TASK_KILLED');
    await rig.pass(10);
    expect(kill.isDone).toBe(true);
    expect(isScheduled(rig.instance(instance.id))).toBe(true);
    expect(rig.provision(instance.id).task?.incarnation).toBe(2);
  });

  it('with the goal Decommissioned ends with the record, with Stopped it leaves it', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [gone, stopped] = await rig.running('/a', 2);
    if (!gone || !stopped) throw new Error('not launched');
    const kills = [
      watched(rig.it.kills.kill([gone.id], 'scale', 'Decommissioned')),
      watched(rig.it.kills.kill([stopped.id], 'scale', 'Stopped')),
    ];
    for (const instance of [gone, stopped]) rig.tell(instance, 'TASK_KILLED');
    await rig.pass(10);
    expect(kills).toEqual([{ isDone: true }, { isDone: true }]);
    expect(rig.it.instances.get(gone.id)).toBeUndefined();
    expect(rig.instance(stopped.id)).toMatchObject({ goal: 'Stopped', condition: 'Killed' });
  });

  it('is sent only when the goal is durable', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    void rig.it.kills.kill([instance?.id as InstanceId], 'scale', 'Decommissioned');
    await rig.pass(1);
    expect(rig.killed).toEqual([]);
    await rig.pass(10);
    expect(rig.killed.length).toBe(1);
  });

  it('of what has no task is over at once', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [waiting, told] = rig.it.instances.schedule(rig.app('/a'), 2);
    if (!waiting || !told) throw new Error('not there');
    const kill = watched(rig.it.kills.kill([waiting.id, 'none' as InstanceId], 'user'));
    await rig.it.kills.kill([told.id], 'user', 'Decommissioned');
    await rig.pass(10);
    expect(kill.isDone).toBe(true);
    expect(rig.killed).toEqual([]);
    expect(idsOf([...rig.it.instances.all()])).toEqual([waiting.id]);
  });

  it('is sent for a launch that was decided but not heard of', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = rig.launch('/a');
    void rig.it.kills.kill([instance?.id as InstanceId], 'scale', 'Decommissioned');
    await rig.pass(10);
    expect(rig.killed).toEqual([instance?.task?.id]);
    expect(rig.instance(instance?.id as InstanceId).goal).toBe('Decommissioned');
  });

  it('asked for twice is sent once, and both are told of its end', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    const ids = [instance?.id as InstanceId];
    const kills = [watched(rig.it.kills.kill(ids, 'user')), watched(rig.it.kills.kill(ids, 'scale', 'Decommissioned'))];
    await rig.pass(10);
    expect(rig.killed.length).toBe(1);
    rig.tell(instance ?? '', 'TASK_KILLED');
    await rig.pass(10);
    expect(kills).toEqual([{ isDone: true }, { isDone: true }]);
  });

  it('that is not answered is sent again every 30 seconds', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    void rig.it.kills.kill([instance?.id as InstanceId], 'user');
    await rig.pass(29_000);
    expect(rig.killed.length).toBe(1);
    await rig.pass(60_000);
    expect(rig.killed.length).toBe(3);
    expect(rig.it.kills.inFlight).toEqual({ tasks: 1, attempts: 3 });
    rig.tell(instance ?? '', 'TASK_KILLED');
    await rig.pass(60_000);
    expect(rig.killed.length).toBe(3);
    expect(rig.it.kills.inFlight).toEqual({ tasks: 0, attempts: 0 });
  });
});

describe('many kills', () => {
  it('are sent up to 100 unanswered ones at a time, the next as one ends', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const instances = await rig.running('/a', 250);
    const all = watched(rig.it.kills.kill(idsOf(instances), 'scale', 'Decommissioned'));
    await rig.pass(10);
    expect(rig.killed).toEqual(tasksOf(instances).slice(0, 100));
    for (const instance of instances.slice(0, 30)) rig.tell(instance, 'TASK_KILLED');
    await rig.pass(10);
    expect(rig.killed).toEqual(tasksOf(instances).slice(0, 130));
    for (const instance of instances.slice(30)) rig.tell(instance, 'TASK_KILLED');
    await rig.pass(10);
    expect(all.isDone).toBe(true);
    expect(rig.it.instances.size).toBe(0);
  });

  it('are not held up by those that nobody answers', async () => {
    const rig = await Rig.start([makeApp('/a')], ['--kill_chunk_size=2']);
    const instances = await rig.running('/a', 3);
    void rig.it.kills.kill(idsOf(instances), 'user');
    await rig.pass(30_020);
    expect(new Set(rig.killed).size).toBe(3);
  });
});

describe('without a master', () => {
  it('nothing is sent, and everything once it is back', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [sent, unsent] = await rig.running('/a', 2);
    if (!sent || !unsent) throw new Error('not launched');
    void rig.it.kills.kill([sent.id], 'user');
    await rig.pass(10);
    rig.disconnect();
    void rig.it.kills.kill([unsent.id], 'user');
    await rig.pass(90_000);
    expect(rig.killed).toEqual([sent.task?.id]);
    rig.connect();
    await rig.pass(10);
    expect(rig.killed).toEqual([sent.task?.id, sent.task?.id, unsent.task?.id]);
  });

  it('the end of a task is still the end of its kill', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = await rig.running('/a');
    rig.disconnect();
    const kill = watched(rig.it.kills.kill([instance?.id as InstanceId], 'user'));
    rig.tell(instance ?? '', 'TASK_FAILED');
    await rig.pass(10);
    rig.connect();
    await rig.pass(10);
    expect([kill.isDone, rig.killed]).toEqual([true, []]);
  });
});

describe('unreachable instances', () => {
  it('are expunged instead of killed', async () => {
    const rig = await Rig.start([makeApp('/a', STAYS)]);
    const instances = await rig.running('/a', 2);
    for (const instance of instances) rig.tell(instance, 'TASK_UNREACHABLE');
    await rig.it.kills.kill(idsOf(instances).slice(0, 1), 'user', 'Decommissioned');
    await rig.it.kills.kill(idsOf(instances).slice(1), 'user');
    await rig.pass(10);
    expect([rig.it.instances.size, rig.killed]).toEqual([0, []]);
  });

  it('are expunged when they turn unreachable while they are being killed', async () => {
    const rig = await Rig.start([makeApp('/a', STAYS)]);
    const instances = await rig.running('/a', 2);
    const kills = [
      watched(rig.it.kills.kill(idsOf(instances).slice(0, 1), 'user', 'Decommissioned')),
      watched(rig.it.kills.kill(idsOf(instances).slice(1), 'user')),
    ];
    await rig.pass(10);
    for (const instance of instances) rig.tell(instance, 'TASK_UNREACHABLE');
    await rig.pass(10);
    expect(kills).toEqual([{ isDone: true }, { isDone: true }]);
    expect(rig.it.instances.size).toBe(0);
    rig.tell(instances[0] ?? '', 'TASK_RUNNING');
    await rig.pass(10);
    expect(rig.killed.slice(2)).toEqual(tasksOf(instances.slice(0, 1)));
  });

  it('that are only stopped are left', async () => {
    const rig = await Rig.start([makeApp('/a', STAYS)]);
    const [instance] = await rig.running('/a');
    rig.tell(instance ?? '', 'TASK_UNREACHABLE');
    await rig.it.kills.kill([instance?.id as InstanceId], 'stop', 'Stopped');
    expect(rig.instance(instance?.id as InstanceId)).toMatchObject({ goal: 'Stopped', condition: 'Unreachable' });
  });
});

describe('at the start', () => {
  it('whatever was told to end and has a task yet is killed again', async () => {
    const rig = await Rig.start([makeApp('/a', STAYS)]);
    const [doomed, stopped, lost, running] = await rig.running('/a', 4);
    if (!doomed || !stopped || !lost || !running) throw new Error('not launched');
    rig.it.instances.setGoal(doomed.id, 'Decommissioned');
    rig.it.instances.setGoal(stopped.id, 'Stopped');
    rig.tell(lost, 'TASK_UNREACHABLE');
    rig.it.instances.setGoal(lost.id, 'Decommissioned');
    await rig.pass(10);
    await rig.restart();
    expect(rig.killed).toEqual(tasksOf([doomed, stopped]));
    expect(idsOf([...rig.it.instances.all()])).toEqual(idsOf([doomed, stopped, running]));
  });
});
