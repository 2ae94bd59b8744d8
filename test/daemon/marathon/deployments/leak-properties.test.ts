// Deployments over deployments, cancelled ones, ends of the process and failures: when it is quiet again, each app has as
// many instances as it should, and nothing is left of apps that are gone.
import { expect, it } from 'vitest';
import fc from '../../../fast-check.ts';
import { settled } from '../support/virtual-clock.ts';
import { type Change, Field } from './support/field.ts';

const changes: fc.Arbitrary<Change | undefined> = fc.option(
  fc.record({ instances: fc.nat(4), cmd: fc.constantFrom('one', 'two') }, { requiredKeys: ['instances'] }),
  { nil: undefined, freq: 4 },
);

const events = fc.oneof(
  fc.record({ kind: fc.constant('deploy' as const), id: fc.constantFrom('/a', '/b'), change: changes }),
  fc.record({
    kind: fc.constantFrom(
      'cancel',
      'restart',
      'run',
      'fail',
      'lose',
      'return',
      'endKill',
      'wait',
      'wipe',
      'fullRestart',
    ),
    pick: fc.nat(20),
  }),
);

type Event = typeof events extends fc.Arbitrary<infer T> ? T : never;

async function happen(field: Field, event: Event): Promise<void> {
  if (event.kind === 'deploy') {
    if (event.change !== undefined || field.root.apps.has(event.id as never))
      field.deploy({ [event.id]: event.change }, { force: true });
    return;
  }
  const all = [...field.it.instances.all()];
  const one = all[event.pick % Math.max(1, all.length)];
  const [first] = field.it.engine.running;
  switch (event.kind) {
    case 'cancel':
      if (first !== undefined) field.it.engine.cancel(first.plan.id, 'cancelled by hand');
      return;
    case 'restart':
      return field.restart();
    case 'endKill':
      return field.endDying(1);
    case 'wait':
      return field.clock.advance(6_000);
    case 'fullRestart':
      if (field.root.apps.has('/a' as never)) field.deploy({}, { force: true, restart: ['/a'] });
      return;
  }
  if (one === undefined) return;
  switch (event.kind) {
    case 'run':
      if (one.goal === 'Running') await field.run(one.app.id, 1);
      return;
    case 'fail':
      return field.tell(one, 'TASK_FAILED');
    case 'lose':
      return field.tell(one, 'TASK_UNREACHABLE');
    case 'return':
      return field.tell(one, 'TASK_RUNNING');
    case 'wipe':
      void field.it.kills.kill([one.id], 'user', 'Decommissioned');
  }
}

async function play({ list, inactiveAfterSeconds }: { list: Event[]; inactiveAfterSeconds: number }): Promise<void> {
  const field = await Field.start();
  const unreachableStrategy = { inactiveAfterSeconds, expungeAfterSeconds: 100_000 };
  const app = { upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.5 }, unreachableStrategy };
  await field.running('/a', { ...app, instances: 2 });
  await field.running('/b', { ...app, instances: 1 });
  field.doKillsEnd = false;
  for (const event of list) {
    await happen(field, event);
    await settled();
  }
  field.doKillsEnd = true;
  for (let i = 0; i < 30; i += 1) {
    for (const one of [...field.it.instances.all()])
      if (one.task !== undefined && one.condition !== 'Scheduled' && one.condition !== 'Running')
        await field.tell(one, 'TASK_RUNNING');
    for (const { id } of field.root.apps.values()) await field.run(id);
    await field.endDying();
    await field.clock.advance(i % 10 === 9 ? 300_000 : 5_000);
  }
  expect(field.it.engine.running).toEqual([]);
  for (const id of ['/a', '/b'] as const) {
    const wanted = field.root.apps.get(id as never)?.instances ?? 0;
    expect(field.conditions(id)).toEqual(Array(wanted).fill('Running'));
  }
  expect(field.store.keys('deployments/')).toEqual([]);
  expect(field.errors).toEqual([]);
}

it('leaves neither more nor fewer instances than wanted, whatever happened', async () => {
  const runs = fc.record({
    list: fc.array(events, { maxLength: 30 }),
    inactiveAfterSeconds: fc.constantFrom(0, 100),
  });
  await fc.assert(fc.asyncProperty(runs, play), { numRuns: 100 });
});
