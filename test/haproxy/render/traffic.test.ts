// Requests through a real HAProxy that runs what was rendered: what no check of the file can tell.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Service } from '../../../src/haproxy/model/model.ts';
import type { BalancerOptions } from '../../../src/haproxy/model/options.ts';
import { freePortBlock } from '../../ports.ts';
import { BUILT_IN, renderServices, server, service } from './made-services.ts';
import { certificate, MISSING } from './real-haproxy.ts';

const { first: BASE } = await freePortBlock();
const PORTS = { http: BASE, https: BASE + 1, appId: BASE + 2, stats: BASE + 3, service: BASE + 4, closed: BASE + 5 };

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** What the server behind the balancer saw. */
  readonly seen: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | undefined;
}

const backends = createServer((incoming, outgoing) => {
  const location = incoming.headers['x-answer-location'];
  if (typeof location === 'string') outgoing.setHeader('location', location);
  outgoing.end(JSON.stringify({ url: incoming.url, headers: incoming.headers }));
});

function ask(
  port: number,
  host: string,
  path: string,
  headers: Record<string, string> = {},
  isSecure = false,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers: { host, ...headers }, agent: false };
    const name = host.split(':')[0] ?? '';
    const asked = isSecure
      ? secureRequest({ ...options, rejectUnauthorized: false, servername: name })
      : request(options);
    asked.on('response', async (incoming) => {
      let text = '';
      for await (const chunk of incoming) text += String(chunk);
      const seen = text.startsWith('{') ? (JSON.parse(text) as Answer['seen']) : undefined;
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, seen });
    });
    asked.on('error', reject);
    asked.end();
  });
}

const directory = mkdtempSync(join(tmpdir(), 'mctl-traffic-'));
let balancer: ChildProcess | undefined;

