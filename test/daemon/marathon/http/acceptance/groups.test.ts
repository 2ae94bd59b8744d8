// Groups through the API (marathon.md 5, 24.1).
import { expect } from 'vitest';
import { type Json, Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const small = { cmd: SLEEP, cpus: 0.1, mem: 16 };
const check = { protocol: 'HTTP', intervalSeconds: 1, gracePeriodSeconds: 300, timeoutSeconds: 1 };

line('create / update / delete an empty group; delete unknown: 404', async () => {
  const scene = await Scene.start();
  const created = await scene.post('/v2/groups', { id: '/g' });
  expect([created.status, created.headers.location]).toEqual([201, '/g']);
  expect((await scene.get('/v2/groups/g')).json).toMatchObject({ id: '/g', apps: [], groups: [], dependencies: [] });
  const updated = await scene.put('/v2/groups/g', { groups: [{ id: 'h' }], dependencies: ['/other'] });
  expect(updated.status).toBe(200);
  expect((await scene.get('/v2/groups/g')).json).toMatchObject({ dependencies: ['/other'], groups: [{ id: '/g/h' }] });
  expect((await scene.delete('/v2/groups/g')).status).toBe(200);
  const unknown = await scene.delete('/v2/groups/g');
  expect([unknown.status, unknown.json]).toEqual([404, { message: "Group '/g' does not exist" }]);
});

line('create with apps: all Running', async () => {
  const scene = await Scene.start();
  const apps = [
    { id: 'a', ...small },
    { id: '/g/b', ...small, instances: 2 },
  ];
  expect(
    (await scene.post('/v2/groups', { id: '/g', apps, groups: [{ id: 'h', apps: [{ id: 'c', ...small }] }] })).status,
  ).toBe(201);
  await scene.deployed();
  const { json } = await scene.get('/v2/groups/g?embed=group.apps&embed=group.groups&embed=group.apps.counts');
  expect(json.apps).toMatchObject([
    { id: '/g/a', tasksRunning: 1 },
    { id: '/g/b', tasksRunning: 2 },
  ]);
  expect(json.groups).toMatchObject([{ id: '/g/h', apps: [{ id: '/g/h/c', tasksRunning: 1 }] }]);
  expect(json).not.toHaveProperty('pods');
});

line('update with changed app: restarted; with identical app: untouched', async () => {
  const scene = await Scene.start();
  const apps = [
    { id: 'a', ...small },
    { id: 'b', ...small },
  ];
  await scene.post('/v2/groups', { id: '/g', apps });
  await scene.deployed();
  const [a, b] = [await scene.taskIds('/g/a'), await scene.taskIds('/g/b')];
  const changed = [
    { id: 'a', ...small },
    { id: 'b', ...small, env: { X: '1' } },
  ];
  expect((await scene.put('/v2/groups/g', { apps: changed })).status).toBe(200);
  await scene.deployed();
  expect(await scene.taskIds('/g/a')).toEqual(a);
  expect(await scene.taskIds('/g/b')).not.toEqual(b);
});

line('create and upgrade with health-checked apps', async () => {
  const scene = await Scene.start();
  scene.serve('/g/a', () => ({ status: 200 }));
  const apps = [{ id: 'a', ...small, instances: 2, healthChecks: [check] }];
  await scene.post('/v2/groups', { id: '/g', apps });
  await scene.deployed();
  expect(await scene.app('/g/a')).toMatchObject({ tasksHealthy: 2 });
  await scene.put('/v2/groups/g', { apps: [{ ...apps[0], env: { X: '1' } }] });
  await scene.deployed();
  expect(await scene.app('/g/a')).toMatchObject({ tasksHealthy: 2, tasksRunning: 2, env: { X: '1' } });
});

line('roll back a group upgrade by version', async () => {
  const scene = await Scene.start();
  await scene.post('/v2/groups', { id: '/g', apps: [{ id: 'a', ...small }] });
  await scene.deployed();
  const before = (await scene.get('/v2/groups/g')).json;
  await scene.put('/v2/groups/g', {
    apps: [
      { id: 'a', ...small, cpus: 0.2 },
      { id: 'b', ...small },
    ],
  });
  await scene.deployed();
  const versions = (await scene.get('/v2/groups/versions')).json;
  expect(versions.slice(0, 2)).toEqual([(await scene.get('/v2/groups')).json.version, before.version]);
  expect((await scene.get(`/v2/groups/g/versions/${before.version}`)).json).toEqual(before);
  expect((await scene.put('/v2/groups/g', { version: before.version })).status).toBe(200);
  await scene.deployed();
  const after = (await scene.get('/v2/groups/g')).json;
  expect(after.apps.map(({ id, cpus }: Json) => [id, cpus])).toEqual([['/g/a', 0.1]]);
});

line('upgrade with one instance failing: healthy count never below the minimum capacity', async () => {
  const scene = await Scene.start();
  let sickPort: number | undefined;
  scene.serve('/g/a', (_, port) => ({ status: port === sickPort ? 500 : 200 }));
  const upgradeStrategy = { minimumHealthCapacity: 0.75, maximumOverCapacity: 0.5 };
  const app = { id: 'a', ...small, instances: 4, healthChecks: [check], upgradeStrategy };
  await scene.post('/v2/groups', { id: '/g', apps: [app] });
  await scene.deployed();
  let least = Number.POSITIVE_INFINITY;
  scene.marathon.health.onChange(() => {
    least = Math.min(least, scene.marathon.health.countsOf('/g/a' as never).healthy);
  });
  await scene.put('/v2/groups/g', { apps: [{ ...app, env: { X: '1' } }] });
  // The first of the new ones is never well.
  const launched = () => scene.marathon.instances.ofApp('/g/a' as never).find((one) => one.app.env.X && one.task);
  await scene.until(() => launched() !== undefined);
  sickPort = launched()?.task?.hostPorts[0];
  await scene.pass(60_000);
  expect(await scene.deployments()).toHaveLength(1);
  expect(await scene.app('/g/a')).toMatchObject({ tasksUnhealthy: 1 });
  sickPort = undefined;
  await scene.deployed();
  expect(least).toBe(3);
  expect(await scene.app('/g/a')).toMatchObject({ tasksRunning: 4, tasksHealthy: 4, env: { X: '1' } });
});

line('second upgrade during a running one: 409, with force accepted', async () => {
  const scene = await Scene.start();
  const of = (cpus: number) => ({ apps: [{ id: 'a', ...small, cpus }] });
  await scene.post('/v2/groups', { id: '/g', ...of(0.1) });
  await scene.deployed();
  const first = await scene.put('/v2/groups/g', of(1000));
  await scene.pass(1_000);
  const refused = await scene.put('/v2/groups/g', of(0.2));
  expect(refused.status).toBe(409);
  expect(refused.json.message).toBe(
    "App is locked by one or more deployments. Override with the option '?force=true'. " +
      "View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
  );
  expect(refused.json.deployments).toEqual([{ id: first.json.deploymentId }]);
  expect((await scene.put('/v2/groups/g?force=true', of(0.2))).status).toBe(200);
  await scene.deployed();
  expect(await scene.app('/g/a')).toMatchObject({ cpus: 0.2, tasksRunning: 1 });
});

line('delete during a deployment: 409, with force accepted', async () => {
  const scene = await Scene.start();
  await scene.post('/v2/groups', { id: '/g', apps: [{ id: 'a', ...small, cpus: 1000 }] });
  await scene.pass(1_000);
  expect((await scene.delete('/v2/groups/g')).status).toBe(409);
  expect((await scene.delete('/v2/groups/g?force=true')).status).toBe(200);
  await scene.deployed();
  expect((await scene.get('/v2/groups/g')).status).toBe(404);
});

line('circular dependencies: 422', async () => {
  const scene = await Scene.start();
  const apps = [
    { id: 'a', ...small, dependencies: ['b'] },
    { id: 'b', ...small, dependencies: ['/g/a'] },
  ];
  const refused = await scene.post('/v2/groups', { id: '/g', apps });
  expect(refused.status).toBe(422);
  expect(refused.json).toEqual({
    message: 'Object is not valid',
    details: [{ path: '/', errors: ['Dependency graph has cyclic dependencies.'] }],
  });
});

line('start order app → dependency, group → dependency, relative dependencies', 'apps', async () => {
  const scene = await Scene.start();
  const app = (id: string, ...dependencies: string[]) => ({ id, ...small, dependencies });
  const apps = [app('web', 'api'), app('api', '/g/db'), app('db')];
  const dryRun = await scene.put('/v2/groups/g?dryRun=true', { apps });
  const steps = dryRun.json.steps.map(({ actions }: Json) =>
    actions.map(({ action, app: id }: Json) => `${action} ${id}`).sort(),
  );
  expect(steps).toEqual([
    ['StartApplication /g/api', 'StartApplication /g/db', 'StartApplication /g/web'],
    ['ScaleApplication /g/db'],
    ['ScaleApplication /g/api'],
    ['ScaleApplication /g/web'],
  ]);
  expect((await scene.get('/v2/groups/g')).status).toBe(404);
  await scene.put('/v2/groups/g', { apps });
  await scene.deployed();
  const started = await Promise.all(
    ['db', 'api', 'web'].map((id) => scene.marathon.instances.ofApp(`/g/${id}` as never)[0]?.task?.startedAtMs ?? 0),
  );
  expect(started).toEqual([...started].sort((a, b) => a - b));
});

line('start order app → dependency, group → dependency, relative dependencies', 'groups, relative', async () => {
  const scene = await Scene.start();
  const body = {
    id: '/p',
    groups: [
      { id: 'front', dependencies: ['../back'], apps: [{ id: 'web', ...small }] },
      {
        id: 'back',
        apps: [
          { id: 'db', ...small },
          { id: 'api', ...small, dependencies: ['db'] },
        ],
      },
    ],
  };
  const { json } = await scene.put('/v2/groups?dryRun=true', body);
  const scaled = json.steps.slice(1).map(({ actions }: Json) => actions.map(({ app }: Json) => app));
  expect(scaled).toEqual([['/p/back/db'], ['/p/back/api'], ['/p/front/web']]);
});

line('enforceRole unchangeable by PUT; PATCH second level 422; PATCH top level 200', async () => {
  const scene = await Scene.start();
  const apps = [{ id: 'a', ...small }];
  await scene.post('/v2/groups', { id: '/g', apps, groups: [{ id: 'h' }] });
  await scene.deployed();
  const before = await scene.taskIds('/g/a');
  const byPut = await scene.put('/v2/groups/g', { enforceRole: true, apps: [{ id: 'a', ...small, cpus: 0.2 }] });
  expect(byPut.status).toBe(422);
  expect(byPut.json.details[0].errors[0]).toMatch(/^enforceRole cannot be modified in a request that adds/);
  const second = await scene.patch('/v2/groups/g/h', { enforceRole: true });
  expect([second.status, JSON.stringify(second.json)]).toEqual([
    422,
    expect.stringContaining('Path needs to be top-level'),
  ]);
  const top = await scene.patch('/v2/groups/g', { enforceRole: true });
  expect([top.status, top.text]).toEqual([200, '']);
  expect((await scene.get('/v2/groups/g')).json.enforceRole).toBe(true);
  expect(await scene.deployments()).toEqual([]);
  expect(await scene.taskIds('/g/a')).toEqual(before);
  expect((await scene.patch('/v2/groups/none', { enforceRole: true })).status).toBe(404);
});
