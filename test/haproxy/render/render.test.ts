import { describe, expect, test } from 'vitest';
import type { Service } from '../../../src/haproxy/model/model.ts';
import { render } from '../../../src/haproxy/render/render.ts';
import { BUILT_IN, model, OPTIONS, renderServices, section, server, service, withTemplates } from './made-services.ts';

const lines = (config: string) => config.split('\n').map((line) => line.trim());
const heads = (config: string) => config.split('\n').filter((line) => /^\w/.test(line));
const HTTP = 'frontend marathon_http_in';
const HTTPS = 'frontend marathon_https_in';
const CHECK = {
  kind: 'http',
  path: '/health',
  intervalSeconds: 10,
  timeoutSeconds: 5,
  gracePeriodSeconds: 300,
  maxConsecutiveFailures: 3,
  protocol: 'MESOS_HTTP',
} as const;

describe('the file as a whole', () => {
  const shop = service({ appId: '/shop', port: 10_001, virtualHosts: ['shop.example.com'], redirectsToHttps: true });
  const secret = service({
    appId: '/secret',
    port: 10_000,
    virtualHosts: ['secret.example.com'],
    auth: { realm: 'r', users: [{ name: 'bob', hash: '$5$a$b' }] },
  });

  test('stands in the order: head, userlists, 80, by app id, 443, service ports, backends', () => {
    expect(heads(renderServices([secret, shop]).rendered.config)).toEqual([
      'global',
      'defaults',
      'listen stats',
      'userlist user_secret_10000',
      HTTP,
      'frontend marathon_http_appid_in',
      HTTPS,
      'frontend secret_10000',
      'frontend shop_10001',
      'backend mctl_https_redirect',
      'backend secret_10000',
      'backend shop_10001',
    ]);
  });

  test('without ports 80 and 443 nothing redirects and the app-id frontend stays', () => {
    expect(heads(renderServices([shop], { bindsHttp: false }).rendered.config).slice(3)).toEqual([
      'frontend marathon_http_appid_in',
      'frontend shop_10001',
      'backend shop_10001',
    ]);
  });

  test('without a certificate 443 is not opened, and port 80 serves what it would have redirected', () => {
    const { config } = renderServices([shop], { certificates: [] }).rendered;
    expect(section(config, HTTPS)).toBeUndefined();
    expect(section(config, HTTP)).toContain('use_backend shop_10001 if host_shop_example_com_shop');
  });

  test('several certificates stand in their order on 443', () => {
    const { config } = renderServices([shop], { certificates: ['/c/a.pem', '/c/b c.pem'] }).rendered;
    expect(section(config, HTTPS)?.[0]).toBe('bind *:443 ssl crt /c/a.pem crt /c/b\\ c.pem');
  });

  test('without any service it is the head alone', () => {
    const { config, ranges } = renderServices([]).rendered;
    expect(heads(config)).toEqual(['global', 'defaults', 'listen stats']);
    expect(config).toMatch(/check\n$/);
    expect(ranges).toEqual([]);
  });

  test('each line of a service is known to be its, and no other', () => {
    const { config, ranges } = renderServices([secret, shop]).rendered;
    const all = config.split('\n');
    const of = (name: string) =>
      ranges.filter(({ service: one }) => one === name).flatMap(({ from, to }) => all.slice(from - 1, to));
    expect(of('shop_10001').filter((line) => /secret|^$/.test(line))).toEqual([]);
    expect(of('secret_10000').filter((line) => /shop|^$/.test(line))).toEqual([]);
    const owned = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    const mentioned = all.filter((line) => /shop|secret/.test(line)).length;
    expect(owned).toBeGreaterThanOrEqual(mentioned);
    expect(of('shop_10001')[0]).toContain('acl host_shop_example_com_shop');
    expect(of('secret_10000')[0]).toBe('userlist user_secret_10000');
  });

  test('the same twice is the same, and an equal service made anew is rendered the same', () => {
    const first = renderServices([secret, shop]).rendered;
    const again = render(model(structuredClone(secret), structuredClone(shop)), OPTIONS, BUILT_IN);
    expect(again.rendered).toEqual(first);
  });

  test('a service that changed in anything is not taken for what it was', () => {
    const options = { ...OPTIONS };
    const base = service({ appId: '/a', virtualHosts: ['a.example'], healthCheck: CHECK, isSticky: true });
    const changes = [
      { balance: 'leastconn' },
      { virtualHosts: ['b.example'] },
      { healthCheck: { ...CHECK, path: '/other' } },
      { allowedNetworks: ['10.0.0.1'] },
      { overrides: new Map([['FRONTEND_BACKEND_GLUE', '  # mine']]) },
      { path: { ignoresCase: true, prefixes: ['/x'] } },
      { servers: [server(31_001)] },
      { servers: [server(31_000, { isDraining: true })] },
      { servers: [server(31_000, { cookie: 'other' })] },
      { servers: [server(31_000, { checkPort: 5 })] },
      { servers: [server(31_000, { isUnchecked: true })] },
      { servers: [server(31_000, { weight: 5 })] },
      { servers: [] },
    ];
    const before = render(model(base), options, BUILT_IN).rendered.config;
    for (const change of changes) {
      render(model(base), options, BUILT_IN);
      expect(render(model({ ...base, ...change }), options, BUILT_IN).rendered.config).not.toBe(before);
    }
    expect(render(model(base), options, BUILT_IN).rendered.config).toBe(before);
  });
});

