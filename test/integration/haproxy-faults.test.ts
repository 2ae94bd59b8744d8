// Whatever breaks, a real HAProxy goes on serving what was last good, `mctl haproxy sync` says by words and exit code what is
// wrong, and the next sync that can heals it. All parts are real processes; a front before Marathon tells lies when asked to.
// MCTL_KILLS: how often a sync is killed, each time a little later.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../ports.ts';
import { until } from './daemon-processes.ts';
import { HAS_HAPROXY, HaproxyProcess } from './haproxy-process.ts';
import { type Json, MarathonCluster, WEB_APP_COMMAND } from './marathon-process.ts';
import { MctlHome, type Outcome, type Running } from './mctl-process.ts';

const KILLS = Number(process.env.MCTL_KILLS ?? 8);
const DISK_MB = 4;
const APP = '/web';

type Lie = (response: ServerResponse, apps: readonly Json[]) => void;

let cluster: MarathonCluster;
let haproxy: HaproxyProcess;
let home: MctlHome;
let front: Server;
let port: number;
/** Instead of the truth. */
let lie: Lie | undefined;
let asked = 0;
let hasOwnDisk = false;
let prober: NodeJS.Timeout;
let failures: string[] = [];
let successes = 0;

beforeAll(async () => {
  if (!HAS_HAPROXY) return;
  cluster = await MarathonCluster.start(1);
  port = await freePort();
  await cluster.marathon.deploy('PUT', `/v2/apps${APP}`, {
    cmd: WEB_APP_COMMAND,
    cpus: 0.1,
    mem: 32,
    instances: 2,
    env: { LISTEN_ON: '0.0.0.0' },
    labels: { HAPROXY_GROUP: 'test', HAPROXY_0_BIND_ADDR: '127.0.0.1', HAPROXY_0_MODE: 'http' },
    portDefinitions: [{ port }],
    healthChecks: [{ protocol: 'HTTP', path: '/health', intervalSeconds: 1, gracePeriodSeconds: 60 }],
  });
  home = new MctlHome();
  front = createServer((_, response) => void answer(response));
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const directory = mkdtempSync(join(tmpdir(), 'mctl-haproxy-'));
  hasOwnDisk = mountDisk(directory);
  haproxy = await HaproxyProcess.start(directory);
  const reloaded = expect.stringContaining('reloaded: 2 servers added');
  expect(await sync()).toEqual({ code: 0, stdout: reloaded, stderr: '' });
  await until('it serves', 30_000, async () => (await fetch(`http://127.0.0.1:${port}/`)).ok);
  prober = setInterval(() => void probe(), 50);
});

afterAll(async () => {
  clearInterval(prober);
  front?.closeAllConnections();
  front?.close();
  await haproxy?.kill();
  if (hasOwnDisk) execFileSync('umount', [haproxy.directory]);
  await haproxy?.end();
  home?.remove();
  await cluster?.stop();
});

beforeEach(() => {
  lie = undefined;
  failures = [];
  successes = 0;
});

function mountDisk(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The truth comes from Marathon itself, so that it is down when that is. */
async function answer(response: ServerResponse): Promise<void> {
  asked += 1;
  const said = lie;
  try {
    const truth = await fetch(`${cluster.marathon.url}/v2/apps?embed=apps.tasks`);
    const { apps } = (await truth.json()) as { apps: Json[] };
    if (said === undefined) response.end(JSON.stringify({ apps }));
    else said(response, apps);
  } catch {
    response.destroy();
  }
}

async function probe(): Promise<void> {
  try {
    const got = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(10_000),
    });
    if (got.ok) successes += 1;
    else failures.push(`${got.status}`);
  } catch (error) {
    failures.push(String((error as Error).cause ?? error));
  }
}

function start(...others: string[]): Running {
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  return home.start(['haproxy', 'sync', ...haproxy.flags(url, ['--min-reload-interval=0s', ...others])]);
}

const sync = (...others: string[]): Promise<Outcome> => start(...others).outcome;

/** Nothing to say and nothing to do. */
const SILENT = { code: 0, stdout: '', stderr: '' };

