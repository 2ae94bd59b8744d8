// Ways of reloading, and that none of them loses a request.
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReloadMethod } from '../../../src/haproxy/apply/settings.ts';
import type { RuntimeError } from '../../../src/haproxy/runtime/runtime-error.ts';
import { Balancer, HAS_HAPROXY } from './support/balancer.ts';
import { madeApp } from './support/made-answer.ts';

let balancer: Balancer;

beforeEach(async () => {
  balancer = await Balancer.make();
});

afterEach(() => balancer.end());

const web = (...tasks: number[]) => madeApp('/web', balancer.ports, tasks, { HAPROXY_0_MODE: 'http' });
const extra = (index: number) => madeApp(`/extra${index}`, balancer.ports + 1 + index, [balancer.ports + 50]);
const settings = (reload: ReloadMethod) => ({ settings: { reload } });
const isFalse = () => false;
const isNotRunning = (error: RuntimeError) => error.code === 'not-running';

function getThrough(agent: Agent, port: number): Promise<{ readonly text: string; readonly isReused: boolean }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ text, isReused: sent.reusedSocket }));
      response.on('error', reject);
    });
    sent.on('error', reject).end();
  });
}

describe.skipIf(!HAS_HAPROXY)('reloading', () => {
  test('5 reloads and 10 changes while it runs lose none of the requests meanwhile', async () => {
    const { ports } = balancer;
    for (let index = 0; index < 3; index += 1) await balancer.serve(ports + 50 + index, 'ok');
    await balancer.start();
    await balancer.turn([web(ports + 50)]);
    let [requests, failures, isOver] = [0, 0, false];
    const client = async (get: () => Promise<string>): Promise<void> => {
      while (!isOver) {
        requests += 1;
        const text = await get().catch((error: unknown) => String(error));
        if (text !== 'ok') failures += 1;
      }
    };
    const anew = (): Promise<string> => balancer.get(ports);
    // As browsers and proxies do: one connection for many requests, idle between them.
    const agents = Array.from({ length: 3 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const staying = agents.map((agent, index) => async (): Promise<string> => {
      await balancer.world.clock.sleep(index * 10);
      const { text, isReused } = await getThrough(agent, ports);
      if (isReused) reused += 1;
      return text;
    });
    let reused = 0;
    const clients = [anew, anew, ...staying].map(client);
    const outcomes: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const others = round % 2 === 0 ? [extra(0)] : [];
      outcomes.push((await balancer.turn([web(ports + 50, ports + 51), ...others])).outcome);
      outcomes.push((await balancer.turn([web(ports + 50, ports + 51, ports + 52), ...others])).outcome);
      outcomes.push((await balancer.turn([web(ports + 51), ...others], { settings: { maxRemoval: 1 } })).outcome);
    }
    isOver = true;
    await Promise.all(clients);
    const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
    expect({ reload: count('reload'), runtime: count('runtime') }).toEqual({ reload: 5, runtime: 10 });
    for (const agent of agents) agent.destroy();
    expect(requests).toBeGreaterThan(100);
    expect(reused).toBeGreaterThan(50);
    expect(failures).toBe(0);
  });

  test('by a signal to the master of a pid file, and the worker before ends', async () => {
    await balancer.start();
    const { master, workers } = await balancer.master.processes();
    const path = join(balancer.directory, 'haproxy.pid');
    writeFileSync(path, `${master}\n`);
    expect(await balancer.turn([web(balancer.ports + 50)], settings({ kind: 'pidfile', path }))).toMatchObject({
      outcome: 'reload',
    });
    await balancer.until('the old worker is gone', async () => {
      const { workers: now, oldWorkers } = await balancer.master.processes();
      return oldWorkers.length === 0 && !now.some((pid) => workers.includes(pid));
    });
    writeFileSync(path, '999999999\n');
    const gone = await balancer.turn([web(balancer.ports + 50), extra(0)], settings({ kind: 'pidfile', path }));
    expect(gone).toMatchObject({ failure: { code: 'not-running' } });
  });

  test('by a command, and one that fails puts the files back', async () => {
    await balancer.start();
    const { master } = await balancer.master.processes();
    const works = settings({ kind: 'command', command: `kill -USR2 ${master}` });
    expect(await balancer.turn([web(balancer.ports + 50)], works)).toMatchObject({ outcome: 'reload' });
    const before = balancer.config();
    const fails = settings({ kind: 'command', command: 'echo no way >&2; exit 3' });
    const report = await balancer.turn([web(balancer.ports + 50), extra(0)], fails);
    expect(report).toMatchObject({ outcome: 'rolled-back', failure: { code: 'reload-failed' } });
    expect(report.failure?.message).toContain('exit code 3: no way');
    expect(balancer.config()).toBe(before);
  });

  test('a command that does nothing is found out', async () => {
    await balancer.start();
    const before = balancer.config();
    const report = await balancer.turn([web(balancer.ports + 50)], {
      settings: {
        reload: { kind: 'command', command: 'true' },
        masterSocket: balancer.masterSocket,
        verifyWithinMs: 300,
      },
    });
    expect(report).toMatchObject({ outcome: 'rolled-back' });
    expect(report.failure?.message).toContain('no new worker within 0.3 s: the master has not reloaded');
    expect(balancer.config()).toBe(before);
  });

  test('without a master: the first turn starts it, later ones hand the listeners over', async () => {
    const { ports, directory } = balancer;
    await balancer.serve(ports + 50, 'ok');
    const pidfile = join(directory, 'haproxy.pid');
    const own = settings({ kind: 'start', pidfile });
    const pid = (): number => Number(readFileSync(pidfile, 'utf8'));
    try {
      const first = await balancer.turn([web(ports + 50)], own);
      expect(first).toMatchObject({ outcome: 'reload' });
      expect(await balancer.get(ports)).toBe('ok');
      const before = pid();
      let [failures, isOver] = [0, false];
      const load = (async () => {
        while (!isOver) await balancer.get(ports).catch(() => failures++);
      })();
      expect(await balancer.turn([web(ports + 50), extra(0)], own)).toMatchObject({ outcome: 'reload' });
      await balancer.until(
        'the old process ends',
        async () => (await balancer.world.processes.identify(before)) === undefined,
      );
      isOver = true;
      await load;
      expect(failures).toBe(0);
      process.kill(pid(), 'SIGKILL');
      // Its threads die one by one: the socket may be there a little longer than the first of them.
      await balancer.until('nobody listens', () => balancer.admin.info().then(isFalse, isNotRunning));
      const healed = await balancer.turn([web(ports + 50), extra(0)], own);
      expect(healed).toMatchObject({ outcome: 'reload', why: 'no HAProxy is running' });
      expect(await balancer.get(ports)).toBe('ok');
    } finally {
      process.kill(pid(), 'SIGKILL');
    }
  });

  test('what servers were down is told to the new worker, when the config asks for it', async () => {
    const { ports, directory } = balancer;
    await balancer.start();
    const head = `global
  stats socket ${balancer.adminSocket} mode 600 level admin expose-fd listeners
  server-state-base ${directory}
  server-state-file servers
  maxconn 500
defaults
  load-server-state-from-file global
  timeout connect 3s
  timeout client 3s
  timeout server 3s
`;
    const checked = (index: number) => ({
      ...madeApp('/db', ports, [ports + 60, ports + 61]),
      healthChecks: [
        {
          protocol: 'TCP',
          portIndex: 0,
          timeoutSeconds: 1,
          intervalSeconds: 1,
          gracePeriodSeconds: 1,
          maxConsecutiveFailures: index,
        },
      ],
    });
    const changes = { head };
    await balancer.turn([checked(0)], changes);
    await balancer.until('it is down', async () => (await balancer.admin.serversState()).every(({ isUp }) => !isUp));
    await balancer.turn([checked(0), extra(0)], changes);
    const after = (await balancer.admin.serversState()).filter(({ backend }) => backend.startsWith('db'));
    expect(after.map(({ isUp }) => isUp)).toEqual([false, false]);
    expect(readFileSync(join(directory, 'servers'), 'utf8')).toMatch(/^1\n# be_id/);
  });
});
