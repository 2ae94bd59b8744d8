import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packResponse } from '../../../src/daemon/serving/http/compression.ts';
import { json } from '../../../src/daemon/serving/http/json-response.ts';
import { okWith } from '../../../src/daemon/serving/http/responses.ts';
import { type Route, Router } from '../../../src/daemon/serving/http/router.ts';
import { createService } from '../../../src/daemon/serving/http/service.ts';
import { quietWorld, send } from './requests.ts';

const echo = (path: string, more: Partial<Route> = {}): Route => ({
  path,
  handle: (request) => json(request, { path, subpath: request.subpath, query: Object.fromEntries(request.query) }),
  ...more,
});

const service = (...routes: Route[]) => createService(quietWorld(), new Router(['master', 'slave(1)']).add(...routes));

describe('routing', () => {
  const handler = service(echo('/api/v1'), echo('/api/v1/scheduler'), echo('/state'), echo('/', { exact: true }));

  it.each([
    ['/api/v1', '/api/v1', ''],
    ['/api/v1/', '/api/v1', '/'],
    ['/api/v1/foo', '/api/v1', '/foo'],
    ['/api/v1/scheduler/foo/bar', '/api/v1/scheduler', '/foo/bar'],
    ['/master/state', '/state', ''],
    ['/slave(1)/state', '/state', ''],
    ['/slave%281%29/state', '/state', ''],
    ['/', '/', ''],
    ['/master', '/', ''],
  ])('answers %s by the longest registered prefix', async (target, path, subpath) => {
    expect(JSON.parse((await send(handler, target)).text)).toMatchObject({ path, subpath });
  });

  it.each(['//state', '/../state', '/%zz', '/nope', '/master/nope', '/statefoo', '/api', 'state', ''])(
    'knows nothing of %s',
    async (target) => {
      expect(await send(handler, target)).toMatchObject({
        status: 404,
        text: '404 Not Found.',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      });
    },
  );

  it('decodes queries as forms are: plus is a space, the last of two wins, a broken escape stays', async () => {
    const { text } = await send(handler, '/state?a=1&b=x+y%21&a=2;c&d=%zz#fragment');
    expect(JSON.parse(text).query).toEqual({ a: '2', b: 'x y!', c: '', d: '%zz' });
  });

  it('refuses a wrong method in the words of the original, after the guard has had its say', async () => {
    const guarded = service(
      echo('/weights', { methods: ['GET', 'PUT'] }),
      echo('/gone', { methods: ['POST'], guard: () => okWith('text/plain', 'elsewhere') }),
    );
    expect(await send(guarded, '/weights', { method: 'DELETE' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, PUT' },
      text: "405 Method Not Allowed. Expecting one of { 'GET', 'PUT' }, but received 'DELETE'.",
    });
    expect(await send(guarded, '/gone')).toMatchObject({ status: 200, text: 'elsewhere' });
  });

  it('takes any method where the original does not look', async () => {
    expect((await send(handler, '/state', { method: 'POST' })).status).toBe(200);
  });
});

describe('bodies', () => {
  const long = 'x'.repeat(2000);
  const handler = service(
    { path: '/long', handle: () => okWith('text/plain', long) },
    { path: '/huge', handle: () => okWith('text/plain', long.repeat(200)) },
    { path: '/short', handle: () => okWith('text/plain', 'x'.repeat(1023)) },
    { path: '/stream', handle: () => ({ status: 200, body: { start: () => undefined } }) },
    { path: '/body', handle: (request) => okWith('text/plain', request.body) },
    echo('/json'),
  );
  const gzip = { 'accept-encoding': 'deflate, gzip;q=0.5' };

  it.each(['/long', '/huge'])('compresses %s for clients that take gzip', async (target) => {
    const answer = await send(handler, target, { headers: gzip });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answer.bytes).toString()).toBe(target === '/long' ? long : long.repeat(200));
  });

  it.each([
    ['/short', gzip],
    ['/stream', gzip],
    ['/long', {}],
    ['/long', { 'accept-encoding': 'gzip;q=0' }],
    ['/long', { 'accept-encoding': 'br' }],
  ])('leaves %s as it is', async (target, headers) => {
    expect((await send(handler, target, { headers })).headers['content-encoding']).toBeUndefined();
  });

  it('does not need a large body any more once it is compressed, and not before', async () => {
    const body = Buffer.alloc(1_000_000, 'x');
    const events: string[] = [];
    const request = { method: 'GET', target: '/', headers: gzip, body: new Uint8Array(), remoteAddress: '' };
    const response = { status: 200, body, onSent: () => events.push(`sent after ${events.length}`) };
    const packed = packResponse(request, response);
    expect(events).toEqual([]);
    const { body: compressed, onSent } = await packed;
    expect([events, onSent]).toEqual([['sent after 0'], undefined]);
    expect(gunzipSync(compressed as Uint8Array)).toEqual(body);
  });

  it('unpacks gzip requests, ignores encodings it does not know, and answers broken gzip with 500', async () => {
    const post = (body: string | Uint8Array, encoding: string) =>
      send(handler, '/body', { method: 'POST', body, headers: { 'content-encoding': encoding } });
    expect((await post(gzipSync('hello'), 'gzip')).text).toBe('hello');
    expect((await post('hello', 'br')).text).toBe('hello');
    expect(await post('notgzip', 'gzip')).toMatchObject({ status: 500, text: 'failed to decode body' });
  });

  it('wraps JSON for a callback', async () => {
    expect(await send(handler, '/json?jsonp=foo')).toMatchObject({
      headers: { 'content-type': 'text/javascript' },
      text: 'foo({"path":"/json","subpath":"","query":{"jsonp":"foo"}})',
    });
  });
});

it('answers 500 to what goes wrong unexpectedly, and goes on', async () => {
  const handler = service(
    {
      path: '/broken',
      handle: () => {
        throw new Error('secret detail');
      },
    },
    echo('/fine'),
  );
  const answer = await send(handler, '/broken');
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('secret');
  expect((await send(handler, '/fine')).status).toBe(200);
});
