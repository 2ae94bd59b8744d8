// Deployments that are stopped or taken back (marathon.md 7.2, 12.7, 24.1).
import { expect } from 'vitest';
import { Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };
/** No agent is that large. */
const HUGE = { cpus: 1000 };

line('force-delete a deployment: app stays, deployment list empty, second delete 404', async () => {
  const scene = await Scene.start();
  const { json } = await scene.post('/v2/apps', { ...web, ...HUGE });
  const [{ id }] = json.deployments;
  await scene.pass(5_000);
  const stopped = await scene.delete(`/v2/deployments/${id}?force=true`);
  expect([stopped.status, stopped.text]).toEqual([202, '']);
  expect(await scene.deployments()).toEqual([]);
  expect((await scene.app('/web')).instances).toBe(1);
  const again = await scene.delete(`/v2/deployments/${id}?force=true`);
  expect([again.status, again.json]).toEqual([404, { message: `DeploymentPlan ${id} does not exist` }]);
});

line('roll back a create: app removed', async () => {
  const scene = await Scene.start();
  const events = await scene.events('?event_type=deployment_failed&event_type=deployment_success');
  const { json } = await scene.post('/v2/apps', { ...web, id: '/new/web', ...HUGE });
  const [{ id }] = json.deployments;
  await scene.pass(5_000);
  const back = await scene.delete(`/v2/deployments/${id}`);
  expect(back.status).toBe(200);
  await scene.deployed();
  expect((await scene.get('/v2/apps/new/web')).status).toBe(404);
  expect((await scene.get('/v2/groups/new')).status).toBe(404);
  expect(events.map((event) => [event.eventType, event.id])).toEqual([
    ['deployment_failed', id],
    ['deployment_success', back.json.deploymentId],
  ]);
});

for (const [name, upgradeStrategy] of [
  ['new ones first', { minimumHealthCapacity: 1, maximumOverCapacity: 1 }],
  ['old ones first', { minimumHealthCapacity: 0, maximumOverCapacity: 0 }],
] as const)
  line('roll back of an update while instances hang, twice with different strategies', name, async () => {
    const scene = await Scene.start();
    await scene.run({ ...web, instances: 2, upgradeStrategy });
    const before = await scene.app('/web');
    for (const _ of ['once', 'twice']) {
      const { json } = await scene.put('/v2/apps/web', { ...HUGE, upgradeStrategy });
      await scene.pass(30_000);
      expect(await scene.deployments()).toMatchObject([{ id: json.deploymentId }]);
      const back = await scene.delete(`/v2/deployments/${json.deploymentId}`);
      expect(back.status).toBe(200);
      await scene.deployed();
      const after = await scene.app('/web');
      expect(after).toMatchObject({ cpus: 0.1, instances: 2, tasksRunning: 2, upgradeStrategy });
      expect(after.version > before.version).toBe(true);
    }
  });

line('plain app gets no invented docker section', async () => {
  const scene = await Scene.start();
  await scene.run(web);
  expect(await scene.app('/web')).not.toHaveProperty('container');
});

line('ports correct after changing them by update', async () => {
  const scene = await Scene.start();
  const named = (names: readonly string[]) => names.map((name) => ({ port: 0, name }));
  await scene.run({ ...web, portDefinitions: named(['http']) });
  const [first] = (await scene.app('/web')).portDefinitions;
  expect(first).toEqual({ port: 10000, name: 'http', protocol: 'tcp' });
  await scene.put('/v2/apps/web', { portDefinitions: named(['http', 'admin']) });
  await scene.deployed();
  const app = await scene.app('/web');
  expect(app.portDefinitions.map(({ port }: { port: number }) => port)).toEqual([10000, 10001]);
  const [{ ports, servicePorts }] = app.tasks;
  expect([ports.length, servicePorts]).toEqual([2, [10000, 10001]]);
  await scene.put('/v2/apps/web', { portDefinitions: [] });
  await scene.deployed();
  const without = await scene.app('/web');
  expect([without.portDefinitions, without.tasks[0].ports]).toEqual([[], []]);
});
