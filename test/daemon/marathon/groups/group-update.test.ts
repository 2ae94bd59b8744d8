// What requests about groups make of the tree (marathon.md 5, 25, 26.46).
import { describe, expect, test } from 'vitest';
import {
  applyGroupUpdate,
  createGroup,
  parseGroupUpdate,
  placesOf,
} from '../../../../src/daemon/marathon/groups/index.ts';
import type { RootGroup } from '../../../../src/daemon/marathon/model/root-group.ts';
import type { Timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import { type Harness, harness, path, refusalOf, shown } from './support/tree.ts';

const app = (id: string, more: object = {}) => ({ id, cmd: 'sleep 1', ...more });

async function put(h: Harness, url: string, json: unknown, former?: RootGroup) {
  const update = parseGroupUpdate(json, path(url));
  return h.change((root, version) => applyGroupUpdate(root, update, { version, options: h.options, former }), {
    places: placesOf(update),
    groupId: update.id,
  });
}

const appIds = (h: Harness) => [...h.tree.root.apps.keys()].sort();
const groupIds = (h: Harness) => [...h.tree.root.groups.keys()].sort();

describe('structure', () => {
  test('nested groups and apps are made with ids relative to where they stand', async () => {
    const h = await harness();
    const plan = await put(h, '/', {
      id: '/product',
      groups: [
        { id: 'db', apps: [app('mongo')] },
        { id: '/product/service', dependencies: ['../db'], apps: [app('web', { dependencies: ['api'] }), app('api')] },
      ],
    });
    expect(appIds(h)).toEqual(['/product/db/mongo', '/product/service/api', '/product/service/web']);
    expect(h.app('/product/service/web').dependencies).toEqual(['/product/service/api']);
    expect(h.tree.root.groups.get(path('/product/service'))?.dependencies).toEqual(['/product/db']);
    expect(plan.steps.map(({ actions }) => actions.map((one) => one.app.id))[1]).toEqual(['/product/db/mongo']);
    expect(h.deployments.started).toHaveLength(1);
  });

  test('lists that are given replace, lists that are not stay', async () => {
    const h = await harness();
    await put(h, '/g', { apps: [app('a'), app('b')], groups: [{ id: 'x', apps: [app('c')] }], dependencies: ['/z'] });
    await put(h, '/g', { apps: [app('b'), app('d')] });
    expect(appIds(h)).toEqual(['/g/b', '/g/d', '/g/x/c']);
    expect(h.tree.root.groups.get(path('/g'))?.dependencies).toEqual(['/z']);
    await put(h, '/g', { groups: [{ id: 'y' }], dependencies: [] });
    expect(appIds(h)).toEqual(['/g/b', '/g/d']);
    expect(groupIds(h)).toEqual(['/', '/g', '/g/y']);
    expect(h.tree.root.groups.get(path('/g'))?.dependencies).toEqual([]);
  });

  test('an empty update makes the group with those above it', async () => {
    const h = await harness();
    await put(h, '/g/h', {});
    expect(groupIds(h)).toEqual(['/', '/g', '/g/h']);
  });

  test('null is like absent, and what is unknown is left aside', async () => {
    const h = await harness();
    await put(h, '/g', { apps: [app('a')], groups: null, scaleBy: null, version: null, extra: 1 });
    await put(h, '/g', { apps: null, enforceRole: null });
    expect(appIds(h)).toEqual(['/g/a']);
  });

  test('groups may be nested as deep as ids have room for, and null is like absent at any depth', async () => {
    const nested = (depth: number): object =>
      depth === 0
        ? { apps: [app('a', { labels: null })] }
        : { groups: [{ id: 'g', dependencies: null, ...nested(depth - 1) }] };
    const h = await harness();
    await put(h, '/', nested(80));
    expect(appIds(h)).toEqual([`${'/g'.repeat(80)}/a`]);
    const refusal = await refusalOf(() => put(h, '/', nested(90)));
    expect(JSON.stringify(refusal.body.details)).toContain('must not be longer than 180 characters');
  });

  test('a group that an id leads through stays, the others go', async () => {
    const h = await harness();
    await put(h, '/', {
      groups: [
        { id: 'a', apps: [app('x')] },
        { id: 'b', apps: [app('x')] },
      ],
    });
    await put(h, '/', { groups: [{ id: 'a/c', apps: [app('x')] }] });
    expect(appIds(h)).toEqual(['/a/c/x', '/a/x']);
  });

  test('of very many groups one is taken away in no time', async () => {
    const h = await harness();
    const groups = Array.from({ length: 3000 }, (_, i) => ({ id: `g${i}` }));
    await put(h, '/', { groups });
    await put(h, '/', { groups: groups.slice(1) });
    expect(h.tree.root.groups.size).toBe(3000);
  });

  test('what GET shows can be put back without a change', async () => {
    const h = await harness();
    await put(h, '/g', { apps: [app('a')] });
    const { version } = h.tree.root;
    await put(h, '/g', { id: '/g', apps: [app('/g/a')], groups: [], dependencies: [] });
    expect(h.tree.root.version).toBe(version);
  });

  test('POST is refused where there is a group or an app', async () => {
    const h = await harness();
    await h.put(app('/g/a'));
    const post = (url: string) =>
      h.change((root, version) => createGroup(root, parseGroupUpdate({}, path(url)), { version, options: h.options }));
    const group = await refusalOf(() => post('/g'));
    expect([group.status, group.message]).toEqual([409, 'Group /g is already created. Use PUT to change this group.']);
    const clash = await refusalOf(() => post('/g/a'));
    expect([clash.status, clash.message]).toEqual([409, 'An app with the path /g/a already exists.']);
    await post('/x/y');
    expect(groupIds(h)).toContain('/x/y');
  });
});

describe('scaleBy', () => {
  test('multiplies the instances of all apps below and rounds up', async () => {
    const h = await harness();
    await h.put(app('/g/a'), app('/g/h/b', { instances: 3 }), app('/other', { instances: 3 }));
    await put(h, '/g', { scaleBy: 1.5 });
    expect([h.app('/g/a').instances, h.app('/g/h/b').instances, h.app('/other').instances]).toEqual([2, 5, 3]);
  });

  test('takes fractions as they are written', async () => {
    const h = await harness();
    await h.put(app('/g/a', { instances: 10 }));
    await put(h, '/g', { scaleBy: 1.1 });
    expect(h.app('/g/a').instances).toBe(11);
    await put(h, '/g', { scaleBy: 0 });
    expect(h.app('/g/a').instances).toBe(0);
  });

  test('of a group that is not there is refused with 404', async () => {
    const h = await harness();
    expect((await refusalOf(() => put(h, '/none', { scaleBy: 2 }))).body).toEqual({
      message: "Group '/none' does not exist",
    });
  });
});

describe('version', () => {
  async function rollBack(h: Harness, url: string, version: Timestamp) {
    return put(h, url, { version }, await h.tree.rootVersion(version));
  }

  test('brings the group back as it was and leaves the rest', async () => {
    const h = await harness();
    await put(h, '/g', { apps: [app('a'), app('b', { instances: 2 })], groups: [{ id: 'x', apps: [app('c')] }] });
    const { version } = await put(h, '/k', { apps: [app('z')] });
    const before = shown(h.tree.root);
    await put(h, '/g', { apps: [app('b', { cmd: 'other' }), app('d')], groups: [{ id: 'y' }] });
    await put(h, '/k', { apps: [app('z', { instances: 7 })] });
    const { version: newest } = await rollBack(h, '/g', version);
    expect(appIds(h)).toEqual(['/g/a', '/g/b', '/g/x/c', '/k/z']);
    expect(h.app('/g/b')).toMatchObject({ cmd: 'sleep 1', instances: 2, version: newest });
    expect(h.app('/k/z').instances).toBe(7);
    await rollBack(h, '/', version);
    expect(Object.keys(shown(h.tree.root).apps)).toEqual(Object.keys(before.apps));
    expect(shown(h.tree.root).groups).toEqual(before.groups);
  });

  test('that is not kept, or had no such group, is refused with 404', async () => {
    const h = await harness();
    await h.put(app('/g/a'));
    const unknown = await refusalOf(() => rollBack(h, '/g', '1999-01-01T00:00:00.000Z' as Timestamp));
    expect(unknown.message).toBe("Group '/g' does not exist in version 1999-01-01T00:00:00.000Z");
    expect((await refusalOf(() => rollBack(h, '/h', h.tree.root.version))).status).toBe(404);
  });
});

describe('refusals', () => {
  const details = async (json: unknown, url = '/') => {
    const refusal = await refusalOf(() => parseGroupUpdate(json, path(url)));
    expect(refusal.status).toBe(422);
    return refusal.body.details;
  };
  const ALONE = 'not allowed in conjunction with other properties.';

  test('version and scaleBy go with nothing else, and only for the group addressed', async () => {
    const version = '2021-01-01T00:00:00.000Z';
    expect(await details({ version, apps: [] })).toEqual([{ path: '/version', errors: [ALONE] }]);
    expect(await details({ scaleBy: 2, dependencies: [] })).toEqual([{ path: '/scaleBy', errors: [ALONE] }]);
    expect(await details({ scaleBy: 2, version })).toHaveLength(2);
    expect(await details({ groups: [{ id: 'a', scaleBy: 2 }] })).toEqual([
      { path: '/groups(0)/scaleBy', errors: [ALONE] },
    ]);
    expect(parseGroupUpdate({ id: '/g', scaleBy: 2 })).toEqual({ at: '', id: '/g', scaleBy: 2 });
  });

  test('wrong shapes of groups and of apps in them are told together', async () => {
    expect(await details({ scaleBy: -1, dependencies: 'x', groups: [{ id: 3 }] })).toEqual([
      { path: '/dependencies', errors: ['error.expected.jsarray'] },
      { path: '/scaleBy', errors: ['error.min'] },
    ]);
    expect(
      await details({ apps: [app('a', { cpus: 'x' }), { cmd: 'y' }], groups: [{ apps: [] }, { id: 'b', apps: 1 }] }),
    ).toEqual([
      { path: '/apps(0)/cpus', errors: ['error.expected.jsnumber'] },
      { path: '/groups(0)/id', errors: ['error.path.missing'] },
      { path: '/groups(1)/apps', errors: ['error.expected.jsarray'] },
    ]);
    expect(await details([])).toEqual([{ path: '/', errors: ['error.expected.jsobject'] }]);
    expect(await details({ apps: [{ cmd: 'x' }] })).toEqual([{ path: '/apps(0)/id', errors: ['error.path.missing'] }]);
  });

  test('a version that is no time is refused by name', async () => {
    const refusal = await refusalOf(() => parseGroupUpdate({ version: 'x' }));
    expect(refusal.message).toBe("Invalid timestamp provided 'x'. Expecting ISO-8601 datetime string.");
  });

  test('ids keep the pattern of paths', async () => {
    expect(JSON.stringify(await details({ id: '/A_b' }))).toContain('must fully match regular expression');
    expect(JSON.stringify(await details({ dependencies: ['a..b'] }))).toContain('/dependencies(0)');
    expect(JSON.stringify(await details({ groups: [{ id: 'A' }] }))).toContain('/groups(0)/id');
  });

  test('ids that come with the URL keep it as well: what is stored under them has to be told apart', async () => {
    for (const url of ['/a_b', '/A', '/a..b', `/${'a/'.repeat(100)}`]) {
      expect(await details({}, url)).toMatchObject([{ path: '/id' }]);
      expect(await details({ id: 'c', apps: [app('d')] }, url)).toMatchObject([{ path: '/id' }]);
    }
  });

  test('apps and groups belong to the group they stand in', async () => {
    const outside = (path: string, id: string) => [{ path, errors: [`Identifier is not child of '${id}'`] }];
    expect(await details({ apps: [app('/y/a')] }, '/x')).toEqual(outside('/apps(0)/id', '/x'));
    expect(await details({ apps: [app('/x/y/a')] }, '/x')).toEqual(outside('/apps(0)/id', '/x'));
    expect(await details({ apps: [app('../a')] }, '/x')).toEqual(outside('/apps(0)/id', '/x'));
    expect(await details({ groups: [{ id: '/y' }] }, '/x')).toEqual(outside('/groups(0)/id', '/x'));
    expect(await details({ id: '/y' }, '/x')).toEqual(outside('/id', '/x'));
  });

  test('an app or a group twice in a list is refused', async () => {
    expect(await details({ apps: [app('a'), app('/a')] })).toEqual([
      { path: '/apps', errors: ['Elements must be unique.'] },
    ]);
    expect(await details({ groups: [{ id: 'a' }, { id: '/a' }] })).toEqual([
      { path: '/groups', errors: ['Elements must be unique.'] },
    ]);
  });

  test('enforceRole is for top-level groups', async () => {
    expect(await details({ enforceRole: true }, '/a/b')).toEqual([
      { path: '/enforceRole', errors: ['enforceRole can only be set for top-level groups, and /a/b is not top-level'] },
    ]);
    expect(await details({ enforceRole: true })).toHaveLength(1);
  });

  test('rules of apps are told at the place of the app', async () => {
    const h = await harness();
    const refusal = await refusalOf(() => put(h, '/g', { groups: [{ id: 'h', apps: [{ id: 'a' }] }] }));
    expect(refusal.body.details).toEqual([
      {
        path: '/groups(0)/apps(0)',
        errors: ["AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."],
      },
    ]);
  });
});

test('a new top-level group with enforceRole gives its role to the apps that come with it', async () => {
  const h = await harness();
  await put(h, '/g', { enforceRole: true, apps: [app('a')] });
  expect(h.app('/g/a').role).toBe('g');
});
