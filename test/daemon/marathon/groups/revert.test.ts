// The way back of a deployment (marathon.md 12.7, 26.18).
import { expect, test } from 'vitest';
import { revertChanges } from '../../../../src/daemon/marathon/groups/index.ts';
import type { DeploymentPlan } from '../../../../src/daemon/marathon/model/deployment.ts';
import { putApp, putGroup, removeApp, removeGroup } from '../../../../src/daemon/marathon/model/root-group.ts';
import { appOf, type Harness, harness, path } from './support/tree.ts';

const revert = (h: Harness, plan: DeploymentPlan) => h.change((root) => revertChanges(plan, root), { force: true });

test('a changed app gets its former definition under a new version, with its service port', async () => {
  const h = await harness();
  await h.put({ id: '/a', cmd: 'one', portDefinitions: [{ port: 0 }] });
  const plan = await h.put({ id: '/a', cmd: 'two', portDefinitions: [] });
  const back = await revert(h, plan);
  expect(h.app('/a')).toMatchObject({ cmd: 'one', version: back.version, portDefinitions: [{ port: 10000 }] });
});

test('an added app and the groups made for it are removed', async () => {
  const h = await harness();
  const plan = await h.put({ id: '/g/h/a' });
  await revert(h, plan);
  expect([...h.tree.root.apps.keys(), ...h.tree.root.groups.keys()]).toEqual(['/']);
});

test('a removed group comes back with its apps, dependencies and enforceRole', async () => {
  const h = await harness();
  await h.put({ id: '/g/h/a', role: 'g' });
  await h.change((root) => putGroup(root, path('/g'), { dependencies: [path('/x')], enforceRole: true }));
  const plan = await h.change((root) => removeGroup(root, path('/g')));
  await revert(h, plan);
  expect([...h.tree.root.apps.keys()]).toEqual(['/g/h/a']);
  expect(h.tree.root.groups.get(path('/g'))).toMatchObject({ dependencies: ['/x'], enforceRole: true });
});

test('changes of others that came later stay', async () => {
  const h = await harness();
  await h.put({ id: '/a' });
  const plan = await h.put({ id: '/a', instances: 5 }, { id: '/g/b' });
  await h.put({ id: '/g/c' }, { id: '/d' });
  await revert(h, plan);
  expect(h.app('/a').instances).toBe(1);
  expect([...h.tree.root.apps.keys()].sort()).toEqual(['/a', '/d', '/g/c']);
});

test('an added group that somebody has changed since stays', async () => {
  const h = await harness();
  const plan = await h.put({ id: '/g/a' });
  await h.change((root) => putGroup(root, path('/g'), { dependencies: [path('/x')] }));
  await revert(h, plan);
  expect([...h.tree.root.groups.keys()].sort()).toEqual(['/', '/g']);
});

test('dependencies of groups are taken back', async () => {
  const h = await harness();
  await h.put({ id: '/g/a' });
  const plan = await h.change((root, v) =>
    putApp(
      putGroup(root, path('/g'), { dependencies: [path('/x')] }),
      appOf(root, { id: '/g/a', instances: 2 }, v, h.options),
    ),
  );
  await revert(h, plan);
  expect(h.tree.root.groups.get(path('/g'))?.dependencies).toEqual([]);
});

test('taking back a removal that a later app has made impossible is refused by the rules', async () => {
  const h = await harness();
  await h.put({ id: '/g/a' });
  const plan = await h.change((root) => removeGroup(root, path('/g')));
  await h.put({ id: '/g' });
  await expect(revert(h, plan)).rejects.toThrow('Object is not valid');
  expect([...h.tree.root.apps.keys()]).toEqual(['/g']);
});

test('of an app that is gone since nothing is removed', async () => {
  const h = await harness();
  const plan = await h.put({ id: '/a' });
  await h.change((root) => removeApp(root, path('/a')));
  expect((await revert(h, plan)).steps).toEqual([]);
});
