// Two Marathons in the real world, over real sockets: what a standby passes on, and when it gives up (marathon.md 1.3).
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseMarathonOptions, type RunningMarathon, startMarathon } from '../../../../src/daemon/marathon/index.ts';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { ScriptedElection } from './scripted-election.ts';

/** Whatever a leader may be. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const world: RealWorld = createRealWorld({ log: { level: 'silent' } });
const election = new ScriptedElection();
const electionOfHasty = new ScriptedElection();
/** Gives up for no reason that has to do with how busy this machine is. */
let standby: RunningMarathon;
/** Gives up soon, but not for a moment in which this machine does something else. */
let hasty: RunningMarathon;
let own: string;

async function start(elected: ScriptedElection, flags: readonly string[] = []): Promise<RunningMarathon> {
  // Nobody listens on the master's port: Marathon does not mind.
  const args = ['--master=127.0.0.1:1', '--http_address=127.0.0.1', '--http_port=0', ...flags];
  const store = new MemoryStore();
  return await startMarathon(world, parseMarathonOptions({ args }), {
    openStore: async () => store,
    election: elected,
  });
}

beforeAll(async () => {
  standby = await start(election, ['--leader_proxy_connection_timeout=30000', '--leader_proxy_read_timeout=30000']);
  hasty = await start(electionOfHasty, [
    '--leader_proxy_connection_timeout=1000',
    '--leader_proxy_read_timeout=1000',
    '--leader_proxy_max_open_connections=3',
  ]);
  own = `127.0.0.1:${standby.port}`;
});

