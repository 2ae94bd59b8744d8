// One change of the root from request to deployment: versions, locks, limits, events (marathon.md 4, 11, 12.6, 25).
import { describe, expect, test } from 'vitest';
import { applyAppUpdate, parseAppUpdate, renderApp } from '../../../../src/daemon/marathon/apps/index.ts';
import { ROOT } from '../../../../src/daemon/marathon/model/path-id.ts';
import { putApp, putGroup, removeApp, removeGroup } from '../../../../src/daemon/marathon/model/root-group.ts';
import { appOf, harness, path, refusalOf, shown } from './support/tree.ts';
import { versionInfoOf } from './support/version-info.ts';

describe('versions', () => {
  test('an app that is created, scaled, changed and restarted tells when each happened last', async () => {
    const { put, change, app } = await harness();
    const v1 = (await put({ id: '/a' })).version;
    expect(versionInfoOf(app('/a'))).toEqual([v1, v1, v1]);
    const v2 = (await put({ id: '/a', instances: 3 })).version;
    expect(versionInfoOf(app('/a'))).toEqual([v2, v2, v1]);
    const v3 = (await put({ id: '/a', instances: 3, cmd: 'sleep 2' })).version;
    expect(versionInfoOf(app('/a'))).toEqual([v3, v3, v3]);
    const v4 = (await change((root) => root, { restart: [path('/a')] })).version;
    expect(versionInfoOf(app('/a'))).toEqual([v4, v3, v4]);
    expect(new Set([v1, v2, v3, v4]).size).toBe(4);
  });

  test('all apps of one request, the root and the plan have one version', async () => {
    const { put, app, tree } = await harness();
    const { version } = await put({ id: '/a' }, { id: '/g/b' });
    expect([app('/a').version, app('/g/b').version, tree.root.version]).toEqual([version, version, version]);
  });

  test('versions grow by a millisecond when the clock stands still or goes back', async () => {
    const { put, clock } = await harness();
    const first = (await put({ id: '/a' })).version;
    clock.nowMs -= 1_000_000;
    const second = (await put({ id: '/b' })).version;
    expect(Date.parse(second)).toBe(Date.parse(first) + 1);
  });

  test('a change of executorResources makes a version without touching tasks', async () => {
    const { put, app, deployments } = await harness();
    const resources = { executor: '/bin/own', executorResources: { cpus: 0.2, mem: 40, disk: 10 } };
    const v1 = (await put({ id: '/a', ...resources })).version;
    const v2 = (await put({ id: '/a', ...resources, executorResources: { cpus: 0.3, mem: 40, disk: 10 } })).version;
    expect(versionInfoOf(app('/a'))).toEqual([v2, v1, v1]);
    expect(deployments.started.at(-1)?.steps).toEqual([]);
  });
});

describe('a change of nothing', () => {
  test('is a deployment without steps that keeps version, root and store', async () => {
    const { put, tree, store, deployments, events } = await harness();
    await put({ id: '/a', portDefinitions: [{ port: 0 }] });
    const { root } = tree;
    const commits = store.commits.length;
    const plan = await put({ id: '/a', portDefinitions: [{ port: 0 }] });
    expect(plan.steps).toEqual([]);
    expect(plan.version).toBe(root.version);
    expect(tree.root).toBe(root);
    expect(store.commits.length).toBe(commits);
    expect(deployments.started.at(-1)).toBe(plan);
    expect(events.at(-1)).toEqual({ type: 'group_change_success', groupId: '/', version: root.version });
  });

  test('is what somebody asks for who puts back what GET showed, service ports and all', async () => {
    const h = await harness();
    await h.put({ id: '/a', ports: [0, 0], uris: ['http://a/b.tgz'], healthChecks: [{}] });
    await h.put({ id: '/b', container: { docker: { image: 'i', network: 'BRIDGE' } } });
    const { root } = h.tree;
    for (const id of ['/a', '/b']) {
      const { version: _, ...body } = JSON.parse(JSON.stringify(renderApp(h.app(id))));
      for (const partial of [true, false]) {
        const update = parseAppUpdate(body, { group: ROOT, id: path(id) });
        await h.change((before) => putApp(before, applyAppUpdate(h.app(id), update, partial, { role: '*' })));
        expect(h.tree.root).toBe(root);
      }
    }
  });

  test('is not refused by locks or the limit of deployments', async () => {
    const { put, tree, options } = await harness({ args: ['--max_running_deployments=1'] });
    await put({ id: '/a' });
    await tree.update((root, v) => putApp(root, appOf(root, { id: '/a', instances: 2 }, v, options)), { force: false });
    const plan = await tree.update((root) => root, { force: false });
    expect(plan.steps).toEqual([]);
  });
});