async function expectServed(): Promise<void> {
  const before = successes;
  await until('requests are answered', 30_000, () => successes > before + 3);
  expect(failures).toEqual([]);
}

/** The answer, with a second app beside the first that forwards to the same tasks. */
function withSecond(apps: readonly Json[], servicePort: number): string {
  const [app] = apps;
  if (app === undefined) throw new Error('there is an app');
  const tasks = (app.tasks as Json[]).map((task) => ({ ...task, id: `second.${task.id}` }));
  return JSON.stringify({ apps: [app, { ...app, id: '/second', portDefinitions: [{ port: servicePort }], tasks }] });
}

interface Told {
  readonly what: string;
  readonly lie: Lie;
  readonly code: number;
  readonly says: RegExp;
  /** How long it is borne. */
  readonly timeout?: string;
}

const LIES: readonly Told[] = [
  {
    what: 'a page of HTML with status 200',
    lie: (response) => response.end('<html><body>Service worker offline</body></html>'),
    code: 1,
    says: /Marathon's answer cannot be used.*page of HTML/s,
  },
  {
    what: 'no apps',
    lie: (response) => response.end('{"apps":[]}'),
    code: 1,
    says: /not applied at the first look/,
  },
  {
    what: 'no tasks',
    lie: (response, apps) => response.end(JSON.stringify({ apps: apps.map((app) => ({ ...app, tasks: [] })) })),
    code: 1,
    says: /not applied at the first look/,
  },
  {
    what: 'half of its JSON',
    lie: (response, apps) => response.end(JSON.stringify({ apps }).slice(0, 200)),
    code: 1,
    says: /Marathon's answer cannot be used.*no JSON/s,
  },
  {
    what: 'other JSON',
    lie: (response) => response.end('{"message":"hello"}'),
    code: 1,
    says: /Marathon's answer cannot be used.*"apps" is/s,
  },
  {
    what: 'apps that are none',
    lie: (response) => response.end('{"apps":[42,{"id":7}]}'),
    code: 1,
    says: /Marathon's answer cannot be used.*none of the 2 apps/s,
  },
  {
    what: 'status 500',
    lie: (response) => response.writeHead(500).end('{"message":"boom"}'),
    code: 8,
    says: /No Marathon answers.*answers 500/s,
  },
  {
    what: 'a body that does not end',
    lie: (response) => response.write('{"apps":['),
    code: 8,
    says: /No Marathon answers.*did not end/s,
    timeout: '2s',
  },
  {
    what: 'a body cut off',
    lie: (response, apps) => {
      response.writeHead(200, { 'content-length': '100000' }).write(JSON.stringify({ apps }), () => response.destroy());
    },
    code: 8,
    says: /No Marathon answers/,
  },
];