afterAll(async () => {
  await standby.stop();
  await hasty.stop();
  await world.close();
});

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** Everybody sees this lead: a program that answers as the test likes. */
async function lead(answer: (seen: Seen, response: ServerResponse) => void): Promise<Seen[]> {
  const requests: Seen[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      requests.push(seen);
      answer(seen, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  for (const one of [election, electionOfHasty]) one.show(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  return requests;
}

const ask = (path: string, options: RequestInit = {}) => fetch(`${standby.url}${path}`, options);
const askHasty = (path: string) => fetch(`${hasty.url}${path}`);

describe('a request to a standby', () => {
  test('comes to the leader as it was, and says where it came from', async () => {
    const seen = await lead((_, response) => response.end('done'));
    await ask('/v2/apps//a/../b%2Fc?x=1&x=%20#no', {
      method: 'POST',
      body: Uint8Array.from([0, 255, 10]),
      headers: {
        'X-Forwarded-For': '10.9.9.9',
        'X-Marathon-Via': '1.1 other:8080',
        Authorization: 'Basic eA==',
        'Accept-Encoding': 'br',
        'X-Own': 'kept',
      },
    });
    const [request] = seen;
    expect(request).toMatchObject({ method: 'POST', body: '\u0000ÿ\n' });
    expect(request?.url).toMatch(/\?x=1&x=%20$/);
    expect(request?.headers).toMatchObject({
      'x-forwarded-for': '10.9.9.9, 127.0.0.1',
      'x-marathon-via': `1.1 other:8080, 1.1 ${own}`,
      authorization: 'Basic eA==',
      'accept-encoding': 'br',
      'x-own': 'kept',
      'content-length': '3',
    });
    expect(request?.headers.host).not.toBe(own);
  });

  test('says nothing of its content when it was sent without a type', async () => {
    const seen = await lead((_, response) => response.end());
    const answer = await world.net.request({ method: 'POST', url: `${standby.url}/v2/apps`, body: '{}' });
    expect(answer.status).toBe(200);
    expect(seen[0]?.headers).not.toHaveProperty('content-type');
    expect(seen[0]?.body).toBe('{}');
  });

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])('keeps its method: %s', async (method) => {
    const seen = await lead((_, response) => {
      response.setHeader('X-Thing', 'yes');
      response.writeHead(207).end('text');
    });
    const response = await ask('/v2/x', { method });
    expect([seen[0]?.method, response.status, response.headers.get('x-thing')]).toEqual([method, 207, 'yes']);
    expect(await response.text()).toBe(method === 'HEAD' ? '' : 'text');
  });
});

describe('an answer through a standby', () => {
  test('is what the leader said, with the way it came', async () => {
    await lead((_, response) => {
      response.setHeader('X-Marathon-Leader', 'http://leader:8080');
      response.setHeader('Location', '/a');
      response.setHeader('Connection', 'X-Hop');
      response.setHeader('X-Hop', 'of this connection');
      response.writeHead(201).end('{}');
    });
    const { status, headers } = await ask('/v2/apps', { method: 'POST', body: '{}' });
    expect(status).toBe(201);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-marathon-leader': 'http://leader:8080',
      'x-marathon-via': `1.1 ${own}`,
      location: '/a',
    });
    expect(headers.has('x-hop')).toBe(false);
  });

  test('has no body where there is none', async () => {
    await lead((_, response) => response.writeHead(204).end());
    const response = await ask('/v2/x');
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  test('is packed by a real leader for who asks for that, and only then', async () => {
    const leading = new ScriptedElection();
    const leader = await start(leading);
    opened.push(() => leader.stop());
    leading.last.on.elected(1);
    election.show(`127.0.0.1:${leader.port}`);
    const url = `${standby.url}/config`;
    const plain = await world.net.request({ method: 'GET', url });
    const packed = await world.net.request({ method: 'GET', url, headers: { 'accept-encoding': 'gzip' } });
    expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, 'gzip']);
    expect(gunzipSync(packed.body).toString()).toBe(Buffer.from(plain.body).toString());
  });

  test('comes while the leader is still speaking, however long that takes', async () => {
    await lead((_, response) => {
      response.write('first ');
      let said = 0;
      const timer = setInterval(() => {
        said += 1;
        response.write(`${said} `);
        if (said < 14) return;
        clearInterval(timer);
        response.end('last');
      }, 100);
    });
    const { body } = await askHasty('/v2/slow');
    if (body === null) throw new Error('no body');
    const chunks: string[] = [];
    for await (const chunk of body) chunks.push(new TextDecoder().decode(chunk));
    expect(chunks.join('')).toBe('first 1 2 3 4 5 6 7 8 9 10 11 12 13 14 last');
    expect(chunks.length).toBeGreaterThan(1);
  });

  test('of many megabytes is not held for a client that does not read', async () => {
    let written = 0;
    await lead((_, response) => {
      const block = Buffer.alloc(256 * 1024);
      const more = (): void => {
        while (written < 64 * 2 ** 20) {
          written += block.length;
          if (!response.write(block)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const stream = await world.net.openStream({ method: 'GET', url: `${standby.url}/v2/large` });
    stream.pause();
    await world.clock.sleep(200);
    // Buffers of sockets and of the two programs between; not the whole.
    expect(written).toBeLessThan(24 * 2 ** 20);
    let read = 0;
    const ended = new Promise<unknown>((resolve) => stream.onEnd(resolve));
    stream.onChunk((chunk) => {
      read += chunk.length;
    });
    stream.resume();
    expect([await ended, read]).toEqual([undefined, 64 * 2 ** 20]);
  });
});

describe('a standby whose leader', () => {
  const message = async (response: Response) => ((await response.json()) as { message: string }).message;

  test('does not listen any more says so with 502', async () => {
    await lead((_, response) => response.end());
    for (const close of opened.splice(0)) await close();
    const response = await ask('/v2/apps');
    expect([response.status, await message(response)]).toEqual([502, 'Connection to leader refused.']);
    expect(response.headers.get('cache-control')).toBe('no-cache, no-store, must-revalidate');
  });

  test('has asked it before says so with 502', async () => {
    const seen = await lead((_, response) => response.end());
    const response = await ask('/v2/apps', { headers: { 'X-Marathon-Via': `1.1 a:1,1.1 ${own}` } });
    expect([response.status, await message(response), seen.length]).toEqual([502, 'Detected proxying loop.', 0]);
  });

  test('does not answer in time, or hangs up, says so with 500', async () => {
    await lead((seen, response) => {
      if (seen.url === '/v2/hangs-up') response.destroy();
    });
    const startMs = performance.now();
    const late = await askHasty('/v2/late');
    expect([late.status, await message(late)]).toEqual([500, expect.stringContaining('gave no answer')]);
    expect(performance.now() - startMs).toBeLessThan(8_000);
    expect((await askHasty('/v2/hangs-up')).status).toBe(500);
  });

  test('breaks off, or falls silent in the middle of an answer, breaks off too', async () => {
    await lead((seen, response) => {
      response.write('begun');
      if (seen.url === '/v2/breaks') setTimeout(() => response.destroy(), 50);
    });
    for (const path of ['/v2/breaks', '/v2/silent']) {
      const response = await askHasty(path);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    }
  });

  test('is slow is asked by so many at a time; the next wait for a place, and in the end go without', async () => {
    const waiting = new Map<string, ServerResponse>();
    const seen = await lead(({ url }, response) => {
      waiting.set(url, response);
      // Not silent, so that nobody gives up.
      const timer = setInterval(() => response.write('.'), 100);
      response.on('close', () => clearInterval(timer));
    });
    const first = await Promise.all(['/1', '/2', '/3'].map((path) => askHasty(path)));
    const fourth = askHasty('/4');
    await world.clock.sleep(50);
    const fifth = askHasty('/5');
    await world.clock.sleep(100);
    expect(seen).toHaveLength(3);
    waiting.get('/1')?.end();
    await first[0]?.text();
    const answers = await Promise.all([fourth, fifth]);
    expect(answers.map(({ status }) => status)).toEqual([200, 503]);
    expect(seen.map(({ url }) => url).sort()).toEqual(['/1', '/2', '/3', '/4']);
    // Who asked goes away: the places are free again.
    for (const response of [...first.slice(1), answers[0]]) await response?.body?.cancel();
    await expect
      .poll(() => [...waiting.values()].filter((response) => response.closed).length, { timeout: 30_000 })
      .toBe(4);
    const sixth = await askHasty('/6');
    expect(sixth.status).toBe(200);
    await sixth.body?.cancel();
  });
});
