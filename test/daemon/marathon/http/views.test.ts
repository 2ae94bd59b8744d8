// What is shown of apps, groups and tasks, by what is asked for (marathon.md 3.8, 5.1, 6).
import { describe, expect, test } from 'vitest';
import { type Json, Scene, SLEEP } from './support/scene.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };
const COUNTS = ['tasksStaged', 'tasksRunning', 'tasksHealthy', 'tasksUnhealthy'];

describe('embeds', () => {
  test('of a list: counts and deployments always, more on request, under any spelling', async () => {
    const scene = await Scene.start();
    await scene.run(web);
    const definition = Object.keys(
      (await scene.get(`/v2/apps/web/versions/${(await scene.app('/web')).version}`)).json,
    );
    const added = async (query: string) => {
      const { json } = await scene.get(`/v2/apps${query}`);
      return Object.keys(json.apps[0]).filter((name) => !definition.includes(name) && !COUNTS.includes(name));
    };
    expect(await added('')).toEqual(['deployments']);
    for (const embed of ['tasks', 'app.tasks', 'apps.tasks', 'group.apps.tasks'])
      expect([embed, await added(`?embed=${embed}`)]).toEqual([embed, ['deployments', 'tasks']]);
    expect(await added('?embed=nothing&embed=apps.readiness')).toEqual(['deployments', 'readinessCheckResults']);
    expect(await added('?embed=apps.taskStats')).toEqual(['deployments', 'tasksStats', 'taskStats']);
    expect(await added('?embed=apps.failures')).toEqual(['deployments', 'tasks']);
  });

  test('of one app: tasks and the last failure too', async () => {
    const scene = await Scene.start();
    await scene.run(web);
    expect(await scene.app('/web')).not.toHaveProperty('lastTaskFailure');
    await scene.put('/v2/apps/web', { cmd: 'sleep 1; exit 3', backoffSeconds: 100 });
    await scene.pass(20_000);
    const { lastTaskFailure } = await scene.app('/web');
    expect(lastTaskFailure).toMatchObject({
      appId: '/web',
      state: 'TASK_FAILED',
      host: expect.stringMatching(/^agent/),
    });
    expect((await scene.get('/v2/apps?embed=apps.lastTaskFailure')).json.apps[0].lastTaskFailure).toEqual(
      lastTaskFailure,
    );
    expect((await scene.get('/v2/apps?embed=apps.failures')).json.apps[0].lastTaskFailure).toEqual(lastTaskFailure);
    // An app of the same name that comes later knows nothing of it, also after a restart.
    await scene.delete('/v2/apps/web');
    await scene.deployed();
    await scene.run(web);
    expect(await scene.app('/web')).not.toHaveProperty('lastTaskFailure');
    await scene.restartMarathon();
    expect(await scene.app('/web')).not.toHaveProperty('lastTaskFailure');
  });

  test('of a group: everything of the tree by default, and nothing but what is asked for otherwise', async () => {
    const scene = await Scene.start();
    await scene.run({ ...web, id: '/g/h/web' });
    const keys = async (path: string) => Object.keys((await scene.get(path)).json).sort();
    const own = ['dependencies', 'id', 'version'];
    expect(await keys('/v2/groups')).toEqual([...own, 'apps', 'groups', 'pods'].sort());
    expect(await keys('/v2/groups?embed=group.groups')).toEqual([...own, 'groups'].sort());
    expect(await keys('/v2/groups?embed=group.apps.tasks')).toEqual(own);
    expect(await keys('/v2/groups?embed=whatever')).toEqual(own);
    const ui =
      '?embed=group.groups&embed=group.apps&embed=group.apps.deployments&embed=group.apps.counts&embed=group.apps.readiness';
    const { json } = await scene.get(`/v2/groups${ui}`);
    expect(json.groups[0].groups[0].apps).toMatchObject([
      { id: '/g/h/web', tasksRunning: 1, deployments: [], readinessCheckResults: [] },
    ]);
    expect(json.groups[0]).toMatchObject({ id: '/g', enforceRole: false });
    expect(json.groups[0].groups[0]).not.toHaveProperty('enforceRole');
    expect((await scene.get('/v2/groups/g/apps')).json.map(({ id }: Json) => id)).toEqual(['/g/h/web']);
    expect((await scene.get('/v2/apps/g/*')).json['*'].map(({ id }: Json) => id)).toEqual(['/g/h/web']);
  });

  test('an empty Marathon has an empty root group', async () => {
    const scene = await Scene.start();
    expect((await scene.get('/v2/groups')).json).toMatchObject({
      id: '/',
      apps: [],
      groups: [],
      pods: [],
      dependencies: [],
    });
    expect((await scene.get('/v2/groups/versions')).json).toHaveLength(1);
  });
});

