// `sync` and `watch` with a real HAProxy and a Marathon that is made here: what is said, and what ends how.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { look } from '../../../src/cli/haproxy/looking/rendering.ts';
import { marathonPlaces } from '../../../src/cli/haproxy/places.ts';
import { type SyncOptions, sync } from '../../../src/cli/haproxy/running/sync.ts';
import { type RunningWatch, startWatch } from '../../../src/cli/haproxy/running/watch.ts';
import { readGiven } from '../../../src/cli/haproxy/settings/read-given.ts';
import { balancerSettings } from '../../../src/cli/haproxy/settings/settings.ts';
import { Balancer, HAS_HAPROXY } from '../../haproxy/apply/support/balancer.ts';
import { FakeTerminal } from './support/fake-terminal.ts';
import { appJson, MadeMarathon } from './support/made-marathon.ts';

let balancer: Balancer;
let marathon: MadeMarathon;
let watch: RunningWatch | undefined;

beforeEach(async () => {
  balancer = await Balancer.make();
  marathon = await MadeMarathon.start();
  await balancer.start();
});

afterEach(async () => {
  await watch?.stop();
  watch = undefined;
  await marathon.stop();
  await balancer.end();
  process.exitCode = undefined;
});

function flags(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    marathon: [marathon.url],
    group: ['test'],
    'haproxy-config': balancer.configPath,
    'state-dir': balancer.makeDirectory('state'),
    'runtime-socket': balancer.adminSocket,
    'master-socket': balancer.masterSocket,
    'ssl-certs': ['none'],
    'dont-bind-http-https': true,
    'stats-bind': `127.0.0.1:${balancer.ports + 99}`,
    'min-reload-interval': '0',
    maxconn: '500',
    syslog: false,
    ...more,
  };
}

async function synced(more: Partial<SyncOptions> = {}, moreFlags: Record<string, unknown> = {}): Promise<FakeTerminal> {
  const fake = new FakeTerminal();
  const given = readGiven(flags(moreFlags), {});
  await sync(balancer.world, given, {
    places: () => marathonPlaces(given, {}, async () => []),
    env: {},
    force: false,
    isQuiet: false,
    deadlineMs: 30_000,
    isJson: false,
    print: async (data) => fake.terminal.data(JSON.stringify(data)),
    terminal: fake.terminal,
    ...more,
  });
  return fake;
}

