// What is made of offers: marathon.md 13.2, 13.3 and 26 (38, 39).
import { describe, expect, test } from 'vitest';
import { SchedulerError } from '../../../../src/client/scheduler/errors.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import { makeApp, versionAfter } from '../instances/support/app.ts';
import { Rig, tasksOf } from './support/rig.ts';

const failed = (code: 'refused' | 'unknown-outcome') => ({ ok: false as const, error: new SchedulerError(code, code) });
const apps = (count: number, more: Partial<App> = {}) =>
  Array.from({ length: count }, (_, i) => makeApp(`/app-${i + 1}`, more));

describe('an offer that fits', () => {
  test('is answered with one ACCEPT: an operation an instance, and a filter of nothing', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a'), 2);
    await rig.offers(rig.offer());
    const [accept, ...more] = rig.line.of('ACCEPT');
    expect(more).toEqual([]);
    expect(accept?.accept?.offer_ids).toEqual([{ value: 'o1' }]);
    expect(accept?.accept?.filters).toEqual({ refuse_seconds: 0 });
    expect(accept?.accept?.operations?.map(({ type, launch }) => [type, launch?.task_infos?.length])).toEqual([
      ['LAUNCH', 1],
      ['LAUNCH', 1],
    ]);
    expect(rig.declined()).toEqual({});
  });

  test('launches tasks named after the instance and its incarnation, where the offer is', async () => {
    const rig = await Rig.start();
    const [instance] = rig.schedule(makeApp('/a'));
    await rig.offers(rig.offer());
    expect(rig.launched()[0]?.task_id.value).toBe(`${instance?.id}._app.1`);
    expect(rig.launched()[0]?.agent_id.value).toBe('agent-h1');
    expect(rig.instances()[0]).toMatchObject({ condition: 'Provisioned', agent: { id: 'agent-h1', host: 'h1' } });
  });

  test('launches a failed instance again, as the next incarnation', async () => {
    const rig = await Rig.start();
    const [instance] = rig.schedule(makeApp('/a'));
    if (instance === undefined) throw new Error('none');
    await rig.offers(rig.offer());
    rig.tell(instance.id, 'TASK_FAILED');
    await rig.run(2000);
    await rig.offers(rig.offer());
    expect(rig.launched().map(({ task_id }) => task_id.value)).toEqual([
      `${instance.id}._app.1`,
      `${instance.id}._app.2`,
    ]);
  });

  test('takes no more instances than --max_instances_per_offer', async () => {
    const rig = await Rig.start(['--max_instances_per_offer=3']);
    rig.schedule(makeApp('/a'), 5);
    await rig.offers(rig.offer());
    expect(rig.launched()).toHaveLength(3);
  });

  test('takes no more instances than it has room for', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a'), 5);
    await rig.offers(rig.offer('cpus:2.5;mem:4096'));
    expect(rig.launched()).toHaveLength(2);
  });

  test('is shared: every app takes one instance a pass', async () => {
    const rig = await Rig.start();
    for (const app of apps(3)) rig.schedule(app, 5);
    await rig.offers(rig.offer());
    const names = rig.launched().map(({ name }) => name);
    expect(new Set(names.slice(0, 3))).toEqual(new Set(['app-1', 'app-2', 'app-3']));
    expect(names).toHaveLength(5);
  });

  test('counts instances of the same offer for constraints', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a', { constraints: [{ field: 'hostname', operator: 'UNIQUE' }] }), 3);
    await rig.offers(rig.offer(), rig.offer());
    expect(rig.launched().map(({ agent_id }) => agent_id.value)).toEqual(['agent-h1', 'agent-h2']);
  });

  test('launches the newest definition of the same configuration', async () => {
    const rig = await Rig.start();
    const app = makeApp('/a', { env: {} });
    rig.schedule(app);
    const scaled = { ...app, instances: 7, version: versionAfter(5) };
    rig.apps.set(app.id, scaled);
    await rig.offers(rig.offer());
    expect(rig.instances()[0]?.app).toBe(scaled);
  });

  test('launches an older configuration as what it was', async () => {
    const rig = await Rig.start();
    const app = makeApp('/a');
    rig.schedule(app);
    rig.apps.set(app.id, makeApp('/a', { cmd: 'other', version: versionAfter(5) }));
    await rig.offers(rig.offer());
    expect(rig.instances()[0]?.app).toBe(app);
  });

  test('for another role is not for this app', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a'));
    rig.schedule(makeApp('/b', { role: 'dev' }));
    await rig.offers(rig.offer(undefined, 'h1', 'dev'));
    expect(rig.launched().map(({ name }) => name)).toEqual(['b']);
  });
});

