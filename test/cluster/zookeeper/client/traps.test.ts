// Traps of the client library with a real ZooKeeper behind two proxies: for a client, two servers with the same sessions.
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseZooKeeperAddress } from '../../../../src/cluster/zookeeper/address.ts';
import { connectZooKeeper } from '../../../../src/cluster/zookeeper/connection.ts';
import {
  MAX_REQUEST_BYTES,
  type ZooKeeperConnection,
  type ZooKeeperSession,
} from '../../../../src/cluster/zookeeper/session.ts';
import { createRealWorld } from '../../../../src/world/real/index.ts';
import { type Ensemble, eventually, MISSING, startEnsemble, TICK_MS } from '../ensemble.ts';
import { type SeverableProxy, startProxy } from '../severable-proxy.ts';

const EMPTY = new Uint8Array();
/** The shortest that the ensemble agrees to. */
const SHORT_MS = 2 * TICK_MS;

describe.skipIf(MISSING !== undefined)('a session', () => {
  const world = createRealWorld({ log: { level: 'error' } });
  let ensemble: Ensemble;
  let proxies: SeverableProxy[] = [];
  let connections: ZooKeeperConnection[] = [];
  let tests = 0;
  let root = '';

  beforeAll(async () => {
    ensemble = await startEnsemble();
  });
  afterEach(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    connections = [];
    proxies = [];
  });
  afterAll(async () => {
    await ensemble?.stop();
    await world.close();
  });

  async function proxy(): Promise<SeverableProxy> {
    const made = await startProxy(ensemble.member(0).port);
    proxies.push(made);
    return made;
  }

  /** To the server itself, or by the ports given; a path of its own for each test. */
  async function open(
    ports: readonly number[] = [ensemble.member(0).port],
    timeoutMs = 4_000,
  ): Promise<ZooKeeperSession> {
    if (ports.length > 0) tests += 1;
    root = `/t${tests}`;
    const url = `zk://${ports.map((port) => `127.0.0.1:${port}`).join(',')}${root}`;
    const connection = connectZooKeeper(world, parseZooKeeperAddress(url), { sessionTimeoutMs: timeoutMs });
    connections.push(connection);
    const session = await connection.connected(20_000);
    await session.ensurePath(root);
    return session;
  }

  test('trap 1: a server that falls silent is left for another, in time for session and ephemeral nodes', async () => {
    const both = [await proxy(), await proxy()];
    const session = await open(
      both.map(({ port }) => port),
      6 * SHORT_MS,
    );
    const states: string[] = [];
    session.onState((state) => states.push(state));
    await session.create(`${root}/mine`, EMPTY, { ephemeral: true });
    const used = both.find(({ connections: count }) => count > 0);
    used?.stall();
    const stalledMs = performance.now();
    await eventually('another server', () => (states.includes('connected') ? true : undefined));
    expect(performance.now() - stalledMs).toBeLessThan(6 * SHORT_MS);
    expect(states).toEqual(['suspended', 'connected']);
    expect((await session.get(`${root}/mine`))?.stat.ephemeralOwner).toBe(session.id);
    expect(session.isCertain()).toBe(true);
  });

  test('an idle session stays certain, and a watched one that is only told things too', async () => {
    const session = await open(undefined, 4 * SHORT_MS);
    const other = await connectOther();
    let told = 0;
    session.watchData(root, () => {
      told += 1;
    });
    const endMs = performance.now() + 5 * SHORT_MS;
    while (performance.now() < endMs) {
      expect(session.isCertain()).toBe(true);
      await other.set(root, EMPTY);
    }
    // The library counts what it hears as a sign that it need not ask, and its session expires.
    expect(told).toBeGreaterThan(10);
    expect(session.state).toBe('connected');
  });

  test('trap 2: a server that takes connections but never answers is left for another', async () => {
    const mute = await proxy();
    mute.stall();
    const well = await proxy();
    const session = await open([mute.port, well.port], 4 * SHORT_MS);
    const states: string[] = [];
    session.onState((state) => states.push(state));
    // The one that was lost is tried last.
    const triedBefore = mute.accepted;
    well.cut();
    await eventually('the other one', () => (states.length === 2 ? true : undefined));
    expect(states).toEqual(['suspended', 'connected']);
    expect(mute.accepted).toBeGreaterThan(triedBefore);
    await session.sync('/');
  });

  test('traps 3 and 17: after a long block it is not certain at once, then expired by the server, then another one is there', async () => {
    const session = await open(undefined, SHORT_MS);
    const connection = connections[0];
    expect(session.isCertain()).toBe(true);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SHORT_MS * 2.5);
    // Nothing has been heard yet, nothing told.
    expect(session.state).toBe('connected');
    expect(session.isCertain()).toBe(false);
    await eventually('the loss', () => (session.state === 'lost' ? true : undefined));
    expect(session.isCertain()).toBe(false);
    const next = await connection?.connected(20_000);
    expect(next?.id).not.toBe(session.id);
    expect(next?.isCertain()).toBe(true);
  });

  test('traps 4 and 5: without a server it is suspended at once, and lost when the time-out is over, operations and all', async () => {
    const only = await proxy();
    const session = await open([only.port], 2 * SHORT_MS);
    const states: string[] = [];
    session.onState((state) => states.push(state));
    only.refuse();
    const refusedMs = performance.now();
    await eventually('the break', () => (states.includes('suspended') ? true : undefined));
    // Long before a server that says nothing would be missed.
    expect(performance.now() - refusedMs).toBeLessThan(SHORT_MS);
    await expect(session.create(`${root}/late`, EMPTY)).rejects.toMatchObject({ code: 'session-lost' });
    expect(performance.now() - refusedMs).toBeLessThan(SHORT_MS * 4);
    expect(states).toEqual(['suspended', 'lost']);
    expect(session.isCertain()).toBe(false);
  });

  test('a short break changes nothing: what waits is done, what was under way is told to be uncertain', async () => {
    const only = await proxy();
    const session = await open([only.port]);
    only.filterAnswers(() => undefined);
    const uncertain = session.create(`${root}/a-`, EMPTY, { sequential: true }).catch((reason: unknown) => reason);
    await eventually('the create', async () => ((await children()).length > 0 ? true : undefined));
    only.heal();
    only.cut();
    const error = await uncertain;
    const waiting = session.create(`${root}/b`, EMPTY);
    // Trap 15: nothing was repeated on its own account.
    expect(error).toMatchObject({ code: 'connection-loss', mayHaveHappened: true });
    expect(await waiting).toBe(`${root}/b`);
    expect(await session.children(root)).toHaveLength(2);
    expect(session.isCertain()).toBe(true);

    async function children(): Promise<readonly string[]> {
      const other =
        connections[1] ??
        connectZooKeeper(world, parseZooKeeperAddress(ensemble.url('/o')), { sessionTimeoutMs: 4_000 });
      if (connections[1] === undefined) connections.push(other);
      return (await (await other.connected(20_000)).children(root)) ?? [];
    }
  });

  test.each([1, 3, 4, 15, 30])('trap 6: an answer cut off after %i bytes leaves nothing behind', async (bytes) => {
    const only = await proxy();
    const session = await open([only.port]);
    await session.set(root, Buffer.alloc(500, 'x'));
    only.breakNextAnswerAfter(bytes);
    // Whose answer it is, the heartbeat's or ours, is all the same.
    await session.get(root).catch(() => undefined);
    expect((await session.get(root))?.data.length).toBe(500);
    await session.sync('/');
  });

  test('trap 8: what a watch throws reaches neither the other operations nor the connection', async () => {
    const program = fileURLToPath(new URL('./throwing-subscriber-main.ts', import.meta.url));
    const { stdout } = await execa(process.execPath, [program, ensemble.url('/thrown')]);
    expect(stdout).toMatch(/^uncaught: thrown by a watch$/m);
    expect(stdout).toMatch(/^got: 2, connected$/m);
  });

  test('trap 9: a session that is closed leaves no ephemeral node', async () => {
    const session = await open();
    await session.create(`${root}/mine`, EMPTY, { ephemeral: true });
    const path = root;
    await session.close();
    expect(await (await open()).get(`${path}/mine`)).toBeUndefined();
  });

  test('trap 12: 15,000 watches survive a new connection', async () => {
    const only = await proxy();
    const session = await open([only.port], 10_000);
    const names = Array.from({ length: 15_000 }, (_, index) => `${root}/${'long-'.repeat(16)}${index}`);
    const told = new Set<string>();
    for (const name of names) session.watchData(name, () => told.add(name));
    await session.sync('/');
    const acceptedBefore = only.accepted;
    only.refuse();
    // While nobody listens, one of them changes.
    const other = await connectOther();
    const [first = '', second = '', last = ''] = [names[0], names[7_000], names.at(-1)];
    await other.create(first, EMPTY);
    only.heal();
    await session.sync('/');
    expect(told).toEqual(new Set([first]));
    await Promise.all([other.create(second, EMPTY), other.create(last, EMPTY)]);
    await eventually('the news', () => (told.size === 3 ? true : undefined));
    expect(told).toEqual(new Set([first, second, last]));
    // A packet that is too long would make the server break off every time.
    expect(only.accepted - acceptedBefore).toBeLessThan(60);
    expect(only.connections).toBe(1);
  });

  test('trap 13: what the server would drop the connection over is refused before it is sent', async () => {
    const only = await proxy();
    const session = await open([only.port]);
    const large = Buffer.alloc(MAX_REQUEST_BYTES);
    await expect(session.set(root, large)).rejects.toMatchObject({ code: 'too-large', mayHaveHappened: false });
    await expect(session.create(`${root}/a`, large)).rejects.toMatchObject({ code: 'too-large' });
    const halves = [1, 2].map(
      (half) => ({ kind: 'create', path: `${root}/${half}`, data: large.subarray(500_000) }) as const,
    );
    await session.multi(halves);
    await expect(
      session.multi([...halves, { kind: 'set', path: root, data: large.subarray(700_000) }]),
    ).rejects.toMatchObject({ code: 'too-large' });
    await session.set(root, large.subarray(1_000));
    expect((await session.get(root))?.data.length).toBe(MAX_REQUEST_BYTES - 1_000);
    expect(only.accepted).toBe(1);
  });

  test('trap 14: empty and binary data come back as they were; what the caller does with its bytes later is nothing to us', async () => {
    const session = await open();
    await session.create(`${root}/empty`, EMPTY);
    expect((await session.get(`${root}/empty`))?.data).toEqual(Buffer.alloc(0));
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const kept = Buffer.from(bytes);
    const all = [
      session.create(`${root}/all`, bytes),
      session.multi([{ kind: 'create', path: `${root}/multi`, data: bytes }]),
      session.set(`${root}/empty`, bytes),
    ];
    bytes.fill(0);
    await Promise.all(all);
    for (const name of ['all', 'multi', 'empty']) expect((await session.get(`${root}/${name}`))?.data).toEqual(kept);
  });

  test('trap 16: one watch of the server does for all that want to know, on nodes that are not there too', async () => {
    const session = await open();
    let told = 0;
    const both = ['data', 'children'] as const;
    const subscriptions = Array.from({ length: 100 }, () =>
      both.map((kind) => {
        const watch = kind === 'data' ? session.watchData.bind(session) : session.watchChildren.bind(session);
        return watch(`${root}/absent`, () => {
          told += 1;
        });
      }),
    ).flat();
    await session.sync('/');
    expect(await ensemble.member(0).ask('wchs')).toMatch(/Total watches:1$/m);
    const other = await connectOther();
    await other.create(`${root}/absent`, EMPTY);
    await eventually('the news', () => (told === 200 ? true : undefined));
    await session.sync('/');
    await other.create(`${root}/absent/child`, EMPTY);
    await eventually('news of the child', () => (told === 300 ? true : undefined));
    for (const subscription of subscriptions) subscription.stop();
    await session.sync('/');
    await other.remove(`${root}/absent/child`);
    await other.remove(`${root}/absent`);
    await session.sync('/');
    expect(told).toBe(300);
  });

  test('a watch that is told of sees what it was told of, however often it changes', async () => {
    const session = await open();
    const other = await connectOther();
    const seen: number[] = [];
    const look = async (): Promise<void> => {
      seen.push(Number((await session.get(root))?.data.toString()));
    };
    session.watchData(root, () => void look());
    for (let round = 1; round <= 300; round += 1) await other.set(root, Buffer.from(String(round)));
    await eventually('the last', () => (seen.at(-1) === 300 ? true : undefined));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('trap 18: ids and zxids are whole numbers and hexadecimal texts', async () => {
    const session = await open();
    const path = await session.create(`${root}/mine`, Buffer.from('1'), { ephemeral: true });
    const before = await session.get(path);
    const after = await session.set(path, Buffer.from('22'));
    expect(before?.stat).toMatchObject({ version: 0, ephemeralOwner: session.id, dataLength: 1, childrenCount: 0 });
    expect(after).toMatchObject({ version: 1, dataLength: 2, czxid: before?.stat.czxid });
    expect(after.mzxid).toBeGreaterThan(after.czxid);
    expect(Math.abs(after.mtimeMs - world.clock.nowMs())).toBeLessThan(60_000);
    expect((await session.get(root))?.stat).toMatchObject({
      ephemeralOwner: undefined,
      childrenCount: 1,
      childrenVersion: 1,
    });
    expect(session.id).toMatch(/^[0-9a-f]{10,16}$/);
  });

  test('trap 21: ten thousand operations at once are answered in order', async () => {
    const session = await open(undefined, 10_000);
    const startedMs = performance.now();
    const made = await Promise.all(
      Array.from({ length: 10_000 }, () => session.create(`${root}/n-`, EMPTY, { sequential: true })),
    );
    const createdMs = performance.now();
    await Promise.all(made.map((path) => session.get(path)));
    const readMs = performance.now();
    expect(made).toEqual([...made].sort());
    const rate = (fromMs: number, toMs: number): string => `${Math.round(10_000_000 / (toMs - fromMs))}/s`;
    console.info(`pipelined: create ${rate(startedMs, createdMs)}, get ${rate(createdMs, readMs)}`);
  });

  async function connectOther(): Promise<ZooKeeperSession> {
    const url = ensemble.url('/other');
    const connection = connectZooKeeper(world, parseZooKeeperAddress(url), { sessionTimeoutMs: 4_000 });
    connections.push(connection);
    return await connection.connected(20_000);
  }
});