describe.skipIf(!HAS_HAPROXY)('sync', () => {
  test('says one line when something was applied, and nothing the second time', async () => {
    const { ports } = balancer;
    marathon.apps = [appJson('/web', ports, [ports + 50, ports + 51])];
    const first = await synced();
    expect(first.data).toEqual(['HAProxy reloaded: 2 servers added, 1 backend added; 1 service, 2 servers']);
    const second = await synced();
    expect([...second.data, ...second.words]).toEqual([]);
    marathon.apps = [appJson('/web', ports, [ports + 50, ports + 52])];
    const third = await synced({ isQuiet: true });
    expect(third.data).toEqual(['HAProxy changed without a reload: 1 server added, 1 removed; 1 service, 2 servers']);
    expect(third.words).toEqual([]);
  });

  test("says what is odd about the operator's templates when there is something to say", async () => {
    const { ports } = balancer;
    marathon.apps = [appJson('/web', ports, [ports + 50])];
    const env = { HAPROXY_BACKEND_STICKY_OPTIONS: '  rspadd X:\\ y' };
    expect((await synced({ env })).words.join('\n')).toContain('HAProxy no longer has "rspadd"');
    expect((await synced({ env })).words).toEqual([]);
    const given = readGiven(flags(), {});
    const looked = await look(
      balancer.world,
      given,
      balancerSettings(given),
      await marathonPlaces(given, {}, async () => []),
      env,
      { deadlineMs: 30_000 },
    );
    expect(looked.warnings.join('\n')).toContain('HAProxy no longer has "rspadd"');
  });

  test('without a group nothing is touched: it would be emptied', async () => {
    const before = readFileSync(balancer.configPath, 'utf8');
    await expect(synced({}, { group: [] })).rejects.toMatchObject({ exitCode: 2 });
    expect(readFileSync(balancer.configPath, 'utf8')).toBe(before);
  });

  test('names what was left out, and its line in cron names it too', async () => {
    const { ports } = balancer;
    marathon.apps = [
      appJson('/good', ports, [ports + 50]),
      appJson('/bad', ports + 1, [ports + 51], { HAPROXY_0_VHOST: 'no host' }),
    ];
    const loud = await synced();
    expect(loud.data[0]).toContain('left out: /bad port 0 (HAPROXY_0_VHOST ');
    expect(loud.words.join('\n')).toContain('/bad port 0, HAPROXY_0_VHOST: left out:');
    const again = await synced();
    expect([...again.data, ...again.words]).toEqual([]);
    marathon.apps = [
      appJson('/good', ports, [ports + 50, ports + 52]),
      appJson('/bad', ports + 1, [ports + 51], { HAPROXY_0_VHOST: 'no host' }),
    ];
    const changed = await synced();
    expect(changed.data[0]).toMatch(/1 server added; 1 service, 2 servers; 1 left out as before$/);
    expect(changed.words).toEqual(['1 problem as before: mctl haproxy status']);
    marathon.apps = [appJson('/good', ports, [ports + 50, ports + 52])];
    const mended = await synced({ isQuiet: true });
    expect([...mended.data, ...mended.words]).toEqual(['Nothing changed; no longer left out: /bad port 0']);
  });

  test('with --strict-exit a service that is left out fails it, though the others are applied', async () => {
    const { ports } = balancer;
    marathon.apps = [
      appJson('/good', ports, [ports + 50]),
      appJson('/bad', ports + 1, [ports + 51], { HAPROXY_0_VHOST: 'no host' }),
    ];
    const { data } = await synced({}, { 'strict-exit': true });
    expect([data.length, process.exitCode]).toEqual([1, 1]);
  });

  test('the directory of its socket is made, since HAProxy would not', async () => {
    const { ports } = balancer;
    marathon.apps = [appJson('/web', ports, [ports + 50])];
    await synced({}, { 'runtime-socket': `${balancer.directory}/new/admin.sock` });
    expect(await balancer.world.disk.stat(`${balancer.directory}/new/admin.sock`)).toBeDefined();
  });

  test('with no Marathon it fails with 8, and tells cron only once', async () => {
    marathon.answer = { status: 503, body: '' };
    await expect(synced({ isQuiet: true })).rejects.toMatchObject({ exitCode: 8 });
    const again = await synced({ isQuiet: true });
    expect([...again.data, ...again.words]).toEqual([]);
    expect(process.exitCode).toBe(8);
  });

  test('an answer that is none, and one that takes too much away, fail with 1 and say what to do', async () => {
    const { ports } = balancer;
    marathon.apps = [appJson('/web', ports, [ports + 50])];
    await synced();
    const config = balancer.config();
    marathon.answer = { status: 200, body: '<html>' };
    await expect(synced()).rejects.toMatchObject({ exitCode: 1 });
    marathon.answer = { status: 200, body: '{"apps":[]}' };
    await expect(synced()).rejects.toMatchObject({
      exitCode: 1,
      text: { next: expect.arrayContaining([expect.stringContaining('--force')]) },
    });
    expect(balancer.config()).toBe(config);
    const forced = await synced({ force: true });
    expect(forced.data[0]).toContain('1 server removed');
  });

  test('two at once: the second ends with 4, silently under cron', async () => {
    const lock = await balancer.world.disk.lock(`${balancer.directory}/.haproxy.cfg.lock`);
    await expect(synced()).rejects.toMatchObject({ exitCode: 4 });
    const quiet = await synced({ isQuiet: true });
    expect([...quiet.data, ...quiet.words, process.exitCode]).toEqual([4]);
    await lock.release();
  });

  test('writes metrics and tells programs everything', async () => {
    const { ports } = balancer;
    marathon.apps = [appJson('/web', ports, [ports + 50])];
    const path = `${balancer.directory}/metrics.prom`;
    const { data } = await synced({ isJson: true }, { 'metrics-file': path });
    expect(JSON.parse(data[0] ?? '')).toMatchObject({ outcome: 'reload', services: 1, changes: { serversAdded: 1 } });
    const text = await balancer.world.disk.readText(path);
    expect(text).toContain('mctl_haproxy_reloads_total{result="ok"} 1\n');
    expect(text).toContain('mctl_haproxy_servers 1\n');
  });
});

