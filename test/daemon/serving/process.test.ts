import { expect, it } from 'vitest';
import { redirectEndpoint, redirectToLeader } from '../../../src/daemon/serving/http/leader-redirect.ts';
import { Router } from '../../../src/daemon/serving/http/router.ts';
import { createService } from '../../../src/daemon/serving/http/service.ts';
import { LoggingLevel } from '../../../src/daemon/serving/process/logging-level.ts';
import { processRoutes } from '../../../src/daemon/serving/process/routes.ts';
import { quietWorld, send } from './requests.ts';

const world = quietWorld();
const levels: number[] = [];
const logging = new LoggingLevel(world.clock, (level) => levels.push(level));
const leader = { hostname: 'h', port: 5050 };
const handler = createService(
  world,
  new Router(['master']).add(
    ...processRoutes({ host: world.host, flagTexts: { port: '5050' }, logging }),
    { path: '/redirect', handle: (request) => redirectEndpoint(leader, request) },
    { path: '/state', handle: (request) => redirectToLeader(leader, request) },
    { path: '/tasks', handle: (request) => redirectToLeader(undefined, request) },
  ),
);

it('is healthy with an empty body and no content type', async () => {
  expect(await send(handler, '/health')).toMatchObject({ status: 200, text: '', headers: {} });
});

it('tells a version that clients can compare', async () => {
  expect(JSON.parse((await send(handler, '/version')).text)).toMatchObject({
    version: '1.12.0',
    build_time: expect.any(Number),
  });
});

it('tells its flags as text', async () => {
  expect(JSON.parse((await send(handler, '/flags')).text)).toEqual({ flags: { port: '5050' } });
});

it('tells about the machine', async () => {
  const stats = JSON.parse((await send(handler, '/system/stats.json')).text);
  expect(Object.keys(stats).sort()).toEqual(
    ['avg_load_15min', 'avg_load_1min', 'avg_load_5min', 'cpus_total', 'mem_free_bytes', 'mem_total_bytes'].sort(),
  );
  expect((await send(handler, '/system/stats')).status).toBe(404);
});

it('turns the log up for a while', async () => {
  expect(await send(handler, '/logging/toggle')).toMatchObject({ status: 200, text: '0\n' });
  expect(await send(handler, '/logging/toggle?level=2')).toMatchObject({
    status: 400,
    text: "Expecting 'duration=value' in query.\n",
  });
  expect((await send(handler, '/logging/toggle?level=-1&duration=1secs')).status).toBe(400);
  expect((await send(handler, '/logging/toggle?level=1&duration=nonsense')).status).toBe(400);
  expect(await send(handler, '/logging/toggle?level=1&duration=20ms')).toMatchObject({ status: 200, text: '' });
  expect(logging.level).toBe(1);
  await world.clock.sleep(40);
  expect(levels).toEqual([1, 0]);
});

it('sends clients to the leader without a scheme', async () => {
  expect(await send(handler, '/master/redirect')).toMatchObject({ status: 307, headers: { location: '//h:5050' } });
  expect((await send(handler, '/redirect/x')).status).toBe(404);
  expect((await send(handler, '/master/state?a=b%20c')).headers.location).toBe('//h:5050/master/state?a=b%20c');
  expect(await send(handler, '/tasks')).toMatchObject({ status: 503, text: 'No leader elected' });
});