describe('the head', () => {
  test('limits, options, hard stop and sockets are the operator’s', () => {
    const { config } = renderServices([], {
      maxConnections: 4_000,
      defaultOptions: ['redispatch', 'dontlognull', 'redispatch'],
      hardStopAfter: '30s',
      logsTo: '/dev/log',
      runtimeSocket: '/run/a.sock',
      statsBind: '0.0.0.0:9090',
    }).rendered;
    expect(section(config, 'global')?.slice(0, 3)).toEqual([
      'log /dev/log local0',
      'log /dev/log local1 notice',
      'maxconn 4000',
    ]);
    expect(lines(config)).toContain('stats socket /run/a.sock mode 600 level admin expose-fd listeners');
    expect(lines(config)).toContain('hard-stop-after 30s');
    expect(section(config, 'defaults')).toContain('maxconn 4000');
    expect(section(config, 'defaults')?.slice(-2)).toEqual(['option dontlognull', 'option redispatch']);
    expect(section(config, 'listen stats')?.[0]).toBe('bind 0.0.0.0:9090');
  });

  test('a password for statistics holds for the page and the metrics, and stands quoted', () => {
    const { config } = renderServices([], { statsAuth: { user: 'me', password: "it's $x #1" } }).rendered;
    expect(section(config, 'userlist mctl_stats')).toEqual(["user me insecure-password 'it'\\''s $x #1'"]);
    expect(section(config, 'listen stats')).toContain('http-request auth realm stats unless { http_auth(mctl_stats) }');
  });
});

