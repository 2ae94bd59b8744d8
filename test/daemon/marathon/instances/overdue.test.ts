// Launches that take too long (marathon.md 16.7).
import { describe, expect, it } from 'vitest';
import type { InstanceId } from '../../../../src/daemon/marathon/model/instance.ts';
import { makeApp } from './support/app.ts';
import { Rig } from './support/rig.ts';

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