describe('lists', () => {
  test('apps are found by command, id and label, all of which must hold', async () => {
    const scene = await Scene.start();
    await scene.post('/v2/apps', { ...web, id: '/shop/front', labels: { a: '1', b: 'x' } });
    await scene.post('/v2/apps', { ...web, id: '/shop/back', labels: { a: '1' } });
    await scene.post('/v2/apps', { ...web, id: '/other', cmd: undefined, args: ['Sleep', '1'], labels: { c: '1' } });
    const found = async (query: string) =>
      (await scene.get(`/v2/apps?${query}`)).json.apps.map(({ id }: Json) => id).sort();
    expect(await found('cmd=SLEEP')).toEqual(['/shop/back', '/shop/front']);
    expect(await found('id=SHOP')).toEqual(['/shop/back', '/shop/front']);
    expect(await found('id=shop&label=b')).toEqual(['/shop/front']);
    expect(await found('label=a==1,b')).toEqual(['/shop/front']);
    expect(await found(`label=${encodeURIComponent('a in (1, 2), b notin (y)')}`)).toEqual(['/shop/front']);
    expect(await found('label=c!=1')).toEqual([]);
  });

  test('counts: staged, running and healthy, each by its own rule', async () => {
    const scene = await Scene.start();
    let isWell = true;
    scene.serve('/web', () => ({ status: isWell ? 200 : 500 }));
    const check = { protocol: 'HTTP', intervalSeconds: 2, timeoutSeconds: 1, maxConsecutiveFailures: 0 };
    await scene.post('/v2/apps', { ...web, instances: 2, healthChecks: [check] });
    await scene.until(() => scene.marathon.instances.totals.staged === 2);
    const counts = async () => {
      const app = await scene.app('/web');
      return COUNTS.map((name) => app[name]);
    };
    await scene.until(() => scene.marathon.instances.totals.running === 2);
    expect(await counts()).toEqual([0, 2, 0, 0]);
    await scene.deployed();
    expect(await counts()).toEqual([0, 2, 2, 0]);
    isWell = false;
    await scene.pass(600_000);
    // Never killed: the limit is 0 (marathon.md 17.1).
    expect(await counts()).toEqual([0, 2, 0, 2]);
    expect((await scene.tasks('/web')).every(({ id }) => id.endsWith('._app.1'))).toBe(true);
  });

  test('statistics tell old tasks from new ones, and how long they have lived', async () => {
    const scene = await Scene.start();
    await scene.run({ ...web, instances: 2 });
    await scene.pass(10_000);
    await scene.put('/v2/apps/web', {
      cpus: 1000,
      upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
    });
    await scene.pass(10_000);
    const { tasksStats, taskStats } = await scene.app('/web', '?embed=app.taskStats');
    expect(taskStats).toEqual(tasksStats);
    const one = { staged: 0, running: 1, healthy: 0, unhealthy: 0 };
    expect(Object.keys(tasksStats).sort()).toEqual(['totalSummary', 'withOutdatedConfig']);
    expect(tasksStats.totalSummary.stats.counts).toEqual(one);
    expect(tasksStats.withOutdatedConfig.stats.lifeTime.medianSeconds).toBeGreaterThan(20);
  });

  test('tasks are listed by state', async () => {
    const scene = await Scene.start();
    await scene.run(web);
    await scene.post('/v2/apps', { ...web, id: '/waits', cpus: 1000 });
    const ids = async (query: string) =>
      (await scene.get(`/v2/tasks${query}`)).json.tasks.map(({ appId }: Json) => appId);
    expect(await ids('')).toEqual(['/web']);
    expect(await ids('?status=running')).toEqual(['/web']);
    expect(await ids('?status[]=staging')).toEqual([]);
    expect(await ids('?status=staging&status=running')).toEqual(['/web']);
    expect((await scene.get('/v2/tasks')).json.tasks[0].servicePorts).toEqual([10000]);
  });

  test('kills can be for a part of a host name, and for tasks of several apps', async () => {
    const scene = await Scene.start();
    const constraints = [['hostname', 'UNIQUE']];
    await scene.run({ ...web, id: '/a', instances: 2, constraints });
    await scene.run({ ...web, id: '/b', instances: 2, constraints });
    const one = await scene.delete('/v2/apps/a/tasks?host=ent-2');
    expect(one.json.tasks.map(({ host }: Json) => host)).toEqual(['agent-2']);
    expect((await scene.delete('/v2/apps/a/tasks?host=elsewhere')).json).toEqual({ tasks: [] });
    await scene.running('/a', 1);
    await scene.running('/a', 2);
    const ids = [(await scene.taskIds('/a'))[0], (await scene.taskIds('/b'))[0]];
    const stranger = 'none.instance-00000000-0000-4000-8000-000000000000._app.1';
    const scaled = await scene.post('/v2/tasks/delete?scale=true', { ids: [...ids, stranger] });
    expect(Object.keys(scaled.json).sort()).toEqual(['deploymentId', 'version']);
    await scene.deployed();
    expect([(await scene.app('/a')).instances, (await scene.app('/b')).instances]).toEqual([1, 1]);
    expect((await scene.get('/v2/tasks')).json.tasks.some(({ id }: Json) => ids.includes(id))).toBe(false);
    // Nobody was hit, and it is a deployment all the same.
    const nobody = await scene.post('/v2/tasks/delete?scale=true', { ids: [stranger] });
    expect(Object.keys(nobody.json).sort()).toEqual(['deploymentId', 'version']);
    expect((await scene.post('/v2/tasks/delete', { ids: [stranger] })).json).toEqual({ tasks: [] });
  });
});

