// Rules of the tree as a whole (marathon.md 3.1, 3.6 rules 30, 31, 37, 38; 5.2; 18.5).
import { describe, expect, test } from 'vitest';
import { hasCycle } from '../../../../src/daemon/marathon/groups/change/cycles.ts';
import { applyGroupUpdate, parseGroupUpdate } from '../../../../src/daemon/marathon/groups/index.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import {
  dependenciesOf,
  emptyRoot,
  putApp,
  putGroup,
  type RootGroup,
} from '../../../../src/daemon/marathon/model/root-group.ts';
import { timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import fc from '../../../fast-check.ts';
import { type AppJson, harness, path, refusalOf } from './support/tree.ts';

const CYCLE = 'Dependency graph has cyclic dependencies.';
const CLASH = 'Groups and Applications may not have the same identifier.';

async function refused(h: Awaited<ReturnType<typeof harness>>, ...apps: AppJson[]) {
  const refusal = await refusalOf(() => h.put(...apps));
  expect(refusal.status).toBe(422);
  return refusal.body.details;
}

describe('circles of dependencies', () => {
  test('two apps may not wait for each other, also when the second comes later', async () => {
    const h = await harness();
    await h.put({ id: '/a', dependencies: ['/b'] });
    expect(await refused(h, { id: '/b', dependencies: ['/a'] })).toEqual([{ path: '/', errors: [CYCLE] }]);
    expect(h.tree.root.apps.size).toBe(1);
  });

  test('a circle through apps that do not change is seen', async () => {
    const h = await harness();
    await h.put({ id: '/a' }, { id: '/b', dependencies: ['/a'] }, { id: '/c', dependencies: ['/b'] });
    expect(await refused(h, { id: '/a', dependencies: ['/c'] })).toEqual([{ path: '/', errors: [CYCLE] }]);
  });

  test('an app added to a group that others depend on may close a circle', async () => {
    const h = await harness();
    await h.put({ id: '/g/x' }, { id: '/a', dependencies: ['/g'] });
    expect(await refused(h, { id: '/g/y', dependencies: ['/a'] })).toEqual([{ path: '/', errors: [CYCLE] }]);
  });

  test('dependencies of groups count for all apps in them', async () => {
    const h = await harness();
    await h.put({ id: '/g/h/x' }, { id: '/a', dependencies: ['/g'] });
    const refusal = await refusalOf(() =>
      h.change((root) => putGroup(root, path('/g'), { dependencies: [path('/a')] })),
    );
    expect(refusal.body.details).toEqual([{ path: '/', errors: [CYCLE] }]);
  });

  test('an app may depend on the group it is in, and on what is not there', async () => {
    const h = await harness();
    await h.put({ id: '/g/a', dependencies: ['/g', '/nowhere'] }, { id: '/g/b' });
    expect(h.tree.root.apps.size).toBe(2);
  });

  test('the walk finds a circle whenever the expanded graph has one', () => {
    const ids = ['/a', '/g/a', '/g/b', '/g/h/a', '/k/a', '/k/b'].map(path);
    const groups = ['/', '/g', '/g/h', '/k'].map(path);
    const targets = fc.subarray([...ids, ...groups.slice(1)], { maxLength: 2 });
    fc.assert(
      fc.property(
        fc.array(targets, { minLength: 6, maxLength: 6 }),
        fc.array(targets, { minLength: 4, maxLength: 4 }),
        (own, inherited) => {
          let root: RootGroup = emptyRoot(timestamp(0));
          for (const [i, id] of ids.entries())
            root = putApp(root, { id, dependencies: own[i] ?? [] } as unknown as App);
          for (const [i, id] of groups.entries())
            if (i > 0) root = putGroup(root, id, { dependencies: inherited[i] ?? [] });
          expect(hasCycle(root, ids, groups)).toBe(hasNaiveCycle(root));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Repeatedly takes away apps that wait for nobody. */
function hasNaiveCycle(root: RootGroup): boolean {
  const waiting = new Map([...root.apps.values()].map((app) => [app.id, dependenciesOf(root, app)]));
  for (let before = -1; before !== waiting.size; ) {
    before = waiting.size;
    for (const [id, on] of waiting) if (![...on].some((other) => waiting.has(other))) waiting.delete(id);
  }
  return waiting.size > 0;
}

describe('names', () => {
  test('an app takes the place of an empty group', async () => {
    const h = await harness();
    await h.change((root) => putGroup(root, path('/g')));
    await h.put({ id: '/g' });
    expect(h.tree.root.groups.has(path('/g'))).toBe(false);
    expect(h.store.keys('groups/')).toEqual(['groups/_root']);
  });

  test('an app may not have the name of a group with something in it, nor a group that of an app', async () => {
    const h = await harness();
    await h.put({ id: '/g/a' }, { id: '/b' });
    expect(await refused(h, { id: '/g' })).toEqual([{ path: '/', errors: [CLASH] }]);
    expect(await refused(h, { id: '/b/c' })).toEqual([{ path: '/', errors: [CLASH] }]);
  });
});

test('dependencies of a group that the store could not hold are refused before anything is written', async () => {
  const h = await harness();
  const commits = h.store.commits.length;
  const dependencies = Array.from({ length: 1000 }, (_, i) => path(`/${'d'.repeat(120)}${i}`));
  const refusal = await refusalOf(() => h.change((root) => putGroup(root, path('/g'), { dependencies })));
  expect([refusal.status, refusal.body.details]).toEqual([
    422,
    [
      {
        path: '/dependencies',
        errors: [expect.stringMatching(/^the dependencies of \/g take \d+ bytes; at most 102400/)],
      },
    ],
  ]);
  expect(h.store.commits.length).toBe(commits);
  const most = dependencies.slice(0, 780);
  for (const some of [most, most.toReversed(), most])
    await h.change((root) => putGroup(root, path('/g'), { dependencies: some }));
  expect((await h.restarted()).tree.root.groups.get(path('/g'))?.dependencies).toEqual(most);
});

test('an app that asks for more instances than --max_instances_per_app is refused, however it asks', async () => {
  const h = await harness();
  const error = (got: number, most: number) => [
    { path: '/instances', errors: [`got ${got}, expected at most ${most} (--max_instances_per_app)`] },
  ];
  expect(await refused(h, { id: '/a', instances: 10_000_000 })).toEqual(error(10_000_000, 50_000));
  const few = await harness({ args: ['--max_instances_per_app=10'] });
  await few.put({ id: '/g/a', instances: 10 });
  const scaled = (scaleBy: number) =>
    refusalOf(() =>
      few.change((root, version) =>
        applyGroupUpdate(root, parseGroupUpdate({ scaleBy }), { version, options: few.options }),
      ),
    );
  expect((await scaled(1.1)).body.details).toEqual(error(11, 10));
  expect((await scaled(1e308)).body.details).toEqual(error(Number.POSITIVE_INFINITY, 10));
  expect(few.app('/g/a').instances).toBe(10);
});

test('no more apps than --max_apps, but those that are there may be changed', async () => {
  const h = await harness({ args: ['--max_apps=1'] });
  await h.put({ id: '/a' });
  expect((await refusalOf(() => h.put({ id: '/b' }))).status).toBe(422);
  await h.put({ id: '/a', instances: 2 });
});

test('a definition that is too long to be stored is refused', async () => {
  const h = await harness();
  await h.put({ id: '/fits', env: { A: 'x'.repeat(200_000) } });
  const details = JSON.stringify(await refused(h, { id: '/a', env: { A: 'x'.repeat(256 * 1024) } }));
  expect(details).toMatch(/the definition takes \d+ bytes; at most \d+ can be stored/);
});

test('an app as long as may be is changed as often as it likes, and is there after a restart', async () => {
  const h = await harness({ args: ['--zk_max_versions=500'] });
  const big = {
    id: '/big',
    labels: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`label-${i}`, 'x'.repeat(8)])),
  };
  expect(JSON.stringify(big).length).toBeGreaterThan(235_000);
  for (let instances = 0; instances < 5; instances++) await h.put({ ...big, instances });
  expect((await h.restarted()).app('/big')).toEqual(h.app('/big'));
});

test('what is wrong with an app is told at the place where it stood', async () => {
  const h = await harness();
  const places = new Map([[path('/a'), '/groups(0)/apps(1)']]);
  await h.put({ id: '/a', labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' } });
  const refusal = await refusalOf(() => h.change((root) => putApp(root, { ...h.app('/a'), instances: 2 }), { places }));
  expect(JSON.stringify(refusal.body)).toContain('"path":"/groups(0)/apps(1)/instances"');
});

describe('roles', () => {
  const roleError = async (h: Awaited<ReturnType<typeof harness>>, app: AppJson) =>
    JSON.stringify(await refused(h, app));

  test('a service directly in the root has the default role and no other', async () => {
    const h = await harness({ args: ['--mesos_role=dev'] });
    await h.put({ id: '/a' });
    expect(h.app('/a').role).toBe('dev');
    expect(await roleError(h, { id: '/b', role: 'x' })).toContain('got x, expected one of: [dev]');
  });

  test('in a group that enforces its role that is the default and the only one', async () => {
    const h = await harness({ args: ['--new_group_enforce_role=top'] });
    await h.put({ id: '/g/h/a' });
    expect(h.app('/g/h/a').role).toBe('g');
    expect(h.tree.root.groups.get(path('/g'))?.enforceRole).toBe(true);
    expect(h.tree.root.groups.get(path('/g/h'))?.enforceRole).toBeUndefined();
    expect(await roleError(h, { id: '/g/b', role: '*' })).toContain('expected one of: [g]');
  });

  test('in another group it may be the default or the name of the group', async () => {
    const h = await harness();
    await h.put({ id: '/g/a' }, { id: '/g/b', role: 'g' });
    expect([h.app('/g/a').role, h.app('/g/b').role]).toEqual(['*', 'g']);
    expect(h.tree.root.groups.get(path('/g'))?.enforceRole).toBe(false);
    expect(await roleError(h, { id: '/g/c', role: 'x' })).toContain('got x, expected one of: [*, g]');
  });

  test('an app keeps the role it has when its group begins to enforce another', async () => {
    const h = await harness();
    await h.put({ id: '/g/a' });
    await h.tree.setEnforceRole(path('/g'), true);
    await h.put({ id: '/g/a', role: '*', cmd: 'sleep 2' });
    expect(h.app('/g/a').role).toBe('*');
    await h.put({ id: '/g/a', cmd: 'sleep 2' });
    expect(h.app('/g/a').role).toBe('g');
    expect(await roleError(h, { id: '/g/a', role: '*' })).toContain('expected one of: [g]');
  });

  test('enforceRole is not changed together with services', async () => {
    const h = await harness();
    await h.put({ id: '/g/a' });
    const refusal = await refusalOf(() =>
      h.change((root) => putApp(putGroup(root, path('/g'), { enforceRole: true }), { ...h.app('/g/a'), instances: 2 })),
    );
    expect(JSON.stringify(refusal.body)).toContain('enforceRole cannot be modified in a request that adds');
    await h.change((root) => putGroup(root, path('/g'), { enforceRole: true }));
    expect(h.tree.root.groups.get(path('/g'))?.enforceRole).toBe(true);
  });
});
