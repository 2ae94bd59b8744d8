// Killing tasks, and what becomes of those that are lost (marathon.md 3.7, 16.4, 24.1).
import { expect } from 'vitest';
import { type Json, Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };
const instanceOf = (taskId: string) => taskId.slice(0, taskId.indexOf('._app.'));

line('kill one task: replaced; kill with scale: count shrinks', async () => {
  const scene = await Scene.start();
  await scene.run({ ...web, instances: 3 });
  const before = await scene.taskIds('/web');
  const [first, second] = before;
  const killed = await scene.delete(`/v2/apps/web/tasks/${first}`);
  expect([killed.status, killed.json.task.id]).toEqual([200, first]);
  await scene.until(() => scene.marathon.instances.byTaskId(first ?? '') === undefined);
  await scene.running('/web', 3);
  const after = await scene.taskIds('/web');
  expect(after).toHaveLength(3);
  expect(after).not.toContain(first);
  const scaled = await scene.delete(`/v2/apps/web/tasks/${second}?scale=true`);
  expect([scaled.status, Object.keys(scaled.json).sort()]).toEqual([200, ['deploymentId', 'version']]);
  await scene.deployed();
  expect((await scene.app('/web')).instances).toBe(2);
  expect(await scene.taskIds('/web')).toEqual(after.filter((id) => id !== second));
});

line('kill all tasks: all replaced; with scale: instances 0', async () => {
  const scene = await Scene.start();
  await scene.run({ ...web, instances: 3 });
  const before = await scene.taskIds('/web');
  const killed = await scene.delete('/v2/apps/web/tasks');
  expect(killed.json.tasks.map(({ id }: Json) => id).sort()).toEqual(before);
  await scene.until(() => before.every((id) => scene.marathon.instances.byTaskId(id) === undefined));
  await scene.running('/web', 3);
  expect((await scene.taskIds('/web')).some((id) => before.includes(id))).toBe(false);
  expect((await scene.app('/web')).instances).toBe(3);
  expect((await scene.delete('/v2/apps//web/tasks?scale=True')).status).toBe(200);
  await scene.deployed();
  expect(await scene.app('/web')).toMatchObject({ instances: 0, tasks: [] });
});

line('TASK_KILLING event during kill', async () => {
  const scene = await Scene.start({ flags: ['--enable_features=task_killing'] });
  // It takes its time to end.
  await scene.run({ ...web, cmd: `trap "sleep 1; exit 0" TERM; ${SLEEP}` });
  const events = await scene.events('?event_type=status_update_event');
  const [id] = await scene.taskIds('/web');
  await scene.post('/v2/tasks/delete', { ids: [id] });
  await scene.running('/web', 0);
  await scene.running('/web', 1);
  const states = events.filter(({ taskId }) => taskId === id).map(({ taskStatus }) => taskStatus);
  expect(states).toEqual(['TASK_KILLING', 'TASK_KILLED']);
});

line('kill without wipe: same instance id, next incarnation; with wipe: new instance id', async () => {
  const scene = await Scene.start();
  await scene.run(web);
  const [first = ''] = await scene.taskIds('/web');
  await scene.post('/v2/tasks/delete', { ids: [first] });
  await scene.until(() => scene.marathon.instances.byTaskId(first) === undefined);
  await scene.running('/web', 1);
  const [second = ''] = await scene.taskIds('/web');
  expect(second).toBe(`${instanceOf(first)}._app.2`);
  const wiped = await scene.post('/v2/tasks/delete?wipe=true', { ids: [second] });
  expect(wiped.json.tasks.map(({ id }: Json) => id)).toEqual([second]);
  // The answer waits until it is gone.
  expect(scene.marathon.instances.byTaskId(second)).toBeUndefined();
  await scene.running('/web', 1);
  const [third = ''] = await scene.taskIds('/web');
  expect(instanceOf(third)).not.toBe(instanceOf(first));
});

for (const [name, seconds] of [
  ['short', 2],
  ['long', 60],
] as const)
  line('long and short grace periods respected', name, async () => {
    const scene = await Scene.start();
    await scene.run({ ...web, cmd: `trap "" TERM; ${SLEEP}`, taskKillGracePeriodSeconds: seconds });
    const [id = ''] = await scene.taskIds('/web');
    const startMs = scene.simulation.nowMs;
    await scene.delete('/v2/apps/web/tasks');
    await scene.until(() => scene.marathon.instances.byTaskId(id)?.condition !== 'Running');
    await scene.until(() => scene.marathon.instances.byTaskId(id)?.condition !== 'Killing');
    const tookMs = scene.simulation.nowMs - startMs;
    expect(tookMs).toBeGreaterThanOrEqual(seconds * 1000);
    expect(tookMs).toBeLessThan(seconds * 1000 + 2000);
  });

line('unreachable task: replacement after inactive time; with 0: immediately', 'after inactive time', async () => {
  const scene = await Scene.start();
  const unreachableStrategy = { inactiveAfterSeconds: 60, expungeAfterSeconds: 120 };
  await scene.run({ ...web, unreachableStrategy });
  const [{ id, host }] = (await scene.tasks('/web')) as [Json];
  scene.cutOff(host);
  await scene.until(() => scene.marathon.instances.byTaskId(id)?.condition === 'Unreachable');
  expect((await scene.tasks('/web')).map(({ state }) => state)).toEqual(['TASK_UNREACHABLE']);
  await scene.pass(40_000);
  expect(await scene.taskIds('/web')).toEqual([id]);
  await scene.pass(30_000);
  const states = Object.fromEntries((await scene.tasks('/web')).map((task) => [task.id, task.state]));
  expect(Object.values(states).sort()).toEqual(['TASK_RUNNING', 'TASK_UNREACHABLE']);
  expect(states[id]).toBe('TASK_UNREACHABLE');
  await scene.pass(60_000);
  expect(await scene.taskIds('/web')).not.toContain(id);
  expect(await scene.app('/web')).toMatchObject({ tasksRunning: 1 });
});

line('unreachable task: replacement after inactive time; with 0: immediately', 'with 0', async () => {
  const scene = await Scene.start();
  await scene.run(web);
  const [{ id, host }] = (await scene.tasks('/web')) as [Json];
  scene.cutOff(host);
  await scene.until(() => scene.marathon.instances.byTaskId(id) === undefined);
  await scene.running('/web', 1, 10_000);
  // Its agent comes back with the old task, which is killed then.
  scene.simulation.network.heal();
  await scene.pass(60_000);
  const machines = scene.agentHosts.filter(({ tasks }) => tasks.size > 0);
  expect(machines.map(({ tasks }) => tasks.size)).toEqual([1]);
  expect(await scene.taskIds('/web')).toHaveLength(1);
});

line('scale down with constraint and an unreachable task completes', async () => {
  const scene = await Scene.start({ agents: 3 });
  const unreachableStrategy = { inactiveAfterSeconds: 900, expungeAfterSeconds: 1800 };
  await scene.run({ ...web, instances: 3, constraints: [['hostname', 'UNIQUE']], unreachableStrategy });
  const [{ id, host }] = (await scene.tasks('/web')) as [Json];
  scene.cutOff(host);
  await scene.until(() => scene.marathon.instances.byTaskId(id)?.condition === 'Unreachable');
  expect((await scene.put('/v2/apps/web', { instances: 1 })).status).toBe(200);
  await scene.deployed(60_000);
  const tasks = await scene.tasks('/web');
  expect(tasks.map(({ state }) => state)).toEqual(['TASK_RUNNING']);
});