describe('before the master hears of a launch', () => {
  test('it is durable: who comes after a crash at that moment finds the instance provisioned', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a'));
    await rig.run(100);
    rig.queue.offers([rig.offer()]);
    await rig.simulation.runUntil(() => rig.line.of('ACCEPT').length > 0);
    await rig.boot();
    expect(rig.instances()[0]).toMatchObject({ condition: 'Provisioned', task: { incarnation: 1 } });
  });

  test('a rescinded offer is noticed: the instance waits again, its token too', async () => {
    const rig = await Rig.start(['--launch_tokens=1']);
    rig.schedule(makeApp('/a'));
    await rig.run(100);
    const offer = rig.offer();
    rig.queue.offers([offer]);
    await rig.simulation.runUntil(() => rig.instances()[0]?.condition === 'Provisioned');
    rig.queue.rescinded(offer.id.value);
    await rig.run(100);
    expect(rig.instances()[0]?.condition).toBe('Scheduled');
    expect(rig.line.of('ACCEPT')).toEqual([]);
    await rig.offers(rig.offer());
    expect(rig.launched()).toHaveLength(1);
  });

  test('a lost subscription is noticed', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a'));
    await rig.run(100);
    rig.queue.offers([rig.offer()]);
    await rig.simulation.runUntil(() => rig.instances()[0]?.condition === 'Provisioned');
    rig.queue.disconnected();
    rig.queue.connected();
    await rig.run(100);
    expect(rig.instances()[0]?.condition).toBe('Scheduled');
    expect(rig.line.of('ACCEPT')).toEqual([]);
  });

  test('an instance that is not wanted any more is left out', async () => {
    const rig = await Rig.start();
    const [first] = rig.schedule(makeApp('/a'), 2);
    if (first === undefined) throw new Error('none');
    await rig.run(100);
    rig.queue.offers([rig.offer()]);
    await rig.simulation.runUntil(() => rig.instance(first.id).condition === 'Provisioned');
    rig.parts.instances.setGoal(first.id, 'Decommissioned');
    await rig.run(100);
    expect(rig.launched()).toHaveLength(1);
    expect(rig.instances()).toHaveLength(1);
    expect(rig.parts.instances.get(first.id)).toBeUndefined();
  });

  test('an offer whose instances are all gone is declined without a filter', async () => {
    const rig = await Rig.start();
    const [first] = rig.schedule(makeApp('/a'));
    if (first === undefined) throw new Error('none');
    await rig.run(100);
    rig.queue.offers([rig.offer()]);
    await rig.simulation.runUntil(() => rig.instance(first.id).condition === 'Provisioned');
    rig.parts.instances.expunge(first.id);
    await rig.run(100);
    expect([rig.launched(), rig.declined()]).toEqual([[], { o1: 0 }]);
  });
});

