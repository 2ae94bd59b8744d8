import { describe, expect, it } from 'vitest';
import { SINGLE_INSTANCE_LABEL } from '../../../../src/daemon/marathon/model/app.ts';
import { settled } from '../support/virtual-clock.ts';
import { HEALTH_CHECK, READINESS_CHECK } from './support/checks.ts';
import { Field } from './support/field.ts';

const isRunning = (field: Field, plan: { id: string }) => field.it.engine.get(plan.id) !== undefined;

describe('StopApplication', () => {
  it('ends all instances, resets the back-off, tells the end of the app, and is done when all tasks have ended', async () => {
    const field = await Field.start();
    await field.running('/a', { instances: 3 });
    field.doKillsEnd = false;
    const plan = field.deploy({ '/a': undefined });
    await settled();
    expect(field.ofApp('/a').map(({ goal }) => goal)).toEqual(Array(3).fill('Decommissioned'));
    expect(field.dying.size).toBe(3);
    await field.endDying(2);
    expect(isRunning(field, plan)).toBe(true);
    expect(field.told).not.toContain('app_terminated_event');
    await field.endDying();
    expect(isRunning(field, plan)).toBe(false);
    expect(field.ofApp('/a')).toEqual([]);
    expect(field.resets).toEqual(['/a']);
    expect(field.events).toContainEqual({ type: 'app_terminated_event', appId: '/a' });
  });

  it('is done at once for an app without instances, and takes instances that wait or are lost along', async () => {
    const field = await Field.start();
    field.deploy({ '/a': { instances: 0 } });
    await settled();
    field.deploy({ '/a': undefined });
    await settled();
    expect(field.it.engine.running).toEqual([]);
    field.deploy({ '/b': { instances: 2, unreachableStrategy: 'disabled' } });
    await settled();
    const [first] = await field.run('/b', 1);
    if (first !== undefined) await field.tell(first, 'TASK_UNREACHABLE');
    field.deploy({ '/b': undefined }, { force: true });
    await settled();
    expect(field.ofApp('/b')).toEqual([]);
    expect(field.it.engine.running).toEqual([]);
  });
});

describe('ScaleApplication down', () => {
  it('decommissions and kills as many as are too many, the named first, and waits for their end', async () => {
    const field = await Field.start();
    const [first] = await field.running('/a', { instances: 4 });
    if (first === undefined) throw new Error('nothing runs');
    field.doKillsEnd = false;
    const plan = field.deploy({ '/a': { instances: 2 } }, { kill: { '/a': [first.id] } });
    await settled();
    expect(field.dying).toContain(first.task?.id);
    expect(field.dying.size).toBe(2);
    expect(field.it.engine.progress(plan.id)?.actions[0]?.waitsFor).toBe('2 instances have not ended yet');
    await field.endDying(1);
    expect(isRunning(field, plan)).toBe(true);
    await field.endDying();
    expect(isRunning(field, plan)).toBe(false);
    expect(field.ofApp('/a')).toHaveLength(2);
  });

  it('takes instances that wait for an offer before any that runs', async () => {
    const field = await Field.start();
    field.deploy({ '/a': { instances: 3 } });
    await settled();
    await field.run('/a', 1);
    const plan = field.deploy({ '/a': { instances: 1 } }, { force: true });
    await settled();
    expect(isRunning(field, plan)).toBe(false);
    expect(field.conditions('/a')).toEqual(['Running']);
    expect(field.killed).toEqual([]);
  });
});