describe('deployments in the way', () => {
  test('an app held by a deployment is refused with its id, and with force that one is cancelled', async () => {
    const { tree, options, deployments, events } = await harness();
    const scale = (instances: number, force: boolean) =>
      tree.update((root, v) => putApp(root, appOf(root, { id: '/a', instances }, v, options)), { force });
    const first = await scale(1, false);
    const { root } = tree;
    const refusal = await refusalOf(() => scale(2, false));
    expect(refusal.status).toBe(409);
    expect(refusal.body.deployments).toEqual([{ id: first.id }]);
    expect(tree.root).toBe(root);
    expect(events.at(-1)).toMatchObject({ type: 'group_change_failed', groupId: '/', reason: refusal.message });
    await scale(2, true);
    expect(deployments.cancelled).toEqual([first.id]);
    expect(tree.app(path('/a'))?.instances).toBe(2);
  });

  test('one more deployment than allowed is refused with 403, unless it takes the place of another', async () => {
    const { tree, options } = await harness({ args: ['--max_running_deployments=1'] });
    const put = (id: string, instances: number, force: boolean) =>
      tree.update((root, v) => putApp(root, appOf(root, { id, instances }, v, options)), { force });
    await put('/a', 1, false);
    expect((await refusalOf(() => put('/b', 1, true))).status).toBe(403);
    await put('/a', 2, true);
    expect(tree.app(path('/a'))?.instances).toBe(2);
  });

  test('more changes than may wait for the disk are refused with 503', async () => {
    const { tree, options } = await harness({ args: ['--max_queued_root_group_updates=2'] });
    const put = (id: string) =>
      tree.update((root, v) => putApp(root, appOf(root, { id }, v, options)), { force: false });
    const two = [put('/a'), put('/b')];
    expect((await refusalOf(() => put('/c'))).status).toBe(503);
    await Promise.all(two);
    await put('/c');
    expect(tree.root.apps.size).toBe(3);
  });
});

test('changes that come together are made one after the other, each from what the one before left', async () => {
  const h = await harness();
  const commits = h.store.commits.length;
  const seen: number[] = [];
  const plans = await Promise.all(
    ['/a', '/b', '/c'].map((id) =>
      h.tree.update(
        (root, version) => {
          seen.push(root.apps.size);
          return putApp(root, appOf(root, { id }, version, h.options));
        },
        { force: false },
      ),
    ),
  );
  expect(seen).toEqual([0, 1, 2]);
  const versions = plans.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].sort());
  expect(['/a', '/b', '/c'].map((id) => h.app(id).version)).toEqual(versions);
  // What was decided in one pass is durable together or not at all.
  expect(h.store.commits.length).toBe(commits + 1);
  expect(shown((await h.restarted()).tree.root)).toEqual(shown(h.tree.root));
  expect((await h.tree.rootVersion(versions[0] ?? h.tree.root.version))?.apps.size).toBe(1);
});

test('a change is in memory, written and deployed in one pass, and answered when durable', async () => {
  const { tree, options, store, deployments, events } = await harness();
  const answer = tree.update((root, v) => putApp(root, appOf(root, { id: '/g/a' }, v, options)), { force: false });
  expect(tree.app(path('/g/a'))).toBeDefined();
  expect(deployments.started).toHaveLength(1);
  expect(events).toEqual([]);
  const before = store.commits.length;
  await answer;
  expect(store.commits.length).toBe(before + 1);
  expect(events.map(({ type }) => type)).toEqual(['group_change_success']);
});

