// Unreachable instances at their exact times, launches that take too long, and reconciliation (marathon.md 16.4, 16.7, 16.8).
import { describe, expect, it } from 'vitest';
import type { UnreachableStrategy } from '../../../../src/daemon/marathon/model/app.ts';
import type { InstanceId } from '../../../../src/daemon/marathon/model/instance.ts';
import { makeApp } from './support/app.ts';
import { Rig } from './support/rig.ts';

const WAITS = { inactiveAfterSeconds: 60, expungeAfterSeconds: 120 };

async function lost(unreachableStrategy: UnreachableStrategy) {
  const rig = await Rig.start([makeApp('/a', { unreachableStrategy })]);
  const [instance] = await rig.running('/a');
  if (instance === undefined) throw new Error('not launched');
  rig.tell(instance, 'TASK_UNREACHABLE', { source: 'SOURCE_MASTER', uuid: '' });
  return { rig, instance, condition: () => rig.it.instances.get(instance.id)?.condition };
}

describe('an unreachable instance', () => {
  it('is inactive after inactiveAfterSeconds and gone after expungeAfterSeconds, to the second', async () => {
    const { rig, condition } = await lost(WAITS);
    await rig.pass(59_900);
    expect(condition()).toBe('Unreachable');
    await rig.pass(200);
    expect(condition()).toBe('UnreachableInactive');
    await rig.pass(59_700);
    expect(condition()).toBe('UnreachableInactive');
    await rig.pass(400);
    expect(condition()).toBeUndefined();
  });

  it('counts until it is inactive, and not after', async () => {
    const { rig, instance } = await lost(WAITS);
    expect(rig.it.instances.countsOf(instance.app.id)).toMatchObject({ counted: 1, unreachable: 1 });
    await rig.pass(61_000);
    expect(rig.it.instances.countsOf(instance.app.id)).toMatchObject({ counted: 0, unreachableInactive: 1 });
  });

  it('whose agent is back after 30 s of {60, 120} runs on with the same task', async () => {
    const { rig, instance, condition } = await lost(WAITS);
    await rig.pass(30_000);
    rig.tell(instance, 'TASK_RUNNING', { source: 'SOURCE_MASTER', uuid: '', reason: 'REASON_AGENT_REREGISTERED' });
    await rig.pass(600_000);
    expect(condition()).toBe('Running');
    expect(rig.instance(instance.id).task?.id).toBe(instance.task?.id);
    expect(rig.killed).toEqual([]);
  });

  it('with {0, 0} is gone at once, and its task is killed when it comes back', async () => {
    const { rig, instance, condition } = await lost({ inactiveAfterSeconds: 0, expungeAfterSeconds: 0 });
    expect(condition()).toBeUndefined();
    rig.tell(instance, 'TASK_RUNNING', { source: 'SOURCE_MASTER', uuid: '' });
    await rig.pass(10);
    expect(rig.killed).toEqual([instance.task?.id]);
    expect(rig.told.slice(-2)).toEqual(['instance_changed_event Unreachable', 'status_update_event Unreachable']);
  });

  it('with equal times is gone at that time without having been inactive', async () => {
    const { rig, instance, condition } = await lost({ inactiveAfterSeconds: 10, expungeAfterSeconds: 10 });
    const seen: unknown[] = [];
    rig.it.instances.onChange(({ after }) => seen.push(after?.condition));
    await rig.pass(9_900);
    expect(condition()).toBe('Unreachable');
    await rig.pass(200);
    expect(seen).toEqual([undefined]);
    rig.tell(instance, 'TASK_RUNNING');
    await rig.pass(10);
    expect(rig.killed).toEqual([instance.task?.id]);
  });

  it('with `disabled` waits for ever', async () => {
    const { rig, condition } = await lost('disabled');
    await rig.pass(10 * 24 * 3_600_000);
    expect(condition()).toBe('Unreachable');
  });

  it('keeps its times over a restart', async () => {
    const { rig, condition } = await lost(WAITS);
    await rig.pass(40_000);
    await rig.restart();
    await rig.pass(19_000);
    expect(condition()).toBe('Unreachable');
    await rig.pass(1_500);
    expect(condition()).toBe('UnreachableInactive');
    await rig.restart();
    await rig.pass(61_000);
    expect(condition()).toBeUndefined();
  });
});