describe('ScaleApplication up', () => {
  it('waits for the instances it starts, not for those that ran before', async () => {
    const field = await Field.start();
    const [old] = await field.running('/a', { instances: 1, healthChecks: [HEALTH_CHECK] });
    if (old === undefined) throw new Error('nothing runs');
    field.it.health.set(old.id, false);
    const plan = field.deploy({ '/a': { instances: 3 } });
    await settled();
    expect(field.scheduled('/a')).toHaveLength(2);
    const [second, third] = await field.run('/a');
    expect(isRunning(field, plan)).toBe(true);
    for (const one of [second, third]) if (one !== undefined) field.it.health.set(one.id, true);
    await settled();
    expect(isRunning(field, plan)).toBe(false);
    expect(field.told).toEqual(
      expect.arrayContaining(['deployment_info', 'deployment_step_success', 'deployment_success']),
    );
  });

  it('counts an app without checks as healthy when it runs', async () => {
    const field = await Field.start();
    const plan = field.deploy({ '/a': { instances: 1, check: { ...HEALTH_CHECK, tcp: { portIndex: 0 } } } });
    await settled();
    const [one] = await field.launch('/a');
    if (one === undefined) throw new Error('nothing was launched');
    await field.tell(one, 'TASK_STARTING');
    expect(isRunning(field, plan)).toBe(true);
    await field.tell(one, 'TASK_RUNNING');
    expect(isRunning(field, plan)).toBe(false);
  });

  it('does not take health back that was lost later, but takes back an end', async () => {
    const field = await Field.start();
    const plan = field.deploy({ '/a': { instances: 2, healthChecks: [HEALTH_CHECK] } });
    await settled();
    const [a, b] = await field.run('/a');
    if (a === undefined || b === undefined) throw new Error('nothing was launched');
    field.it.health.set(a.id, true);
    field.it.health.set(a.id, false);
    await field.tell(a, 'TASK_FAILED');
    field.it.health.set(b.id, true);
    field.it.health.set(b.id, false);
    await settled();
    expect(isRunning(field, plan)).toBe(true);
    // The same instance, launched again.
    await field.run('/a');
    expect(field.ofApp('/a')).toHaveLength(2);
    expect(isRunning(field, plan)).toBe(true);
    field.it.health.set(a.id, true);
    await settled();
    expect(isRunning(field, plan)).toBe(false);
  });

  it('waits until readiness checks succeed, asking anew after an end, and stops asking when cancelled', async () => {
    const field = await Field.start();
    const plan = field.deploy({ '/a': { instances: 1, readinessChecks: [READINESS_CHECK] } });
    await settled();
    const [one] = await field.run('/a');
    if (one === undefined) throw new Error('nothing was launched');
    expect([...field.it.readiness.watched.keys()]).toEqual([one.id]);
    expect(field.it.engine.progress(plan.id)?.actions[0]?.waitsFor).toBe(
      `waits for instance ${one.id} to become ready`,
    );
    await field.tell(one, 'TASK_FAILED');
    expect(field.it.readiness.watched.size).toBe(0);
    await field.run('/a');
    field.it.readiness.ready(one.id);
    await settled();
    expect(isRunning(field, plan)).toBe(false);
    const next = field.deploy({ '/a': { instances: 2 } });
    await settled();
    await field.run('/a');
    expect(field.it.readiness.watched.size).toBe(1);
    field.it.engine.cancel(next.id, 'enough');
    expect(field.it.readiness.watched.size).toBe(0);
  });

  it('schedules again what went missing: after one second, then every five', async () => {
    const field = await Field.start();
    field.deploy({ '/a': { instances: 2 } });
    await settled();
    const expungeOne = () => field.it.instances.expunge(field.scheduled('/a')[0]?.id ?? ('' as never));
    expungeOne();
    await field.clock.advance(999);
    expect(field.scheduled('/a')).toHaveLength(1);
    await field.clock.advance(1);
    expect(field.scheduled('/a')).toHaveLength(2);
    expungeOne();
    await field.clock.advance(4_999);
    expect(field.scheduled('/a')).toHaveLength(1);
    await field.clock.advance(1);
    expect(field.scheduled('/a')).toHaveLength(2);
  });

  it('ends when the app has its size, though one it had started is gone and a lost one is back in its place', async () => {
    const field = await Field.start();
    const unreachableStrategy = { inactiveAfterSeconds: 0, expungeAfterSeconds: 1_000_000 };
    const [lost] = await field.running('/a', { instances: 2, unreachableStrategy });
    if (lost === undefined) throw new Error('nothing runs');
    await field.tell(lost, 'TASK_UNREACHABLE');
    await field.run('/a');
    const before = field.ofApp('/a').map(({ id }) => id);
    const plan = field.deploy({ '/a': { instances: 4 } });
    await settled();
    const [gone] = field.ofApp('/a').filter(({ id }) => !before.includes(id));
    if (gone === undefined) throw new Error('nothing was started');
    await field.tell(lost, 'TASK_RUNNING');
    void field.it.kills.kill([gone.id], 'user', 'Decommissioned');
    await field.run('/a');
    expect(isRunning(field, plan)).toBe(true);
    await field.clock.advance(5_000);
    expect(isRunning(field, plan)).toBe(false);
    expect(field.conditions('/a')).toEqual(Array(4).fill('Running'));
  });

  it('never times out', async () => {
    const field = await Field.start();
    const plan = field.deploy({ '/a': { instances: 1, healthChecks: [HEALTH_CHECK] } });
    await settled();
    await field.run('/a');
    await field.clock.advance((7 * 24 * 3_600_000) / 100);
    expect(isRunning(field, plan)).toBe(true);
    expect(field.it.engine.progress(plan.id)?.actions[0]?.waitsFor).toMatch(
      /^waits for instance a\..* to become healthy$/,
    );
  });

  it('starts no second instance of an app that may have one only while the first one ends', async () => {
    const field = await Field.start();
    await field.running('/a', { instances: 1, labels: { [SINGLE_INSTANCE_LABEL]: 'true' } });
    field.doKillsEnd = false;
    field.deploy({ '/a': { instances: 0 } });
    await settled();
    field.deploy({ '/a': { instances: 1 } }, { force: true });
    await field.clock.advance(6_000);
    expect(field.ofApp('/a')).toHaveLength(1);
    await field.endDying();
    await field.clock.advance(5_000);
    expect(field.scheduled('/a')).toHaveLength(1);
    await field.run('/a');
    expect(field.it.engine.running).toEqual([]);
  });

  it('tells what it waits for, in words and instance by instance', async () => {
    const field = await Field.start();
    const plan = field.deploy({ '/a': { instances: 4, healthChecks: [HEALTH_CHECK] } });
    await settled();
    const action = () => field.it.engine.progress(plan.id)?.actions[0];
    expect(action()).toMatchObject({ action: 'ScaleApplication', appId: '/a', target: 4, done: false });
    expect(action()?.waitsFor).toBe('4 instances wait for an offer');
    field.delayedUntilMs = 0;
    expect(action()?.waitsFor).toBe('4 instances wait for a launch delay, until 1970-01-01T00:00:00.000Z');
    field.delayedUntilMs = undefined;
    await field.run('/a', 2);
    const [a, , c] = field.ofApp('/a');
    if (a === undefined || c === undefined) throw new Error('nothing was launched');
    field.it.health.set(a.id, true);
    await field.launch('/a', 1);
    expect(action()?.waitsFor).toMatch(
      /^1 of 4 instances waits for an offer; 1 of 4 instances is being started; waits for instance a\.\S+ to become healthy$/,
    );
    expect(action()?.instances.map(({ mark }) => mark)).toEqual(['healthy', 'running', 'staged', 'waiting']);
    expect(action()?.instances[0]).toEqual({ id: a.id, mark: 'healthy', host: 'agent1' });
  });
});

describe('an action that fails', () => {
  it('is tried again after 5 s, then twice as long, up to a minute, reading again how far it has come', async () => {
    const field = await Field.start();
    const { instances } = field.it;
    const schedule = instances.schedule.bind(instances);
    const attempts: number[] = [];
    instances.schedule = () => {
      attempts.push(field.clock.monotonicMs());
      throw new Error('no more room');
    };
    const plan = field.deploy({ '/a': { instances: 1 } });
    await field.clock.advance(200_000);
    expect(attempts.slice(0, 7)).toEqual([0, 5_000, 15_000, 35_000, 75_000, 135_000, 195_000]);
    expect(field.it.engine.progress(plan.id)?.actions[0]?.waitsFor).toMatch(/tried again.*no more room/);
    expect(field.errors[0]).toMatch(/an action of a deployment failed/);
    instances.schedule = schedule;
    await field.clock.advance(60_000);
    await field.run('/a');
    expect(isRunning(field, plan)).toBe(false);
    expect(field.ofApp('/a')).toHaveLength(1);
  });
});
