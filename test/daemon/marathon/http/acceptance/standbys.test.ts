// Several Marathons: what a client is told by one that does not lead, and what moves with the leadership (marathon.md 1.3,
// 8.2, 20.1, 24.1).
import { expect } from 'vitest';
import { Candidates } from '../support/candidates.ts';
import { SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };

line('create through a standby works (proxying)', async () => {
  const scene = await Candidates.start();
  const { standby, leader } = scene;
  const created = await scene.run(standby, web);
  expect(created.headers).toMatchObject({
    location: '/web',
    'x-marathon-via': `1.1 ${standby.address}`,
    'x-marathon-leader': leader?.url,
    'marathon-deployment-id': expect.any(String),
  });
  const direct = await scene.ask(leader ?? standby, 'GET', '/v2/apps/web');
  expect(direct.json.app).toMatchObject({ id: '/web', tasksRunning: 1 });
  expect(direct.headers).not.toHaveProperty('x-marathon-via');
  expect((await scene.ask(standby, 'GET', '/v2/apps/web')).json).toEqual(direct.json);
});

line('all nodes report one leader; `/` redirects on each', async () => {
  const scene = await Candidates.start({ marathons: 3 });
  const leader = scene.leader?.address;
  for (const one of scene.all) {
    expect((await scene.ask(one, 'GET', '/v2/leader')).json).toEqual({ leader });
    expect((await scene.ask(one, 'GET', '/v2/info')).json).toMatchObject({ leader, elected: true });
    const bare = await scene.ask(one, 'GET', '/');
    expect([bare.status, bare.headers.location]).toEqual([302, '/ui/']);
  }
});

line('forwarded ping; direct and forwarded 404 and 500; POST without Content-Type', 'forwarded', async () => {
  const scene = await Candidates.start({ flags: ['--local_port_min=10000', '--local_port_max=10000'] });
  const { standby } = scene;
  const ping = await scene.ask(standby, 'GET', '/ping', { headers: { accept: 'text/plain' } });
  expect([ping.status, ping.text]).toEqual([200, 'pong']);
  const head = await scene.ask(standby, 'HEAD', '/ping', { headers: { accept: 'text/plain' } });
  expect([head.status, head.text]).toEqual([200, '']);
  expect((await scene.ask(standby, 'GET', '/ping', { headers: { accept: 'image/png' } })).status).toBe(204);
  const unknown = await scene.ask(standby, 'GET', '/v2/nothing');
  expect([unknown.status, unknown.json]).toEqual([404, { message: 'URI not found' }]);
  expect((await scene.ask(standby, 'POST', '/v2/apps', { body: JSON.stringify(web) })).status).toBe(201);
  const ports = [{ port: 0 }, { port: 0 }];
  const body = { ...web, id: '/other', portDefinitions: ports };
  expect((await scene.ask(standby, 'POST', '/v2/apps', { body })).status).toBe(500);
});

line('leader unreachable: 502; proxy loop: 502; events: redirect', async () => {
  const scene = await Candidates.start();
  const [{ standby, leader }, { simulation }] = [scene, scene];
  if (leader === undefined) throw new Error('nobody leads');
  const events = await scene.ask(standby, 'GET', '/v2/events?event_type=x', {
    headers: { accept: 'text/event-stream' },
  });
  expect([events.status, events.headers.location]).toEqual([302, `${leader.url}/v2/events?event_type=x`]);
  const headers = { 'x-marathon-via': `1.1 other:8080, 1.1 ${standby.address}` };
  const loop = await scene.ask(standby, 'GET', '/v2/apps', { headers });
  expect([loop.status, loop.json]).toEqual([502, { message: 'Detected proxying loop.' }]);
  // Nothing gets there: the time for a connection is over before that for an answer.
  simulation.network.partition([leader.host]);
  const startMs = simulation.nowMs;
  const late = await scene.ask(standby, 'GET', '/v2/apps');
  expect([late.status, late.json.message]).toEqual([500, expect.stringContaining('no connection in time')]);
  expect(Math.round((simulation.nowMs - startMs) / 1000)).toBe(5);
  simulation.network.heal();
  leader.process.crash();
  const gone = await scene.ask(standby, 'GET', '/v2/apps');
  expect([gone.status, gone.json]).toEqual([502, { message: 'Connection to leader refused.' }]);
  expect((await scene.led(leader)).address).toBe(standby.address);
  expect((await scene.ask(standby, 'GET', '/v2/apps')).status).toBe(200);
});

line('abdication: 200, process dies, another leads', 'and the one that gave up is a standby', async () => {
  const scene = await Candidates.start();
  await scene.run(scene.standby, { ...web, instances: 3 });
  const before = scene.leader;
  const [tasks, frameworkId] = [scene.running, scene.marathon.mesos.frameworkId];
  const answer = await scene.ask(scene.standby, 'DELETE', '/v2/leader');
  expect([answer.status, answer.json]).toEqual([200, { message: 'Leadership abdicated' }]);
  const after = await scene.led(before, 10_000);
  expect(before?.process.state).toBe('running');
  for (const one of scene.all) {
    expect((await scene.ask(one, 'GET', '/v2/leader')).json).toEqual({ leader: after.address });
  }
  await scene.pass(60_000);
  expect(scene.running).toEqual(tasks);
  expect(scene.launched).toHaveLength(3);
  expect(scene.marathon.mesos.frameworkId).toBe(frameworkId);
});

line(
  'repeated re-elections; running apps keep their tasks (three set-ups)',
  'given up, crashed, cut off from the ensemble',
  async () => {
    const scene = await Candidates.start({ marathons: 3 });
    await scene.run(scene.standby, { ...web, instances: 3 });
    const { running } = scene;
    for (let round = 0; round < 9; round += 1) {
      const former = await scene.led();
      if (round % 3 === 0) await scene.ask(scene.standby, 'DELETE', '/v2/leader');
      else if (round % 3 === 1) former.process.crash();
      else scene.ensemble.cutOff(former.host.name, 15_000);
      const leader = await scene.led(former);
      expect(leader).not.toBe(former);
      await scene.pass(20_000);
      if (former.process.state === 'dead') former.process.restart();
      await scene.pass(10_000);
      const { json } = await scene.ask(former, 'GET', '/v2/apps/web');
      expect(json.app).toMatchObject({ tasksRunning: 3, deployments: [] });
    }
    expect(scene.running).toEqual(running);
    expect(scene.launched).toHaveLength(3);
  },
);