describe('rules of virtual hosts', () => {
  test('go by weight, then by length of the prefix, then as the services stand', () => {
    const at = (appId: string, prefix: string, weight: number) =>
      service({ appId, virtualHosts: ['a.example'], path: { ignoresCase: false, prefixes: [prefix] }, weight });
    const services = [at('/a', '/x', 1), at('/b', '/x/long', 1), at('/c', '/y', 1), at('/d', '/z', 7)];
    const order = (strictCompat: boolean) =>
      section(renderServices(services, { strictCompat }).rendered.config, HTTP)
        ?.filter((line) => line.startsWith('use_backend'))
        .map((line) => line.split(' ')[1]);
    expect(order(false)).toEqual(['d_10000', 'b_10000', 'a_10000', 'c_10000']);
    expect(order(true)).toEqual(['d_10000', 'a_10000', 'b_10000', 'c_10000']);
  });

  test('wildcards come after all exact names, the longer first, under a name of their own where both are', () => {
    const services = [
      service({ appId: '/all', virtualHosts: ['*.example'], weight: 9 }),
      service({ appId: '/mixed', virtualHosts: ['*.b.example', 'b.example'], weight: 9 }),
      service({ appId: '/one', virtualHosts: ['one.example'] }),
    ];
    expect(section(renderServices(services).rendered.config, HTTP)?.slice(3)).toEqual([
      'acl host___b_example_mixed hdr(host),field(1,:) -i b.example',
      'use_backend mixed_10000 if host___b_example_mixed',
      'acl host_one_example_one hdr(host),field(1,:) -i one.example',
      'use_backend one_10000 if host_one_example_one',
      'acl host___b_example_mixed:wildcard hdr(host),field(1,:) -i -m end .b.example',
      'use_backend mixed_10000 if host___b_example_mixed:wildcard',
      'acl host___example_all hdr(host),field(1,:) -i -m end .example',
      'use_backend all_10000 if host___example_all',
    ]);
  });

  test('many prefixes are spread over lines that HAProxy reads', () => {
    const prefixes = Array.from({ length: 60 }, (_, index) => `/p${index}`);
    const many = service({ appId: '/many', virtualHosts: ['a.example'], path: { ignoresCase: true, prefixes } });
    const found = section(renderServices([many]).rendered.config, HTTP)?.filter((line) => line.startsWith('acl path_'));
    expect(found).toHaveLength(2);
    for (const line of found ?? []) expect(line.split(' ').length).toBeLessThanOrEqual(60);
    expect(found?.flatMap((line) => line.split(' ').slice(4)).sort()).toEqual([...prefixes].sort());
    for (const line of found ?? []) expect(line).toContain('path_beg -i /p');
  });

  test('a rule of their own for 443 is written for each host, as the original did', () => {
    const templates = withTemplates({ HTTPS_FRONTEND_ACL: '  use_backend {backend} if {{ ssl_fc_sni {hostname} }}' });
    const two = service({ appId: '/two', virtualHosts: ['a.example', 'b.example'] });
    const { config } = render(model(two), OPTIONS, templates).rendered;
    expect(section(config, HTTPS)?.slice(3)).toEqual([
      'use_backend two_10000 if { ssl_fc_sni a.example }',
      'use_backend two_10000 if { ssl_fc_sni b.example }',
    ]);
    expect(section(config, HTTP)).toContain('use_backend two_10000 if host_a_example_two');
  });

  test('only the first http port of an app is reached by its id', () => {
    const ports = [
      service({ appId: '/a', port: 1000 }),
      service({ appId: '/a', port: 1001, mode: 'http' }),
      service({ appId: '/a', port: 1002 }),
      service({ appId: '/a', port: 1003, mode: 'http' }),
      service({ appId: '/b', port: 1004, mode: 'http' }),
    ];
    const rules = section(renderServices(ports).rendered.config, 'frontend marathon_http_appid_in');
    expect(rules?.filter((line) => line.startsWith('use_backend'))).toEqual([
      'use_backend a_1001 if app__a',
      'use_backend b_1004 if app__b',
    ]);
  });
});

describe('an operator’s own head of a shared frontend', () => {
  test('always stands, since it may do more than we know of', () => {
    const templates = withTemplates({
      HTTP_FRONTEND_HEAD: 'frontend marathon_http_in\n  bind *:8080\n  default_backend sorry',
    });
    expect(section(render(model(), OPTIONS, templates).rendered.config, HTTP)).toEqual([
      'bind *:8080',
      'default_backend sorry',
    ]);
  });
});

describe('maps', () => {
  const plain = service({ appId: '/plain', virtualHosts: ['a.example', 'b.example'] });
  const path = service({ appId: '/path', virtualHosts: ['a.example'], path: { ignoresCase: false, prefixes: ['/p'] } });
  const wild = service({ appId: '/wild', virtualHosts: ['*.example'] });
  const lookup = 'use_backend %[req.hdr(host),field(1,:),lower,map(/etc/haproxy/domain2backend.map)]';

  test('serve hosts that need nothing else, after the rules of those that do', () => {
    const { config, maps } = renderServices([path, plain], { usesMaps: true }).rendered;
    expect(section(config, HTTP)?.slice(-2)).toEqual([
      'use_backend path_10000 if host_a_example_path path_path_10000',
      lookup,
    ]);
    expect(maps['domain2backend.map']).toBe('a.example plain_10000\nb.example plain_10000\n');
  });

  test('do not hide wildcards: HAProxy looks no further after a lookup that names nothing', () => {
    const { config } = renderServices([plain, wild], { usesMaps: true }).rendered;
    expect(section(config, HTTP)?.slice(3)).toEqual([
      `${lookup} if { req.hdr(host),field(1,:),lower,map(/etc/haproxy/domain2backend.map) -m found }`,
      'acl host___example_wild hdr(host),field(1,:) -i -m end .example',
      'use_backend wild_10000 if host___example_wild',
    ]);
  });

  test('name a host once, with the first service that has it', () => {
    const other = service({ appId: '/zzz', virtualHosts: ['b.example'] });
    expect(renderServices([plain, other], { usesMaps: true }).rendered.maps).toEqual({
      'domain2backend.map': 'a.example plain_10000\nb.example plain_10000\n',
      'app2backend.map': '/plain plain_10000\n/zzz zzz_10000\n',
      'certificates.list': '',
    });
  });

  test.each<[string, Partial<Service>]>([
    ['path', { path: { ignoresCase: false, prefixes: ['/p'] } }],
    ['password', { auth: { realm: 'r', users: [{ name: 'a', hash: '$5$a$b' }] } }],
    ['redirect', { redirectsToHttps: true }],
    ['sub-domains', { virtualHosts: ['*.a.example'] }],
  ])('hold plain hosts only, none with a %s', (_, more) => {
    const { maps } = renderServices([{ ...plain, ...more }], { usesMaps: true }).rendered;
    expect(maps['domain2backend.map']).toBe('');
  });

  test('are empty and there when they are not used', () => {
    expect(renderServices([plain]).rendered.maps).toEqual({
      'domain2backend.map': '',
      'app2backend.map': '',
      'certificates.list': '',
    });
  });
});

