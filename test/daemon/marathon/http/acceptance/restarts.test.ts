// Marathon that ends and starts again (marathon.md 8.2, 12.8, 20, 24.1).
import { expect } from 'vitest';
import { parseMarathonOptions } from '../../../../../src/daemon/marathon/flags.ts';
import { startMarathon } from '../../../../../src/daemon/marathon/index.ts';
import { Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };
const check = { protocol: 'HTTP', intervalSeconds: 2, gracePeriodSeconds: 600, timeoutSeconds: 1 };

line('abdication: 200, process dies, another leads', async () => {
  const scene = await Scene.start();
  await scene.run(web);
  const tasks = await scene.taskIds('/web');
  expect((await scene.get('/v2/leader')).json).toEqual({ leader: '10.0.3.1:8080' });
  const answer = await scene.delete('/v2/leader');
  expect([answer.status, answer.json]).toEqual([200, { message: 'Leadership abdicated' }]);
  await scene.until(() => scene.process.state === 'ended', 5_000);
  expect(scene.process.outcome).toMatchObject({ code: 105 });
  await scene.restartMarathon();
  expect((await scene.get('/v2/leader')).json).toEqual({ leader: '10.0.3.1:8080' });
  expect(await scene.taskIds('/web')).toEqual(tasks);
});

line('forwarded ping; direct and forwarded 404 and 500; POST without Content-Type', 'direct', async () => {
  const scene = await Scene.start();
  const unknown = await scene.get('/v2/nothing');
  expect([unknown.status, unknown.json]).toEqual([404, { message: 'URI not found' }]);
  // No header says what the body is.
  expect((await scene.post('/v2/apps', JSON.stringify(web))).status).toBe(201);
  await scene.deployed();
  const narrow = await Scene.start({ flags: ['--local_port_min=10000', '--local_port_max=10000'] });
  const ports = [{ port: 0 }, { port: 0 }];
  const failed = await narrow.post('/v2/apps', { ...web, portDefinitions: ports });
  expect(failed.status).toBe(500);
  expect(failed.json.message).toMatch(/^All ports in the range \[10000-10000\) are already in use/);
});

line('restart during a deployment keeps its running tasks', async () => {
  const scene = await Scene.start();
  const upgradeStrategy = { minimumHealthCapacity: 1, maximumOverCapacity: 0.5 };
  await scene.run({ ...web, instances: 4, cpus: 1, upgradeStrategy });
  await scene.put('/v2/apps/web', { env: { X: '1' } });
  const isNew = () =>
    scene.marathon.instances.ofApp('/web' as never).filter((one) => one.app.env.X && one.condition === 'Running');
  await scene.until(() => isNew().length === 1);
  const kept = isNew().map(({ task }) => task?.id);
  const { json: before } = await scene.get('/v2/deployments');
  await scene.restartMarathon();
  expect((await scene.deployments()).map(({ id }) => id)).toEqual(before.map(({ id }: { id: string }) => id));
  await scene.deployed();
  expect(await scene.taskIds('/web')).toEqual(expect.arrayContaining(kept));
  expect(await scene.app('/web')).toMatchObject({ tasksRunning: 4, env: { X: '1' } });
});

line('one ready + one not ready instance: deployment continues after restart', async () => {
  const scene = await Scene.start();
  let readyPort: number | undefined;
  let isAllReady = false;
  scene.serve('/web', (_, port) => {
    readyPort ??= port;
    return { status: isAllReady || port === readyPort ? 200 : 503 };
  });
  const readinessChecks = [
    { name: 'ready', protocol: 'HTTP', path: '/', portName: 'http', intervalSeconds: 5, timeoutSeconds: 1 },
  ];
  await scene.post('/v2/apps', { ...web, instances: 2, portDefinitions: [{ port: 0, name: 'http' }], readinessChecks });
  await scene.running('/web', 2);
  await scene.pass(20_000);
  const tasks = await scene.taskIds('/web');
  await scene.restartMarathon();
  await scene.pass(20_000);
  expect(await scene.deployments()).toHaveLength(1);
  isAllReady = true;
  await scene.deployed(30_000);
  expect(await scene.taskIds('/web')).toEqual(tasks);
});

line('two unhealthy instances: continues after abdication', async () => {
  const scene = await Scene.start();
  let isWell = false;
  scene.serve('/web', () => ({ status: isWell ? 200 : 500 }));
  await scene.post('/v2/apps', { ...web, instances: 2, healthChecks: [check] });
  await scene.running('/web', 2);
  await scene.pass(10_000);
  const tasks = await scene.taskIds('/web');
  await scene.delete('/v2/leader');
  await scene.until(() => scene.process.state === 'ended', 5_000);
  await scene.restartMarathon();
  await scene.pass(10_000);
  expect(await scene.deployments()).toHaveLength(1);
  isWell = true;
  await scene.deployed(30_000);
  expect(await scene.taskIds('/web')).toEqual(tasks);
});

line('start with a bound port: exits with failure', async () => {
  const scene = await Scene.start();
  const second = scene.simulation.host('marathon').start('second', (world, context) => {
    const args = ['--master=10.0.0.1:5050', '--http_address=10.0.3.1', '--http_port=8080', '--insecure_no_auth'];
    return startMarathon(world, parseMarathonOptions({ args }), {
      store: context.openStore('/var/lib/second'),
      election: context.openElection('/var/lib/second'),
    });
  });
  await scene.until(() => second.state === 'failed', 5_000);
  expect(second.outcome).toMatchObject({ code: 'in-use' });
});
