// Apps through the command line alone, on a local cluster of real processes: from a file to services that answer, and back.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePortBase } from '../ports.ts';
import { eventually, MctlHome, type Outcome } from './mctl-process.ts';

interface AppRow {
  readonly instances: number;
  readonly tasksRunning: number;
  readonly tasksHealthy: number;
  readonly env?: Readonly<Record<string, string>>;
}

const PORT_BASE = await freePortBase();
const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const isLinux = existsSync('/proc/self/environ');

const WEB = `
id: /web
cmd: exec python3 -m http.server $PORT0 --bind $HOST
cpus: 0.05
mem: 32
instances: 3
constraints: [[hostname, UNIQUE]]
healthChecks:
  - { protocol: HTTP, path: /, portIndex: 0, intervalSeconds: 1, timeoutSeconds: 10, gracePeriodSeconds: 60 }
upgradeStrategy: { minimumHealthCapacity: 0.6, maximumOverCapacity: 0.4 }
`;

describe.skipIf(!isBuilt || !isLinux)('apps from the command line (needs Linux and `npm run build`)', () => {
  const home = new MctlHome();
  const file = join(home.directory, 'web.yaml');

  beforeAll(async () => {
    writeFileSync(file, WEB);
    expect(await home.run('cluster', 'up', '--agents', '3', '--port-base', String(PORT_BASE))).toMatchObject({
      code: 0,
    });
  });
  afterAll(async () => {
    await home.run('cluster', 'down', '--purge', '--yes');
    home.remove();
  });

  const show = (): Promise<AppRow> => home.json<AppRow>('app', 'show', 'web');
  const succeeds = async (...args: string[]): Promise<Outcome> => {
    const outcome = await home.run(...args);
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    return outcome;
  };

  test('are planned, applied, and planned again without a change', async () => {
    expect(await home.run('app', 'plan', '-f', file)).toMatchObject({
      code: 11,
      stdout: expect.stringContaining('/web'),
    });
    await succeeds('app', 'apply', '-f', file);
    expect(await show()).toMatchObject({ instances: 3, tasksRunning: 3, tasksHealthy: 3 });
    expect(await home.run('app', 'plan', '-f', file)).toMatchObject({ code: 0 });
  });

  test('are one instance a host with UNIQUE, and why there cannot be more is told with what would help', async () => {
    expect(await home.run('app', 'scale', 'web', '4', '--timeout', '4s')).toMatchObject({ code: 5 });
    const why = await home.run('app', 'why', 'web');
    expect(why.code).toBe(5);
    expect(why.stdout).toContain('UNIQUE');
    await succeeds('app', 'scale', 'web', '3', '--force');
  });

  test('scale to ten and back once nothing forbids it', async () => {
    writeFileSync(file, WEB.replace(/constraints.*\n/, ''));
    await succeeds('app', 'apply', '-f', file);
    await succeeds('app', 'scale', 'web', '10');
    expect(await show()).toMatchObject({ instances: 10, tasksHealthy: 10 });
    await succeeds('app', 'scale', 'web', '3');
    expect(await show()).toMatchObject({ instances: 3, tasksHealthy: 3 });
  });

  test('go back to the version before when a new one fails, never below what is promised', async () => {
    const failing = await home.run('app', 'update', 'web', 'cmd=sleep 1000', '--timeout', '5s');
    expect(failing.code).toBe(10);
    expect((await show()).tasksHealthy).toBeGreaterThanOrEqual(2);
    await succeeds('app', 'rollback', 'web');
    await eventually(async () => (await show()).tasksHealthy === 3, 60_000);
    expect((await succeeds('app', 'show', 'web', '-o', 'json')).stdout).toContain('http.server');
  });

  test('that are wrong in a file are refused with the line, and nothing changes', async () => {
    writeFileSync(file, WEB.replace('cpus: 0.05', 'cpus: much'));
    const { code, stderr } = await home.run('app', 'apply', '-f', file);
    expect(code).toBe(2);
    expect(stderr).toMatch(/web\.yaml:4/);
    expect(await show()).toMatchObject({ instances: 3, tasksHealthy: 3 });
  });

  test('end with their last instance when they are removed, and the cluster leaves nothing of others', async () => {
    await succeeds('app', 'remove', 'web', '--yes');
    expect(await home.run('app', 'show', 'web')).toMatchObject({ code: 3 });
    expect(await home.json('task', 'list')).toEqual([]);
    await succeeds('app', 'create', '--id', '/idle', '--cmd', 'exec sleep 600', '--instances', '2', '--cpus', '0.05');
    await succeeds('cluster', 'down');
    expect(await home.json('cluster', 'status')).toMatchObject({ state: 'stopped', marathon: [] });
  });
});
