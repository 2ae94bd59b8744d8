// What /v2/queue shows: marathon.md 7.3 and the funnel of 25.
import { describe, expect, test } from 'vitest';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import { makeApp, versionAfter } from '../instances/support/app.ts';
import { Rig } from './support/rig.ts';

describe('an entry', () => {
  test('is there for each app with instances that wait or were launched and not heard of', async () => {
    const rig = await Rig.start();
    expect(rig.queue.entries()).toEqual([]);
    rig.schedule(makeApp('/a'), 2);
    const [b] = rig.schedule(makeApp('/b'));
    expect(rig.queue.entries().map(({ app, count, role }) => [app.id, count, role])).toEqual([
      ['/a', 2, '*'],
      ['/b', 1, '*'],
    ]);
    await rig.offers(rig.offer());
    expect(rig.entry('/b').count).toBe(1);
    if (b !== undefined) rig.tell(b.id, 'TASK_STAGING');
    expect(rig.queue.entry('/b' as PathId)).toBeUndefined();
    expect(rig.entry('/a').count).toBe(2);
  });

  test('is gone with its instances', async () => {
    const rig = await Rig.start();
    const [a] = rig.schedule(makeApp('/a'));
    if (a !== undefined) rig.parts.instances.setGoal(a.id, 'Decommissioned');
    expect(rig.queue.entries()).toEqual([]);
  });

  test('is one for several configurations of an app', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a'));
    await rig.run(1000);
    const present = makeApp('/a', { version: versionAfter(1) });
    rig.schedule(present, 2);
    expect(rig.queue.entries()).toHaveLength(1);
    expect(rig.entry('/a')).toMatchObject({ app: present, count: 3 });
  });

  test('tells since when, and until when the app is delayed', async () => {
    const rig = await Rig.start();
    const [a] = rig.schedule(makeApp('/a', { backoffSeconds: 10 }));
    if (a === undefined) throw new Error('none');
    expect(rig.entry('/a')).not.toHaveProperty('delayedUntilMs');
    await rig.offers(rig.offer());
    rig.tell(a.id, 'TASK_STAGING');
    rig.tell(a.id, 'TASK_FAILED');
    const nowMs = rig.parts.world.clock.nowMs();
    expect(rig.entry('/a')).toMatchObject({ count: 1, sinceMs: nowMs, delayedUntilMs: nowMs + 10_000 });
    rig.parts.backOffs.reset('/a' as PathId);
    expect(rig.entry('/a')).not.toHaveProperty('delayedUntilMs');
  });

  test('is there again after a restart of the process', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a'), 3);
    await rig.run(100);
    await rig.boot();
    expect(rig.entry('/a').count).toBe(3);
  });
});

describe('the funnel', () => {
  test('of 5 offers, 2 of another role, 1 without cpus and mem, 2 without ports, is that of the vector', async () => {
    const rig = await Rig.start();
    const portDefinitions = [{ port: 10_000, protocol: 'tcp' as const, labels: {} }];
    rig.schedule(makeApp('/a', { portDefinitions }));
    await rig.offers(
      rig.offer('cpus(x):4;mem(x):1024'),
      rig.offer('cpus(x):4;mem(x):1024'),
      rig.offer('cpus:0.5;mem:10'),
      rig.offer('cpus:4;mem:1024'),
      rig.offer('cpus:4;mem:1024'),
    );
    const entry = rig.entry('/a');
    const steps = Object.fromEntries(
      entry.rejectsOfLaunchAttempt.map(({ reason, declined, processed }) => [reason, [declined, processed]]),
    );
    expect(steps).toMatchObject({
      UnfulfilledRole: [2, 5],
      UnfulfilledConstraint: [0, 3],
      InsufficientCpus: [1, 3],
      InsufficientMemory: [0, 2],
      InsufficientPorts: [2, 2],
      DeclinedScarceResources: [0, 0],
    });
    expect(entry.rejectsOfLaunchAttempt).toHaveLength(10);
    expect(entry).toMatchObject({ processedOffers: 5, unusedOffers: 5 });
  });

  test('of the last offers has one an agent, of the attempt all', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a', { cpus: 100 }));
    for (let i = 0; i < 3; i += 1) await rig.offers(rig.offer(undefined, 'same'));
    const entry = rig.entry('/a');
    expect(entry.rejectsOfLastOffers.find(({ reason }) => reason === 'InsufficientCpus')).toMatchObject({
      declined: 1,
      processed: 1,
    });
    expect(entry.rejectsOfLaunchAttempt.find(({ reason }) => reason === 'InsufficientCpus')).toMatchObject({
      declined: 3,
      processed: 3,
    });
    expect(entry.lastUnusedOffers.map(({ offer, reasons }) => [offer.id.value, reasons])).toEqual([
      ['o3', ['InsufficientCpus']],
    ]);
  });

  test('counts an offer that was used as processed, and not as unused', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a', { cpus: 2 }), 5);
    await rig.offers(rig.offer('cpus:4;mem:4096'), rig.offer('cpus:1;mem:4096'));
    const nowMs = rig.parts.world.clock.nowMs();
    const entry = rig.entry('/a');
    expect(entry).toMatchObject({ processedOffers: 2, unusedOffers: 1, count: 5 });
    expect(entry.lastUsedAtMs).toBeLessThan(nowMs);
    expect(entry.lastUnusedAtMs).toBeLessThan(nowMs);
  });

  test('starts over when everything was launched', async () => {
    const rig = await Rig.start();
    const [a] = rig.schedule(makeApp('/a', { cpus: 4 }));
    if (a === undefined) throw new Error('none');
    await rig.offers(rig.offer('cpus:1;mem:4096'));
    await rig.offers(rig.offer());
    rig.tell(a.id, 'TASK_RUNNING');
    rig.schedule(makeApp('/a', { cpus: 4 }));
    expect(rig.entry('/a')).toMatchObject({ processedOffers: 0, unusedOffers: 0, lastUnusedOffers: [] });
  });

  test('keeps the agents heard of last, of very many', async () => {
    const rig = await Rig.start();
    rig.schedule(makeApp('/a', { cpus: 100 }));
    await rig.offers(...Array.from({ length: 300 }, () => rig.offer()));
    const { lastUnusedOffers, rejectsOfLastOffers } = rig.entry('/a');
    expect([lastUnusedOffers.length, lastUnusedOffers[0]?.offer.hostname]).toEqual([250, 'h51']);
    expect(rejectsOfLastOffers[0]?.processed).toBe(250);
  });
});
