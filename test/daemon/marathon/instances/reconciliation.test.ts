// What is asked of the master, and when (marathon.md 16.8).
import { describe, expect, it } from 'vitest';
import type { InstanceId } from '../../../../src/daemon/marathon/model/instance.ts';
import { makeApp } from './support/app.ts';
import { Rig } from './support/rig.ts';

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

  it('asks at once for a launch that a process before this one decided', async () => {
    const rig = await Rig.start([makeApp('/a')]);
    const [instance] = rig.launch('/a');
    await rig.pass(10);
    await rig.restart();
    rig.connect();
    await rig.pass(1);
    expect(asked(rig)).toEqual([[instance?.task?.id], []]);
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
