import { expect, test } from 'vitest';
import type { Service, ServiceHealthCheck } from '../../../../src/haproxy/model/model.ts';
import { renderServices, section, server, service } from '../made-services.ts';

const CHECK: ServiceHealthCheck = {
  kind: 'http',
  path: '/health',
  intervalSeconds: 10,
  timeoutSeconds: 5,
  gracePeriodSeconds: 300,
  maxConsecutiveFailures: 3,
  protocol: 'MESOS_HTTP',
};

function backend(given: Partial<Service>): string[] {
  const { config } = renderServices([service({ appId: '/a', ...given })]).rendered;
  return section(config, 'backend a_10000') ?? [];
}
const serverLine = (given: Partial<Service>) => backend(given).at(-1);

test('who may come in is asked before anything else, the redirect of / stands before the prefix is taken away', () => {
  const all = backend({
    virtualHosts: ['a.example'],
    allowedNetworks: ['10.0.0.0/8'],
    auth: { realm: 'R', users: [{ name: 'u', hash: '$5$a$b' }] },
    usesHsts: true,
    redirectPath: '/app',
    proxyPassPath: '/app',
    reverseProxyPath: '/app',
    isSticky: true,
    healthCheck: CHECK,
  });
  expect(all.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'balance roundrobin',
    'mode http',
    'acl network_allowed',
    'http-request deny',
    'http-request auth',
    'http-response set-header',
    'option forwardfor',
    'http-request set-header',
    'http-request set-header',
    'http-request set-header',
    'http-request redirect',
    'http-request set-header',
    'http-request replace-path',
    'http-response replace-header',
    'cookie mesosphere_server_id',
    'option httpchk',
    'timeout check',
    'server 10_0_0_11_31000',
  ]);
});

test('tcp backends turn strangers away by connection and hold nothing of http', () => {
  expect(
    backend({ allowedNetworks: ['10.0.0.1', 'fd00::/8'], usesHsts: true, isSticky: true, healthCheck: CHECK }),
  ).toEqual([
    'balance roundrobin',
    'mode tcp',
    'acl network_allowed src 10.0.0.1 fd00::/8',
    'tcp-request content reject unless network_allowed',
    'server 10_0_0_11_31000 10.0.0.11:31000 id 31000 check inter 10s fall 4',
  ]);
});

test('many networks are spread over lines', () => {
  const allowedNetworks = Array.from({ length: 120 }, (_, index) => `10.0.0.${index}`);
  const acls = backend({ allowedNetworks }).filter((line) => line.startsWith('acl'));
  expect(acls.map((line) => line.split(' ').length)).toEqual([53, 53, 23]);
});

test('paths lose their prefix whole, and characters of patterns mean themselves', () => {
  const lines = backend({ virtualHosts: ['a.example'], proxyPassPath: "/a.b+(c)'s/", reverseProxyPath: '/100%/' });
  expect(lines).toContain('http-request set-header Host a.example');
  expect(lines).toContain("http-request replace-path ^/a[.]b[+][(]c[)][\\']s(/|$)(.*) /\\2");
  expect(lines).toContain('http-response replace-header Location ^(https?://a[.]example(:[0-9]+)?)?(/.*)$ /100%%\\3');
});

test('a Location is rewritten for each of the service’s names', () => {
  const lines = backend({ virtualHosts: ['a.example', '*.b.example'], reverseProxyPath: '/r' });
  expect(lines).toContain(
    'http-response replace-header Location ^(https?://(a[.]example|[^/:]+[.]b[.]example)(:[0-9]+)?)?(/.*)$ /r\\4',
  );
});

test('without a name to set, the Host that came stays', () => {
  expect(backend({ virtualHosts: ['*.example'], proxyPassPath: '/x' })).toContain(
    'http-request set-header Host %[req.hdr(host)]',
  );
});

test('checks: fall is one more than the failures allowed, and seconds are whole and at least one', () => {
  const given = { mode: 'http', healthCheck: { ...CHECK, intervalSeconds: 2.5, timeoutSeconds: 0 } } as const;
  expect(backend(given)).toContain('timeout check 1s');
  expect(serverLine(given)).toMatch(/ check inter 3s fall 4$/);
});

test('https is checked as https, by its own port or another', () => {
  const healthCheck = { ...CHECK, kind: 'https' } as const;
  expect(serverLine({ mode: 'http', healthCheck })).toMatch(/ check inter 10s fall 4 check-ssl verify none$/);
  expect(serverLine({ mode: 'http', healthCheck, servers: [server(31_000, { checkPort: 8080 })] })).toMatch(
    / fall 4 port 8080 check-ssl verify none$/,
  );
});

test('a connect check asks nothing by http', () => {
  expect(backend({ mode: 'http', healthCheck: { ...CHECK, kind: 'tcp' } }).join('\n')).not.toContain('httpchk');
});

test('a server of an older version with another check goes unchecked', () => {
  expect(serverLine({ healthCheck: CHECK, servers: [server(31_000, { isUnchecked: true })] })).toBe(
    'server 10_0_0_11_31000 10.0.0.11:31000 id 31000',
  );
});

test('sticky servers have their cookie, draining ones are disabled, weights are written, IPv6 stands in brackets', () => {
  const servers = [server(31_000, { address: 'fd00::1', weight: 0, isDraining: true })];
  expect(serverLine({ mode: 'http', isSticky: true, servers })).toBe(
    'server fd00__1_31000 [fd00::1]:31000 id 31000 cookie c00c1e weight 0 disabled',
  );
});

test('service ports: address, certificate and options of the bind line', () => {
  const { config } = renderServices([
    service({
      appId: '/a',
      bindAddress: 'fd00::5',
      certificate: '/etc/haproxy/certs/x.pem',
      bindOptions: ' alpn h2 ',
    }),
    service({ appId: '/hidden', hasFrontend: false }),
  ]).rendered;
  expect(section(config, 'frontend a_10000')?.[0]).toBe(
    'bind [fd00::5]:10000 ssl crt /etc/haproxy/certs/x.pem alpn h2',
  );
  expect(section(config, 'frontend hidden_10000')).toBeUndefined();
  expect(section(config, 'backend hidden_10000')).toBeDefined();
});

test('several users of one service stand in one list', () => {
  const users = [
    { name: 'a', hash: '$5$x$y' },
    { name: 'b', hash: '$6$x$y' },
  ];
  const { config } = renderServices([service({ appId: '/a', mode: 'http', auth: { realm: 'r', users } })]).rendered;
  expect(section(config, 'userlist user_a_10000')).toEqual(['user a password $5$x$y', 'user b password $6$x$y']);
});

test('the redirect of / asks for each name of the service, and for none where it has none', () => {
  const redirects = (virtualHosts: string[]) =>
    backend({ mode: 'http', virtualHosts, redirectPath: '/app' }).flatMap((line) =>
      line.startsWith('http-request redirect') ? [line.replace(/.* if /, '')] : [],
    );
  expect(redirects(['a.example', '*.b.example'])).toEqual([
    '{ path / } { hdr(host),field(1,:) -i a.example }',
    '{ path / } { hdr(host),field(1,:) -i -m end .b.example }',
  ]);
  expect(redirects([])).toEqual(['{ path / } { hdr(host),field(1,:) -i -m found }']);
});
