// A server that is killed with requests in its hands, behind a real HAProxy with --retry-requests.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../ports.ts';
import { renderServices, server, service } from './made-services.ts';
import { MISSING } from './real-haproxy.ts';

/** Above those of the other tests with a HAProxy, below 32000; the next one is for statistics. */
const [PORT = 0, STATS_PORT = 0] = await freePorts(2);
/** Takes requests, says so, and never answers. */
const HOLDER = `require('node:http').createServer(() => console.log('held'))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;

const directory = mkdtempSync(join(tmpdir(), 'mctl-retry-'));
const answered = { POST: 0 };
const good = createServer(({ method }, outgoing) => {
  if (method === 'POST') answered.POST += 1;
  outgoing.end('fine');
});
let balancer: ChildProcess | undefined;
let holder: ChildProcess | undefined;

async function start(retriesRequests: boolean): Promise<void> {
  holder = spawn(process.execPath, ['-e', HOLDER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [holds] = (await once(holder.stdout ?? holder, 'data')) as [Buffer];
  const servers = [Number(String(holds)), (good.address() as AddressInfo).port].map((one, index) =>
    server(one, { address: '127.0.0.1', id: index + 1 }),
  );
  const web = service({ appId: '/web', mode: 'http', bindAddress: '127.0.0.1', port: PORT, servers });
  const { rendered } = renderServices([web], {
    retriesRequests,
    appIdPort: 'none',
    statsBind: `127.0.0.1:${STATS_PORT}`,
    runtimeSocket: join(directory, 'admin.sock'),
    maxConnections: 100,
  });
  writeFileSync(join(directory, 'haproxy.cfg'), rendered.config);
  balancer = spawn('haproxy', ['-db', '-f', join(directory, 'haproxy.cfg')], { stdio: 'ignore' });
  for (let tries = 0; !(await accepts(PORT)); tries += 1) {
    if (tries > 1_200 || balancer.exitCode !== null) throw new Error('HAProxy does not come up');
    await pause(25);
  }
}

async function stop(): Promise<void> {
  for (const process of [balancer, holder]) {
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) continue;
    process.kill('SIGKILL');
    await once(process, 'exit');
  }
}

/** Ten requests at once; half of them are held when the holder dies. */
async function statuses(method: string): Promise<number[]> {
  let held = 0;
  const isHeld = new Promise<void>((resolve) => {
    holder?.stdout?.on('data', (chunk: Buffer) => {
      held += String(chunk).split('held').length - 1;
      if (held >= 5) resolve();
    });
  });
  const asked = Array.from({ length: 10 }, () => ask(method));
  await isHeld;
  holder?.kill('SIGKILL');
  return Promise.all(asked);
}

function ask(method: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: PORT, method, path: '/', agent: false }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}

function accepts(at: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(at, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

beforeAll(async () => {
  await new Promise<void>((resolve) => good.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  good.close();
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(MISSING !== undefined)('a server that is killed', () => {
  beforeAll(() => start(true));
  afterAll(stop);

  test('loses no GET that it held: another server answers it', async () => {
    expect(await statuses('GET')).toEqual(Array(10).fill(200));
  });

  test('and that is gone costs nobody an answer', async () => {
    expect(await Promise.all(['GET', 'POST', 'HEAD', 'GET'].map(ask))).toEqual([200, 200, 200, 200]);
  });
});

describe.skipIf(MISSING !== undefined)('a request that may not be made twice', () => {
  beforeAll(() => start(true));
  afterAll(stop);

  test('is not sent to another server', async () => {
    answered.POST = 0;
    const codes = await statuses('POST');
    expect(codes.filter((code) => code === 200)).toHaveLength(5);
    expect(codes.filter((code) => code === 502)).toHaveLength(5);
    expect(answered.POST).toBe(5);
  });
});

describe.skipIf(MISSING !== undefined)('without the option', () => {
  beforeAll(() => start(false));
  afterAll(stop);

  test('requests in the hands of a killed server are answered with 502', async () => {
    expect((await statuses('GET')).filter((code) => code === 502)).toHaveLength(5);
  });
});
