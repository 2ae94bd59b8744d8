// Apps whose tasks end at once, and what ends their delays (marathon.md 14, 24.1).
import { expect } from 'vitest';
import { Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const crashing = { id: '/crash', cmd: 'exit 1', cpus: 0.1, mem: 16, backoffSeconds: 3600, maxLaunchDelaySeconds: 3600 };

/** A crashing app that is delayed by now. */
async function delayed(): Promise<Scene> {
  const scene = await Scene.start();
  await scene.post('/v2/apps', crashing);
  await scene.until(() => scene.marathon.backOffs.delayedUntilMs(present(scene)) !== undefined);
  return scene;
}

function present(scene: Scene) {
  const app = scene.marathon.groups.root.apps.first();
  if (app === undefined) throw new Error('there is no app');
  return app;
}

async function delayOf(scene: Scene) {
  return (await scene.get('/v2/queue')).json.queue[0]?.delay;
}

line('crash-looping app: a config change clears its delay', async () => {
  const scene = await delayed();
  expect((await delayOf(scene)).overdue).toBe(false);
  expect((await scene.put('/v2/apps/crash?force=true', { cmd: SLEEP })).status).toBe(200);
  await scene.deployed(30_000);
  expect(await scene.app('/crash')).toMatchObject({ tasksRunning: 1 });
});

line('crash-looping app: scaling keeps its delay', async () => {
  const scene = await delayed();
  const before = await delayOf(scene);
  expect((await scene.put('/v2/apps/crash?force=true', { instances: 3 })).status).toBe(200);
  await scene.pass(30_000);
  const after = await delayOf(scene);
  expect(after.overdue).toBe(false);
  expect(before.timeLeftSeconds - after.timeLeftSeconds).toBeGreaterThanOrEqual(30);
  expect((await scene.get('/v2/queue')).json.queue[0]).toMatchObject({ count: 3 });
  expect(await scene.tasks('/crash')).toEqual([]);
});

line('crash-looping app: delay visible in queue and removable by DELETE', async () => {
  const scene = await delayed();
  const delay = await delayOf(scene);
  expect(delay.overdue).toBe(false);
  expect(delay.timeLeftSeconds).toBeGreaterThan(3500);
  const launches = (await scene.app('/crash')).lastTaskFailure.taskId;
  const removed = await scene.delete('/v2/queue//crash/delay');
  expect([removed.status, removed.text]).toEqual([204, '']);
  await scene.pass(20_000);
  // It was launched again, and failed again.
  const { lastTaskFailure } = await scene.app('/crash');
  expect(lastTaskFailure).toMatchObject({ appId: '/crash', state: 'TASK_FAILED' });
  expect(lastTaskFailure.taskId).not.toBe(launches);
  const unknown = await scene.delete('/v2/queue/none/delay');
  expect([unknown.status, unknown.json]).toEqual([404, { message: 'Application /none not found in tasks queue.' }]);
});

line('restart of a delayed app launches at once', async () => {
  const scene = await delayed();
  const before = (await scene.app('/crash')).lastTaskFailure.taskId;
  expect((await scene.post('/v2/apps/crash/restart?force=true')).status).toBe(200);
  await scene.pass(20_000);
  expect((await scene.app('/crash')).lastTaskFailure.taskId).not.toBe(before);
});
