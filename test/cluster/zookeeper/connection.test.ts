// What operators are told of an ensemble that does not serve us, and what access lists do.
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseZooKeeperAddress } from '../../../src/cluster/zookeeper/address.ts';
import { connectZooKeeper } from '../../../src/cluster/zookeeper/connection.ts';
import type { ZooKeeperConnection, ZooKeeperSession } from '../../../src/cluster/zookeeper/session.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import type { Log, World } from '../../../src/world/world.ts';
import { freePorts } from '../../ports.ts';
import { type Ensemble, eventually, MISSING, startEnsemble } from './ensemble.ts';

const world = createRealWorld({ log: { level: 'error' } });
let connections: ZooKeeperConnection[] = [];
let lines: string[] = [];

beforeEach(() => {
  lines = [];
});
afterEach(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  connections = [];
});
afterAll(() => world.close());

function open(url: string, host: World['host'] = world.host): ZooKeeperConnection {
  const log: Log = {
    ...world.log,
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
  };
  const connection = connectZooKeeper({ ...world, log, host }, parseZooKeeperAddress(url), { sessionTimeoutMs: 2_000 });
  connections.push(connection);
  return connection;
}

describe('without a session', () => {
  test('a server that is not there is named, once in the log however often it is tried', async () => {
    const [port = 0] = await freePorts(1);
    const connection = open(`zk://ada:geheim@127.0.0.1:${port}/x`);
    await eventually('words', () => connection.trouble);
    const error: unknown = await connection.connected(600).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'timed-out' });
    const place = `127.0.0.1:${port}`;
    expect(String(error)).toContain(`No session with ZooKeeper at ${place}/x within 600 ms: no connection to ${place}`);
    expect(String(error)).toContain('ECONNREFUSED');
    expect(connection.trouble).toContain('ECONNREFUSED');
    expect(lines.filter((line) => line.includes('no connection to'))).toHaveLength(1);
    expect(`${error}${lines}`).not.toContain('geheim');
  });

  test('an unknown name is named', async () => {
    const connection = open('zk://no-such-host.invalid:2181/x');
    await eventually('words', () => connection.trouble);
    await expect(connection.connected(100)).rejects.toMatchObject({ message: /no-such-host\.invalid/ });
  });

  test('a name is looked up again with every round, and what has a new address is found', async () => {
    const [nobody = 0] = await freePorts(1);
    const asked: string[] = [];
    const host = {
      ...world.host,
      lookupAll: (name: string) => {
        asked.push(name);
        return Promise.resolve([asked.length > 2 ? '127.0.0.2' : '127.0.0.1']);
      },
    };
    const connection = open(`zk://zoo:${nobody}/x`, host);
    await eventually('the new address', () => (connection.trouble?.includes('127.0.0.2') ? true : undefined));
    expect(asked.length).toBeGreaterThanOrEqual(3);
  });

  test('another service is recognised as such', async () => {
    const http = createHttpServer();
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const connection = open(`zk://127.0.0.1:${port}/x`);
    await eventually('words', () => (connection.trouble?.includes('as a ZooKeeper does') ? true : undefined));
    await expect(connection.connected(100)).rejects.toMatchObject({ message: /not as a ZooKeeper does/ });
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  test.skipIf(MISSING !== undefined)('a ZooKeeper without quorum says so, and serves when there is one', async () => {
    const ensemble = await startEnsemble({ members: 3 });
    try {
      const [first, second, third] = ensemble.members;
      await Promise.all([second?.kill(), third?.kill()]);
      await eventually('the end of the quorum', async () => ((await first?.mode()) === undefined ? true : undefined));
      const connection = open(ensemble.url('/x'));
      await eventually('words', () => (connection.trouble?.includes('to have a quorum') ? true : undefined));
      await expect(connection.connected(100)).rejects.toMatchObject({ message: /quorum/ });
      expect(lines.filter((line) => line.includes('to have a quorum'))).toHaveLength(1);
      second?.start();
      await connection.connected(20_000);
      expect(connection.trouble).toBeUndefined();
      expect(lines.at(-1)).toContain('Session with ZooKeeper');
    } finally {
      await ensemble.stop();
    }
  });
});

describe.skipIf(MISSING !== undefined)('an ensemble that wants credentials', () => {
  test('refuses whoever has none, once in the log, and takes who has some', async () => {
    const config = { 'enforce.auth.enabled': 'true', 'enforce.auth.schemes': 'digest' };
    const ensemble = await startEnsemble({ config });
    try {
      const connection = open(ensemble.url('/x'));
      await expect(connection.connected(20_000)).rejects.toMatchObject({ code: 'auth-failed' });
      // Tried again, with pauses.
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(lines.filter((line) => line.includes('wants credentials'))).toHaveLength(1);
      expect(connection.trouble).toContain('wants credentials');
      const session = await open(ensemble.url('/x', 'ada:geheim')).connected(20_000);
      await session.ensurePath('/x');
    } finally {
      await ensemble.stop();
    }
  });
});

