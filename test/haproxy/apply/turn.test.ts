// Turns against a real HAProxy: what is served follows Marathon, and whatever goes wrong, what was served still is.
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listVersions } from '../../../src/haproxy/apply/install/versions.ts';
import { DiscoveryError } from '../../../src/haproxy/discovery/discovery-error.ts';
import { Balancer, HAS_HAPROXY } from './support/balancer.ts';
import { madeApp } from './support/made-answer.ts';

let balancer: Balancer;

beforeEach(async () => {
  balancer = await Balancer.make();
  await balancer.start();
});

afterEach(() => balancer.end());

describe.skipIf(!HAS_HAPROXY)('a turn', () => {
  test('brings a new app in by a reload, and does nothing the second time', async () => {
    const { ports } = balancer;
    await balancer.serve(ports + 50, 'one');
    const apps = [madeApp('/web', ports, [ports + 50], { HAPROXY_0_MODE: 'http' })];
    const first = await balancer.turn(apps);
    expect(first.failure).toBeUndefined();
    expect(first).toMatchObject({ outcome: 'reload', services: 1, servers: 1, isNews: true, validations: 1 });
    expect(first.changes).toMatchObject({ backendsAdded: 1, serversAdded: 1 });
    expect(await balancer.get(ports)).toBe('one');
    const written = statSync(balancer.configPath).mtimeMs;
    const reloads = (await balancer.master.processes()).reloads;
    const second = await balancer.turn(apps);
    expect(second).toMatchObject({ outcome: 'nothing', isNews: false, validations: 0, commands: 0, excluded: [] });
    expect(statSync(balancer.configPath).mtimeMs).toBe(written);
    expect((await balancer.master.processes()).reloads).toBe(reloads);
    expect(readdirSync(balancer.directory).filter((name) => /tmp|mctl-/.test(name))).toEqual([]);
  });

  test('adds, drains and removes servers without a reload, and the file says so', async () => {
    const { ports } = balancer;
    for (const [port, text] of [
      [ports + 50, 'one'],
      [ports + 51, 'two'],
    ] as const)
      await balancer.serve(port, text);
    const web = (...tasks: number[]) => [
      madeApp('/web', ports, tasks, { HAPROXY_0_MODE: 'http' }),
      madeApp('/db', ports + 1, [ports + 60, ports + 61]),
    ];
    await balancer.turn(web(ports + 50));
    const { reloads } = await balancer.master.processes();
    const up = await balancer.turn(web(ports + 50, ports + 51));
    expect(up).toMatchObject({ outcome: 'runtime', commands: 1, changes: { serversAdded: 1 } });
    expect(balancer.config()).toContain(`127.0.0.1:${ports + 51}`);
    expect(new Set([await balancer.get(ports), await balancer.get(ports)])).toEqual(new Set(['one', 'two']));
    const down = await balancer.turn(web(ports + 51));
    expect(down).toMatchObject({ outcome: 'runtime', changes: { serversRemoved: 1 } });
    expect([await balancer.get(ports), await balancer.get(ports)]).toEqual(['two', 'two']);
    const [app, other] = web(ports + 51);
    const tasks = app?.tasks.map((task) => ({ ...task, state: 'TASK_KILLING' })) ?? [];
    if (app === undefined || other === undefined) throw new Error('made two');
    const draining = await balancer.turn([{ ...app, tasks }, other]);
    expect(draining).toMatchObject({ outcome: 'runtime', commands: 1 });
    expect(
      (await balancer.admin.serversState()).find((server) => server.backend.startsWith('web'))?.isInMaintenance,
    ).toBe(true);
    expect((await balancer.master.processes()).reloads).toBe(reloads);
    // What the file says is what runs: a worker that starts from it has nothing to be changed.
    await balancer.kill();
    await balancer.start();
    expect(await balancer.turn([{ ...app, tasks }, other])).toMatchObject({ outcome: 'nothing' });
  });

  test('undoes what other hands changed in the running process', async () => {
    const { ports } = balancer;
    const apps = [madeApp('/web', ports, [ports + 50, ports + 51])];
    await balancer.turn(apps);
    const [one] = await balancer.admin.serversState();
    if (one === undefined) throw new Error('there is a server');
    await balancer.admin.run({ kind: 'maint', backend: one.backend, server: one.name });
    expect(await balancer.turn(apps)).toMatchObject({ outcome: 'runtime', commands: 1, validations: 0 });
    await balancer.admin.run({ kind: 'remove', backend: one.backend, server: one.name });
    expect(await balancer.turn(apps)).toMatchObject({ outcome: 'runtime', commands: 1 });
    expect((await balancer.admin.serversState()).map((server) => server.isInMaintenance)).toEqual([false, false]);
  });

  test('a server with open connections waits in maintenance and is deleted once they end', async () => {
    const { ports } = balancer;
    const sockets = new Set<import('node:net').Socket>();
    const echo = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => echo.listen(ports + 50, '127.0.0.1', resolve));
    const other = [ports + 51, ports + 52];
    await balancer.turn([madeApp('/db', ports, [ports + 50, ...other])]);
    const { connect } = await import('node:net');
    const clients = Array.from({ length: 12 }, () => connect(ports, '127.0.0.1').on('error', () => undefined));
    await balancer.until('one client is through', async () => sockets.size > 0);
    const report = await balancer.turn([madeApp('/db', ports, other)]);
    expect(report.outcome).toBe('runtime');
    expect(Object.keys(balancer.state().leftovers as object)).toEqual([`db_${ports}/127_0_0_1_${ports + 50}`]);
    expect(await balancer.admin.serversState()).toHaveLength(3);
    for (const client of clients) client.destroy();
    for (const socket of sockets) socket.destroy();
    await balancer.until('the leftover goes', async () => {
      const again = await balancer.turn([madeApp('/db', ports, other)]);
      expect(again).toMatchObject({ outcome: 'nothing', isNews: false });
      return (await balancer.admin.serversState()).length === 2;
    });
    expect(balancer.state().leftovers).toEqual({});
    await new Promise((resolve) => echo.close(resolve));
  });

  test('Marathon down, empty or missing half of everything changes nothing until it is sure', async () => {
    const { ports } = balancer;
    const apps = [0, 1, 2].map((index) => madeApp(`/app${index}`, ports + index, [ports + 50 + index]));
    await balancer.turn(apps);
    const config = balancer.config();
    const fails = (error: Error) => ({ discover: () => Promise.reject(error) });
    const down = await balancer.turn([], fails(new DiscoveryError('unreachable', 'nobody answers')));
    expect(down).toMatchObject({ outcome: 'failed', failure: { code: 'source' }, isNews: true });
    const again = await balancer.turn([], fails(new DiscoveryError('unreachable', 'nobody answers')));
    expect(again.isNews).toBe(false);
    const empty = await balancer.turn([], fails(new DiscoveryError('empty', 'no apps')));
    expect(empty).toMatchObject({ failure: { code: 'guard' } });
    const [first] = apps;
    const half = first === undefined ? [] : [first];
    const guarded = await balancer.turn(half);
    expect(guarded).toMatchObject({ outcome: 'failed', failure: { code: 'guard' } });
    expect(guarded.againMs).toBeGreaterThan(20_000);
    expect(balancer.config()).toBe(config);
    const later = (world: typeof balancer.world) => ({
      ...world,
      clock: {
        ...world.clock,
        nowMs: () => world.clock.nowMs() + 31_000,
        monotonicMs: () => world.clock.monotonicMs(),
        setTimer: world.clock.setTimer.bind(world.clock),
        every: world.clock.every.bind(world.clock),
        sleep: world.clock.sleep.bind(world.clock),
      },
    });
    const confirmed = await balancer.turn(half, { world: () => later(balancer.world) });
    expect(confirmed).toMatchObject({ outcome: 'reload', services: 1 });
  });

  test('takes over a HAProxy that ran with a config of somebody else, ports included', async () => {
    const { ports, directory } = balancer;
    const listen = `listen old\n  bind 127.0.0.1:${ports}\n  mode tcp\n  server a 127.0.0.1:${ports + 50}\n`;
    writeFileSync(balancer.configPath, `${balancer.config()}${listen}`);
    await balancer.master.reload();
    await balancer.serve(ports + 50, 'same');
    await balancer.until('the old config serves', async () => (await balancer.get(ports)) === 'same');
    const runtimeSocket = `${directory}/other.sock`;
    const changes = { settings: { runtimeSocket }, options: { runtimeSocket } };
    const apps = [madeApp('/web', ports, [ports + 50], { HAPROXY_0_MODE: 'http' })];
    expect(await balancer.turn(apps, changes)).toMatchObject({ outcome: 'reload', excluded: [] });
    expect(await balancer.get(ports)).toBe('same');
    expect(await balancer.turn(apps, changes)).toMatchObject({ outcome: 'nothing' });
    expect(statSync(runtimeSocket).mode & 0o777).toBe(0o600);
  });

  test('with --force the guard lets everything go', async () => {
    const { ports } = balancer;
    await balancer.turn([madeApp('/a', ports, [ports + 50]), madeApp('/b', ports + 1, [ports + 51])]);
    const report = await balancer.turn([], { settings: { force: true } });
    expect(report).toMatchObject({ outcome: 'reload', services: 0 });
  });

  test('a bad app among 50 is left out alone, found by its lines, and not asked about again', async () => {
    const { ports } = balancer;
    const apps = Array.from({ length: 50 }, (_, index) => madeApp(`/app${index}`, ports + index, [ports + 51]));
    const bad = {
      ...madeApp('/bad', ports + 51, [ports + 51]),
      labels: { HAPROXY_GROUP: 'test', HAPROXY_0_BACKEND_HEAD: 'backend {backend}\n  frobnicate yes\n' },
    };
    const allow = { options: { rawLabels: { kind: 'allow-all' } } as const };
    const report = await balancer.turn([...apps, bad], allow);
    expect(report).toMatchObject({ outcome: 'reload', services: 50, validations: 2 });
    expect(report.excluded).toEqual([
      expect.objectContaining({ appId: '/bad', keepsLastGood: false, reason: expect.stringContaining('frobnicate') }),
    ]);
    const again = await balancer.turn([...apps, bad], allow);
    expect(again).toMatchObject({ outcome: 'nothing', validations: 0, isNews: false });
    expect(again.excluded).toHaveLength(1);
  });

  test('an app whose labels go bad goes on with its last good ones and its tasks of now', async () => {
    const { ports } = balancer;
    const good = madeApp('/web', ports, [ports + 50], { HAPROXY_0_BALANCE: 'leastconn' });
    await balancer.turn([good]);
    const bad = madeApp('/web', ports, [ports + 50, ports + 52], { HAPROXY_0_BALANCE: 'fastest' });
    const report = await balancer.turn([bad]);
    expect(report).toMatchObject({ outcome: 'runtime', services: 1, servers: 2 });
    expect(report.excluded).toEqual([expect.objectContaining({ appId: '/web', keepsLastGood: true })]);
    expect(balancer.config()).toContain('balance leastconn');
    // And with yet other tasks, a turn later.
    const later = await balancer.turn([madeApp('/web', ports, [ports + 52], { HAPROXY_0_BALANCE: 'fastest' })]);
    expect(later).toMatchObject({ outcome: 'runtime', services: 1, servers: 1 });
  });

  test('a port that another process holds is refused before anything is paused', async () => {
    const { ports } = balancer;
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(ports + 1, '127.0.0.1', resolve));
    await balancer.serve(ports + 50, 'web');
    const web = madeApp('/web', ports, [ports + 50], { HAPROXY_0_MODE: 'http' });
    await balancer.turn([web]);
    const { reloads } = await balancer.master.processes();
    let failures = 0;
    let isOver = false;
    const load = (async () => {
      while (!isOver) await balancer.get(ports).catch(() => failures++);
    })();
    const absent = madeApp('/absent', ports + 2, [ports + 50], { HAPROXY_0_BIND_ADDR: '192.0.2.7' });
    const report = await balancer.turn([web, madeApp('/taken', ports + 1, [ports + 50]), absent]);
    expect(report.outcome).toBe('nothing');
    expect(report.excluded.map(({ appId, reason }) => [appId, reason.replace(/^.* is/, '')])).toEqual(
      expect.arrayContaining([
        ['/taken', ' held by another process than HAProxy'],
        ['/absent', ` no address of this machine: 192.0.2.7:${ports + 2} cannot be bound`],
      ]),
    );
    await new Promise((resolve) => holder.close(resolve));
    const freed = await balancer.turn([web, madeApp('/taken', ports + 1, [ports + 50])]);
    isOver = true;
    await load;
    expect(freed).toMatchObject({ outcome: 'reload', excluded: [] });
    expect((await balancer.master.processes()).reloads).toBe(reloads + 1);
    expect(failures).toBe(0);
  });

  test('a reload that fails is rolled back and the same files are held back, other input is not', async () => {
    const { ports } = balancer;
    await balancer.serve(ports + 50, 'web');
    const web = madeApp('/web', ports, [ports + 50], { HAPROXY_0_MODE: 'http' });
    await balancer.turn([web]);
    const before = balancer.config();
    const worker = (await balancer.admin.info()).pid;
    // Nothing but the reload itself shall see what is wrong.
    const blind = { settings: { skipsValidation: true }, options: { rawLabels: { kind: 'allow-all' } } } as const;
    const broken = {
      ...madeApp('/bad', ports + 1, [ports + 50]),
      labels: {
        HAPROXY_GROUP: 'test',
        HAPROXY_0_BIND_ADDR: '127.0.0.1',
        HAPROXY_0_BACKEND_HEAD: 'backend {backend}\n  frobnicate yes\n',
      },
    };
    const report = await balancer.turn([web, broken], blind);
    expect(report).toMatchObject({ outcome: 'rolled-back', failure: { code: 'reload-failed' } });
    expect(balancer.config()).toBe(before);
    expect((await balancer.admin.info()).pid).toBe(worker);
    expect(await balancer.get(ports)).toBe('web');
    const { reloads } = await balancer.master.processes();
    const held = await balancer.turn([web, broken], blind);
    expect(held).toMatchObject({ outcome: 'failed', failure: { code: 'held-back' } });
    expect((await balancer.master.processes()).reloads).toBe(reloads);
    const healed = await balancer.turn([web, madeApp('/ok', ports + 1, [ports + 50])], blind);
    expect(healed).toMatchObject({ outcome: 'reload', services: 2 });
  });

  test('two turns at once: one works, the other says so at once', async () => {
    const { ports } = balancer;
    const apps = [madeApp('/web', ports, [ports + 50])];
    const reports = await Promise.all([
      balancer.turn(apps),
      balancer.turn(apps),
      balancer.turn(apps, { settings: { lockWaitMs: 60_000 } }),
    ]);
    expect(reports.map(({ failure }) => failure?.code ?? 'ok').sort()).toEqual(['locked', 'ok', 'ok']);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'nothing', 'reload']);
  });

  test('when HAProxy is gone a turn says what to do, and the next one after its start has nothing to do', async () => {
    const { ports } = balancer;
    const apps = [madeApp('/web', ports, [ports + 50])];
    await balancer.turn(apps);
    await balancer.kill();
    expect(await balancer.turn(apps)).toMatchObject({ outcome: 'failed', failure: { code: 'not-running' } });
    await balancer.start();
    expect(await balancer.turn(apps)).toMatchObject({ outcome: 'nothing' });
  });

  test('reloads too close to each other wait, or are left to a later turn while servers come and drain', async () => {
    const { ports } = balancer;
    const defer = { settings: { minReloadIntervalMs: 60_000, whenTooEarly: 'defer' } } as const;
    const db = (...tasks: number[]) => madeApp('/db', ports, tasks);
    await balancer.turn([db(ports + 50, ports + 51)], defer);
    const report = await balancer.turn([db(ports + 51), madeApp('/new', ports + 1, [ports + 52])], defer);
    expect(report).toMatchObject({ outcome: 'deferred', commands: 1, why: expect.stringContaining('is new') });
    expect(report.againMs).toBeGreaterThan(0);
    const down = (await balancer.admin.serversState()).filter((server) => server.isInMaintenance);
    expect(down.map(({ port }) => port)).toEqual([ports + 50]);
    const another = await balancer.turn([db(ports + 51, ports + 53), madeApp('/new', ports + 1, [ports + 52])], defer);
    expect(another).toMatchObject({ outcome: 'deferred', commands: 1, warnings: [] });
    const up = (await balancer.admin.serversState()).filter((server) => !server.isInMaintenance);
    expect(up.map(({ port }) => port)).toEqual([ports + 51, ports + 53]);
    const waiting = await balancer.turn([db(ports + 51, ports + 53), madeApp('/new', ports + 1, [ports + 52])], {
      settings: { minReloadIntervalMs: 1_000, whenTooEarly: 'wait' },
    });
    expect(waiting).toMatchObject({ outcome: 'reload', services: 2 });
  });

  test('what is on disk is loaded when asked for, unless HAProxy would not have it', async () => {
    const { ports } = balancer;
    const apps = [madeApp('/web', ports, [ports + 50])];
    await balancer.turn(apps);
    const applier = balancer.applier(() => Promise.reject(new Error('not asked')));
    expect(await applier.reloadDisk()).toMatchObject({ outcome: 'reload' });
    writeFileSync(balancer.configPath, `${balancer.config()}\n  nonsense\n`);
    expect(await applier.reloadDisk()).toMatchObject({ outcome: 'failed', failure: { code: 'nothing-valid' } });
    // A file that others wrote is ours again at the next turn.
    expect(await balancer.turn(apps)).toMatchObject({ outcome: 'reload' });
    expect(balancer.config()).not.toContain('nonsense');
  });

  test('five versions before the one in force are kept, and can be put back', async () => {
    const { ports } = balancer;
    const apps = (count: number) =>
      Array.from({ length: count }, (_, index) => madeApp(`/app${index}`, ports + index, [ports + 50]));
    for (let count = 1; count <= 8; count += 1) await balancer.turn(apps(count));
    const versions = await listVersions(balancer.world, balancer.configPath);
    expect(versions).toHaveLength(6);
    const [oldest] = versions;
    if (oldest === undefined) throw new Error('there are six');
    expect(statSync(oldest.path).mode & 0o777).toBe(0o640);
    const applier = balancer.applier(() => Promise.reject(new Error('not asked')));
    expect(await applier.restore(oldest.id)).toMatchObject({ outcome: 'reload' });
    expect(balancer.config()).toContain('backend app2_');
    expect(balancer.config()).not.toContain('backend app3_');
    expect(await applier.restore('20200101T000000000-000000000000')).toMatchObject({ failure: { code: 'disk' } });
    expect(await balancer.turn(apps(8))).toMatchObject({ outcome: 'reload', services: 8 });
  });

  test('a version that HAProxy would not take any more, or asked for beside another turn, is not put back', async () => {
    const { ports } = balancer;
    await balancer.turn([madeApp('/web', ports, [ports + 50])]);
    const config = balancer.config();
    const [version] = await listVersions(balancer.world, balancer.configPath);
    if (version === undefined) throw new Error('there is one');
    writeFileSync(version.path, `${config}\n  nonsense\n`);
    const applier = balancer.applier(() => Promise.reject(new Error('not asked')));
    expect(await applier.restore(version.id)).toMatchObject({ failure: { code: 'nothing-valid' } });
    const lock = await balancer.world.disk.lock(`${balancer.directory}/.haproxy.cfg.lock`);
    expect(await applier.restore(version.id)).toMatchObject({ failure: { code: 'locked' } });
    await lock.release();
    expect(balancer.config()).toBe(config);
  });

  test('what is wrong with labels is news once, and times in the state are whole', async () => {
    const { ports } = balancer;
    const apps = [
      madeApp('/web', ports, [ports + 50]),
      madeApp('/bad', ports + 1, [ports + 51], { HAPROXY_0_VHOST: 'no host' }),
    ];
    expect(await balancer.turn(apps)).toMatchObject({ isNews: true, wrongBefore: { problems: [], excluded: [] } });
    expect(await balancer.turn(apps)).toMatchObject({
      isNews: false,
      wrongBefore: { problems: [{ appId: '/bad' }], excluded: [{ appId: '/bad' }] },
    });
    const { lastSuccessMs } = balancer.state();
    expect(Number(lastSuccessMs) % 1).toBe(0);
  });

  test('foreseeing says what would be done and leaves everything alone', async () => {
    const { ports } = balancer;
    await balancer.turn([madeApp('/web', ports, [ports + 50])]);
    const before = readdirSync(balancer.directory).sort();
    const config = balancer.config();
    const next = madeApp('/web', ports, [ports + 50, ports + 51]);
    const applier = balancer.applier(async () => ({
      discovery: { source: 'm', apps: [next], problems: [] },
      addresses: new Map(),
      definitions: new Map(),
    }));
    const { plan, next: candidate, disk } = await applier.foresee();
    expect(plan).toMatchObject({ kind: 'runtime', commands: [{ kind: 'add' }] });
    expect(candidate.rendered.config).toContain(`:${ports + 51} `);
    expect(disk?.config).toBe(config);
    expect(balancer.config()).toBe(config);
    expect(readdirSync(balancer.directory).sort()).toEqual(before);
  });
});
