// The book of instances: what it answers, what it tells, and what it still knows after a restart.
import { describe, expect, it } from 'vitest';
import type { InstanceChange } from '../../../../src/daemon/marathon/core.ts';
import { MutableCounts } from '../../../../src/daemon/marathon/instances/book/instance-counts.ts';
import { creationOrder, InstanceIds } from '../../../../src/daemon/marathon/instances/book/instance-ids.ts';
import { readInstance, writeInstance } from '../../../../src/daemon/marathon/instances/book/instance-record.ts';
import {
  type InstanceId,
  isActive,
  isScheduled,
  isUnreachable,
  parseTaskId,
  taskIdOf,
} from '../../../../src/daemon/marathon/model/instance.ts';
import { resolvePath } from '../../../../src/daemon/marathon/model/path-id.ts';
import { TaskState } from '../../../../src/mesos/generated/v1.ts';
import fc from '../../../fast-check.ts';
import { makeApp, versionAfter } from './support/app.ts';
import { Rig } from './support/rig.ts';

const A = resolvePath('/g/a');

describe('ids of instances', () => {
  it('are the safe path and a time-based uuid, from which the app can be told', async () => {
    const rig = await Rig.start([makeApp('/g/a')]);
    const [instance] = rig.launch('/g/a');
    expect(instance?.id).toMatch(/^g_a\.instance-[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parseTaskId(instance?.task?.id ?? '')).toEqual({ appId: A, instanceId: instance?.id, incarnation: 1 });
  });

  it('grow, however many are made in a millisecond and wherever the clock is set', () => {
    let nowMs = 1_600_000_000_000;
    const clock = { nowMs: () => nowMs } as never;
    const random = { bytes: (count: number) => new Uint8Array(count).fill(7) } as never;
    const ids = new InstanceIds({ clock, random });
    const made = Array.from({ length: 25_000 }, () => ids.next(A));
    nowMs -= 1_000_000;
    made.push(ids.next(A));
    const later = new InstanceIds({ clock, random });
    later.follow(made.at(-1) as InstanceId);
    made.push(later.next(A), later.next(A));
    nowMs += 10_000_000;
    made.push(later.next(A));
    const order = made.map(creationOrder);
    expect(order).toEqual([...order].sort());
    expect(new Set(made).size).toBe(made.length);
  });

  it('are the same in each run of a simulation', async () => {
    const [one, other] = [await Rig.start([makeApp('/a')]), await Rig.start([makeApp('/a')])];
    expect(one.launch('/a')[0]?.id).toBe(other.launch('/a')[0]?.id);
  });
});

describe('the book', () => {
  it('finds instances by id, by task and by app', async () => {
    const rig = await Rig.start([makeApp('/g/a'), makeApp('/b')]);
    const { instances } = rig.it;
    const [first, second] = rig.launch('/g/a', 2);
    const [other] = instances.schedule(rig.app('/b'), 1);
    expect(instances.size).toBe(3);
    expect(instances.ofApp(A)).toEqual([first, second]);
    expect(instances.ofApp(resolvePath('/none'))).toEqual([]);
    expect(instances.byTaskId(first?.task?.id ?? '')).toBe(first);
    expect(instances.byTaskId(taskIdOf(first?.id as InstanceId, 2))).toBeUndefined();
    expect(instances.byTaskId('something-else')).toBeUndefined();
    expect([...instances.all()]).toEqual([first, second, other]);
  });

  it('counts as it goes', async () => {
    const rig = await Rig.start([makeApp('/g/a', { unreachableStrategy: 'disabled' })]);
    const { instances } = rig.it;
    instances.schedule(rig.app('/g/a'), 2);
    const [failed, running, starting, lost] = rig.launch('/g/a', 5);
    if (!failed || !running || !starting || !lost) throw new Error('not launched');
    rig.tell(failed, 'TASK_FAILED');
    rig.tell(running, 'TASK_RUNNING');
    rig.tell(starting, 'TASK_STARTING');
    rig.tell(lost, 'TASK_UNREACHABLE');
    const counts = {
      total: 7,
      scheduled: 3,
      staged: 1,
      starting: 1,
      running: 1,
      killing: 0,
      unreachable: 1,
      counted: 7,
    };
    expect(instances.countsOf(A)).toMatchObject(counts);
    expect(instances.totals).toMatchObject(counts);
    instances.setGoal(running.id, 'Decommissioned');
    expect(instances.countsOf(A)).toMatchObject({ total: 7, running: 1, counted: 6 });
    for (const { id } of instances.ofApp(A)) instances.expunge(id);
    expect(instances.countsOf(A)).toMatchObject({ total: 0, running: 0, counted: 0 });
    expect(instances.totals).toMatchObject({ total: 0, scheduled: 0, staged: 0, starting: 0, unreachable: 0 });
  });

  it('counts what is there, whatever happened before', async () => {
    const rig = await Rig.start([makeApp('/g/a', { unreachableStrategy: 'disabled' }), makeApp('/b')]);
    const { instances } = rig.it;
    const step = fc.record({
      app: fc.constantFrom('/g/a', '/b'),
      at: fc.nat(20),
      what: fc.oneof(
        fc.constantFrom('schedule', 'provision', 'unprovision', 'expunge'),
        fc.constantFrom('Stopped', 'Decommissioned', 'Running'),
        fc.constantFrom(...TaskState.names),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        for (const { app, at, what } of steps) {
          const present = instances.ofApp(resolvePath(app));
          const instance = present[at % Math.max(1, present.length)];
          if (what === 'schedule' || instance === undefined) instances.schedule(rig.app(app), 1);
          else if (what === 'provision') {
            if (!isActive(instance) && !isUnreachable(instance)) rig.provision(instance.id);
          } else if (what === 'unprovision') instances.unprovision(instance.id, instance.task?.id ?? '');
          else if (what === 'expunge') instances.expunge(instance.id);
          else if (what === 'Stopped' || what === 'Decommissioned' || what === 'Running') {
            instances.setGoal(instance.id, what);
          } else if (instance.task !== undefined) rig.tell(instance, what);
        }
        const all = [...instances.all()];
        const naive = new MutableCounts();
        for (const instance of all) naive.add(instance);
        expect(instances.totals).toEqual(naive);
        expect(instances.size).toBe(all.length);
        for (const id of ['/g/a', '/b']) {
          const ofApp = all.filter(({ app }) => app.id === id);
          expect(instances.ofApp(resolvePath(id))).toEqual(ofApp);
          expect(instances.countsOf(resolvePath(id)).total).toBe(ofApp.length);
        }
      }),
      { numRuns: 30 },
    );
    await rig.pass(50);
    const before = new Set([...instances.all()]);
    await rig.restart();
    for (const instance of rig.it.instances.all()) expect(before).toContainEqual(instance);
  });

  it('relaunches an instance under its id, with the next incarnation', async () => {
    const rig = await Rig.start([makeApp('/g/a')]);
    const [instance] = await rig.running('/g/a');
    if (instance === undefined) throw new Error('not launched');
    rig.tell(instance, 'TASK_FINISHED');
    const ended = rig.instance(instance.id);
    expect(isScheduled(ended)).toBe(true);
    expect(ended.task?.incarnation).toBe(1);
    const again = rig.provision(instance.id);
    expect(again).toMatchObject({ id: instance.id, condition: 'Provisioned', task: { incarnation: 2 } });
    expect(again.activeSinceMs).toBeUndefined();
    expect(again.task?.status).toBeUndefined();
    expect(() => rig.provision(instance.id)).toThrow('has a task already');
  });

  it('keeps the ports of a task inside its container, which nobody else could tell', async () => {
    const app = makeApp('/g/a');
    const rig = await Rig.start([app]);
    const [scheduled] = rig.it.instances.schedule(app, 1);
    const id = scheduled?.id as InstanceId;
    const agent = { id: 'a', host: 'h', attributes: [] };
    const ports = { hostPorts: [], containerPorts: [40_001, 80] };
    rig.it.instances.provision(id, { agent, taskId: taskIdOf(id, 1), ...ports, app });
    await rig.pass(10);
    await rig.restart();
    expect(rig.instance(id).task).toMatchObject(ports);
  });

  it('takes a launch back that did not happen, and never gives its number out again', async () => {
    const rig = await Rig.start([makeApp('/g/a')]);
    const { instances } = rig.it;
    const [instance] = rig.launch('/g/a');
    if (instance?.task === undefined) throw new Error('not launched');
    instances.unprovision(instance.id, taskIdOf(instance.id, 9));
    expect(rig.instance(instance.id).condition).toBe('Provisioned');
    instances.unprovision(instance.id, instance.task.id);
    expect(rig.instance(instance.id)).toMatchObject({ condition: 'Scheduled', goal: 'Running' });
    expect(rig.instance(instance.id).agent).toBeUndefined();
    expect(rig.provision(instance.id).task?.incarnation).toBe(2);
    instances.setGoal(instance.id, 'Decommissioned');
    instances.unprovision(instance.id, taskIdOf(instance.id, 2));
    expect(instances.get(instance.id)).toBeUndefined();
  });

  it('decommissions for good, and at once what has no task', async () => {
    const rig = await Rig.start([makeApp('/g/a')]);
    const { instances } = rig.it;
    const [waiting] = instances.schedule(rig.app('/g/a'), 1);
    const [running] = await rig.running('/g/a');
    if (!waiting || !running) throw new Error('not launched');
    instances.setGoal(waiting.id, 'Decommissioned');
    instances.setGoal(running.id, 'Decommissioned');
    instances.setGoal(running.id, 'Running');
    expect(instances.get(waiting.id)).toBeUndefined();
    expect(rig.instance(running.id).goal).toBe('Decommissioned');
  });

  it('tells everyone of changes in the same order, also of those that readers make', async () => {
    const rig = await Rig.start([makeApp('/g/a')]);
    const { instances } = rig.it;
    const told: string[][] = [[], []];
    const note = (at: number) => (change: InstanceChange) =>
      void told[at]?.push(`${change.before?.condition}/${change.before?.goal} ${change.after?.goal}`);
    instances.onChange(note(0));
    instances.onChange(({ before, after }) => {
      if (before !== undefined || after === undefined) return;
      instances.setGoal(after.id, 'Stopped');
      expect(instances.get(after.id)?.goal).toBe('Stopped');
    });
    const off = instances.onChange(note(1));
    const [instance] = instances.schedule(rig.app('/g/a'), 1);
    expect(told[0]).toEqual(['undefined/undefined Running', 'Scheduled/Running Stopped']);
    expect(told[1]).toEqual(told[0]);
    off();
    off();
    instances.expunge(instance?.id as InstanceId);
    expect([told[0]?.length, told[1]?.length]).toEqual([3, 2]);
  });

  it('goes on when a reader fails', async () => {
    const rig = await Rig.start([makeApp('/g/a')]);
    let heard = 0;
    rig.it.instances.onChange(() => {
      throw new Error('broken');
    });
    rig.it.instances.onChange(() => {
      heard += 1;
    });
    rig.it.instances.schedule(rig.app('/g/a'), 2);
    expect(heard).toBe(2);
  });
});

describe('after a restart', () => {
  it('all instances are as they were, in order of creation, and share their definitions', async () => {
    const rig = await Rig.start([makeApp('/g/a', { unreachableStrategy: 'disabled' })]);
    const launched = await rig.running('/g/a', 30);
    const [failed, lost, ill] = launched;
    if (!failed || !lost || !ill) throw new Error('not launched');
    rig.tell(failed, 'TASK_FAILED', { message: 'oops' });
    rig.tell(lost, 'TASK_UNREACHABLE');
    rig.tell(ill, 'TASK_RUNNING', { healthy: false });
    rig.it.instances.schedule(rig.app('/g/a'), 1);
    await rig.pass(10);
    const before = [...rig.it.instances.all()];
    const counts = { ...rig.it.instances.countsOf(A) };
    await rig.restart();
    expect([...rig.it.instances.all()]).toEqual(before);
    expect(rig.it.instances.countsOf(A)).toEqual(counts);
    expect(new Set([...rig.it.instances.all()].map(({ app }) => app)).size).toBe(1);
    const [next] = rig.it.instances.schedule(rig.app('/g/a'), 1);
    expect(creationOrder(next?.id as InstanceId) > creationOrder(before.at(-1)?.id as InstanceId)).toBe(true);
  });

  it('an instance has the version it was made with, while that is kept', async () => {
    const rig = await Rig.start([makeApp('/g/a', { cpus: 2 })]);
    const old = rig.app('/g/a');
    const [instance] = await rig.running('/g/a');
    rig.kept.set(`${A}@${old.version}`, old);
    rig.apps.set(A, makeApp('/g/a', { version: versionAfter(1) }));
    await rig.restart();
    expect(rig.instance(instance?.id as InstanceId).app).toBe(old);
  });

  it('an instance of a version that is not kept counts as up to date only if its configuration is', async () => {
    const rig = await Rig.start([makeApp('/g/a'), makeApp('/b')]);
    const [scaled] = await rig.running('/g/a');
    const [changed] = await rig.running('/b');
    const [v1, v2] = [versionAfter(0), versionAfter(5)];
    const versionInfo = { lastScalingAt: v2, lastConfigChangeAt: v1 };
    rig.apps.set(A, makeApp('/g/a', { instances: 7, version: v2, versionInfo }));
    rig.apps.set(resolvePath('/b'), makeApp('/b', { version: v2 }));
    await rig.restart();
    const versions = (id: InstanceId | undefined) => {
      const { version, versionInfo } = rig.instance(id as InstanceId).app;
      return [version, versionInfo?.lastConfigChangeAt];
    };
    expect(versions(scaled?.id)).toEqual([v1, v1]);
    expect(versions(changed?.id)).toEqual([v1, v1]);
    expect(rig.app('/b').versionInfo?.lastConfigChangeAt).toBe(v2);
  });

  it('instances of apps that are gone are ended', async () => {
    const rig = await Rig.start([makeApp('/g/a')]);
    const [instance] = await rig.running('/g/a');
    rig.it.instances.schedule(rig.app('/g/a'), 1);
    rig.apps.clear();
    await rig.restart();
    expect([...rig.it.instances.all()]).toMatchObject([{ id: instance?.id, goal: 'Decommissioned' }]);
    expect(rig.killed).toEqual([instance?.task?.id]);
    rig.tell(instance ?? '', 'TASK_KILLED');
    await rig.pass(10);
    await rig.restart();
    expect(rig.it.instances.size).toBe(0);
  });

  it('a record of a newer format is refused by name, and so is a damaged one', () => {
    expect(() => readInstance('instances/x', '{"format":2}')).toThrow('The record instances/x has format 2');
    expect(() => readInstance('instances/x', '{"format":1}')).toThrow('instances/x cannot be understood');
    expect(() => readInstance('instances/x', '{')).toThrow('instances/x is no JSON');
  });

  it('a record has its app by reference only', async () => {
    const rig = await Rig.start([makeApp('/g/a', { cmd: 'x'.repeat(10_000) })]);
    const [instance] = rig.launch('/g/a');
    if (instance === undefined) throw new Error('not launched');
    expect(writeInstance(instance).length).toBeLessThan(600);
  });
});