describe('labels that replace templates', () => {
  const overriding = (name: string, text: string) =>
    service({ appId: '/own', virtualHosts: ['a.example'], overrides: new Map([[name, text]]) });
  const healthy = service({ appId: '/zz' });

  test('hold for their service only', () => {
    const own = overriding('BACKEND_HTTP_OPTIONS', '  http-request set-header X y\r\n  option {x}\n\n');
    const { config } = renderServices([own, service({ appId: '/zz', mode: 'http' })]).rendered;
    expect(section(config, 'backend own_10000')?.slice(2, 4)).toEqual(['http-request set-header X y', 'option {x}']);
    expect(section(config, 'backend zz_10000')).toContain('option forwardfor');
  });

  test.each([
    ['BACKEND_HEAD', 'backend {nobody}', '{nobody}'],
    ['HTTP_FRONTEND_ACL', '  acl x if { a }', '{ a }'],
    ['BACKEND_SERVER_OPTIONS', '  server }', 'single'],
  ])('%s that is no template leaves its service out, and no other', (name, text, words) => {
    const { rendered, problems } = renderServices([overriding(name, text), healthy]);
    expect(rendered.config).not.toContain('own_10000');
    expect(section(rendered.config, 'backend zz_10000')).toBeDefined();
    expect(problems).toEqual([
      {
        appId: '/own',
        portIndex: 0,
        where: `HAPROXY_0_${name}`,
        effect: 'left-out',
        message: expect.stringContaining(words),
      },
    ]);
  });

  test('of the lookup by map are not used, and told', () => {
    const { problems, rendered } = renderServices([overriding('MAP_HTTP_FRONTEND_ACL', '  x')], { usesMaps: true });
    expect(problems).toMatchObject([{ appId: '/own', effect: 'changed', where: 'HAPROXY_0_MAP_HTTP_FRONTEND_ACL' }]);
    expect(rendered.config).toContain('domain2backend.map');
  });

  test('of rules keep their weight beside a map', () => {
    const heavy = { ...overriding('HTTP_FRONTEND_ACL', '  use_backend {backend} if mine'), weight: 5 };
    const light = service({
      appId: '/light',
      virtualHosts: ['a.example'],
      path: { ignoresCase: false, prefixes: ['/'] },
    });
    const { config } = renderServices([light, heavy], { usesMaps: true }).rendered;
    const routes = section(config, HTTP)?.filter((line) => line.startsWith('use_backend'));
    expect(routes?.[0]).toBe('use_backend own_10000 if mine');
  });

  test('of rules keep their service out of the map', () => {
    const { config, maps } = renderServices([overriding('HTTP_FRONTEND_ACL', '  use_backend {backend} if mine')], {
      usesMaps: true,
    }).rendered;
    expect(section(config, HTTP)).toContain('use_backend own_10000 if mine');
    expect(maps['domain2backend.map']).toBe('');
  });
});

describe('what cannot be rendered', () => {
  test('a value with a line break leaves its service out', () => {
    const evil = service({ appId: '/evil', balance: 'first\n  stats socket /tmp/x level admin' });
    const { rendered, problems } = renderServices([evil, service({ appId: '/zz' })]);
    expect(rendered.config).not.toContain('/tmp/x');
    expect(problems).toMatchObject([{ appId: '/evil', effect: 'left-out' }]);
    expect(section(rendered.config, 'backend zz_10000')).toBeDefined();
  });

  test('a password in tcp mode leaves its service out rather than open', () => {
    const open = service({ appId: '/open', auth: { realm: 'r', users: [{ name: 'a', hash: '$5$a$b' }] } });
    const { rendered, problems } = renderServices([open]);
    expect(rendered.config).not.toContain('open_10000');
    expect(problems).toMatchObject([{ where: 'HAPROXY_0_AUTH', effect: 'left-out' }]);
  });
});
