// Inputs and what comes of them, as far as HTTP shows it (marathon.md 25), and what is often got wrong (26).
import { describe, expect, test } from 'vitest';
import { type Json, Scene, SLEEP } from './support/scene.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };
const status = async (scene: Scene, app: Json) => (await scene.post('/v2/apps', app)).status;
const portsOf = async (scene: Scene, id: string) => (await scene.app(id)).portDefinitions.map(({ port }: Json) => port);

describe('apps', () => {
  test('paths are resolved, and relative dependencies too', async () => {
    const scene = await Scene.start();
    expect((await scene.post('/v2/apps', { ...web, id: '/a/../b' })).headers.location).toBe('/b');
    expect((await scene.post('/v2/apps', { ...web, id: 'rel/x' })).headers.location).toBe('/rel/x');
    await scene.post('/v2/apps', { ...web, id: '/g/y', dependencies: ['../x', 'z'] });
    expect((await scene.app('/g/y')).dependencies).toEqual(['/x', '/g/z']);
  });

  test('cmd and args together, or neither without an image, are refused; an image alone is enough', async () => {
    const scene = await Scene.start();
    expect(await status(scene, { ...web, args: ['x'] })).toBe(422);
    expect(await status(scene, { ...web, cmd: undefined })).toBe(422);
    expect(await status(scene, { ...web, cmd: undefined, container: { docker: { image: 'busybox' } } })).toBe(201);
    // A container without a type is Docker's.
    expect((await scene.app('/web')).container.type).toBe('DOCKER');
  });

  test('the answer to a creation has ports of 0 and no version info; a look at it afterwards has both', async () => {
    const scene = await Scene.start();
    const { json } = await scene.post('/v2/apps', { ...web, portDefinitions: [{}, { port: 0, name: 'b' }] });
    expect(json.portDefinitions.map(({ port }: Json) => port)).toEqual([0, 0]);
    expect(json).not.toHaveProperty('versionInfo');
    expect(await portsOf(scene, '/web')).toEqual([10000, 10001]);
    expect((await scene.app('/web')).versionInfo.lastScalingAt).toBe(json.version);
  });

  test('service ports: the lowest four for two apps with two each, and the same again for the same app', async () => {
    const scene = await Scene.start();
    const apps = ['a', 'b'].map((id) => ({ ...web, id, portDefinitions: [{ port: 0 }, { port: 0 }] }));
    await scene.post('/v2/groups', { id: '/g', apps });
    await scene.deployed();
    const [a, b] = [await portsOf(scene, '/g/a'), await portsOf(scene, '/g/b')];
    expect([...a, ...b].sort()).toEqual([10000, 10001, 10002, 10003]);
    await scene.put('/v2/apps/g/b', { ...web, id: undefined, portDefinitions: [{ port: 0 }, { port: 0 }] });
    expect(await portsOf(scene, '/g/b')).toEqual(b);
    // Explicit ones may be anybody's, and anywhere.
    await scene.post('/v2/apps', { ...web, portDefinitions: [{ port: 80 }, { port: a[0] }] });
    expect(await portsOf(scene, '/web')).toEqual([80, a[0]]);
  });

  test('absent ports are one port, explicitly none are none', async () => {
    const scene = await Scene.start();
    await scene.run(web);
    expect(await portsOf(scene, '/web')).toEqual([10000]);
    await scene.run({ ...web, id: '/none', portDefinitions: [] });
    expect(await scene.app('/none')).toMatchObject({ portDefinitions: [], tasks: [{ ports: [] }] });
  });

  test('a partial update replaces members as a whole; a complete one sets the others to their defaults', async () => {
    const scene = await Scene.start();
    await scene.run({ ...web, env: { A: '1', B: '2' }, labels: { a: '1' }, instances: 2 });
    await scene.put('/v2/apps/web', { env: { A: '3' }, labels: null });
    await scene.deployed();
    expect(await scene.app('/web')).toMatchObject({ env: { A: '3' }, labels: { a: '1' }, instances: 2 });
    // What a client got, it may send back whole: versions mean nothing in a complete definition.
    const { version, versionInfo, cmd, cpus, mem } = await scene.app('/web');
    const complete = await scene.put('/v2/apps/web?partialUpdate=False', { version, versionInfo, cmd, cpus, mem });
    expect(complete.status).toBe(200);
    await scene.deployed();
    const app = await scene.app('/web');
    expect(app).toMatchObject({ labels: {}, instances: 1, cpus: 0.1 });
    expect(app).not.toHaveProperty('env');
    expect((await scene.put('/v2/apps/copy', { ...app, id: undefined, tasks: undefined })).status).toBe(201);
  });

  test('a former version is applied again as a new one, for one app and for several at once', async () => {
    const scene = await Scene.start();
    await scene.run(web);
    const { version } = await scene.app('/web');
    await scene.put('/v2/apps/web', { cpus: 0.2 });
    await scene.deployed();
    expect((await scene.put('/v2/apps/web', { id: '/web', version })).status).toBe(200);
    await scene.deployed();
    const back = await scene.app('/web');
    expect(back.cpus).toBe(0.1);
    expect(back.version > version).toBe(true);
    const { version: second } = (await scene.put('/v2/apps/web', { cpus: 0.3 })).json;
    await scene.deployed();
    const several = await scene.put('/v2/apps', [
      { id: '/web', version },
      { ...web, id: '/new' },
    ]);
    expect(several.status).toBe(200);
    await scene.deployed();
    expect([(await scene.app('/web')).cpus, (await scene.app('/new')).cpus]).toEqual([0.1, 0.1]);
    const mixed = await scene.put('/v2/apps', [{ id: '/web', version: second, cpus: 1 }]);
    expect([mixed.status, mixed.json.details]).toEqual([
      422,
      [{ path: '(0)', errors: ["The 'version' field may only be combined with the 'id' field."] }],
    ]);
  });

  test('an unknown app is created by PUT, in one request with others if need be', async () => {
    const scene = await Scene.start();
    const put = await scene.put('/v2/apps/a/b', { cmd: SLEEP, cpus: 0.1, mem: 16, id: '/ignored' });
    expect([put.status, put.headers.location]).toEqual([201, '/a/b']);
    expect((await scene.app('/a/b')).id).toBe('/a/b');
    await scene.deployed();
    const several = await scene.put('/v2/apps', [
      { ...web, id: '/x' },
      { ...web, id: '/y' },
      { id: '/a/b', cpus: 0.2 },
    ]);
    expect(await scene.deployments()).toMatchObject([
      { id: several.json.deploymentId, affectedApps: expect.arrayContaining(['/x', '/y', '/a/b']) },
    ]);
    const versions = await Promise.all(
      ['/x', '/y', '/a/b'].map((id) => scene.marathon.groups.app(id as never)?.version),
    );
    expect(new Set(versions)).toEqual(new Set([several.json.version]));
  });

  test('an app whose name older releases allowed can still be removed', async () => {
    const scene = await Scene.start();
    await scene.run(web);
    const gone = await scene.delete('/v2/apps/web/restart');
    expect([gone.status, gone.json]).toEqual([404, { message: "App '/web/restart' does not exist" }]);
    expect((await scene.get('/v2/apps/web')).status).toBe(200);
  });

  test('nothing changes while there is nothing to change', async () => {
    const scene = await Scene.start();
    await scene.run(web);
    const { version } = await scene.app('/web');
    const answer = await scene.put('/v2/apps/web', { cpus: 0.1 });
    expect([answer.status, answer.json.version]).toEqual([200, version]);
    expect((await scene.get('/v2/groups/versions')).json[0]).toBe(version);
  });
});

