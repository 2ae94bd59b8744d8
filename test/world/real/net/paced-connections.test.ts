// Bursts of connections: a few are listened to at a time, and silent ones keep nobody out.
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  MAX_UNHEARD,
  type PacedConnections,
  paceConnections,
} from '../../../../src/world/real/net/paced-connections.ts';

let server: Server;
let sockets: Socket[];
/** Targets in the order they were asked for. */
let targets: string[];
/** Requests of the turn of the loop that had most. */
let mostInATurn: number;

beforeEach(() => {
  [sockets, targets, mostInATurn] = [[], [], 0];
  let inThisTurn = 0;
  server = createServer((request, response) => {
    targets.push(request.url ?? '');
    if (inThisTurn === 0) {
      setImmediate(() => {
        mostInATurn = Math.max(mostInATurn, inThisTurn);
        inThisTurn = 0;
      });
    }
    inThisTurn += 1;
    response.end('yes');
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

async function listening(maxSilenceMs?: number): Promise<PacedConnections> {
  const connections = paceConnections(server, maxSilenceMs);
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve));
  return connections;
}

/** Connects and says that; what comes back is dropped. */
function say(text: string): Socket {
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.resume();
  if (text !== '') socket.write(text);
  return socket;
}

const request = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`;

test('of many connections that ask at the same moment all are answered, a few in one turn', async () => {
  await listening(60_000);
  const wanted = Array.from({ length: 300 }, (_, index) => `/${index}`);
  const open = wanted.map(() => say(''));
  await expect.poll(() => countOf(server), { timeout: 10_000 }).toBe(open.length);
  for (const [index, socket] of open.entries()) socket.write(request(`/${index}`));
  await expect.poll(() => targets.length, { timeout: 10_000 }).toBe(wanted.length);
  expect(targets.toSorted()).toEqual(wanted.toSorted());
  expect(mostInATurn).toBeGreaterThan(0);
  expect(mostInATurn).toBeLessThanOrEqual(MAX_UNHEARD);
});

test('connections that say nothing do not keep others out', async () => {
  await listening();
  for (let index = 0; index < 3 * MAX_UNHEARD; index++) say('');
  say(request('/late'));
  await expect.poll(() => targets, { timeout: 10_000 }).toEqual(['/late']);
});

test('nor do thousands of them: while most are silent more are listened to at a time', async () => {
  await listening(300);
  for (let index = 0; index < 40 * MAX_UNHEARD; index++) say('');
  say(request('/late'));
  // A few at a time it would take twelve seconds.
  await expect.poll(() => targets, { timeout: 10_000 }).toEqual(['/late']);
});

test('connections that end, and what is no request, make room at once', async () => {
  await listening(60_000);
  for (let index = 0; index < 2 * MAX_UNHEARD; index++) say(index % 2 === 0 ? 'nonsense\r\n\r\n' : '').end();
  say(request('/late'));
  await expect.poll(() => targets, { timeout: 10_000 }).toEqual(['/late']);
});

test('when it is closed those that waited are dropped', async () => {
  const connections = await listening(60_000);
  let closed = 0;
  for (let index = 0; index < 2 * MAX_UNHEARD; index++) say('').on('close', () => closed++);
  await expect.poll(() => countOf(server), { timeout: 10_000 }).toBe(2 * MAX_UNHEARD);
  connections.close();
  await expect.poll(() => closed, { timeout: 10_000 }).toBe(MAX_UNHEARD);
  say('').on('close', () => closed++);
  await expect.poll(() => closed, { timeout: 10_000 }).toBe(MAX_UNHEARD + 1);
});

function countOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
