// Connections that never end, while servers come and go (haproxy.md 12.5, 22.12): each reload would leave a process behind.
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Balancer, HAS_HAPROXY } from './support/balancer.ts';
import { madeApp } from './support/made-answer.ts';

let balancer: Balancer;

beforeEach(async () => {
  balancer = await Balancer.make();
});

afterEach(() => balancer.end());

describe.skipIf(!HAS_HAPROXY)('with clients that stay', () => {
  test('12 changes of servers leave one process, and cut nobody off', async () => {
    const { ports } = balancer;
    const sockets = new Set<Socket>();
    const echo = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => echo.listen(ports + 50, '127.0.0.1', resolve));
    await balancer.start();
    const web = (...others: number[]) => madeApp('/ws', ports, [ports + 50, ...others.map((index) => ports + index)]);
    await balancer.turn([web()]);
    const before = (await balancer.master.processes()).reloads;
    const clients = Array.from({ length: 10 }, () => connect(ports, '127.0.0.1'));
    let [cut, echoed] = [0, 0];
    for (const client of clients) {
      client
        .on('error', () => undefined)
        .on('close', () => (cut += 1))
        .on('data', (data) => (echoed += data.length));
    }
    await balancer.until('all clients are through', async () => sockets.size === clients.length);
    const outcomes = new Set<string>();
    for (let change = 0; change < 12; change += 1) {
      // Servers where nobody answers take no connections from those that are there.
      const report = await balancer.turn([change % 2 === 0 ? web(60 + (change % 7)) : web()]);
      outcomes.add(report.outcome);
      for (const client of clients) client.write('x');
    }
    await balancer.until('all was echoed', async () => echoed === 12 * clients.length);
    const { workers, oldWorkers, reloads } = await balancer.master.processes();
    expect({ outcomes: [...outcomes], workers: workers.length, oldWorkers, reloads, cut }).toEqual({
      outcomes: ['runtime'],
      workers: 1,
      oldWorkers: [],
      reloads: before,
      cut: 0,
    });
    for (const socket of [...clients, ...sockets]) socket.destroy();
    await new Promise((resolve) => echo.close(resolve));
  });
});
