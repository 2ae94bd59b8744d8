// The way out through a CONNECT proxy, against a proxy that can be told to refuse.
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';
import { parseEgressProxy } from '../../../../src/world/real/net/egress.ts';

let proxy: Server;
let world: RealWorld;
let url: string;
let isOpen = true;
const asked: string[] = [];
const tunnels = new Set<Socket>();

beforeEach(async () => {
  isOpen = true;
  asked.length = 0;
  proxy = createServer().on('connect', (request, downstream) => {
    asked.push(request.url ?? '');
    if (!isOpen) return void downstream.end('HTTP/1.1 502 Cut\r\n\r\n');
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect({ host: hostname, port: Number(port) }, () => {
      downstream.write('HTTP/1.1 200 Connected\r\n\r\n');
      upstream.pipe(downstream).pipe(upstream);
    });
    for (const socket of [upstream, downstream as Socket]) {
      tunnels.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        upstream.destroy();
        downstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  world = createRealWorld({ log: { level: 'silent' }, egress: parseEgressProxy(`127.0.0.1:${port}`) });
  const listener = await world.net.listen({
    host: '127.0.0.1',
    port: 0,
    handler: ({ body }) => ({ status: 200, body: `got ${new TextDecoder().decode(body)}` }),
  });
  url = `http://127.0.0.1:${listener.port}/x`;
});

afterEach(async () => {
  await world.close();
  for (const socket of tunnels) socket.destroy();
  await new Promise((resolve) => proxy.close(resolve));
});

test('requests and streams go out through the proxy', async () => {
  for (const body of ['a', 'b']) {
    const answer = await world.net.request({ method: 'POST', url, body });
    expect(new TextDecoder().decode(answer.body)).toBe(`got ${body}`);
  }
  expect(new Set(asked)).toEqual(new Set([new URL(url).host]));
  const stream = await world.net.openStream({ method: 'POST', url, body: 'c' });
  const ended = Promise.withResolvers<string>();
  let text = '';
  stream.onChunk((chunk) => {
    text += new TextDecoder().decode(chunk);
  });
  stream.onEnd((error) => ended.resolve(error?.message ?? text));
  expect(await ended.promise).toBe('got c');
});

test('what the proxy refuses was seen by nobody', async () => {
  isOpen = false;
  await expect(world.net.request({ method: 'GET', url })).rejects.toMatchObject({ name: 'NetError', code: 'refused' });
});

test('a tunnel that is cut breaks what goes through it', async () => {
  await world.net.request({ method: 'GET', url });
  for (const socket of tunnels) socket.destroy();
  isOpen = false;
  await expect(world.net.request({ method: 'GET', url })).rejects.toMatchObject({ name: 'NetError' });
});

test.each(['', 'host', 'host:0', 'host:70000', 'http://host:1', 'a b:1'])('%j is no address of a proxy', (text) => {
  expect(() => parseEgressProxy(text)).toThrow(TypeError);
});