describe('deployments', () => {
  test('a second PUT is locked out by the first, unless it is forced', async () => {
    const scene = await Scene.start();
    const events = await scene.events('?event_type=deployment_failed');
    await scene.run(web);
    const first = await scene.put('/v2/apps/web', { cpus: 1000 });
    const second = await scene.put('/v2/apps/web', { cpus: 0.2 });
    expect([second.status, second.json.deployments]).toEqual([409, [{ id: first.json.deploymentId }]]);
    expect((await scene.put('/v2/apps/web?force=true', { cpus: 0.2 })).status).toBe(200);
    await scene.deployed();
    expect(events).toMatchObject([
      { id: first.json.deploymentId, reason: expect.stringContaining('The upgrade has been cancelled') },
    ]);
    expect(await scene.app('/web')).toMatchObject({ cpus: 0.2, tasksRunning: 1 });
  });

  test('scaleBy rounds up, for every app of the group', async () => {
    const scene = await Scene.start();
    await scene.put('/v2/groups/g', {
      apps: [{ ...web, id: 'a' }],
      groups: [{ id: 'h', apps: [{ ...web, id: 'b', instances: 3 }] }],
    });
    await scene.deployed();
    expect((await scene.put('/v2/groups/g', { scaleBy: 1.5 })).status).toBe(200);
    await scene.deployed();
    expect([(await scene.app('/g/a')).instances, (await scene.app('/g/h/b')).instances]).toEqual([2, 5]);
    const mixed = await scene.put('/v2/groups/g', { scaleBy: 2, dependencies: [] });
    expect(JSON.stringify(mixed.json)).toContain('not allowed in conjunction with other properties.');
  });

  test('a restart that is taken back is over, though there is nothing to take back', async () => {
    const scene = await Scene.start();
    const events = await scene.events('?event_type=deployment_failed');
    // No agent has room for a second one.
    await scene.run({ ...web, cpus: 3, instances: 2 });
    const { json } = await scene.post('/v2/apps/web/restart');
    await scene.pass(10_000);
    expect(await scene.deployments()).toHaveLength(1);
    expect((await scene.delete(`/v2/deployments/${json.deploymentId}`)).status).toBe(200);
    await scene.deployed();
    expect(events.map(({ id }) => id)).toEqual([json.deploymentId]);
    expect((await scene.app('/web')).tasksRunning).toBe(2);
  });

  test('taking one back leaves what others did since', async () => {
    const scene = await Scene.start();
    await scene.run(web);
    const { json } = await scene.put('/v2/apps/web', { cpus: 1000 });
    await scene.post('/v2/apps', { ...web, id: '/later', cpus: 0.3 });
    await scene.running('/later', 1);
    await scene.delete(`/v2/deployments/${json.deploymentId}`);
    await scene.deployed();
    expect((await scene.app('/web')).cpus).toBe(0.1);
    expect((await scene.app('/later')).cpus).toBe(0.3);
  });

  test('the funnel of the queue lists every step', async () => {
    const scene = await Scene.start();
    await scene.post('/v2/apps', { ...web, cpus: 1000, mem: 1_000_000 });
    await scene.pass(20_000);
    const [{ processedOffersSummary }] = (await scene.get('/v2/queue')).json.queue;
    const steps = processedOffersSummary.rejectSummaryLastOffers.map(({ reason, declined, processed }: Json) => [
      reason,
      declined,
      processed,
    ]);
    expect(steps).toEqual([
      ['UnfulfilledRole', 0, 2],
      ['UnfulfilledConstraint', 0, 2],
      ['NoCorrespondingReservationFound', 0, 2],
      ['AgentMaintenance', 0, 2],
      ['InsufficientCpus', 2, 2],
      ['InsufficientMemory', 0, 0],
      ['InsufficientDisk', 0, 0],
      ['InsufficientGpus', 0, 0],
      ['InsufficientPorts', 0, 0],
      ['DeclinedScarceResources', 0, 0],
    ]);
  });
});