describe('an ACCEPT that fails', () => {
  test('lets the instances wait again', async () => {
    const rig = await Rig.start();
    rig.line.answers.set('ACCEPT', failed('refused'));
    rig.schedule(makeApp('/a'), 2);
    await rig.offers(rig.offer());
    expect(rig.instances().map(({ condition }) => condition)).toEqual(['Scheduled', 'Scheduled']);
    expect(rig.entry('/a').count).toBe(2);
    expect(rig.count('tasks.launched.counter')).toBe(0);
  });

  test('with an unknown outcome is asked about: the tasks may run', async () => {
    const rig = await Rig.start();
    rig.line.answers.set('ACCEPT', failed('unknown-outcome'));
    rig.schedule(makeApp('/a'));
    await rig.offers(rig.offer());
    expect(rig.instances()[0]?.condition).toBe('Provisioned');
    const taskId = rig.instances()[0]?.task?.id;
    expect(rig.line.of('RECONCILE').map(({ reconcile }) => reconcile?.tasks)).toEqual([
      [{ task_id: { value: taskId }, agent_id: { value: 'agent-h1' } }],
    ]);
  });

  test('with an unknown outcome is given back: if the master never saw the answer, it would wait for one for ever', async () => {
    const rig = await Rig.start();
    rig.line.answers.set('ACCEPT', failed('unknown-outcome'));
    rig.schedule(makeApp('/a'));
    await rig.offers(rig.offer());
    await rig.run(2_000);
    expect(rig.declined()).toEqual({ o1: 0 });
  });
});

describe('an offer that is not used', () => {
  test('is declined again until the master has certainly heard', async () => {
    const rig = await Rig.start();
    rig.line.answers.set('DECLINE', failed('unknown-outcome'));
    await rig.offers(rig.offer());
    await rig.run(2_000);
    expect(rig.line.of('DECLINE').map(({ decline }) => decline)).toEqual(
      Array(2).fill({ offer_ids: [{ value: 'o1' }], filters: { refuse_seconds: 120 } }),
    );
    rig.line.answers.clear();
    await rig.run(60_000);
    expect(rig.line.of('DECLINE')).toHaveLength(3);
  });

  test('is not declined again when the subscription that it came by is over', async () => {
    const rig = await Rig.start();
    rig.line.answers.set('DECLINE', failed('unknown-outcome'));
    await rig.offers(rig.offer());
    rig.queue.disconnected();
    rig.queue.connected();
    await rig.run(60_000);
    expect(rig.line.of('DECLINE')).toHaveLength(1);
  });

  test('is declined for --decline_offer_duration when it fits nobody', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a', { cpus: 100 }));
    await rig.offers(rig.offer());
    expect(rig.declined()).toEqual({ o1: 120 });
  });

  test('is declined for as long when nobody waits', async () => {
    const rig = await Rig.start(['--decline_offer_duration=7000']);
    await rig.offers(rig.offer());
    expect(rig.declined()).toEqual({ o1: 7 });
  });

  test('is declined when all who wait are delayed', async () => {
    const rig = await Rig.start();
    const [instance] = rig.schedule(makeApp('/a', { backoffSeconds: 60 }));
    if (instance === undefined) throw new Error('none');
    await rig.offers(rig.offer());
    rig.tell(instance.id, 'TASK_FAILED');
    await rig.offers(rig.offer());
    expect(rig.declined()).toEqual({ o2: 120 });
  });

  test('is declined together with others of the same turn, in one call', async () => {
    const rig = await Rig.start();
    await rig.offers(...Array.from({ length: 20 }, () => rig.offer()));
    expect(rig.line.of('DECLINE')).toHaveLength(1);
    expect(rig.count('mesos.offers.declined.counter')).toBe(20);
  });

  test('comes back soon while not everybody it may fit has seen it', async () => {
    const rig = await Rig.start();
    // Enough of everything but of ports, which only the matcher knows.
    const portDefinitions = [{ port: 10_000, protocol: 'tcp' as const, labels: {} }];
    for (const app of apps(150, { portDefinitions })) rig.schedule(app);
    await rig.offers(rig.offer('cpus:8;mem:4096'));
    expect(rig.declined()).toEqual({ o1: undefined });
    const seen = () => rig.queue.entries().filter(({ processedOffers }) => processedOffers > 0).length;
    expect(seen()).toBe(100);
    await rig.offers(rig.offer('cpus:8;mem:4096'));
    expect(seen()).toBe(150);
  });

  test('is not made to wait when it is withdrawn before its turn', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a'));
    await rig.run(100);
    rig.queue.offers([rig.offer()]);
    rig.queue.rescinded('o1');
    await rig.run(2000);
    expect([rig.launched(), rig.declined()]).toEqual([[], {}]);
  });

  test('is declined for a moment when too many wait', async () => {
    const rig = await Rig.start();
    rig.queue.offers(Array.from({ length: 1025 }, () => rig.offer()));
    await rig.run(100);
    expect(rig.declined().o1025).toBe(1);
    expect(rig.declined().o1024).toBe(120);
  });
});

