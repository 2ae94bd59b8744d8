import { describe, expect, it } from 'vitest';
import { SINGLE_INSTANCE_LABEL } from '../../../../src/daemon/marathon/model/app.ts';
import { putApp, removeApp } from '../../../../src/daemon/marathon/model/root-group.ts';
import { settled } from '../support/virtual-clock.ts';
import { Field } from './support/field.ts';

describe('a scale check', () => {
  it('replaces an instance whose record goes, at once', async () => {
    const field = await Field.start();
    const [one] = await field.running('/a', {
      instances: 2,
      unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    });
    if (one === undefined) throw new Error('nothing runs');
    await field.tell(one, 'TASK_UNREACHABLE');
    expect(field.it.instances.get(one.id)).toBeUndefined();
    expect(field.scheduled('/a')).toHaveLength(1);
  });

  it('leaves a failed instance alone: it is launched again in place', async () => {
    const field = await Field.start();
    const [one] = await field.running('/a', { instances: 2 });
    if (one === undefined) throw new Error('nothing runs');
    await field.tell(one, 'TASK_FAILED');
    await field.clock.advance(400_000);
    expect(field.ofApp('/a')).toHaveLength(2);
  });

  it('adds one for an instance that turns inactive, and ends the surplus when it comes back', async () => {
    const field = await Field.start();
    const unreachableStrategy = { inactiveAfterSeconds: 0, expungeAfterSeconds: 600 };
    const [one] = await field.running('/a', { instances: 2, unreachableStrategy });
    if (one === undefined) throw new Error('nothing runs');
    await field.tell(one, 'TASK_UNREACHABLE');
    expect(field.ofApp('/a')).toHaveLength(3);
    await field.run('/a');
    await field.tell(one, 'TASK_RUNNING');
    expect(field.ofApp('/a')).toHaveLength(2);
    expect(field.conditions('/a')).toEqual(['Running', 'Running']);
  });

  it('looks at an app once however much happens to it within a turn', async () => {
    const field = await Field.start();
    const all = await field.running('/a', { instances: 50 });
    const { instances } = field.it;
    const counts: number[] = [];
    const schedule = instances.schedule.bind(instances);
    instances.schedule = (app, count) => {
      counts.push(count);
      return schedule(app, count);
    };
    for (const { id } of all.slice(0, 20)) instances.expunge(id);
    await settled();
    expect(counts).toEqual([20]);
  });

  it('leaves apps alone that a deployment holds, and looks at them when it has ended', async () => {
    const field = await Field.start();
    const [one] = await field.running('/a', { instances: 2 });
    if (one === undefined) throw new Error('nothing runs');
    const plan = field.deploy({ '/a': { instances: 3 } });
    await settled();
    field.it.instances.expunge(one.id);
    field.it.checker.check(one.app.id);
    await settled();
    expect(field.ofApp('/a')).toHaveLength(2);
    field.it.engine.cancel(plan.id, 'enough');
    await settled();
    expect(field.ofApp('/a')).toHaveLength(3);
  });

  it('finds everything after 15 s, and then every 5 minutes, 200 apps a turn', async () => {
    const field = await Field.start();
    // A root that lost its way to the instances: as after a restart at a bad moment.
    const { root } = field;
    await field.running('/gone', { instances: 2 });
    await field.running('/kept', { instances: 1 });
    let changed = removeApp(field.root, field.app('/gone').id);
    const kept = field.app('/kept');
    for (let i = 0; i < 450; i += 1) changed = putApp(changed, { ...kept, id: `/kept${i}` as typeof kept.id });
    field.root = { ...root, ...changed };
    await field.clock.advance(14_999);
    expect(field.ofApp('/gone')).toHaveLength(2);
    expect(field.ofApp('/kept0')).toEqual([]);
    await field.clock.advance(1);
    expect(field.ofApp('/kept0')).toHaveLength(1);
    expect(field.ofApp('/kept449')).toHaveLength(1);
    expect(field.ofApp('/gone')).toEqual([]);
    const removed = field.ofApp('/kept449')[0];
    if (removed === undefined) throw new Error('nothing was scheduled');
    field.root = { ...field.root, ...removeApp(field.root, removed.app.id) };
    await field.clock.advance(299_999);
    expect(field.ofApp('/kept449')).toHaveLength(1);
    await field.clock.advance(1);
    expect(field.ofApp('/kept449')).toEqual([]);
  });

  it('adds no second instance of an app that may have one only while the first one ends', async () => {
    const field = await Field.start();
    const [one] = await field.running('/a', { instances: 1, labels: { [SINGLE_INSTANCE_LABEL]: 'true' } });
    if (one === undefined) throw new Error('nothing runs');
    field.doKillsEnd = false;
    void field.it.kills.kill([one.id], 'user', 'Decommissioned');
    await settled();
    expect(field.ofApp('/a')).toHaveLength(1);
    await field.endDying();
    expect(field.scheduled('/a')).toHaveLength(1);
    expect(field.scheduled('/a')[0]?.id).not.toBe(one.id);
  });

  it('goes on with the others when one app cannot be checked, and does nothing after stop', async () => {
    const field = await Field.start();
    const all = [...(await field.running('/a', { instances: 1 })), ...(await field.running('/b', { instances: 1 }))];
    const { instances } = field.it;
    const schedule = instances.schedule.bind(instances);
    instances.schedule = (app, count) => {
      if (app.id === '/a') throw new Error('not this one');
      return schedule(app, count);
    };
    for (const { id } of all) instances.expunge(id);
    await settled();
    expect(field.scheduled('/b')).toHaveLength(1);
    expect(field.errors.join()).toMatch(/size of an app could not be checked.*not this one/);
    field.it.checker.stop();
    for (const { id } of field.ofApp('/b')) instances.expunge(id);
    await field.clock.advance(1_000_000);
    expect(field.ofApp('/b')).toEqual([]);
  });
});
