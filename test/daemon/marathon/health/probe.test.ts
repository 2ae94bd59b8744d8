import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect as openSocket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { SUCCESS } from '../../../../src/daemon/marathon/health/judge.ts';
import { isProbed, outcomeOfStatus, type ProbedCheck, probe } from '../../../../src/daemon/marathon/health/probe.ts';
import { SELF_SIGNED } from '../../../world/real/net/self-signed.ts';
import { quietWorld } from '../../serving/requests.ts';
import { appOf, commandCheck, httpCheck, instanceOf } from './support.ts';

const world = quietWorld();
const servers: Server[] = [];
afterAll(async () => {
  await world.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, more: object = {}) {
  const instance = instanceOf(appOf(), { agent: { id: 'a', host: '127.0.0.1', attributes: [] } });
  if (instance.task === undefined) throw new Error('no task');
  const check = httpCheck({ timeoutSeconds: 20, ...more });
  return await probe(world, { ...instance, task: { ...instance.task, hostPorts: [port] } }, check as ProbedCheck);
}

describe('a probe on real sockets', () => {
  it('asks over HTTPS whatever the certificate', async () => {
    const port = await portOf(createHttps(SELF_SIGNED, (_, response) => response.end('ok')));
    expect(await ask(port, { protocol: 'HTTPS' })).toEqual(SUCCESS);
  });

  it('is content with the head of an answer that never ends', async () => {
    const port = await portOf(createHttp((_, response) => void response.writeHead(200).write('and on')));
    expect(await ask(port)).toEqual(SUCCESS);
  });

  it('does not cut off a small answer that comes in pieces', async () => {
    let isWhole = false;
    const port = await portOf(
      createHttp((_, response) => {
        response.on('finish', () => {
          isWhole = true;
        });
        response.write('a');
        setTimeout(() => response.end('b'), 20);
      }),
    );
    expect(await ask(port)).toEqual(SUCCESS);
    expect(isWhole).toBe(true);
  });

  it('fails with the words of the status, of a refusal, and of the time that ran out', async () => {
    const ill = await portOf(createHttp((_, response) => response.writeHead(503).end()));
    expect(await ask(ill)).toEqual({ kind: 'failure', cause: '503 Service Unavailable' });
    const silent = await portOf(createHttp());
    expect(await ask(silent, { timeoutSeconds: 0.3 })).toMatchObject({
      cause: expect.stringMatching(/no answer within 300 ms$/),
    });
    expect(await ask(1)).toMatchObject({ cause: expect.stringMatching(/ECONNREFUSED/) });
  });

  it('by TCP opens a connection and says nothing', async () => {
    const port = await portOf(createHttp());
    expect(await ask(port, { protocol: 'TCP' })).toEqual(SUCCESS);
    expect(await ask(1, { protocol: 'TCP' })).toMatchObject({ cause: expect.stringMatching(/ECONNREFUSED/) });
    // The server is still there for others.
    const other = openSocket(port, '127.0.0.1');
    await new Promise<void>((resolve) => other.once('connect', resolve));
    other.destroy();
  });
});

describe('a status', () => {
  it('of 1xx is a failure, unless it is to be ignored', () => {
    expect(outcomeOfStatus(103, false)).toEqual({ kind: 'failure', cause: '103' });
    expect(outcomeOfStatus(103, true)).toEqual({ kind: 'none' });
    expect(outcomeOfStatus(404, true)).toEqual({ kind: 'failure', cause: '404 Not Found' });
  });
});

describe('checks', () => {
  it('of HTTP, HTTPS and TCP are Marathon’s, the others the agent’s', () => {
    const probed = ['HTTP', 'HTTPS', 'TCP'].map((protocol) => isProbed(httpCheck({ protocol })));
    expect(probed).toEqual([true, true, true]);
    const others = ['MESOS_HTTP', 'MESOS_HTTPS', 'MESOS_TCP'].map((protocol) => isProbed(httpCheck({ protocol })));
    expect([...others, isProbed(commandCheck())]).toEqual([false, false, false, false]);
  });
});