test('api_post_event is for single apps that are posted, put or patched, and for nothing else', async () => {
  const scene = await Scene.start();
  const events = await scene.events('?event_type=api_post_event');
  const done = async (method: string, path: string, body?: unknown) => {
    expect((await scene.request(method, path, { body })).status).toBeLessThan(300);
    await scene.deployed();
  };
  await done('POST', '/v2/apps', web);
  await done('PUT', '/v2/apps//web', { cpus: 0.2 });
  await done('PATCH', '/v2/apps/web?force=true', { cpus: 0.3 });
  await done('PUT', '/v2/apps', [{ id: '/web', cpus: 0.1 }]);
  await done('POST', '/v2/apps/web/restart');
  await done('PUT', '/v2/groups/g', { apps: [{ ...web, id: 'a' }] });
  await done('DELETE', '/v2/apps/web');
  expect(events.map(({ uri, appDefinition }) => [uri, appDefinition.cpus])).toEqual([
    ['/v2/apps', 0.1],
    ['/v2/apps//web', 0.2],
    ['/v2/apps/web', 0.3],
  ]);
});

test('a load balancer finds all it needs: apps with tasks, and the events that tell of changes', async () => {
  const scene = await Scene.start();
  const types = ['api_post_event', 'health_status_changed_event', 'status_update_event'];
  const events = await scene.events(`?plan-format=light${types.map((type) => `&event_type=${type}`).join('')}`);
  scene.serve('/web', () => ({ status: 200 }));
  const check = { protocol: 'HTTP', path: '/', portIndex: 0, intervalSeconds: 2, timeoutSeconds: 1 };
  await scene.run({ ...web, labels: { HAPROXY_GROUP: 'external' }, healthChecks: [check] });
  const { apps } = (await scene.get('/v2/apps?embed=apps.tasks')).json;
  expect(apps).toMatchObject([
    {
      id: '/web',
      labels: { HAPROXY_GROUP: 'external' },
      networks: [{ mode: 'host' }],
      portDefinitions: [{ port: 10000 }],
      healthChecks: [{ protocol: 'HTTP', portIndex: 0 }],
      tasks: [
        { host: expect.stringMatching(/^agent-/), ports: [expect.any(Number)], healthCheckResults: [{ alive: true }] },
      ],
    },
  ]);
  // A deployer without downtime scales by PUT and drops old tasks with their place.
  await scene.put('/v2/apps/web', { instances: 2 });
  await scene.deployed();
  const [id] = await scene.taskIds('/web');
  await scene.post('/v2/tasks/delete?scale=true', { ids: [id] });
  await scene.deployed();
  expect(new Set(events.map(({ eventType }) => eventType))).toEqual(new Set(types));
  expect(events.at(-1)).toMatchObject({ eventType: 'status_update_event', taskId: id, taskStatus: 'TASK_KILLED' });
  expect(events.filter(({ eventType }) => eventType === 'api_post_event').map(({ uri }) => uri)).toEqual([
    '/v2/apps',
    '/v2/apps/web',
  ]);
});