async function start(options: Partial<BalancerOptions>): Promise<void> {
  const { port } = backends.address() as AddressInfo;
  const hash = execFileSync('openssl', ['passwd', '-5', '-salt', 'abcdefgh', 'secret'], { encoding: 'utf8' }).trim();
  const forwarding = BUILT_IN.get('BACKEND_HTTP_OPTIONS').text;
  const http = (appId: string, virtualHosts: string[], given: Partial<Service> = {}) =>
    service({
      appId,
      mode: 'http',
      virtualHosts,
      hasFrontend: false,
      servers: [server(port, { address: '127.0.0.1', id: 1 })],
      overrides: new Map([['BACKEND_HTTP_OPTIONS', `${forwarding}\n  http-request set-header X-Service ${appId}`]]),
      ...given,
    });
  writeFileSync(join(directory, 'cert.pem'), certificate());
  const { rendered } = renderServices(
    [
      http('/auth', ['auth.example'], {
        auth: { realm: 'R', users: [{ name: 'bob', hash }] },
        hasFrontend: true,
        bindAddress: '127.0.0.1',
        port: PORTS.service,
      }),
      http('/closed', ['closed.example'], { allowedNetworks: ['192.0.2.7'] }),
      service({
        appId: '/closed/tcp',
        port: PORTS.closed,
        bindAddress: '127.0.0.1',
        allowedNetworks: ['192.0.2.7'],
        servers: [server(port, { address: '127.0.0.1', id: 1 })],
      }),
      http('/exact', ['exact.wild.example']),
      http('/paths', ['paths.example'], { path: { ignoresCase: true, prefixes: ["/it's", '/a%20b'] } }),
      http('/plain', ['plain.example']),
      http('/redir', ['redir.example'], { redirectPath: "/app%20's", proxyPassPath: "/app%20's" }),
      http('/rev', ['rev.example', '*.rev.example'], { reverseProxyPath: '/100%' }),
      http('/secure', ['secure.example'], { redirectsToHttps: true, usesHsts: true }),
      http('/strip', ['strip.example'], { proxyPassPath: '/app' }),
      http('/wild', ['*.wild.example']),
    ],
    {
      certificates: [join(directory, 'cert.pem')],
      statsBind: `127.0.0.1:${PORTS.stats}`,
      statsAuth: { user: 'me', password: "it's $HOME" },
      runtimeSocket: join(directory, 'admin.sock'),
      configPath: join(directory, 'haproxy.cfg'),
      maxConnections: 100,
      ...options,
    },
  );
  const config = rendered.config
    .replace('bind *:80', `bind 127.0.0.1:${PORTS.http}`)
    .replace('bind *:443', `bind 127.0.0.1:${PORTS.https}`)
    .replace('bind *:9091', `bind 127.0.0.1:${PORTS.appId}`);
  for (const [name, text] of Object.entries(rendered.maps)) writeFileSync(join(directory, name), text);
  writeFileSync(join(directory, 'haproxy.cfg'), config);
  balancer = spawn('haproxy', ['-db', '-f', join(directory, 'haproxy.cfg')], { stdio: 'ignore' });
  for (let tries = 0; !(await accepts(PORTS.http)); tries += 1) {
    if (tries > 1_200 || balancer.exitCode !== null) throw new Error('HAProxy does not come up');
    await pause(25);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function stop(): Promise<void> {
  if (balancer === undefined || balancer.exitCode !== null) return;
  const ended = once(balancer, 'exit');
  balancer.kill('SIGTERM');
  await ended;
}

beforeAll(async () => {
  backends.listen(0, '127.0.0.1');
  await once(backends, 'listening');
});
afterAll(async () => {
  backends.closeAllConnections();
  await new Promise((done) => backends.close(done));
  rmSync(directory, { recursive: true });
});

const FORMS: readonly (readonly [string, Partial<BalancerOptions>])[] = [
  ['with rules', {}],
  ['with maps', { usesMaps: true }],
  ['with grouped HTTPS', { groupsHttpsByVirtualHost: true }],
];

describe.skipIf(MISSING !== undefined).each(FORMS)('a balancer %s', (_, options) => {
  beforeAll(() => start(options));
  afterAll(stop);
  const http = (host: string, path: string, headers?: Record<string, string>) => ask(PORTS.http, host, path, headers);
  const https = (host: string, path: string, headers?: Record<string, string>) =>
    ask(PORTS.https, host, path, headers, true);
  const basic = (user: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });

  test('goes by host name, whatever its case and port, on 80 and 443', async () => {
    expect((await http('plain.example', '/x')).seen?.url).toBe('/x');
    expect((await http('PLAIN.example:8080', '/x')).status).toBe(200);
    expect((await https('plain.example', '/x')).status).toBe(200);
    expect((await http('nobody.example', '/x')).status).toBe(503);
  });

  test('takes exact names before wildcards, and wildcards for sub-domains only', async () => {
    for (const way of [http, https]) {
      const service = async (host: string) => (await way(host, '/')).seen?.headers['x-service'];
      expect(await service('a.wild.example')).toBe('/wild');
      expect(await service('exact.wild.example')).toBe('/exact');
    }
    expect((await http('wild.example', '/')).status).toBe(503);
  });

  test('takes prefixes as they are written', async () => {
    expect((await http('paths.example', "/IT'S/x")).status).toBe(200);
    expect((await http('paths.example', '/a%20b')).status).toBe(200);
    expect((await http('paths.example', '/other')).status).toBe(503);
  });

  test('asks for a password on all four ways in', async () => {
    const id = { 'x-marathon-app-id': '/auth' };
    const ways = [
      (headers: Record<string, string>) => http('auth.example', '/', headers),
      (headers: Record<string, string>) => https('auth.example', '/', headers),
      (headers: Record<string, string>) => ask(PORTS.appId, 'x', '/', { ...id, ...headers }),
      (headers: Record<string, string>) => ask(PORTS.service, 'x', '/', headers),
    ];
    for (const way of ways) {
      expect((await way({})).status).toBe(401);
      expect((await way(basic('bob', 'wrong'))).status).toBe(401);
      expect((await way(basic('bob', 'secret'))).status).toBe(200);
    }
  });

  test('lets in only whom the network list names', async () => {
    expect((await http('closed.example', '/')).status).toBe(403);
    await expect(ask(PORTS.closed, 'x', '/')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('sends to HTTPS without the port, with path and query, and says to stay there', async () => {
    const { status, headers } = await http('secure.example:80', '/p?q=1');
    expect([status, headers.location]).toEqual([301, 'https://secure.example/p?q=1']);
    const secure = await https('secure.example', '/p');
    expect([secure.status, secure.headers['strict-transport-security']]).toEqual([200, 'max-age=15768000']);
  });

  test('tells servers the true protocol, not the client’s claim', async () => {
    const forged = { 'x-forwarded-proto': 'https' };
    expect((await http('plain.example', '/', forged)).seen?.headers['x-forwarded-proto']).toBe('http');
    expect(
      (await https('plain.example', '/', { 'x-forwarded-proto': 'http' })).seen?.headers['x-forwarded-proto'],
    ).toBe('https');
  });

  test('takes a prefix away whole or not at all', async () => {
    const seen = async (path: string) => (await http('strip.example', path)).seen;
    expect((await seen('/app'))?.url).toBe('/');
    expect((await seen('/app/x?y=1'))?.url).toBe('/x?y=1');
    expect((await seen('/apple'))?.url).toBe('/apple');
    expect((await seen('/app'))?.headers.host).toBe('strip.example');
  });

  test('sends / to the path, and not again when the prefix is gone', async () => {
    const { status, headers } = await http('redir.example', '/');
    expect([status, headers.location]).toEqual([301, "/app%20's"]);
    expect((await http('redir.example', "/app%20's")).seen?.url).toBe('/');
  });

  test('sends / to the path under its own names only', async () => {
    const byId = (host: string) => ask(PORTS.appId, host, '/', { 'x-marathon-app-id': '/redir' });
    expect((await byId('other.example')).status).toBe(200);
    expect((await byId('REDIR.example:8080')).status).toBe(301);
  });

  test.each([
    ['http://rev.example:8080/x/y', '/100%/x/y'],
    ['https://a.rev.example/x', '/100%/x'],
    ['/z', '/100%/z'],
    ['http://other.example/x', 'http://other.example/x'],
    ['http://revXexample/x', 'http://revXexample/x'],
  ])('a Location %s comes back as %s', async (location, rewritten) => {
    const answer = await http('rev.example', '/', { 'x-answer-location': location });
    expect(answer.headers.location).toBe(rewritten);
  });

  test('shows statistics and metrics with the password, health without', async () => {
    const stats = (path: string, headers?: Record<string, string>) => ask(PORTS.stats, 'x', path, headers);
    expect((await stats('/_haproxy_health_check')).status).toBe(200);
    for (const path of ['/haproxy?stats', '/haproxy?stats;csv', '/metrics']) {
      expect((await stats(path)).status).toBe(401);
      expect((await stats(path, basic('me', "it's $HOME"))).status).toBe(200);
    }
  });
});