test('a root that was not made from the present one is a mistake of the program', async () => {
  const { tree, put, change } = await harness();
  const stale = tree.root;
  await put({ id: '/a' });
  await expect(change(() => stale)).rejects.toThrow('made from the root');
});

test('an app to restart that is not there is refused with 404', async () => {
  const { change } = await harness();
  const refusal = await refusalOf(() => change((root) => root, { restart: [path('/x')] }));
  expect(refusal.body).toEqual({ message: "App '/x' does not exist" });
});

test('a dry run tells the steps and changes nothing', async () => {
  const { tree, options, store } = await harness();
  const { root } = tree;
  const plan = tree.plan((now, v) => putApp(now, appOf(now, { id: '/x' }, v, options)));
  expect(plan.steps[0]?.actions.map(({ kind, app }) => [kind, app.id])).toEqual([['StartApplication', '/x']]);
  expect(tree.root).toBe(root);
  expect(store.keys('apps/')).toEqual([]);
});

test('services that depend on each other are scaled in the order of dependency', async () => {
  const { put } = await harness();
  const plan = await put({ id: '/db' }, { id: '/api', dependencies: ['/db'] }, { id: '/web', dependencies: ['/api'] });
  const steps = plan.steps.map(({ actions }) => actions.map(({ kind, app }) => `${kind} ${app.id}`).sort());
  expect(steps).toEqual([
    ['StartApplication /api', 'StartApplication /db', 'StartApplication /web'],
    ['ScaleApplication /db'],
    ['ScaleApplication /api'],
    ['ScaleApplication /web'],
  ]);
});

test('a change with five thousand apps around writes as many keys as one with five', async () => {
  const written = async (count: number) => {
    const { put, store } = await harness();
    await put(...Array.from({ length: count }, (_, i) => ({ id: `/g${i % 7}/a${i}` })));
    await put({ id: '/g0/a0', instances: 2 });
    return store.commits.at(-1)?.map(({ kind, key }) => `${kind} ${key.replace(/\d{4}-.*Z/, 'V')}`);
  };
  const few = await written(5);
  expect(few).toEqual(['put history/V/0000', 'put versions/g0_a0/V', 'put apps/g0_a0', 'put groups/_root']);
  expect(await written(5000)).toEqual(few);
});

test('enforceRole of a top-level group is changed without a deployment and is durable', async () => {
  const h = await harness();
  await h.put({ id: '/g/a' });
  const started = h.deployments.started.length;
  await h.tree.setEnforceRole(path('/g'), true);
  expect(h.tree.root.groups.get(path('/g'))?.enforceRole).toBe(true);
  expect(h.deployments.started.length).toBe(started);
  expect(shown((await h.restarted()).tree.root)).toEqual(shown(h.tree.root));
  expect((await refusalOf(() => h.tree.setEnforceRole(path('/none'), true))).status).toBe(404);
  await h.change((root) => putGroup(root, path('/g/h')));
  const nested = await refusalOf(() => h.tree.setEnforceRole(path('/g/h'), true));
  expect([nested.status, JSON.stringify(nested.body)]).toEqual([
    422,
    expect.stringContaining('Path needs to be top-level'),
  ]);
});

test('the parent groups of a deleted app stay', async () => {
  const { put, change, tree } = await harness();
  await put({ id: '/g/h/a' });
  await change((root) => removeApp(root, path('/g/h/a')));
  expect([...tree.root.groups.keys()].sort()).toEqual(['/', '/g', '/g/h']);
});

test('the last failure of an app is forgotten when the app is removed, alone or with its group, and only then', async () => {
  const { put, change, forgotten } = await harness();
  await put({ id: '/a' }, { id: '/g/b' }, { id: '/g/h/c' });
  await put({ id: '/a', cmd: 'sleep 2' });
  expect(forgotten).toEqual([]);
  await change((root) => removeApp(root, path('/a')));
  expect(forgotten).toEqual(['/a']);
  await change((root) => removeGroup(root, path('/g')));
  expect([...forgotten].sort()).toEqual(['/a', '/g/b', '/g/h/c']);
});
