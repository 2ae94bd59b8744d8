// Health, readiness and generic checks as clients see them (marathon.md 17, 24.1).
import { expect } from 'vitest';
import { type Json, Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const base = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };
const times = { intervalSeconds: 2, timeoutSeconds: 1, gracePeriodSeconds: 30 };
const readiness = {
  name: 'ready',
  protocol: 'HTTP',
  path: '/ready',
  portName: 'http',
  intervalSeconds: 5,
  timeoutSeconds: 1,
};
const withPort = { ...base, portDefinitions: [{ port: 0, name: 'http' }] };

for (const [name, check] of [
  ['Marathon', { protocol: 'HTTP', ...times }],
  ['Mesos', { protocol: 'MESOS_HTTP', delaySeconds: 1, ...times }],
] as const)
  line('instance killed by failing Marathon check; by failing Mesos check', name, async () => {
    const scene = await Scene.start();
    let isWell = true;
    scene.serve('/web', () => ({ status: isWell ? 200 : 500 }));
    await scene.run({ ...base, healthChecks: [check] });
    const [id = ''] = await scene.taskIds('/web');
    isWell = false;
    await scene.until(() => scene.marathon.instances.byTaskId(id) === undefined, 60_000);
    isWell = true;
    await scene.running('/web', 1);
    await scene.pass(10_000);
    expect(await scene.app('/web')).toMatchObject({ tasksRunning: 1, tasksHealthy: 1, tasksUnhealthy: 0 });
    expect((await scene.taskIds('/web')).includes(id)).toBe(false);
  });

for (const [code, cmd] of [
  [0, 'true'],
  [1, 'false'],
] as const)
  line('command `check`: exit code 0 and 1 visible in the task', `exit code ${code}`, async () => {
    const scene = await Scene.start();
    const check = { exec: { command: { shell: cmd } }, intervalSeconds: 2, delaySeconds: 1, timeoutSeconds: 1 };
    await scene.run({ ...base, check });
    await scene.pass(10_000);
    const [task] = await scene.tasks('/web');
    expect(task.checkResult).toEqual({ command: { exitCode: code } });
  });

line('readiness without health: deployment ends when ready', async () => {
  const scene = await Scene.start();
  let isReady = false;
  scene.serve('/web', () => ({ status: isReady ? 200 : 503, headers: { 'content-type': 'text/plain' }, body: 'soon' }));
  await scene.post('/v2/apps', { ...withPort, readinessChecks: [{ ...readiness, preserveLastResponse: true }] });
  await scene.running('/web', 1);
  await scene.pass(30_000);
  const [deployment] = await scene.deployments();
  const [{ id: taskId }] = (await scene.tasks('/web')) as [Json];
  const results = [
    { name: 'ready', taskId, ready: false, lastResponse: { status: 503, contentType: 'text/plain', body: 'soon' } },
  ];
  expect(deployment.currentActions).toEqual([
    { action: 'ScaleApplication', app: '/web', readinessCheckResults: results },
  ]);
  expect((await scene.app('/web', '?embed=app.readiness')).readinessCheckResults).toEqual(results);
  isReady = true;
  await scene.deployed(10_000);
  expect(await scene.app('/web')).toMatchObject({ tasksRunning: 1 });
});

line('readiness with health: ends when both hold', async () => {
  const scene = await Scene.start();
  let [isReady, isWell] = [true, false];
  scene.serve('/web', ({ target }) => ({ status: (target === '/ready' ? isReady : isWell) ? 200 : 503 }));
  const healthChecks = [{ protocol: 'HTTP', path: '/health', ...times, gracePeriodSeconds: 600 }];
  isReady = false;
  await scene.post('/v2/apps', { ...withPort, healthChecks, readinessChecks: [readiness] });
  await scene.pass(20_000);
  isWell = true;
  await scene.pass(20_000);
  expect(await scene.deployments()).toHaveLength(1);
  isReady = true;
  await scene.deployed(10_000);
  expect(await scene.app('/web')).toMatchObject({ tasksHealthy: 1 });
});

line('upgrade keeps old instances until new ones are ready', async () => {
  const scene = await Scene.start();
  let isReady = true;
  scene.serve('/web', () => ({ status: isReady ? 200 : 503 }));
  await scene.run({ ...withPort, instances: 2, readinessChecks: [readiness] });
  const old = await scene.taskIds('/web');
  isReady = false;
  await scene.put('/v2/apps/web', { env: { X: '1' } });
  await scene.pass(60_000);
  expect(await scene.taskIds('/web')).toEqual(expect.arrayContaining(old));
  expect(await scene.deployments()).toHaveLength(1);
  isReady = true;
  await scene.deployed();
  const tasks = await scene.taskIds('/web');
  expect([tasks.length, tasks.some((id) => old.includes(id))]).toEqual([2, false]);
});