describe('launch tokens', () => {
  test('limit how many tasks start before any of them runs', async () => {
    const rig = await Rig.start(['--launch_tokens=7']);
    rig.schedule(makeApp('/a'), 20);
    await rig.offers(rig.offer(), rig.offer(), rig.offer());
    expect(rig.launched()).toHaveLength(7);
  });

  test('come back with each instance that runs, and are used for offers that still wait', async () => {
    const rig = await Rig.start(['--launch_tokens=2']);
    rig.schedule(makeApp('/a'), 3);
    await rig.offers(rig.offer(), rig.offer());
    const [first] = rig.instances().filter(({ condition }) => condition === 'Provisioned');
    if (first === undefined) throw new Error('none');
    rig.tell(first.id, 'TASK_RUNNING');
    await rig.run(100);
    expect(rig.line.of('ACCEPT').map((call) => tasksOf(call).length)).toEqual([2, 1]);
  });

  test('do not come back with an instance that is reported unhealthy', async () => {
    const rig = await Rig.start(['--launch_tokens=1']);
    rig.schedule(makeApp('/a'), 2);
    await rig.offers(rig.offer());
    const [first] = rig.instances();
    if (first === undefined) throw new Error('none');
    rig.tell(first.id, 'TASK_RUNNING', { healthy: false });
    await rig.offers(rig.offer());
    expect(rig.launched()).toHaveLength(1);
  });

  test('are all there again after --launch_token_refresh_interval', async () => {
    const rig = await Rig.start(['--launch_tokens=2']);
    rig.schedule(makeApp('/a'), 4);
    await rig.offers(rig.offer());
    await rig.run(30_000);
    await rig.offers(rig.offer());
    expect(rig.launched()).toHaveLength(4);
  });

  test('are never more than the maximum', async () => {
    const rig = await Rig.start(['--launch_tokens=2']);
    const [first] = rig.schedule(makeApp('/a'), 1);
    if (first === undefined) throw new Error('none');
    await rig.offers(rig.offer());
    for (const healthy of [true, true, true]) rig.tell(first.id, 'TASK_RUNNING', { healthy });
    rig.schedule(makeApp('/b'), 5);
    await rig.offers(rig.offer());
    expect(rig.launched()).toHaveLength(3);
  });

  test('that are missing keep an offer for a second at most, then it is declined for a moment only', async () => {
    const rig = await Rig.start(['--launch_tokens=1']);
    rig.schedule(makeApp('/a'), 3);
    await rig.offers(rig.offer(), rig.offer());
    await rig.run(800);
    expect(rig.declined()).toEqual({});
    await rig.run(200);
    expect(rig.declined()).toEqual({ o2: 1 });
  });
});

describe('counters', () => {
  test('tell of offers, operations and tasks', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a'), 2);
    await rig.offers(rig.offer(), rig.offer());
    const names = [
      'mesos.offers.incoming.counter',
      'mesos.offers.used.counter',
      'mesos.offers.declined.counter',
      'mesos.offer-operations.launch.counter',
      'tasks.launched.counter',
    ];
    expect(names.map((name) => rig.count(name))).toEqual([2, 1, 1, 2, 2]);
  });
});
