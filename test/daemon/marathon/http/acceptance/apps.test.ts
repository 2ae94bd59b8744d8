// Apps through the API, from creation to removal (marathon.md 24.1, "Apps").
import { describe, expect } from 'vitest';
import { type Json, Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const small = { cmd: SLEEP, cpus: 0.1, mem: 16 };

describe('creating and updating', () => {
  line('create without health checks: 201, `api_post_event`, tasks Running', async () => {
    const scene = await Scene.start();
    const events = await scene.events();
    const answer = await scene.post('/v2/apps', { id: '/web', ...small, instances: 2 });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe('/web');
    await scene.deployed();
    expect((await scene.tasks('/web')).map(({ state }) => state)).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
    const posted = events.filter(({ eventType }) => eventType === 'api_post_event');
    expect(posted).toHaveLength(1);
    expect(posted[0]).toMatchObject({ uri: '/v2/apps', appDefinition: { id: '/web', instances: 2 } });
  });

  line('redeploying the identical app: no restart, same tasks', async () => {
    const scene = await Scene.start();
    await scene.run({ id: '/web', ...small, instances: 2 });
    const [before, ids] = [await scene.app('/web'), await scene.taskIds('/web')];
    const again = await scene.put('/v2/apps/web', { id: '/web', ...small, instances: 2 });
    expect([again.status, again.json.version]).toEqual([200, before.version]);
    expect(await scene.deployments()).toEqual([]);
    await scene.pass(30_000);
    expect(await scene.taskIds('/web')).toEqual(ids);
    expect((await scene.app('/web')).version).toBe(before.version);
  });

  for (const method of ['put', 'patch'] as const)
    line('PUT update replaces tasks; PATCH update does too', method, async () => {
      const scene = await Scene.start();
      await scene.run({ id: '/web', ...small, instances: 2 });
      const before = await scene.taskIds('/web');
      const answer = await scene[method]('/v2/apps/web', { cmd: 'sleep 200000' });
      expect(answer.status).toBe(200);
      await scene.deployed();
      const tasks = await scene.tasks('/web');
      expect(tasks).toHaveLength(2);
      expect(tasks.every((task) => !before.includes(task.id) && task.version === answer.json.version)).toBe(true);
    });

  line('scale up then down: task counts follow', async () => {
    const scene = await Scene.start();
    await scene.run({ id: '/web', ...small });
    for (const instances of [3, 1]) {
      expect((await scene.put('/v2/apps/web', { instances })).status).toBe(200);
      await scene.deployed();
      expect(await scene.app('/web')).toMatchObject({ instances, tasksRunning: instances });
    }
  });

  line('restart: new version, new tasks', async () => {
    const scene = await Scene.start();
    await scene.run({ id: '/web', ...small, instances: 2 });
    const [before, ids] = [await scene.app('/web'), await scene.taskIds('/web')];
    const { status, json } = await scene.post('/v2/apps/web/restart');
    expect(status).toBe(200);
    await scene.deployed();
    const after = await scene.app('/web');
    expect(after.version).toBe(json.version);
    expect(after.version > before.version).toBe(true);
    expect(after.tasks).toHaveLength(2);
    expect(after.tasks.some(({ id }: Json) => ids.includes(id))).toBe(false);
  });

  line('version list has one entry after create', async () => {
    const scene = await Scene.start();
    await scene.run({ id: '/web', ...small });
    const { version } = await scene.app('/web');
    expect((await scene.get('/v2/apps/web/versions')).json).toEqual({ versions: [version] });
    expect((await scene.get(`/v2/apps/web/versions/${version}`)).json).toMatchObject({ id: '/web', version });
  });

  line('versionInfo fields after config change, scale, restart', async () => {
    const scene = await Scene.start();
    await scene.run({ id: '/web', ...small });
    const infos: string[][] = [];
    const note = async () => {
      await scene.deployed();
      const { version, versionInfo } = await scene.app('/web');
      infos.push([version, versionInfo.lastScalingAt, versionInfo.lastConfigChangeAt]);
    };
    await note();
    await scene.put('/v2/apps/web', { instances: 2 });
    await note();
    await scene.put('/v2/apps/web', { cpus: 0.2 });
    await note();
    await scene.post('/v2/apps/web/restart');
    await note();
    const [v1, v2, v3, v4] = infos.map(([version]) => version);
    expect(infos).toEqual([
      [v1, v1, v1],
      [v2, v2, v1],
      [v3, v3, v3],
      [v4, v3, v4],
    ]);
    expect(new Set([v1, v2, v3, v4]).size).toBe(4);
  });

  line('list apps, list tasks of an app', async () => {
    const scene = await Scene.start();
    await scene.run({ id: '/a', ...small });
    await scene.run({ id: '/g/b', ...small, instances: 2 });
    const { json } = await scene.get('/v2/apps');
    expect(json.apps.map(({ id }: Json) => id).sort()).toEqual(['/a', '/g/b']);
    expect((await scene.tasks('/g/b')).map(({ appId }) => appId)).toEqual(['/g/b', '/g/b']);
  });

  line('delete app: tasks gone, 404 afterwards', async () => {
    const scene = await Scene.start();
    const events = await scene.events();
    await scene.run({ id: '/web', ...small, instances: 2 });
    expect((await scene.delete('/v2/apps/web')).status).toBe(200);
    await scene.deployed();
    const gone = await scene.get('/v2/apps/web');
    expect([gone.status, gone.json]).toEqual([404, { message: "App '/web' does not exist" }]);
    expect((await scene.get('/v2/tasks')).json).toEqual({ tasks: [] });
    expect(events.some(({ eventType }) => eventType === 'app_terminated_event')).toBe(true);
    expect((await scene.get('/v2/apps/web/versions')).status).toBe(404);
  });

  line('two-instance app starts two tasks', async () => {
    const scene = await Scene.start();
    await scene.run({ id: '/web', ...small, instances: 2 });
    expect(new Set(await scene.taskIds('/web')).size).toBe(2);
  });
});
