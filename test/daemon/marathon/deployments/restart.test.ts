import { describe, expect, it } from 'vitest';
import { settled } from '../support/virtual-clock.ts';
import { HEALTH_CHECK, READINESS_CHECK, strategy } from './support/checks.ts';
import { type Change, Field } from './support/field.ts';

/** An app with so many running instances, and a new configuration under way; killed tasks linger. */
async function restarting(app: Change, change: Change = {}) {
  const field = await Field.start();
  const old = await field.running('/a', app);
  field.doKillsEnd = false;
  field.resets.length = 0;
  const plan = field.deploy({ '/a': { cmd: 'new', ...change } });
  await settled();
  const isDone = () => field.it.engine.get(plan.id) === undefined;
  const kept = () => old.filter(({ id }) => field.it.instances.get(id)?.goal === 'Running').length;
  return { field, plan, old, isDone, kept };
}

describe('RestartApplication', () => {
  // marathon.md 12.5, the courses of the table: how many old are kept and how many new are there, at the beginning, when
  // the killed ones are gone, when the first new one is healthy, and when that one's victim is gone.
  it.each([
    [10, 1, 1, [10, 10], [10, 10], [9, 10], [9, 10]],
    [10, 0.1, 1, [1, 10], [1, 10], [0, 10], [0, 10]],
    [10, 1, 0, [10, 1], [10, 1], [9, 1], [9, 2]],
    [4, 0.5, 0, [2, 0], [2, 2], [1, 2], [1, 3]],
    [3, 0.5, 0.5, [2, 1], [2, 2], [1, 2], [1, 3]],
    [2, 0.5, 0, [1, 0], [1, 1], [0, 1], [0, 2]],
    [1, 0.5, 0, [1, 1], [1, 1], [0, 1], [0, 1]],
    [1, 0, 0, [0, 0], [0, 1], [0, 1], [0, 1]],
  ])('%d instances, %d / %d, takes its course', async (instances, min, over, ...course) => {
    const { field, isDone, kept } = await restarting({ instances, ...strategy(min, over) });
    const seen = [[kept(), field.fresh('/a').length]];
    await field.endDying();
    seen.push([kept(), field.fresh('/a').length]);
    await field.run('/a', 1);
    seen.push([kept(), field.fresh('/a').length]);
    await field.endDying();
    seen.push([kept(), field.fresh('/a').length]);
    expect(seen).toEqual(course);
    for (let i = 0; i < 50 && !isDone(); i += 1) {
      await field.run('/a', 1);
      await field.endDying();
    }
    expect(isDone()).toBe(true);
    expect(field.ofApp('/a')).toHaveLength(instances);
    expect(field.fresh('/a')).toHaveLength(instances);
    expect(field.resets).toEqual(['/a']);
  });

  it('starts what is missing besides replacing: 10 wanted, 1 running, 0.1 / 0', async () => {
    const { field, kept } = await restarting({ instances: 1, ...strategy(0.1, 0) }, { instances: 10 });
    expect([kept(), field.fresh('/a').length]).toEqual([1, 9]);
  });

  it('kills what is beyond the new size at once', async () => {
    const { field, kept } = await restarting({ instances: 7, ...strategy(1, 0) }, { instances: 5 });
    expect([kept(), field.dying.size]).toEqual([5, 2]);
  });

  it('knows no instances of a former configuration after a change of the size only', async () => {
    const field = await Field.start();
    const old = await field.running('/a', { instances: 2 });
    const plan = field.deploy({ '/a': { instances: 3 } });
    await settled();
    expect(plan.steps.map(({ actions }) => actions[0]?.kind)).toEqual(['ScaleApplication']);
    await field.run('/a');
    expect(field.it.engine.running).toEqual([]);
    for (const { id } of old) expect(field.instance(id).goal).toBe('Running');
  });

  it('replaces an old instance only when a new one is healthy and ready', async () => {
    const checks = { healthChecks: [HEALTH_CHECK], readinessChecks: [READINESS_CHECK] };
    const { field, kept } = await restarting({ instances: 2, ...checks });
    const [one] = await field.run('/a');
    if (one === undefined) throw new Error('nothing was launched');
    expect(kept()).toBe(2);
    field.it.health.set(one.id, true);
    await settled();
    expect(kept()).toBe(2);
    field.it.readiness.ready(one.id);
    await settled();
    expect(kept()).toBe(1);
  });

  it('counts old instances by the checks that Marathon runs: unhealthy ones go first and hold up nothing', async () => {
    const field = await Field.start();
    const old = await field.running('/a', { instances: 4, healthChecks: [HEALTH_CHECK], ...strategy(0.5, 0) });
    const sick = old.slice(0, 1);
    for (const { id } of sick) field.it.health.set(id, false);
    field.deploy({ '/a': { cmd: 'new' } });
    await settled();
    // 3 are healthy, 2 have to be: one goes, and it is the one that serves nobody.
    const gone = old.filter(({ id }) => field.it.instances.get(id) === undefined);
    expect(gone.map(({ id }) => id)).toEqual(sick.map(({ id }) => id));
  });

  it.each([
    [0, 0, 4],
    [0.5, 0, 2],
    [1, 0, 1],
  ])('gets on where no old instance is healthy: %d / %d frees %d places', async (min, over, places) => {
    const field = await Field.start();
    const old = await field.running('/a', { instances: 4, healthChecks: [HEALTH_CHECK], ...strategy(min, over) });
    for (const { id } of old) field.it.health.set(id, false);
    field.deploy({ '/a': { cmd: 'new' } });
    await settled();
    expect(field.fresh('/a')).toHaveLength(places);
    expect(field.ofApp('/a')).toHaveLength(4);
  });

  it('does not take old instances for unhealthy of which checks have said nothing yet', async () => {
    const field = await Field.start();
    const old = await field.running('/a', { instances: 3, healthChecks: [HEALTH_CHECK], ...strategy(1, 0) });
    await field.restart();
    const plan = field.deploy({ '/a': { cmd: 'new' } });
    await settled();
    expect(field.ofApp('/a').map(({ goal }) => goal)).toEqual(['Running', 'Running', 'Running']);
    expect(field.it.engine.progress(plan.id)?.actions[0]?.waitsFor).toMatch(/^waits until checks tell/);
    for (const { id } of old) field.it.health.set(id, true);
    await settled();
    expect(field.fresh('/a')).toHaveLength(1);
  });

  it('does not launch an old instance again that ends on its own', async () => {
    const { field, old, kept } = await restarting({ instances: 2, ...strategy(1, 0) });
    const [first] = old;
    if (first === undefined) throw new Error('nothing runs');
    await field.tell(first, 'TASK_FAILED');
    expect(field.it.instances.get(first.id)).toBeUndefined();
    expect([kept(), field.fresh('/a').length]).toEqual([1, 2]);
  });

  it('gives up old instances that wait for an offer at once', async () => {
    const field = await Field.start();
    await field.running('/a', { instances: 1 });
    field.deploy({ '/a': { instances: 3 } });
    await settled();
    field.deploy({ '/a': { cmd: 'new' } }, { force: true });
    await settled();
    expect(
      field
        .ofApp('/a')
        .filter(({ app }) => app.cmd !== 'new')
        .map(({ condition }) => condition),
    ).toEqual(['Running']);
    expect(field.killed).toEqual([]);
  });

  it('launches in the place of an old instance that is unreachable; one that is to be waited for goes in its turn', async () => {
    for (const [unreachableStrategy, expected] of [
      [{ inactiveAfterSeconds: 60, expungeAfterSeconds: 120 }, 2],
      ['disabled', 1],
    ] as const) {
      const { field, old } = await restarting({ instances: 2, unreachableStrategy, ...strategy(1, 0) });
      const [first] = old;
      if (first === undefined) throw new Error('nothing runs');
      expect(field.fresh('/a')).toHaveLength(1);
      await field.tell(first, 'TASK_UNREACHABLE');
      expect(field.fresh('/a')).toHaveLength(expected);
      await field.run('/a');
      await field.endDying();
      expect(field.it.instances.get(first.id)).toBeUndefined();
    }
  });

  it('ends no old instance for a new one that is lost meanwhile: what serves is not less than promised', async () => {
    const { field, plan, kept, isDone } = await restarting({
      instances: 3,
      unreachableStrategy: 'disabled',
      ...strategy(1, 0),
    });
    const [one] = await field.run('/a');
    if (one === undefined) throw new Error('nothing was launched');
    await field.tell(one, 'TASK_UNREACHABLE');
    const running = () => field.fresh('/a').filter(({ condition }) => condition === 'Running').length;
    for (let i = 0; i < 5; i += 1) {
      await field.endDying();
      await field.run('/a');
      expect(kept() + running()).toBeGreaterThanOrEqual(3);
    }
    expect([kept(), field.fresh('/a').length, isDone()]).toEqual([1, 3, false]);
    expect(field.it.engine.progress(plan.id)?.actions[0]?.waitsFor).toMatch(/1 of 3 instances is unreachable/);
    await field.tell(one, 'TASK_RUNNING');
    for (let i = 0; i < 5; i += 1) {
      await field.endDying();
      await field.run('/a');
    }
    expect(isDone()).toBe(true);
    expect(field.fresh('/a')).toHaveLength(3);
  });

  it('has a new instance that fails launched again, and does not count it meanwhile', async () => {
    const { field, kept, isDone } = await restarting({ instances: 2, ...strategy(1, 0) });
    const [one] = await field.run('/a');
    if (one === undefined) throw new Error('nothing was launched');
    expect(kept()).toBe(1);
    await field.endDying();
    await field.tell(one, 'TASK_FAILED');
    await field.run('/a');
    await field.endDying();
    expect(isDone()).toBe(true);
    expect(field.instance(one.id).task?.incarnation).toBe(2);
    expect(field.ofApp('/a')).toHaveLength(2);
  });

  it('keeps the last healthy old instance while new ones keep failing', async () => {
    const { field, kept, isDone } = await restarting({ instances: 1, healthChecks: [HEALTH_CHECK], ...strategy(1, 0) });
    for (let i = 0; i < 5; i += 1) {
      const [one] = await field.run('/a');
      if (one !== undefined) await field.tell(one, 'TASK_FAILED');
      expect([kept(), field.fresh('/a').length, isDone()]).toEqual([1, 1, false]);
    }
  });

  it('replaces new instances that are lost for good, and ends the surplus when one comes back', async () => {
    const { field, isDone } = await restarting({
      instances: 2,
      unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 1_000 },
      healthChecks: [HEALTH_CHECK],
      ...strategy(0, 0),
    });
    await field.endDying();
    const [one] = await field.run('/a');
    if (one === undefined) throw new Error('nothing was launched');
    await field.tell(one, 'TASK_UNREACHABLE');
    expect(field.instance(one.id).condition).toBe('UnreachableInactive');
    expect(field.fresh('/a')).toHaveLength(3);
    await field.tell(one, 'TASK_RUNNING');
    await field.endDying();
    expect(field.fresh('/a')).toHaveLength(2);
    for (const { id } of field.fresh('/a')) field.it.health.set(id, true);
    await field.run('/a');
    for (const { id } of field.fresh('/a')) field.it.health.set(id, true);
    await settled();
    expect(isDone()).toBe(true);
  });

  it('reports old, new and killed instances apart', async () => {
    const { field, plan } = await restarting({ instances: 2, ...strategy(0.5, 0.5) });
    await field.run('/a', 1);
    const action = field.it.engine.progress(plan.id)?.actions[0];
    expect(action?.instances.map(({ mark }) => mark).sort()).toEqual(
      ['killed', 'killed', 'running', 'waiting'].slice(0, action?.instances.length),
    );
    expect(action?.waitsFor).toMatch(/old instances? .*end/);
  });

  it('counts readiness alone as no health: such old instances serve', async () => {
    const { kept, field } = await restarting({ instances: 2, readinessChecks: [READINESS_CHECK], ...strategy(0.5, 0) });
    expect([kept(), field.dying.size]).toEqual([1, 1]);
  });
});
