// Traps of the client library that need a server which says what real ones seldom say.
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import jute from 'node-zookeeper-client/lib/jute/index.js';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { parseZooKeeperAddress } from '../../../../src/cluster/zookeeper/address.ts';
import { GuardedConnection } from '../../../../src/cluster/zookeeper/client/guarded-connection.ts';
import { syncQuestion } from '../../../../src/cluster/zookeeper/client/requests.ts';
import { Servers } from '../../../../src/cluster/zookeeper/client/servers.ts';
import { connectZooKeeper } from '../../../../src/cluster/zookeeper/connection.ts';
import type { ZooKeeperConnection, ZooKeeperSession } from '../../../../src/cluster/zookeeper/session.ts';
import { createRealWorld } from '../../../../src/world/real/index.ts';
import { eventually } from '../ensemble.ts';
import { type ScriptedServer, startScriptedServer } from '../scripted-server.ts';

const { OP_CODES } = jute;
const world = createRealWorld({ log: { level: 'error' } });
let server: ScriptedServer;
let connections: ZooKeeperConnection[] = [];

beforeEach(async () => {
  server = await startScriptedServer();
});
afterEach(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  connections = [];
  await server.close();
});
afterAll(() => world.close());

function open(url = server.url): ZooKeeperConnection {
  const connection = connectZooKeeper(world, parseZooKeeperAddress(url), { sessionTimeoutMs: 4_000 });
  connections.push(connection);
  return connection;
}

function opened(): Promise<ZooKeeperSession> {
  return open().connected(20_000);
}

test('trap 7: an error number that nobody knows is an error of one operation, not the end of the process', async () => {
  const session = await opened();
  server.script = ({ type, answer }) => {
    if (type !== OP_CODES.DELETE) return 'default';
    answer(-4711);
    return 'done';
  };
  await expect(session.remove('/x')).rejects.toMatchObject({ code: 'other', message: /-4711/, path: '/x' });
  await session.sync('/');
  expect(server.handshakes).toBe(1);
});

test('trap 7: an answer that cannot be read ends the connection, not the process', async () => {
  const session = await opened();
  server.script = ({ type, answer }) => {
    if (type !== OP_CODES.GET_DATA) return 'default';
    answer(0, Buffer.from([0, 0, 1, 0]));
    return 'done';
  };
  const rejected = await session.get('/x').catch((error: unknown) => error);
  expect(rejected).toMatchObject({ code: 'connection-loss', mayHaveHappened: true });
  await session.sync('/');
  expect(server.handshakes).toBe(2);
});

test('trap 10: an answer to another question ends the connection, and nobody gets the wrong answer', async () => {
  const session = await opened();
  server.script = ({ type, xid, answer }) => {
    if (type !== OP_CODES.DELETE) return 'default';
    answer(0, undefined, xid + 1);
    return 'done';
  };
  await expect(session.remove('/x')).rejects.toMatchObject({ code: 'connection-loss' });
  await session.sync('/');
  expect(server.handshakes).toBe(2);
});

test('trap 10: questions are numbered from 1, and again from 1 before the numbers become negative', async () => {
  const servers = new Servers(world, [{ host: '127.0.0.1', port: server.port }], 100);
  const told = new EventEmitter();
  const guarded = new GuardedConnection(
    world,
    servers,
    { sessionTimeoutMs: 4_000, digest: undefined },
    {
      connected: () => told.emit('connected'),
      disconnected: () => undefined,
      trouble: () => undefined,
      ended: () => undefined,
      event: () => undefined,
      watchedPaths: () => ({ data: [], exist: [], child: [] }),
    },
  );
  const connected = new Promise((resolve) => told.once('connected', resolve));
  guarded.connect();
  await connected;
  const ask = (): Promise<number> => new Promise((resolve) => guarded.ask(syncQuestion('/'), resolve));
  expect(await ask()).toBe(0);
  Reflect.set(guarded, 'xid', 2 ** 31 - 17);
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([0, 0, 0]);
  expect(server.requests.map(({ xid }) => xid)).toEqual([1, 2 ** 31 - 17, 2 ** 31 - 16, 1]);
  guarded.destroy();
});

