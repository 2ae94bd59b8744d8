// HTTPS as a client: certificates are verified unless the caller said that any will do.
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientRequest } from '../../../../src/world/net.ts';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';
import { SELF_SIGNED } from './self-signed.ts';

let world: RealWorld;
let server: Server;
let url: string;

beforeEach(async () => {
  world = createRealWorld({ log: { level: 'silent' } });
  server = createServer(SELF_SIGNED, (request, response) => response.end(`secret of ${request.url}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
});
afterEach(async () => {
  await world.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const asked = (request: Partial<ClientRequest>): ClientRequest => ({ method: 'GET', url, ...request });

test('a certificate that nobody vouches for is refused as `broken`', async () => {
  await expect(world.net.request(asked({}))).rejects.toMatchObject({ name: 'NetError', code: 'broken' });
  await expect(world.net.openStream(asked({}))).rejects.toMatchObject({ name: 'NetError', code: 'broken' });
});

test('insecureTls takes any certificate, in requests and in streams', async () => {
  const answer = await world.net.request(asked({ insecureTls: true }));
  expect([answer.status, new TextDecoder().decode(answer.body)]).toEqual([200, 'secret of /x']);
  const stream = await world.net.openStream(asked({ insecureTls: true }));
  expect(stream.status).toBe(200);
  stream.close();
});

test('a connection that skipped the certificate is not used for requests that do not', async () => {
  await world.net.request(asked({ insecureTls: true }));
  await expect(world.net.request(asked({}))).rejects.toMatchObject({ code: 'broken' });
});
