// Probes over HTTP and TCP, on a simulated machine.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../../../../../src/daemon/agent/tasks/checks/outcome.ts';
import { Prober } from '../../../../../src/daemon/agent/tasks/checks/prober.ts';
import type { ProbeTarget } from '../../../../../src/daemon/agent/tasks/checks/rules.ts';
import type { TaskRun } from '../../../../../src/daemon/agent/tasks/task-run.ts';
import { Simulation } from '../../../../../src/simulation/index.ts';
import type { ProcessHandle } from '../../../../../src/simulation/process-handle.ts';
import type { HttpRequest, HttpResponse, Listener } from '../../../../../src/world/net.ts';

let simulation: Simulation;
let process: ProcessHandle<Listener>;
let requests: HttpRequest[];
let respond: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

beforeEach(async () => {
  simulation = new Simulation({ seed: 1 });
  requests = [];
  respond = () => ({ status: 200 });
  const handler = (request: HttpRequest) => {
    requests.push(request);
    return respond(request);
  };
  process = simulation
    .host('agent', { address: '10.0.1.1' })
    .start('server', (world) => world.net.listen({ host: '127.0.0.1', port: 8080, handler }));
  await simulation.runUntil(() => process.value !== undefined);
});
afterEach(() => process.crash());

function look(target: ProbeTarget, timeoutMs = 1_000): Promise<Outcome> {
  const prober = new Prober({
    world: process.world,
    containerizer: { probe: () => Promise.reject(new Error('not expected')), find: () => undefined },
    environmentOf: () => ({}),
  });
  return simulation.settle(prober.look({} as TaskRun, 'health', { target, timeoutMs, delayMs: 0, intervalMs: 0 }));
}
const http = (path = '', port = 8080): ProbeTarget => ({ type: 'HTTP', scheme: 'http', host: '127.0.0.1', port, path });
const tcp = (port: number): ProbeTarget => ({ type: 'TCP', host: '127.0.0.1', port });
const status = (code: number) => ({ kind: 'result', status: { type: 'HTTP', http: { status_code: code } } });

describe('HTTP', () => {
  test('asks for the path and tells the status, whatever it is', async () => {
    expect(await look(http('/health?full'))).toEqual(status(200));
    expect(requests[0]).toMatchObject({ method: 'GET', target: '/health?full' });
    respond = () => ({ status: 503, body: 'sorry' });
    expect(await look(http())).toEqual(status(503));
    expect(requests[1]?.target).toBe('/');
  });

  test('follows redirects, relative ones too, to the last answer', async () => {
    respond = ({ target }) => {
      if (target === '/a') return { status: 302, headers: { location: 'b?c' } };
      if (target === '/b?c') return { status: 307, headers: { location: 'http://127.0.0.1:8080/end' } };
      return { status: 418 };
    };
    expect(await look(http('/a'))).toEqual(status(418));
    expect(requests.map(({ target }) => target)).toEqual(['/a', '/b?c', '/end']);
  });

  test('a redirect to nowhere is the answer itself', async () => {
    respond = () => ({ status: 304 });
    expect(await look(http())).toEqual(status(304));
    respond = () => ({ status: 302 });
    expect(await look(http())).toEqual(status(302));
  });

  test('a redirect without end, or to what is not HTTP, is an error', async () => {
    respond = () => ({ status: 301, headers: { location: '/' } });
    expect(await look(http())).toMatchObject({ kind: 'error', why: expect.stringContaining('more than 50') });
    expect(requests).toHaveLength(51);
    respond = () => ({ status: 301, headers: { location: 'ftp://127.0.0.1/' } });
    expect(await look(http())).toMatchObject({ kind: 'error', why: expect.stringContaining('ftp:') });
  });

  test('no answer in time is an error, also when only the end of it is missing', async () => {
    respond = async () => {
      await process.world.clock.sleep(5_000);
      return { status: 200 };
    };
    const before = simulation.nowMs;
    expect(await look(http())).toMatchObject({ kind: 'error' });
    respond = () => ({ status: 200, body: { start: (writer) => writer.write('and so on') } });
    expect(await look(http())).toMatchObject({ kind: 'error' });
    expect(simulation.nowMs - before).toBeLessThan(2_500);
  });

  test('without a time limit it waits', async () => {
    respond = async () => {
      await process.world.clock.sleep(500_000);
      return { status: 200 };
    };
    expect(await look(http(), Number.POSITIVE_INFINITY)).toEqual(status(200));
  });

  test('nobody there, and a port that cannot be, are errors', async () => {
    expect(await look(http('', 8081))).toMatchObject({ kind: 'error', why: expect.stringContaining('refused') });
    expect(await look(http('', 70_000))).toMatchObject({ kind: 'error' });
  });
});

describe('TCP', () => {
  const seen = (succeeded: boolean) => ({ kind: 'result', status: { type: 'TCP', tcp: { succeeded } } });

  test('tells whether somebody accepts connections', async () => {
    expect(await look(tcp(8080))).toEqual(seen(true));
    expect(await look(tcp(8081))).toEqual(seen(false));
    expect(await look(tcp(70_000))).toEqual(seen(false));
    expect(await look(tcp(0))).toEqual(seen(false));
    expect(requests).toEqual([]);
  });
});