describe.skipIf(!HAS_HAPROXY)('the balancer goes on', () => {
  test('with nothing to do there is nothing to say', async () => {
    expect(await sync()).toEqual(SILENT);
    await expectServed();
  });

  test('when Marathon is down: exit 8', async () => {
    const before = haproxy.config();
    await cluster.marathon.daemon.kill('SIGKILL');
    try {
      const { code, stdout, stderr } = await sync();
      expect({ code, stdout }).toEqual({ code: 8, stdout: '' });
      expect(stderr).toMatch(/No Marathon answers\. What HAProxy serves stays as it is/);
    } finally {
      cluster.marathon.daemon.restart();
      await cluster.marathon.whenUp();
    }
    expect(haproxy.config()).toBe(before);
    await expectServed();
    // It has to hear from its agents first; until then it may know less.
    await until('all is as before', 30_000, async () => (await sync()).code === 0);
    expect(haproxy.config()).toBe(before);
    await expectServed();
  });

  test.each(LIES)(
    'when Marathon answers with $what: exit $code',
    async ({ lie: told, code, says, timeout = '60s' }) => {
      const before = haproxy.config();
      lie = told;
      const outcome = await sync(`--timeout=${timeout}`);
      expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' });
      expect(outcome.stderr).toMatch(says);
      expect(haproxy.config()).toBe(before);
      lie = undefined;
      expect(await sync()).toEqual(SILENT);
      await expectServed();
    },
  );

  test('when the disk of its config is full: exit 1, and there is room it is applied', async ({ skip }) => {
    if (!hasOwnDisk) return skip('no disk can be mounted here');
    const before = haproxy.config();
    const second = await freePort();
    lie = (response, apps) => response.end(withSecond(apps, second));
    const filler = join(haproxy.directory, 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc((DISK_MB + 1) * 2 ** 20))).toThrow(/ENOSPC/);
    const { code, stdout, stderr } = await sync();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/A file could not be written\. What HAProxy serves stays.*no space/s);
    expect(haproxy.config()).toBe(before);
    await expectServed();
    rmSync(filler);
    expect(await sync()).toMatchObject({ code: 0, stdout: expect.stringContaining('reloaded') });
    expect((await fetch(`http://127.0.0.1:${second}/`)).ok).toBe(true);
    lie = undefined;
    expect(await sync()).toMatchObject({ code: 0, stdout: expect.stringContaining('removed') });
    await expectServed();
  });

  test('while two syncs meet: exit 4 for the second, unless it waits', async () => {
    const held = Promise.withResolvers<void>();
    lie = (response, apps) => void held.promise.then(() => response.end(JSON.stringify({ apps })));
    const before = asked;
    const first = start('--timeout=60s');
    await until('the first one asks Marathon', 30_000, () => asked > before);
    lie = undefined;
    const patient = start('--lock-wait=60s');
    const second = await sync();
    held.resolve();
    expect(second).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('Another run is at work') });
    expect(await patient.outcome).toEqual(SILENT);
    expect(await first.outcome).toEqual(SILENT);
    await expectServed();
  });

  test(
    `when a sync is killed at ${KILLS} moments from its begin to its end`,
    async () => {
      const second = await freePort();
      const other: Lie = (response, apps) => response.end(withSecond(apps, second));
      const clean = readdirSync(haproxy.directory).filter((name) => !/haproxy\.cfg\./.test(name));
      lie = other;
      const began = performance.now();
      expect((await sync()).code).toBe(0);
      let wholeMs = performance.now() - began;
      let killed = 0;
      for (let number = 0; number < KILLS; number += 1) {
        lie = number % 2 === 0 ? undefined : other;
        const running = start();
        await new Promise((resolve) => setTimeout(resolve, wholeMs * (0.2 + (0.8 * number) / KILLS)));
        running.kill('SIGKILL');
        if ((await running.outcome).code === null) killed += 1;
        expect(haproxy.isValid()).toBe(true);
        const again = performance.now();
        const healed = await sync();
        // The machine may have got faster since.
        wholeMs = Math.min(wholeMs, performance.now() - again);
        expect(healed).toMatchObject({ code: 0, stderr: '' });
        const isThere = haproxy.config().includes(`:${second}`);
        expect(isThere).toBe(lie !== undefined);
        const listening = (await haproxy.ask(haproxy.adminSocket, 'show stat')).includes(`second_${second},FRONTEND`);
        expect(listening).toBe(lie !== undefined);
      }
      console.info(
        `haproxy: ${killed} of ${KILLS} syncs of ${wholeMs.toFixed(0)} ms were killed; ${successes} requests answered meanwhile, ${failures.length} not`,
      );
      expect(killed).toBeGreaterThan(0);
      lie = undefined;
      expect((await sync()).code).toBe(0);
      expect(await sync()).toEqual(SILENT);
      expect(readdirSync(haproxy.directory).filter((name) => !/haproxy\.cfg\./.test(name))).toEqual(clean);
      await expectServed();
    },
    30_000 + KILLS * 15_000,
  );

  test('and when HAProxy itself is killed, exit 1 says so until it is started again', async () => {
    const before = haproxy.config();
    await haproxy.kill();
    const { code, stderr } = await sync();
    expect(code).toBe(1);
    expect(stderr).toMatch(/no HAProxy runs.*Start it/s);
    expect(haproxy.config()).toBe(before);
    await haproxy.restart();
    failures = [];
    expect(await sync()).toEqual(SILENT);
    await expectServed();
  });
});
