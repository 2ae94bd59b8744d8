import { describe, expect, it } from 'vitest';
import { resolvePath } from '../../../../src/daemon/marathon/model/path-id.ts';
import { timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import { settled } from '../support/virtual-clock.ts';
import { HEALTH_CHECK, strategy } from './support/checks.ts';
import { Field } from './support/field.ts';

const path = (id: string) => resolvePath(id);

describe('a deployment', () => {
  it('is there, locks its apps and is stored before anything is done, and gone from all three when it is over', async () => {
    const field = await Field.start();
    const { engine } = field.it;
    const plan = field.deploy({ '/a': { instances: 1 } });
    expect(engine.running.map(({ plan: { id }, currentStep, step }) => ({ id, currentStep, step }))).toEqual([
      { id: plan.id, currentStep: 0, step: undefined },
    ]);
    expect(engine.locking(path('/a'))).toEqual([plan.id]);
    expect(engine.locking(path('/b'))).toEqual([]);
    expect(field.events).toEqual([]);
    await settled();
    expect(field.store.keys('deployments/')).toEqual([`deployments/${plan.id}`]);
    expect(engine.get(plan.id)).toMatchObject({ currentStep: 2, step: plan.steps[1] });
    expect(engine.refersTo(path('/a'), plan.version)).toBe(true);
    await field.run('/a');
    expect(engine.running).toEqual([]);
    expect(engine.get(plan.id)).toBeUndefined();
    expect(engine.locking(path('/a'))).toEqual([]);
    expect(engine.refersTo(path('/a'), plan.version)).toBe(false);
    expect(field.store.keys('deployments/')).toEqual([]);
  });

  it('tells the beginning and the end of each step, then its success', async () => {
    const field = await Field.start();
    const plan = field.deploy({ '/db': { instances: 1 }, '/web': { instances: 1, dependencies: [path('/db')] } });
    await settled();
    expect(field.scheduled('/web')).toEqual([]);
    await field.run('/db');
    await field.run('/web');
    expect(field.events.map((event) => [event.type, 'currentStep' in event ? event.currentStep : 0])).toEqual([
      ['deployment_info', plan.steps[0]],
      ['deployment_step_success', plan.steps[0]],
      ['deployment_info', plan.steps[1]],
      ['deployment_step_success', plan.steps[1]],
      ['deployment_info', plan.steps[2]],
      ['deployment_step_success', plan.steps[2]],
      ['deployment_success', 0],
    ]);
  });

  it('without steps ends at once', async () => {
    const field = await Field.start();
    const plan = field.deploy({});
    expect(field.it.engine.running).toEqual([]);
    await settled();
    expect(field.told).toEqual(['deployment_success']);
    expect(field.it.engine.progress(plan.id)).toMatchObject({ state: 'succeeded', totalSteps: 0 });
    expect(field.store.keys()).toEqual([]);
  });

  it('runs beside another that changes other apps', async () => {
    const field = await Field.start();
    field.deploy({ '/a': { instances: 1 } });
    const second = field.deploy({ '/b': { instances: 1 } });
    await settled();
    await field.run('/b');
    expect(field.it.engine.running).toHaveLength(1);
    expect(field.it.engine.get(second.id)).toBeUndefined();
  });

  it('conflicts with all that change an app of it, whatever they do to it', async () => {
    const field = await Field.start();
    const plans = [field.deploy({ '/a': { instances: 1 } }), field.deploy({ '/b': { instances: 1 } })];
    const ids = plans.map(({ id }) => id);
    expect(() => field.deploy({ '/a': undefined, '/b': { instances: 2 }, '/c': {} })).toThrow(
      `locked by ${ids.join()}`,
    );
    expect(field.it.engine.locking(path('/c'))).toEqual([]);
    expect(field.it.engine.running).toHaveLength(2);
  });

  it('is counted, and remembered when it is over, the last hundred of them', async () => {
    const field = await Field.start();
    const first = field.deploy({ '/a': { instances: 0 } });
    await settled();
    expect(field.it.engine.progress(first.id)).toMatchObject({
      id: first.id,
      state: 'succeeded',
      currentStep: 2,
      totalSteps: 2,
      startedAt: timestamp(field.clock.nowMs()),
      endedAt: timestamp(field.clock.nowMs()),
      actions: [{ action: 'ScaleApplication', appId: '/a', done: true, instances: [] }],
    });
    const more = Array.from({ length: 100 }, () => field.deploy({}));
    expect(field.it.engine.progress(first.id)).toBeUndefined();
    expect(field.it.engine.progress(more[0]?.id ?? '')).toBeDefined();
    expect([...field.counters.entries()]).toEqual([['deployments.counter', 101]]);
    expect(field.it.engine.progress('nobody')).toBeUndefined();
  });
});

describe('a deployment that is forced', () => {
  it('ends those in its way as failed, in the store too, and goes on with the instances they left', async () => {
    const field = await Field.start();
    const first = field.deploy({ '/a': { instances: 3 } });
    await settled();
    await field.run('/a', 2);
    const second = field.deploy({ '/a': { instances: 4 } }, { force: true });
    expect(field.it.engine.running.map(({ plan }) => plan.id)).toEqual([second.id]);
    await settled();
    expect(field.store.keys('deployments/')).toEqual([`deployments/${second.id}`]);
    const failed = field.events.find((event) => event.type === 'deployment_failed');
    expect(failed).toMatchObject({
      plan: { id: first.id },
      reason: expect.stringContaining('The upgrade has been cancelled'),
    });
    const order = field.events.map((event) => ('plan' in event ? `${event.type} ${event.plan.id}` : event.type));
    expect(order.indexOf(`deployment_failed ${first.id}`)).toBeLessThan(order.indexOf(`deployment_info ${second.id}`));
    expect(field.it.engine.progress(first.id)).toMatchObject({ state: 'cancelled' });
    expect(field.ofApp('/a')).toHaveLength(4);
    await field.run('/a');
    expect(field.it.engine.running).toEqual([]);
    expect(field.ofApp('/a')).toHaveLength(4);
  });

  it('leaves no more instances than wanted after restarts over restarts over scales', async () => {
    const field = await Field.start();
    await field.running('/a', { instances: 4, ...strategy(0.5, 0.5) });
    field.doKillsEnd = false;
    for (const change of [{ cmd: 'b' }, { cmd: 'c' }, { cmd: 'd', instances: 6 }, { cmd: 'e', instances: 3 }]) {
      field.deploy({ '/a': change }, { force: true });
      await settled();
      await field.run('/a', 1);
      await field.endDying(1);
    }
    for (let i = 0; i < 20; i += 1) {
      await field.run('/a');
      await field.endDying();
    }
    expect(field.it.engine.running).toEqual([]);
    expect(field.ofApp('/a').map(({ app, condition }) => `${app.cmd} ${condition}`)).toEqual(
      Array(3).fill('e Running'),
    );
  });

  it('removes an app that is still being started, and one that is being removed can come again', async () => {
    const field = await Field.start();
    field.deploy({ '/a': { instances: 3 } });
    await settled();
    await field.launch('/a', 2);
    field.doKillsEnd = false;
    field.deploy({ '/a': undefined }, { force: true });
    await settled();
    field.deploy({ '/a': { instances: 2 } }, { force: true });
    await settled();
    expect(field.scheduled('/a')).toHaveLength(2);
    await field.run('/a');
    await field.endDying();
    expect(field.it.engine.running).toEqual([]);
    expect(field.conditions('/a')).toEqual(['Running', 'Running']);
  });
});

describe('a deployment that is cancelled', () => {
  it('leaves instances, unlocks its apps, and does nothing more', async () => {
    const field = await Field.start();
    await field.running('/a', { instances: 2, healthChecks: [HEALTH_CHECK], ...strategy(1, 1) });
    const plan = field.deploy({ '/a': { cmd: 'new' } });
    await settled();
    const launched = await field.run('/a');
    field.it.engine.cancel(plan.id, 'no more');
    for (const { id } of launched) field.it.health.set(id, true);
    await settled();
    expect(field.it.engine.progress(plan.id)).toMatchObject({ state: 'cancelled', reason: 'no more' });
    expect(field.events).toContainEqual({ type: 'deployment_failed', plan, reason: 'no more' });
    expect(field.told.slice(-2)).toEqual(['deployment_step_failure', 'deployment_failed']);
    expect(field.events).not.toContainEqual({ type: 'deployment_success', plan });
    expect(field.store.keys('deployments/')).toEqual([]);
    // The scale check that follows sees to the number, and to nothing else.
    expect(field.ofApp('/a').filter(({ goal }) => goal === 'Running')).toHaveLength(2);
    field.it.engine.cancel(plan.id, 'again');
    await settled();
    expect(field.told.filter((type) => type === 'deployment_failed')).toHaveLength(1);
  });

  it('before it began never begins', async () => {
    const field = await Field.start();
    const plan = field.deploy({ '/a': { instances: 0 }, '/b': { instances: 0 } });
    field.it.engine.cancel(plan.id, 'at once');
    await settled();
    expect(field.told).toEqual(['deployment_failed']);
  });

  it('leaves no timer and no watch behind', async () => {
    const field = await Field.start();
    const before = field.clock.pending;
    const plan = field.deploy({ '/a': { instances: 1 } });
    await settled();
    expect(field.clock.pending).toBeGreaterThan(before);
    field.it.engine.cancel(plan.id, 'enough');
    await settled();
    expect(field.clock.pending).toBe(before);
  });
});

describe('what is stored of a deployment', () => {
  it('is its steps and versions, in parts when it is large, all of which go when it is over', async () => {
    const field = await Field.start();
    const ids = Array.from({ length: 4_000 }, (_, i) => `/group-with-a-name/app-${i}`);
    const plan = field.deploy(Object.fromEntries(ids.map((id) => [id, { instances: 0, cmd: 'x'.repeat(2_000) }])));
    field.it.engine.close();
    await settled();
    const keys = field.store.keys('deployments/');
    expect(keys.length).toBeGreaterThan(2);
    await field.restart();
    await settled();
    expect(field.told.slice(-1)).toEqual(['deployment_success']);
    expect(field.events.at(-1)).toMatchObject({ plan: { id: plan.id, version: plan.version } });
    expect(field.store.keys('deployments/')).toEqual([]);
  });

  it('comes back as the same plan', async () => {
    const field = await Field.start();
    await field.running('/a', { instances: 2 });
    const kill = [field.ofApp('/a')[0]?.id ?? ('' as never)];
    field.doKillsEnd = false;
    const plan = field.deploy(
      { '/a': { instances: 1 }, '/b': {}, '/c': { dependencies: [path('/b')] } },
      { kill: { '/a': kill } },
    );
    await settled();
    await field.restart();
    expect(field.it.engine.running.map((one) => one.plan)).toEqual([plan]);
    expect(field.it.engine.refersTo(path('/c'), plan.version)).toBe(true);
  });

  it('that needs a definition which is gone is dropped, and said so', async () => {
    const field = await Field.start();
    field.deploy({ '/a': { instances: 1 } });
    await settled();
    field.forgetVersions();
    await field.restart();
    expect(field.errors.join()).toMatch(/cannot go on and is dropped.*not kept in version/);
    expect(field.it.engine.running).toEqual([]);
    await settled();
    expect(field.store.keys('deployments/')).toEqual([]);
  });

  it.each([
    ['{"format":2}', /format is 2/],
    ['{"format":1,"deployment":{}}', /cannot be read/],
    ['nothing', /cannot be read/],
  ])('is refused by name when it is %s', async (text, message) => {
    const field = await Field.start();
    field.store.entries.set('deployments/x', Buffer.from(text));
    await expect(field.it.engine.load()).rejects.toThrow(message);
    await expect(field.it.engine.load()).rejects.toThrow('deployments/x');
  });
});

describe('after the process ends, at any moment,', () => {
  /** Plays a deployment move by move; the process ends before the move of that number. */
  async function play(moves: readonly ((field: Field) => unknown)[], endAt: number): Promise<Field> {
    const field = await Field.start();
    await field.running('/old', { instances: 2 });
    await field.running('/web', { instances: 4, ...strategy(0.5, 0.25) });
    await field.running('/small', { instances: 1 });
    field.doKillsEnd = false;
    const web = { cmd: 'new', dependencies: [path('/db')] };
    field.deploy({ '/old': undefined, '/db': { instances: 3 }, '/web': web, '/small': { instances: 3 } });
    for (const [i, move] of moves.entries()) {
      if (i === endAt) await field.restart();
      await move(field);
      await settled();
      const serving = field
        .active('/web')
        .filter(({ goal, condition }) => goal === 'Running' && condition === 'Running');
      expect(serving.length).toBeGreaterThanOrEqual(2);
      expect(field.active('/web').length).toBeLessThanOrEqual(5);
      expect(field.ofApp('/db').length).toBeLessThanOrEqual(3);
      expect(field.ofApp('/small').length).toBeLessThanOrEqual(3);
    }
    return field;
  }

  const round: ((field: Field) => unknown)[] = [
    (field) => field.endDying(1),
    (field) => field.launch('/db', 1),
    (field) => field.run('/db', 1),
    (field) => Promise.all(field.active('/db').map((one) => field.tell(one, 'TASK_RUNNING'))),
    (field) => field.launch('/web', 1),
    (field) => Promise.all(field.active('/web').map((one) => field.tell(one, 'TASK_RUNNING'))),
    (field) => field.run('/small', 1),
    (field) => field.endDying(1),
  ];
  const moves = Array.from({ length: 8 }, () => round).flat();

  it.each([...Array.from({ length: 56 }, (_, i) => i), 1_000])(
    'a deployment goes on and loses and doubles nothing (move %d)',
    async (endAt) => {
      const field = await play(moves, endAt);
      expect(field.it.engine.running).toEqual([]);
      expect(field.ofApp('/old')).toEqual([]);
      for (const [id, count] of [
        ['/db', 3],
        ['/web', 4],
        ['/small', 3],
      ] as const) {
        expect(field.conditions(id)).toEqual(Array(count).fill('Running'));
        expect(field.fresh(id)).toHaveLength(count);
      }
      expect(field.errors).toEqual([]);
    },
  );

  it('a scale still waits for the instances it had started', async () => {
    const field = await Field.start();
    const [old] = await field.running('/a', { instances: 1, healthChecks: [HEALTH_CHECK] });
    const plan = field.deploy({ '/a': { instances: 3 } });
    await settled();
    const [second, third] = await field.run('/a');
    await field.restart();
    expect(field.it.engine.get(plan.id)).toBeDefined();
    for (const one of [second, third]) if (one !== undefined) field.it.health.set(one.id, true);
    await settled();
    expect(field.it.engine.get(plan.id)).toBeUndefined();
    expect(old && field.instance(old.id).goal).toBe('Running');
  });

  it('a forced deployment is the only one that goes on', async () => {
    const field = await Field.start();
    field.deploy({ '/a': { instances: 3 } });
    await settled();
    const second = field.deploy({ '/a': { instances: 1, cmd: 'new' } }, { force: true });
    await field.restart();
    expect(field.it.engine.running.map(({ plan }) => plan.id)).toEqual([second.id]);
  });
});

describe('the cost of a deployment', () => {
  it('grows with its instances, not with their square', async () => {
    const timeOf = async (count: number): Promise<number> => {
      const field = await Field.start();
      const startedAt = performance.now();
      field.deploy({ '/a': { instances: count, healthChecks: [HEALTH_CHECK] } });
      await settled();
      await field.run('/a');
      for (const { id } of field.ofApp('/a')) {
        field.it.health.set(id, true);
        // Each in a turn of its own, as status updates come.
        await Promise.resolve().then(() => undefined);
      }
      await settled();
      expect(field.it.engine.running).toEqual([]);
      return performance.now() - startedAt;
    };
    await timeOf(200);
    const small = await timeOf(1_000);
    const large = await timeOf(8_000);
    expect(large).toBeLessThan(Math.max(8 * 4 * small, 2_000));
  });
});
