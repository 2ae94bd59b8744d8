// Former versions of apps and of the root, what is kept of them and for how long (marathon.md 4, 20.3).
import { describe, expect, test } from 'vitest';
import { removeApp, removeGroup } from '../../../../src/daemon/marathon/model/root-group.ts';
import type { Timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import { harness, MemoryStore, path, shown } from './support/tree.ts';

describe('versions of an app', () => {
  test('are listed newest first and can be read', async () => {
    const h = await harness();
    const { version: v1 } = await h.put({ id: '/a', cmd: 'one' });
    const { version: v2 } = await h.put({ id: '/a', cmd: 'two' });
    expect(await h.tree.appVersions(path('/a'))).toEqual([v2, v1]);
    expect(await h.tree.appVersion(path('/a'), v1)).toMatchObject({ cmd: 'one', version: v1 });
    expect(await h.tree.appVersion(path('/a'), v2)).toBe(h.app('/a'));
    expect(await h.tree.appVersion(path('/a'), '1999-01-01T00:00:00.000Z' as Timestamp)).toBeUndefined();
    expect(await h.tree.appVersions(path('/none'))).toEqual([]);
  });

  test('can be read in the same pass in which they became former ones', async () => {
    const h = await harness();
    const { version: v1 } = await h.put({ id: '/a', cmd: 'one' });
    const update = h.put({ id: '/a', cmd: 'two' });
    expect(await h.tree.appVersion(path('/a'), v1)).toMatchObject({ cmd: 'one' });
    await update;
  });

  test('beyond --zk_max_versions are dropped, oldest first', async () => {
    const h = await harness({ args: ['--zk_max_versions=3'] });
    const versions: Timestamp[] = [];
    for (let i = 1; i <= 6; i++) versions.unshift((await h.put({ id: '/a', instances: i })).version);
    expect(await h.tree.appVersions(path('/a'))).toEqual(versions.slice(0, 3));
    expect(h.store.keys('versions/')).toHaveLength(2);
    expect(h.tree.rootVersions()).toEqual(versions.slice(0, 3));
    expect(h.store.keys('history/')).toHaveLength(2);
  });

  test('outlast the roots that had them', async () => {
    const h = await harness({ args: ['--zk_max_versions=3'] });
    const { version } = await h.put({ id: '/a' });
    await h.put({ id: '/a', instances: 2 });
    for (let i = 1; i <= 5; i++) await h.put({ id: '/b', instances: i });
    expect(h.tree.rootVersions()).not.toContain(version);
    expect(await h.tree.appVersion(path('/a'), version)).toMatchObject({ instances: 1 });
  });

  test('of a deleted app are gone with the last root that had it', async () => {
    const h = await harness({ args: ['--zk_max_versions=3'] });
    await h.put({ id: '/a' });
    await h.put({ id: '/a', instances: 2 });
    await h.change((root) => removeApp(root, path('/a')));
    expect(await h.tree.appVersions(path('/a'))).toEqual([]);
    expect(h.store.keys('apps/')).toEqual([]);
    expect(h.store.keys('versions/')).toHaveLength(2);
    await h.put({ id: '/b' });
    await h.put({ id: '/b', instances: 2 });
    expect(h.store.keys('versions/').filter((key) => key.startsWith('versions/a/'))).toEqual([]);
  });

  test('start over when a deleted app is made again', async () => {
    const h = await harness();
    await h.put({ id: '/a' });
    await h.change((root) => removeApp(root, path('/a')));
    const { version } = await h.put({ id: '/a' });
    expect(await h.tree.appVersions(path('/a'))).toEqual([version]);
  });

  test('that the deployment away from them refers to stay until it has ended', async () => {
    const h = await harness({ args: ['--zk_max_versions=1'] });
    const { version } = await h.put({ id: '/a' });
    await h.put({ id: '/a', instances: 2 });
    expect(h.store.keys('versions/')).toEqual([`versions/a/${version}`]);
    h.tree.collectGarbage();
    await h.put({ id: '/b' });
    expect(h.store.keys('versions/')).toEqual([]);
  });

  test('that instances or deployments refer to stay until those let go, also over a restart', async () => {
    const inUse = new Set<string>();
    const h = await harness({
      args: ['--zk_max_versions=1'],
      isInUse: (id, version) => inUse.has(`${id} ${version}`),
    });
    const { version: v1 } = await h.put({ id: '/a' });
    inUse.add(`/a ${v1}`);
    await h.put({ id: '/a', instances: 2 });
    await h.change((root) => removeApp(root, path('/a')));
    h.tree.collectGarbage();
    await h.put({ id: '/c' });
    expect(h.store.keys('versions/')).toEqual([`versions/a/${v1}`]);
    const again = await h.restarted();
    await again.put({ id: '/b' });
    expect(await again.tree.appVersion(path('/a'), v1)).toBeDefined();
    inUse.clear();
    again.tree.collectGarbage();
    expect(await again.tree.appVersion(path('/a'), v1)).toBeUndefined();
    expect(again.store.keys('garbage/')).toEqual([]);
  });
});

describe('former roots', () => {
  test('are what they were, each of them, before and after a restart', async () => {
    const h = await harness();
    const seen = [shown(h.tree.root)];
    const note = () => seen.push(shown(h.tree.root));
    await h.put({ id: '/a' }, { id: '/g/b', dependencies: ['/a'] });
    note();
    await h.put({ id: '/a', instances: 3 });
    note();
    await h.tree.setEnforceRole(path('/g'), true);
    note();
    await h.change((root) => removeGroup(root, path('/g')));
    note();
    await h.put({ id: '/g' }, { id: '/k/l/c' });
    note();
    for (const tree of [h.tree, (await h.restarted()).tree]) {
      expect(tree.rootVersions()).toEqual(seen.map(({ version }) => version).reverse());
      for (const one of seen) {
        const root = await tree.rootVersion(one.version);
        expect(root && shown(root)).toEqual(one);
      }
    }
    expect(await h.tree.rootVersion('1999-01-01T00:00:00.000Z' as Timestamp)).toBeUndefined();
  });

  test('a change set that is too long for one record is written in several', async () => {
    const h = await harness();
    const group = `/${'long-name-'.repeat(15)}group`;
    const apps = Array.from({ length: 1100 }, (_, i) => ({ id: `${group}/app-${i}` }));
    const { version: v1 } = await h.put(...apps);
    const before = shown(h.tree.root);
    await h.change((root) => removeGroup(root, path(group)));
    expect(h.store.keys('history/').length).toBeGreaterThan(2);
    for (const [key, value] of h.store.entries)
      if (key.startsWith('history/')) expect(value.length).toBeLessThan(201_000);
    const root = await (await h.restarted()).tree.rootVersion(v1);
    expect(root && shown(root)).toEqual(before);
    const parts = h.store.keys('history/');
    h.store.entries.delete(parts[0] ?? '');
    await expect(h.restarted()).rejects.toThrow(/of \d records are there/);
  });
});

describe('loading', () => {
  test('an empty store gives the root group alone, under a version that stays', async () => {
    const h = await harness();
    expect([...h.tree.root.groups.keys()]).toEqual(['/']);
    h.clock.nowMs += 5000;
    expect((await h.restarted()).tree.root.version).toBe(h.tree.root.version);
  });

  test('records of a later mctl and damaged ones are refused by name', async () => {
    const load = async (key: string, text: string) => {
      const h = await harness();
      await h.put({ id: '/a' });
      h.store.entries.set(key, Buffer.from(text));
      return h.restarted();
    };
    await expect(load('apps/a', '{"format":2}')).rejects.toMatchObject({
      code: 'newer-format',
      message: 'apps/a has format 2; this mctl knows formats up to 1',
    });
    await expect(load('groups/g', '{')).rejects.toMatchObject({ code: 'damaged', message: 'groups/g is not JSON' });
    await expect(load('history/x/0000', '{}')).rejects.toMatchObject({ code: 'damaged' });
    const store = new MemoryStore();
    store.entries.set('groups/g', Buffer.from('{"format":1,"id":"/g","dependencies":[]}'));
    await expect(harness({ store })).rejects.toThrow('groups/_root is missing');
  });
});