describe.skipIf(MISSING !== undefined)('with a session', () => {
  let ensemble: Ensemble;
  beforeAll(async () => {
    ensemble = await startEnsemble();
  });
  afterAll(async () => {
    await ensemble?.stop();
  });

  function opened(credentials?: string): Promise<ZooKeeperSession> {
    return open(ensemble.url('/x', credentials)).connected(20_000);
  }

  test('everything that ZooKeeper can do is done, in the order of the calls', async () => {
    const session = await opened();
    await session.ensurePath('/a/b');
    await session.ensurePath('/a/b');
    const path = await session.create('/a/b/x-', Buffer.from('hi'), { ephemeral: true, sequential: true });
    expect(path).toBe('/a/b/x-0000000000');
    const got = await session.get(path);
    expect(got?.data.toString()).toBe('hi');
    expect(await session.children('/a/b')).toEqual(['x-0000000000']);
    expect(await session.children('/a/none')).toBeUndefined();
    expect((await session.set(path, Buffer.from('ho'), 0)).version).toBe(1);
    await expect(session.set(path, Buffer.from('ho'), 0)).rejects.toMatchObject({ code: 'bad-version', path });
    await expect(session.remove('/a')).rejects.toMatchObject({ code: 'not-empty' });
    await expect(session.remove('/none')).rejects.toMatchObject({ code: 'no-node' });
    await expect(session.create('/a/b', Buffer.from(''))).rejects.toMatchObject({ code: 'node-exists' });
    await expect(session.create('/a//b', Buffer.from(''))).rejects.toMatchObject({ code: 'other' });
    const order: number[] = [];
    const done = [0, 1, 2, 3].map((n) => session.set('/a', Buffer.from(String(n))).then(() => order.push(n)));
    expect((await session.get('/a'))?.data.toString()).toBe('3');
    await Promise.all(done);
    expect(order).toEqual([0, 1, 2, 3]);
    await session.remove(path, 1);
    expect(await session.get(path)).toBeUndefined();
  });

  test('a multi is done whole or not at all, and says which step failed; version 0 is a version', async () => {
    const session = await opened();
    await session.ensurePath('/m/a');
    const path = '/m/a';
    await session.set(path, Buffer.from('1'));
    const refused = session.multi([
      { kind: 'check', path, version: 1 },
      { kind: 'create', path: '/m/new', data: Buffer.from('new') },
      { kind: 'remove', path, version: 0 },
    ]);
    await expect(refused).rejects.toMatchObject({ code: 'bad-version', failedStep: 2, path });
    expect(await session.children('/m')).toEqual(['a']);
    await session.multi([
      { kind: 'check', path, version: 1 },
      { kind: 'create', path: '/m/new', data: Buffer.from('new'), options: { ephemeral: true } },
      { kind: 'set', path: '/m/new', data: Buffer.from('newer'), version: 0 },
      { kind: 'remove', path },
    ]);
    const got = await session.get('/m/new');
    expect(got).toMatchObject({ stat: { version: 1, ephemeralOwner: session.id } });
    await session.multi([]);
  });

  test('with credentials, what is private is ours alone and what is published may be read by everybody', async () => {
    const ours = await opened('ada:geheim');
    await ours.ensurePath('/acl', 'published');
    await ours.create('/acl/private', Buffer.from('p'), { access: 'private' });
    await ours.create('/acl/published', Buffer.from('q'), { access: 'published' });
    for (const others of [await opened(), await opened('ada:falsch')]) {
      expect((await others.get('/acl/published'))?.data.toString()).toBe('q');
      await expect(others.set('/acl/published', Buffer.from('x'))).rejects.toMatchObject({ code: 'no-auth' });
      await expect(others.get('/acl/private')).rejects.toMatchObject({ code: 'no-auth', path: '/acl/private' });
      await expect(others.create('/acl/more', Buffer.from('x'))).rejects.toMatchObject({ code: 'no-auth' });
      // What is there need not be made, whoever may make it.
      await others.ensurePath('/acl');
      await expect(others.ensurePath('/acl/more')).rejects.toMatchObject({ code: 'no-auth' });
    }
    const again = await opened('ada:geheim');
    expect((await again.get('/acl/private'))?.data.toString()).toBe('p');
    await again.multi([{ kind: 'set', path: '/acl/published', data: Buffer.from('r') }]);
  });

  test('without credentials everything is open', async () => {
    const session = await opened();
    await session.create('/open', Buffer.from('p'), { access: 'private' });
    const other = await opened('ada:geheim');
    await other.set('/open', Buffer.from('x'));
  });

  test('whoever asks for the session is given it, now and the next ones', async () => {
    const connection = open(ensemble.url('/x'));
    const early: ZooKeeperSession[] = [];
    connection.onSession((session) => early.push(session));
    const session = await connection.connected(20_000);
    const late: ZooKeeperSession[] = [];
    const subscription = connection.onSession((next) => late.push(next));
    expect(late).toEqual([]);
    await eventually('both', () => (early.length + late.length === 2 ? true : undefined));
    expect([...early, ...late]).toEqual([session, session]);
    subscription.stop();
    expect(connection.where).toBe(`127.0.0.1:${ensemble.member(0).port}/x`);
    expect(connection.path).toBe('/x');
  });
});
