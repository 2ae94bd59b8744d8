import { expect, test } from 'vitest';
import { workerPids } from '../../../src/haproxy/watch/worker-pids.ts';
import { type Net, NetError } from '../../../src/world/net.ts';

const net = (answers: Readonly<Record<string, string>>): Net =>
  ({
    exchange: async (socket: string, text: string) => {
      const answer = answers[`${socket} ${text.trim()}`];
      if (answer === undefined) throw new NetError('refused', `${socket}: nobody listens`);
      return answer;
    },
  }) as unknown as Net;

const PROC = `#<PID> <type> <reloads> <uptime> <version>
10 master 2 0d00h00m08s 2.6.12
# workers
13 worker 0 0d00h00m01s 2.6.12
# old workers
11 worker 2 0d00h00m08s 2.6.12
# programs
`;

test('the master knows old workers too', async () => {
  const sockets = { master: '/m', runtime: '/r' };
  expect(await workerPids(net({ '/m show proc': PROC }), sockets)).toEqual([13, 11]);
});

test('without its socket only the one that serves is known', async () => {
  const sockets = { master: undefined, runtime: '/r' };
  expect(await workerPids(net({ '/r show info': 'Name: HAProxy\nPid: 13\n' }), sockets)).toEqual([13]);
  expect(await workerPids(net({}), sockets)).toEqual([]);
});