test('trap 11: credentials are the first that a new connection says', async () => {
  const session = await open(`zk://ada:geheim@127.0.0.1:${server.port}/x`).connected(20_000);
  server.handshakeMs = undefined;
  server.cut();
  await eventually('the cut', () => (session.state === 'suspended' ? true : undefined));
  server.requests.length = 0;
  const done = Promise.all([session.remove('/y'), session.remove('/x')]);
  server.handshakeMs = 4_000;
  server.cut();
  await done;
  const { AUTH, DELETE } = OP_CODES;
  expect(server.requests.map(({ type }) => type)).toEqual([AUTH, DELETE, DELETE]);
});

test('refused credentials end the wait for a session at once, with words that hold no secret', async () => {
  server.script = ({ type, answer }) => {
    if (type !== OP_CODES.AUTH) return 'default';
    answer(-115);
    return 'done';
  };
  const connection = open(`zk://ada:geheim@127.0.0.1:${server.port}/x`);
  const error = await eventually('the refusal', async () => {
    const result: unknown = await connection.connected(20_000).catch((reason: unknown) => reason);
    return result instanceof Error ? result : undefined;
  });
  expect(error).toMatchObject({ code: 'auth-failed', message: /refuses user ada/ });
  expect(String(error.stack) + connection.trouble).not.toContain('geheim');
  // And it is tried again: somebody may set it right.
  await eventually('another try', () => (server.handshakes > 1 ? true : undefined));
});

test('an ensemble that demands credentials of everybody says so', async () => {
  server.script = ({ answer }) => {
    answer(-124);
    return 'done';
  };
  const connection = open();
  await expect(connection.connected(20_000)).rejects.toMatchObject({
    code: 'auth-failed',
    message: /wants credentials/,
  });
});

test('trap 3: a session that the server calls expired is lost for good, and another one is opened', async () => {
  const connection = open();
  const session = await connection.connected(20_000);
  const states: string[] = [];
  session.onState((state) => states.push(state));
  const sessions: ZooKeeperSession[] = [];
  connection.onSession((next) => sessions.push(next));
  server.handshakeMs = 0;
  server.cut();
  await eventually('the loss', () => (session.state === 'lost' ? true : undefined));
  server.handshakeMs = 4_000;
  await expect(session.get('/x')).rejects.toMatchObject({ code: 'session-lost' });
  expect(session.isCertain()).toBe(false);
  const next = await connection.connected(20_000);
  expect(next).not.toBe(session);
  expect(states).toEqual(['suspended', 'lost']);
  await eventually('the news', () => (sessions.length > 1 ? true : undefined));
  expect(sessions).toEqual([session, next]);
});

test('trap 5: operations that wait for a connection when the session expires are told', async () => {
  const session = await opened();
  server.handshakeMs = undefined;
  server.cut();
  await eventually('the cut', () => (session.state === 'suspended' ? true : undefined));
  const waiting = session.remove('/x');
  server.handshakeMs = 0;
  server.cut();
  await expect(waiting).rejects.toMatchObject({ code: 'session-lost' });
});

test('trap 9: closing at once, twice, or what does not answer comes to an end', async () => {
  const never = open();
  await Promise.all([never.close(), never.close()]);
  await expect(never.connected(1_000)).rejects.toMatchObject({ code: 'closed' });
  const session = await opened();
  server.script = () => 'done';
  const startedMs = performance.now();
  await Promise.all([session.close(), session.close()]);
  expect(performance.now() - startedMs).toBeLessThan(4_000);
  await session.close();
  await expect(session.sync('/')).rejects.toMatchObject({ code: 'closed' });
});

test('trap 19: servers may have IPv6 addresses', async ({ skip }) => {
  const six = await startScriptedServer('::1').catch(() => undefined);
  if (six === undefined) return skip('this machine has no IPv6');
  const session = await open(`zk://[::1]:${six.port}/x`).connected(20_000);
  await session.sync('/');
  await session.close();
  await six.close();
});

test('trap 20: the library is the version whose inside the guard knows', () => {
  const manifest = createRequire(import.meta.url)('node-zookeeper-client/package.json') as { version: string };
  expect(manifest.version).toBe('1.1.3');
});
