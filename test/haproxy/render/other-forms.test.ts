import { describe, expect, test } from 'vitest';
import { renderServices, section, server, service } from './made-services.ts';
import { complaints, MISSING } from './real-haproxy.ts';

describe('grouped HTTPS', () => {
  const services = [
    service({ appId: '/a', port: 1000, virtualHosts: ['shop.example', 'b.example'], redirectsToHttps: true }),
    service({
      appId: '/b',
      port: 1001,
      virtualHosts: ['shop.example'],
      path: { ignoresCase: false, prefixes: ['/b'] },
      certificate: '/etc/haproxy/certs/shop.pem',
      bindOptions: 'alpn h2',
    }),
    service({ appId: '/wild', port: 1002, virtualHosts: ['*.example'] }),
  ];
  const { rendered } = renderServices(services, { groupsHttpsByVirtualHost: true });
  const { config } = rendered;

  test('443 goes by the name in the hello, exact names first', () => {
    expect(section(config, 'frontend marathon_https_in')?.slice(-3)).toEqual([
      'use_backend b_example if { req_ssl_sni -i b.example }',
      'use_backend shop_example if { req_ssl_sni -i shop.example }',
      'use_backend __example if { req_ssl_sni -i -m end .example }',
    ]);
  });

  test('each host has its own certificate and options, and knows no other host', () => {
    expect(section(config, 'frontend shop_example')).toEqual([
      'mode http',
      'option idle-close-on-response',
      'bind abns@shop_example accept-proxy ssl crt /etc/haproxy/certs/shop.pem alpn h2',
      'acl host_shop_example_b hdr(host),field(1,:) -i shop.example',
      'acl path_b_1001 path_beg /b',
      'use_backend b_1001 if host_shop_example_b path_b_1001',
      'acl host_shop_example_a hdr(host),field(1,:) -i shop.example',
      'use_backend a_1000 if host_shop_example_a',
      'acl host___example_wild hdr(host),field(1,:) -i shop.example',
      'use_backend wild_1002 if host___example_wild',
    ]);
    expect(section(config, 'backend shop_example')).toEqual([
      'mode tcp',
      'server loopback abns@shop_example send-proxy-v2',
    ]);
    expect(section(config, 'frontend b_example')?.[2]).toContain('crt /etc/haproxy/certs/default.pem');
  });

  test('certificate and options of a wildcard are not those of a name below it', () => {
    const certificate = '/etc/haproxy/certs/wild.pem';
    const wild = service({ appId: '/wild', virtualHosts: ['*.example'], certificate, bindOptions: 'verify required' });
    const exact = service({ appId: '/x', port: 1001, virtualHosts: ['x.example'] });
    const text = renderServices([wild, exact], { groupsHttpsByVirtualHost: true }).rendered.config;
    expect(text).toMatch(/abns@x_example accept-proxy ssl crt \/etc\/haproxy\/certs\/default\.pem\n/);
    expect(text).toMatch(/abns@__example accept-proxy ssl crt \/etc\/haproxy\/certs\/wild\.pem verify required\n/);
  });

  test('names stay apart from services and other hosts, and short enough for a socket', () => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
    const odd = [service({ appId: '/x', port: 80, virtualHosts: ['x.80', 'x_80', long] })];
    const text = renderServices(odd, { groupsHttpsByVirtualHost: true }).rendered.config;
    const names = [...text.matchAll(/abns@(\S+) accept/g)].map((match) => match[1] as string);
    expect(new Set(names).size).toBe(3);
    expect(names).not.toContain('x_80');
    for (const name of names) expect(name.length).toBeLessThanOrEqual(90);
  });

  test.skipIf(MISSING !== undefined)('is taken by a real HAProxy', () => {
    expect(complaints(rendered)).toBe('');
  });
});

describe('the bridge’s style', () => {
  const { rendered } = renderServices(
    [
      service({
        appId: '/a/b',
        port: 1000,
        virtualHosts: ['a.example'],
        servers: [server(1), server(2), server(3, { isDraining: true })],
      }),
      service({ appId: '/a/b', port: 1001, servers: [] }),
    ],
    { style: 'bridge' },
  );

  test('is one listen a port, with servers counted down', () => {
    expect(rendered.config.split('\n').filter((line) => /^\w/.test(line))).toEqual([
      'global',
      'defaults',
      'userlist mctl_stats',
      'listen stats',
      'listen a_b-1000',
      'listen a_b-1001',
    ]);
    expect(section(rendered.config, 'listen a_b-1000')).toEqual([
      'bind 0.0.0.0:1000',
      'mode tcp',
      'option tcplog',
      'balance leastconn',
      'server a_b-3 10.0.0.11:1 check',
      'server a_b-2 10.0.0.11:2 check',
      'server a_b-1 10.0.0.11:3 check disabled',
    ]);
    expect(rendered.ranges.map(({ service: name }) => name)).toEqual(['a_b_1000', 'a_b_1001']);
  });

  test('opens no port that a service has lost, and none to all that labels keep for some', () => {
    const { rendered: guarded, problems } = renderServices(
      [
        service({ appId: '/acl', port: 1000, allowedNetworks: ['10.0.0.0/8'] }),
        service({
          appId: '/auth',
          port: 1001,
          mode: 'http',
          auth: { realm: 'r', users: [{ name: 'a', hash: '$5$a$b' }] },
        }),
        service({ appId: '/lost', port: 1002, hasFrontend: false }),
        service({ appId: '/open', port: 1003 }),
      ],
      { style: 'bridge' },
    );
    expect([...guarded.config.matchAll(/^listen (\S+)/gm)].map(([, name]) => name)).toEqual(['stats', 'open-1003']);
    expect(problems.map(({ where, effect }) => `${where} ${effect}`)).toEqual([
      'HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL left-out',
      'HAPROXY_0_AUTH left-out',
    ]);
  });

  test.skipIf(MISSING !== undefined)('is taken by a real HAProxy', () => {
    expect(complaints(rendered)).toBe('');
  });
});