describe('text', () => {
  const asText = { headers: { accept: 'text/plain' } };

  test('a line for each service port, a blank for apps without, and endpoints of running tasks only', async () => {
    const scene = await Scene.start({ agents: 1 });
    await scene.run({ ...web, id: '/a/b', instances: 2, portDefinitions: [{ port: 80 }] });
    await scene.run({ ...web, id: '/none', instances: 2, portDefinitions: [] });
    await scene.post('/v2/apps', { ...web, id: '/waits', cpus: 1000, portDefinitions: [{ port: 81 }] });
    const [first, second] = (await scene.tasks('/a/b')).map(({ host, ports }) => `${host}:${ports[0]}`);
    const { headers, text } = await scene.get('/v2/tasks', asText);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toBe(`a_b\t80\t${first}\t${second}\t\nnone\t \tagent-1\tagent-1\t\nwaits\t81\t\n`);
    expect((await scene.get('/v2/apps/none/tasks', asText)).text).toBe('none\t \tagent-1\tagent-1\t\n');
  });

  test('JSON for everybody who does not insist on text', async () => {
    const scene = await Scene.start();
    for (const accept of ['*/*', 'application/json', 'text/plain, application/json', 'text/plain, */*;q=0.1'])
      expect((await scene.get('/v2/tasks', { headers: { accept } })).json).toEqual({ tasks: [] });
  });
});
