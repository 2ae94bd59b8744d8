// How requests are read and answers are sent, whatever they are about (marathon.md 1.1–1.4, 2).
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Json, Scene, SLEEP } from './support/scene.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };

test('doubled, trailing and encoded slashes mean the same path', async () => {
  const scene = await Scene.start();
  await scene.run({ ...web, id: '/g/web' });
  for (const path of [
    '/v2/apps/g/web',
    '/v2/apps//g/web',
    '/v2/apps/g/web/',
    '//v2/apps//g//web//',
    '/v2/apps/%2Fg%2Fweb',
  ])
    expect([path, (await scene.get(path)).json.app?.id]).toEqual([path, '/g/web']);
  for (const path of ['/v2/apps/', '/v2//apps'])
    expect((await scene.get(path)).json.apps.map(({ id }: Json) => id)).toEqual(['/g/web']);
  expect((await scene.get('/v2/apps//g/*')).json['*'].map(({ id }: Json) => id)).toEqual(['/g/web']);
  expect((await scene.get('/v2/groups//g/')).json.id).toBe('/g');
});

test('true is true however it is written, and everything else is not', async () => {
  const scene = await Scene.start();
  for (const [text, status] of [
    ['True', 202],
    ['TRUE', 202],
    ['true', 202],
    ['1', 200],
    ['yes', 200],
    ['', 200],
  ] as const) {
    const { json } = await scene.post('/v2/apps', { ...web, cpus: 1000 });
    expect([text, (await scene.delete(`/v2/deployments/${json.deployments[0].id}?force=${text}`)).status]).toEqual([
      text,
      status,
    ]);
    await scene.delete('/v2/apps/web');
    await scene.deployed();
  }
});

test('/ leads to the UI, /help to the description of the API', async () => {
  const scene = await Scene.start();
  const where = async (path: string) => {
    const { status, headers } = await scene.get(path);
    return [status, headers.location];
  };
  expect(await where('/')).toEqual([302, '/ui/']);
  expect(await where('/ui')).toEqual([302, '/ui/']);
  expect(await where('/ui/')).toEqual([200, undefined]);
  const [status, help] = await where('/help');
  expect(status).toBe(302);
  expect(await where(String(help))).toEqual([200, undefined]);
  expect(await where('/public/nothing.js')).toEqual([404, undefined]);
});

test('HEAD is GET without the body', async () => {
  const scene = await Scene.start();
  for (const path of ['/v2/apps', '/v2/info', '/ping', '/v2/leader', '/v2/deployments']) {
    const [get, head] = [await scene.get(path), await scene.request('HEAD', path)];
    expect([head.status, head.text, head.headers['content-type']]).toEqual([
      get.status,
      '',
      get.headers['content-type'],
    ]);
  }
});

test('answers are packed for those who ask, and not when compression is off', async () => {
  const ask = async (scene: Scene) => {
    for (let i = 0; i < 5; i += 1) await scene.post('/v2/apps', { ...web, id: `/web-${i}` });
    return scene.raw('GET', '/v2/apps', { 'accept-encoding': 'gzip' });
  };
  const packed = await ask(await Scene.start());
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(JSON.parse(gunzipSync(packed.body).toString()).apps).toHaveLength(5);
  const plain = await ask(await Scene.start({ flags: ['--disable_http_compression'] }));
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(JSON.parse(new TextDecoder().decode(plain.body)).apps).toHaveLength(5);
});

test('one request more than allowed at once is 503 with a text', async () => {
  const scene = await Scene.start({ flags: ['--http_max_concurrent_requests=1'] });
  await scene.run({ ...web, cmd: `trap "" TERM; ${SLEEP}` });
  // Waits for the task to be gone.
  const waiting = scene.ask('DELETE', '/v2/apps/web/tasks?wipe=true');
  await scene.pass(100);
  const refused = await scene.get('/v2/apps');
  expect([refused.status, refused.text]).toEqual([503, 'Too many concurrent requests! Allowed: 1.']);
  expect((await scene.simulation.settle(waiting)).status).toBe(200);
  expect((await scene.get('/v2/apps')).status).toBe(200);
  // Streams do not count.
  await scene.events();
  expect((await scene.get('/v2/apps')).status).toBe(200);
});

test('origins that are allowed are told so, others are told nothing', async () => {
  const scene = await Scene.start({ flags: ['--access_control_allow_origin=http://a.example,http://b.example'] });
  const asked = { 'access-control-request-headers': 'X-One, X-Two' };
  const allowed = await scene.request('OPTIONS', '/v2/apps', { headers: { origin: 'http://a.example', ...asked } });
  expect(allowed.headers).toMatchObject({
    'access-control-allow-origin': 'http://a.example',
    'access-control-allow-headers': 'X-One, X-Two',
    'access-control-allow-methods': 'GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE',
    'access-control-max-age': '86400',
  });
  const others: Record<string, string>[] = [{ origin: 'http://c.example' }, {}];
  for (const headers of others)
    expect((await scene.get('/v2/apps', { headers })).headers).not.toHaveProperty('access-control-allow-origin');
});

test('answers tell who leads, and that nobody may keep them', async () => {
  const scene = await Scene.start();
  for (const path of ['/v2/apps', '/v2/nothing', '/ping', '/']) {
    expect((await scene.get(path)).headers).toMatchObject({
      'cache-control': 'no-cache, no-store, must-revalidate',
      pragma: 'no-cache',
      expires: '0',
      'x-marathon-leader': 'http://10.0.3.1:8080',
      'x-frame-options': 'DENY',
      'x-xss-protection': '1; mode=block',
    });
  }
});

test('the flags in use are shown without secrets', async () => {
  const scene = await Scene.start({ flags: ['--framework_name=mine'] });
  const { json } = await scene.get('/config');
  expect(json).toMatchObject({ framework_name: 'mine', master: '10.0.0.1:5050' });
  expect(JSON.stringify(json)).not.toMatch(/credentials|password|secret/);
});

test('the log is made more talkative for a while', async () => {
  const scene = await Scene.start();
  expect((await scene.get('/logging')).json).toEqual({ ROOT: 'INFO' });
  const change = { level: 'trace', logger: 'mesosphere', durationSeconds: 60 };
  const answer = await scene.post('/logging', change);
  expect([answer.status, answer.json]).toEqual([200, change]);
  expect((await scene.get('/logging')).json).toEqual({ ROOT: 'DEBUG' });
  await scene.pass(61_000);
  expect((await scene.get('/logging')).json).toEqual({ ROOT: 'INFO' });
  const refused = await scene.post('/logging', { level: 'loud', logger: 'x' });
  expect([refused.status, refused.json.details]).toEqual([
    422,
    [{ path: '/level', errors: ['error.unknown.enum.literal'] }],
  ]);
});

test('Prometheus can be switched off, and names can begin otherwise', async () => {
  const scene = await Scene.start({ flags: ['--disable_metrics_prometheus', '--metrics_name_prefix=mine'] });
  const off = await scene.get('/metrics/prometheus');
  expect([off.status, off.json]).toEqual([404, { message: 'Prometheus reporter is disabled' }]);
  expect((await scene.get('/metrics')).json.gauges).toHaveProperty('mine.apps.active.gauge');
});

test('an event that a slash or a query is written differently for is the same stream', async () => {
  const scene = await Scene.start();
  const events = await scene.events('/?event_type=event_stream_attached');
  await scene.pass(100);
  expect(events.map(({ eventType }) => eventType)).toEqual(['event_stream_attached']);
});
