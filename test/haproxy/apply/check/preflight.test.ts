// What `haproxy -c` lets pass and preflight does not (haproxy.md 10.6, 23.1, 23.2).
import { describe, expect, test } from 'vitest';
import { type Owned, preflight } from '../../../../src/haproxy/apply/check/preflight.ts';
import { NetError } from '../../../../src/world/net.ts';
import type { World } from '../../../../src/world/world.ts';

/** A machine where these addresses cannot be bound, and no process may have more than so many files open. */
function machine(given: { unbindable?: Record<string, NetError>; descriptors?: number } = {}) {
  const tried: string[] = [];
  const limits = `Max open files            1024                 ${given.descriptors ?? 1_000_000}              files`;
  const world = {
    host: { isRoot: true },
    net: {
      listen: async ({ host, port }: { host: string; port: number }) => {
        tried.push(`${host}:${port}`);
        const error = given.unbindable?.[`${host}:${port}`];
        if (error !== undefined) throw error;
        return { close: async () => undefined };
      },
    },
    disk: {
      readText: async (path: string) => (path.endsWith('/limits') ? limits : ''),
      stat: async () => undefined,
      list: async () => [],
    },
  } as unknown as Pick<World, 'net' | 'disk' | 'host'>;
  return { world, tried };
}

const HEAD = 'global\n  maxconn 500\n\n';
const WEB = 'frontend web_8000\n  bind *:8000\n\n';
const API = 'frontend api_8000\n  bind *:8000\n\n';
const OWNED: Owned = { isDown: false, isComplete: false, pids: [], binds: new Set<string>() };
const look = (world: ReturnType<typeof machine>['world'], config: string, maps = {}, owned = OWNED) => {
  const lines = config.split('\n');
  const ranges = ['web_8000', 'api_8000'].flatMap((service) => {
    const from = lines.indexOf(`frontend ${service}`) + 1;
    return from === 0 ? [] : [{ service, from, to: from + 1 }];
  });
  return preflight(world, { config, maps: maps as never, ranges }, owned);
};

describe('preflight', () => {
  test('finds a port that is bound twice, and blames the second', async () => {
    const { faults } = await look(machine().world, HEAD + WEB + API);
    expect([...faults]).toEqual([['api_8000', '*:8000 is bound twice: connections would go to either at random']]);
  });
  test('finds addresses that are not here, by a trial that leaves alone what HAProxy has', async () => {
    const { world, tried } = machine({ unbindable: { '0.0.0.0:8000': new NetError('unresolved', 'no such address') } });
    expect((await look(world, HEAD + WEB)).faults.get('web_8000')).toContain('cannot be bound');
    tried.length = 0;
    const owned = { ...OWNED, binds: new Set(['*:8000']) };
    expect((await look(world, HEAD + WEB, {}, owned)).faults.size).toBe(0);
    expect(tried).toEqual([]);
  });
  test('refuses all when a port of the balancer itself is held, and says what to do', async () => {
    const { world } = machine({ unbindable: { '0.0.0.0:80': new NetError('in-use', 'taken') } });
    const config = `${HEAD}frontend marathon_http_in\n  bind *:80\n\n${WEB}`;
    const { refusal, faults } = await look(world, config, {}, { ...OWNED, isComplete: true });
    expect(refusal).toMatch(/^\*:80 is held by another process than HAProxy; --dont-bind-http-https/);
    expect(faults.size).toBe(0);
  });
  test('refuses all when there are too few descriptors, and says how many are needed', async () => {
    const { refusal } = await look(machine({ descriptors: 1000 }).world, HEAD + WEB);
    expect(refusal).toContain('HAProxy needs 1051 descriptors for maxconn 500 and may have 1000');
    expect((await look(machine({ descriptors: 1051 }).world, HEAD + WEB)).refusal).toBeUndefined();
  });
  test('tells who holds a port by what HAProxy has, and looks at its sockets only where that leaves it open', async () => {
    const { world } = machine({ unbindable: { '0.0.0.0:8000': new NetError('in-use', 'taken') } });
    const complete = { ...OWNED, isComplete: true, pids: [7] };
    const held = await look(world, HEAD + WEB, {}, complete);
    expect(held.faults.get('web_8000')).toBe('*:8000 is held by another process than HAProxy');
    // HAProxy has the port at one address and is to have it at all: it holds it itself, as far as anybody knows.
    const widened = { ...complete, binds: new Set(['127.0.0.1:8000']) };
    expect((await look(world, HEAD + WEB, {}, widened)).faults.size).toBe(0);
    expect((await look(world, HEAD + WEB, {}, { ...complete, isComplete: false })).faults.size).toBe(0);
  });
  test('tells maps that lead to no backend', async () => {
    const config = `${HEAD}backend web_8000\n  mode http\n`;
    const maps = {
      'domain2backend.map': 'a.example web_8000\nb.example gone_1\n',
      'app2backend.map': '',
      'certificates.list': '/c.pem\n',
    };
    expect((await look(machine().world, config, maps)).warnings).toEqual([
      'domain2backend.map: b.example leads to gone_1, which is no backend: it will answer 503',
    ]);
  });
});
