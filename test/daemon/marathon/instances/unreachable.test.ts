// Unreachable instances, at their exact times (marathon.md 16.4).
import { describe, expect, it } from 'vitest';
import type { UnreachableStrategy } from '../../../../src/daemon/marathon/model/app.ts';
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

  it('does not wait for longer when the wall clock is set back', async () => {
    const { rig, condition } = await lost(WAITS);
    await rig.pass(10_000);
    rig.simulation.host('m').skewClock(-100_000);
    await rig.pass(49_900);
    expect(condition()).toBe('Unreachable');
    await rig.pass(200);
    expect(condition()).toBe('UnreachableInactive');
    await rig.pass(120_100);
    expect(condition()).toBeUndefined();
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