describe('a launch', () => {
  it('that nobody confirms is killed after five minutes, and not before', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = rig.launch('/a');
    await rig.pass(299_900);
    expect(rig.killed).toEqual([]);
    await rig.pass(200);
    expect(rig.killed).toEqual([instance?.task?.id]);
    expect(rig.it.overdue.count).toBe(1);
    rig.tell(instance ?? '', 'TASK_GONE');
    expect(rig.it.overdue.count).toBe(0);
    expect(rig.provision(instance?.id as InstanceId)).toMatchObject({ goal: 'Running', task: { incarnation: 2 } });
  });

  it('that stays in staging has its own limit, counted from the launch', async () => {
    const rig = await Rig.start([makeApp('/a')], ['--task_launch_timeout=100000']);
    const [staging, starting, running] = rig.launch('/a', 3);
    await rig.pass(50_000);
    rig.tell(staging ?? '', 'TASK_STAGING');
    rig.tell(starting ?? '', 'TASK_STARTING');
    rig.tell(running ?? '', 'TASK_RUNNING');
    await rig.pass(49_900);
    expect(rig.killed).toEqual([]);
    await rig.pass(200);
    expect(rig.killed).toEqual([staging?.task?.id, starting?.task?.id]);
  });

  it('that was overdue already gets half a minute after a restart', async () => {
    const rig = await Rig.start([makeApp('/a')], ['--task_launch_confirm_timeout=1000']);
    rig.launch('/a');
    await rig.pass(500);
    await rig.restart();
    await rig.pass(29_900);
    expect(rig.killed).toEqual([]);
    await rig.pass(200);
    expect(rig.killed.length).toBe(1);
  });
});

describe('reconciliation', () => {
  const asked = (rig: Rig) =>
    rig.calls.sent.flatMap(({ reconcile }) =>
      reconcile ? [reconcile.tasks?.map(({ task_id }) => task_id.value)] : [],
    );

  it('asks for each task that may live, then for all, after 15 seconds and every 10 minutes', async () => {
    const rig = await Rig.start([makeApp('/a', { unreachableStrategy: 'disabled' })]);
    const [running, unreachable, failed] = await rig.running('/a', 3);
    rig.tell(unreachable ?? '', 'TASK_UNREACHABLE');
    rig.tell(failed ?? '', 'TASK_FAILED');
    rig.it.instances.schedule(rig.app('/a'), 1);
    const round = [[running?.task?.id, unreachable?.task?.id], []];
    await rig.pass(14_000);
    expect(asked(rig)).toEqual([]);
    await rig.pass(1_500);
    expect(asked(rig)).toEqual(round);
    await rig.pass(600_000);
    expect(asked(rig)).toEqual([...round, ...round]);
  });

  it('asks in pieces, names agents, and asks right after a subscription', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    await rig.running('/a', 1_500);
    rig.disconnect();
    rig.connect();
    await rig.pass(10);
    expect(asked(rig).map((tasks) => tasks?.length)).toEqual([1_000, 500, 0]);
    expect(rig.calls.sent.find(({ reconcile }) => reconcile)?.reconcile?.tasks?.[0]?.agent_id?.value).toBe('a1');
  });

  it('asks for a launch that may still be on its way only a little later', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = rig.launch('/a');
    rig.connect();
    await rig.pass(9_000);
    expect(asked(rig)).toEqual([[]]);
    await rig.pass(1_500);
    expect(asked(rig)).toEqual([[], [instance?.task?.id]]);
  });

  it('ends instances of apps that are gone, unless a deployment holds them', async () => {
    const rig = await Rig.start([makeApp('/a'), makeApp('/b')]);
    const [orphan] = await rig.running('/a');
    const [held] = await rig.running('/b');
    rig.apps.clear();
    rig.locked.add(held?.app.id as never);
    await rig.pass(15_100);
    expect(rig.killed).toEqual([orphan?.task?.id]);
    expect(rig.instance(held?.id as InstanceId).goal).toBe('Running');
  });
});