describe.skipIf(!HAS_HAPROXY)('watch', () => {
  async function started(moreFlags: Record<string, unknown> = {}): Promise<FakeTerminal> {
    const fake = new FakeTerminal();
    const given = readGiven(flags({ listen: `127.0.0.1:${balancer.ports + 97}`, ...moreFlags }), {});
    watch = await startWatch(balancer.world, given, {
      places: () => marathonPlaces(given, {}, async () => []),
      env: {},
      isQuiet: false,
      isJson: false,
      deadlineMs: 30_000,
      terminal: fake.terminal,
    });
    await balancer.until('it listens', async () => marathon.listeners === 1 && marathon.asked > 0);
    return fake;
  }
  const page = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${balancer.ports + 97}${path}`)).text();

  test('a change is served after its event, and the pages show it', async () => {
    const { ports } = balancer;
    marathon.apps = [appJson('/web', ports, [ports + 50])];
    const fake = await started();
    await balancer.until('the first turn', async () => fake.data.length === 1);
    marathon.apps = [appJson('/web', ports, [ports + 50, ports + 51])];
    marathon.event();
    await balancer.until('the change', async () => (await balancer.admin.serversState()).length === 2);
    expect(await page('/_haproxy_getconfig')).toBe(balancer.config());
    expect(await page('/metrics')).toContain('mctl_haproxy_stream_connected 1\n');
    expect(await page('/_haproxy_getpids')).toMatch(/^\d+( \d+)*\n$/);
  });

  test('a burst of 1,000 events causes at most two reloads', async () => {
    const { ports } = balancer;
    marathon.apps = [appJson('/web', ports, [ports + 50])];
    const fake = await started();
    await balancer.until('the first turn', async () => fake.data.length === 1);
    const { reloads } = await balancer.master.processes();
    for (let count = 1; count <= 1_000; count += 1) {
      if (count % 100 === 0) {
        const more = Array.from({ length: count / 100 }, (_, index) =>
          appJson(`/app${index}`, ports + 1 + index, [ports + 60]),
        );
        marathon.apps = [appJson('/web', ports, [ports + 50]), ...more];
      }
      marathon.event();
    }
    await balancer.until('all of it', async () => balancer.config().includes('backend app9_'));
    await balancer.until('the turn is over', async () => (await page('/metrics')).includes('_servers 11\n'));
    expect((await balancer.master.processes()).reloads - reloads).toBeLessThanOrEqual(2);
  });

  test('goes on without Marathon, says so once, and is back with it', async () => {
    const { ports } = balancer;
    marathon.apps = [appJson('/web', ports, [ports + 50])];
    const fake = await started();
    await balancer.until('the first turn', async () => fake.data.length === 1);
    marathon.answer = { status: 500, body: '' };
    const { asked } = marathon;
    for (let count = 0; count < 2; count += 1) {
      watch?.turnNow();
      await balancer.until('it asked', async () => marathon.asked > asked + count);
    }
    await balancer.until('it failed', async () => fake.words.some((word) => word.includes('No Marathon answers')));
    expect(fake.words.filter((word) => word.includes('No Marathon answers'))).toHaveLength(1);
    marathon.answer = undefined;
    marathon.apps = [appJson('/web', ports, [ports + 50, ports + 51])];
    watch?.turnNow();
    await balancer.until('it is back', async () => fake.data.length === 2);
  });

  test('tells all that is wrong at its start, and with later changes only what is new', async () => {
    const { ports } = balancer;
    const bad = appJson('/bad', ports + 1, [ports + 51], { HAPROXY_0_VHOST: 'no host' });
    marathon.apps = [appJson('/web', ports, [ports + 50]), bad];
    await synced();
    marathon.features = ['vips'];
    const fake = await started();
    await balancer.until('the first turn', async () => fake.words.some((word) => word.startsWith('/bad port 0')));
    expect(fake.data).toEqual([expect.stringMatching(/^Nothing changed; left out: \/bad port 0/)]);
    await balancer.until('the note', async () => fake.words.some((word) => word.includes('task_killing')));
    marathon.apps = [appJson('/web', ports, [ports + 50, ports + 52]), bad];
    watch?.turnNow();
    await balancer.until('the change', async () => fake.data.length === 2);
    expect(fake.words.filter((word) => word.startsWith('/bad port 0'))).toHaveLength(1);
  });

  test('a reload that is asked for right after another comes when it may', async () => {
    marathon.apps = [appJson('/web', balancer.ports, [balancer.ports + 50])];
    const fake = await started({ 'min-reload-interval': '1' });
    await balancer.until('the first turn', async () => fake.data.length === 1);
    const { lastReloadMs: firstMs } = balancer.state();
    watch?.reloadNow();
    await balancer.until('it is done', async () =>
      fake.data.some((line) => line.startsWith('HAProxy reloaded: it was')),
    );
    expect(Number(balancer.state().lastReloadMs) - Number(firstMs)).toBeGreaterThan(900);
    expect(fake.data.at(-1)).toMatch(/^HAProxy reloaded: it was asked for;/);
    // On a machine that takes a second for a turn nothing has to wait.
    for (const before of fake.data.slice(1, -1)) expect(before).toBe('A reload is due (it was asked for)');
  });

  test('cannot start where somebody listens already', async () => {
    await balancer.serve(balancer.ports + 97, 'x');
    await expect(started()).rejects.toMatchObject({ exitCode: 4 });
  });
});
