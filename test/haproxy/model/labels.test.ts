import { describe, expect, test } from 'vitest';
import { app, httpCheck, model, problemsOf, serviceOf, task } from './made-apps.ts';

const VHOST = { HAPROXY_0_VHOST: 'shop.example.com' };

describe('which services are taken', () => {
  const two = (labels: Record<string, string>) =>
    model([app('/web', { labels, portDefinitions: [{ port: 10_000 }, { port: 10_001 }] })]).services.map((s) => s.port);

  test('one of the comma list must be ours, blanks or not', () => {
    expect(two({ HAPROXY_GROUP: 'internal , external' })).toEqual([10_000, 10_001]);
    expect(two({ HAPROXY_GROUP: 'internal' })).toEqual([]);
  });
  test('the group of a port replaces that of the app', () => {
    expect(two({ HAPROXY_0_GROUP: 'internal' })).toEqual([10_001]);
    expect(two({ HAPROXY_GROUP: 'internal', HAPROXY_1_GROUP: 'external' })).toEqual([10_001]);
  });
  test('our group * takes services without any group; without it they are never served', () => {
    const bare = { ...app('/web'), labels: {} };
    expect(model([bare]).services).toHaveLength(0);
    expect(model([bare], { groups: ['*'] }).services).toHaveLength(1);
  });
  test('ENABLED is true by default, and false with strict mode', () => {
    expect(two({ HAPROXY_0_ENABLED: 'false' })).toEqual([10_001]);
    expect(model([app('/web')], { strictMode: true }).services).toHaveLength(0);
    expect(model([app('/web', { labels: { HAPROXY_0_ENABLED: 'Yes' } })], { strictMode: true }).services).toHaveLength(
      1,
    );
  });
  test('the balancer does not balance itself', () => {
    expect(model([app('/edge/lb'), app('/lb')], { ownAppId: 'edge/lb' }).services).toMatchObject([{ appId: '/lb' }]);
    expect(model([app('/lb')], { ownAppId: 'lb' }).services).toHaveLength(0);
    expect(model([app('/undefined')]).services).toHaveLength(1);
  });
});

describe('truth', () => {
  test.each(['true', 'T', 'yes', 'Y'])('%s is true', (word) => {
    expect(serviceOf({ ...VHOST, HAPROXY_0_STICKY: word }).isSticky).toBe(true);
  });
  test.each(['1', 'on', 'enabled'])('%s is false, with a warning', (word) => {
    const { says } = problemsOf({ ...VHOST, HAPROXY_0_STICKY: word });
    expect(serviceOf({ ...VHOST, HAPROXY_0_STICKY: word }).isSticky).toBe(false);
    expect(says).toEqual([`warning HAPROXY_0_STICKY: "${word}" counts as false; write true or false`]);
  });
  test.each(['false', 'F', 'no', 'n', '0'])('%s is false and nobody is told', (word) => {
    expect(problemsOf({ ...VHOST, HAPROXY_0_STICKY: word })).toMatchObject({ served: 1, problems: [] });
  });
});

test('every typed label comes out as a value', () => {
  expect(
    serviceOf({
      HAPROXY_0_VHOST: 'Shop.Example.com, , *.api.example.com,shop.example.com',
      HAPROXY_0_PATH: '-i /a  /b',
      HAPROXY_0_BACKEND_WEIGHT: '7',
      HAPROXY_0_PORT: '8000',
      HAPROXY_0_BIND_ADDR: '2001:DB8::0:1',
      HAPROXY_0_SSL_CERT: '/etc/haproxy/certs/shop.pem',
      HAPROXY_0_MODE: 'HTTP',
      HAPROXY_0_BALANCE: 'leastconn',
      HAPROXY_0_STICKY: 'true',
      HAPROXY_0_REDIRECT_TO_HTTPS: 'true',
      HAPROXY_0_USE_HSTS: 'true',
      HAPROXY_0_AUTH: 'Shop staff:bob:$5$abcdefgh$yb2VqDtJ4Gz;ann:$6$x$y',
      HAPROXY_0_HTTP_BACKEND_PROXYPASS_PATH: '/in',
      HAPROXY_0_HTTP_BACKEND_REVPROXY_PATH: '/out',
      HAPROXY_0_HTTP_BACKEND_REDIR: '/home',
      HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL: '10.0.0.0/8  192.0.2.7 2001:db8::/32',
      HAPROXY_0_EXPOSE_PORT: 'false',
    }),
  ).toMatchObject({
    name: 'web_8000',
    virtualHosts: ['shop.example.com', '*.api.example.com'],
    hostAcl: 'host_shop_example_com_web',
    appAcl: 'app__web',
    path: { ignoresCase: true, prefixes: ['/a', '/b'] },
    weight: 7,
    port: 8000,
    bindAddress: '2001:db8::1',
    certificate: '/etc/haproxy/certs/shop.pem',
    mode: 'http',
    balance: 'leastconn',
    isSticky: true,
    redirectsToHttps: true,
    usesHsts: true,
    auth: {
      realm: 'Shop staff',
      users: [
        { name: 'bob', hash: '$5$abcdefgh$yb2VqDtJ4Gz' },
        { name: 'ann', hash: '$6$x$y' },
      ],
    },
    proxyPassPath: '/in',
    reverseProxyPath: '/out',
    redirectPath: '/home',
    allowedNetworks: ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'],
    hasFrontend: false,
  });
});

describe('a label that does not fit leaves its service out and says so', () => {
  test.each([
    ['VHOST', 'a.example\n  stats socket /tmp/x level admin', 'no host name'],
    ['VHOST', `${'a'.repeat(64)}.example`, 'no host name'],
    ['VHOST', 'a..example', 'no host name'],
    ['VHOST', 'a.*.example', 'no host name'],
    ['PATH', 'v1', 'no path'],
    ['PATH', '', 'no path'],
    ['PATH', '/a"b', 'no path'],
    ['PATH', '/$HOME', 'no path'],
    ['PATH', '/{a}', 'no path'],
    ['PATH', '/a#b', 'no path'],
    ['PATH', "/it's /o'clock", 'pair of quotes'],
    ['PATH', Array.from({ length: 61 }, (_, i) => `/${i}`).join(' '), 'more than 60'],
    ['PORT', 'http', '1 to 65535'],
    ['PORT', '0', '1 to 65535'],
    ['PORT', '65536', '1 to 65535'],
    ['PORT', '1e3', '1 to 65535'],
    ['PORT', '443', 'balancer itself'],
    ['PORT', '9091', 'balancer itself'],
    ['BACKEND_WEIGHT', 'heavy', 'whole number'],
    ['BACKEND_WEIGHT', '-1', 'whole number'],
    ['BIND_ADDR', 'eth0', 'IP address'],
    ['BIND_ADDR', '10.0.0.256', 'IP address'],
    ['BIND_ADDR', 'fe80::1%eth0', 'IP address'],
    ['SSL_CERT', '/etc/shadow', 'file in /etc/haproxy/certs'],
    ['SSL_CERT', '/etc/haproxy/certs/../../shadow', 'file in /etc/haproxy/certs'],
    ['SSL_CERT', '/etc/haproxy/certs/a b', 'file in /etc/haproxy/certs'],
    ['MODE', 'udp', 'tcp or http'],
    ['BALANCE', 'fastest', 'must be one of roundrobin'],
    ['BALANCE', 'url_param', 'url_param <name>'],
    ['BALANCE', 'roundrobin\n  server x', 'must be one of'],
    ['AUTH', 'realm:bob', 'exactly three parts'],
    ['AUTH', 'realm:bob:secretpassword', 'crypt'],
    ['AUTH', 're"alm:bob:$5$a$b', 'realm'],
    ['AUTH', '$VAR:bob:$5$a$b', 'realm'],
    ['AUTH', 'realm:bob smith:$5$a$b', 'user name'],
    ['AUTH', 'realm:bob:$5$a$b;other:ann:$5$a$b', 'more than one realm'],
    ['AUTH', 'realm:bob:$5$a$b;bob:$5$a$b', 'twice'],
    ['HTTP_BACKEND_PROXYPASS_PATH', '/a /b', 'one path'],
    ['HTTP_BACKEND_REVPROXY_PATH', 'a', 'one path'],
    ['HTTP_BACKEND_REDIR', '/a\\b', 'one path'],
    ['BACKEND_NETWORK_ALLOWED_ACL', '10.0.0.0/33', 'networks'],
    ['BACKEND_NETWORK_ALLOWED_ACL', 'example.com', 'networks'],
    ['BACKEND_NETWORK_ALLOWED_ACL', ' ', 'no address'],
    ['BACKEND_HEALTHCHECK_PORT_INDEX', 'first', 'whole number'],
    ['TRAFFIC_WEIGHT', '257', '0 to 256'],
  ])('%s = %j', (name, value, words) => {
    const other = app('/other', { portDefinitions: [{ port: 10_500 }] });
    const bad = app('/web', { labels: { HAPROXY_0_MODE: 'http', [`HAPROXY_0_${name}`]: value } });
    const { services, problems } = model([bad, other]);
    expect(services.map((service) => service.appId)).toEqual(['/other']);
    const [problem] = problems.filter((one) => one.effect === 'left-out');
    expect(problem).toMatchObject({ appId: '/web', portIndex: 0, where: `HAPROXY_0_${name}` });
    expect(problem?.message).toContain(words);
    expect(problem?.message).not.toMatch(/[\n\r]/);
  });

  test('and never repeats a password', () => {
    const { problems } = problemsOf({ HAPROXY_0_MODE: 'http', HAPROXY_0_AUTH: 'realm:bob:hunter2' });
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});

describe('labels that need others', () => {
  test('MODE tcp with VHOST is explained, and fine where the balancer serves no virtual hosts', () => {
    expect(problemsOf({ ...VHOST, HAPROXY_0_MODE: 'tcp' }).says).toEqual([
      'left-out HAPROXY_0_MODE: tcp does not go with a VHOST, which is served over http; remove one of the two labels',
    ]);
    expect(serviceOf({ ...VHOST, HAPROXY_0_MODE: 'tcp' }, {}, { bindsHttp: false }).mode).toBe('tcp');
  });
  test('a password in tcp mode is not silently dropped: the service is left out', () => {
    expect(problemsOf({ HAPROXY_0_AUTH: 'realm:bob:$5$a$b' })).toMatchObject({ served: 0 });
  });
  test('STICKY in tcp mode is off, with the advice to balance by source', () => {
    const { says, served } = problemsOf({ HAPROXY_0_STICKY: 'true' });
    expect([served, says[0]]).toEqual([1, expect.stringContaining('BALANCE source')]);
  });
  test('an algorithm that reads requests becomes roundrobin in tcp mode', () => {
    expect(serviceOf({ HAPROXY_0_BALANCE: 'hdr(X-User)' }).balance).toBe('roundrobin');
    expect(serviceOf({ HAPROXY_0_MODE: 'http', HAPROXY_0_BALANCE: 'hdr(X-User)' }).balance).toBe('hdr(X-User)');
  });
  test('PATH and REDIRECT without VHOST are ignored with a warning', () => {
    const labels = { HAPROXY_0_MODE: 'http', HAPROXY_0_PATH: '/a', HAPROXY_0_REDIRECT_TO_HTTPS: 'true' };
    expect(serviceOf(labels)).toMatchObject({ redirectsToHttps: false });
    expect(serviceOf(labels)).not.toHaveProperty('path');
    expect(problemsOf(labels).says).toHaveLength(2);
  });
  test('nothing is redirected to a port 443 that is not bound', () => {
    const labels = { ...VHOST, HAPROXY_0_REDIRECT_TO_HTTPS: 'true' };
    expect(serviceOf(labels, {}, { bindsHttp: false }).redirectsToHttps).toBe(false);
  });
  test('with PATH a weight of 0, or none, is 1', () => {
    expect(serviceOf({ ...VHOST, HAPROXY_0_PATH: '/a', HAPROXY_0_BACKEND_WEIGHT: '0' }).weight).toBe(1);
    expect(serviceOf({ ...VHOST, HAPROXY_0_PATH: '/a' }).weight).toBe(1);
    expect(serviceOf(VHOST).weight).toBe(0);
  });
  test('the weight of a rule is that of its label, with maps or without', () => {
    expect(serviceOf({ ...VHOST, HAPROXY_0_BACKEND_WEIGHT: '5' }, {}, { usesMaps: true }).weight).toBe(5);
  });
  test('a port that is not exposed needs a host that is served', () => {
    const says = (labels: Record<string, string>, bindsHttp = true) =>
      problemsOf({ HAPROXY_0_EXPOSE_PORT: 'no', ...labels }, {}, { bindsHttp }).says;
    expect(says(VHOST)).toEqual([]);
    expect(says(VHOST, false)[0]).toContain('does not serve 80 and 443');
    expect(says({})).toEqual([
      'warning HAPROXY_0_EXPOSE_PORT: needs VHOST beside it, or nobody gets in by host or port',
    ]);
  });
});

describe('the mode', () => {
  const mode = (labels: Record<string, string>, protocol?: string, strictCompat = false) => {
    const healthChecks = protocol === undefined ? [] : [httpCheck({ protocol })];
    return serviceOf(labels, { healthChecks }, { strictCompat }).mode;
  };
  test('ours: the label, else VHOST, else an HTTP check, else tcp', () => {
    expect(mode({ HAPROXY_0_MODE: 'tcp' }, 'HTTP')).toBe('tcp');
    expect(mode(VHOST, 'TCP')).toBe('http');
    expect(mode({}, 'HTTP')).toBe('http');
    expect(mode({}, 'MESOS_HTTP')).toBe('http');
    expect(mode({}, 'MESOS_HTTPS')).toBe('tcp');
    expect(mode({}, 'TCP')).toBe('tcp');
    expect(mode({})).toBe('tcp');
  });
  test('as it was: only a check of protocol HTTP implies http', () => {
    expect(mode({}, 'HTTP', true)).toBe('http');
    expect(mode({}, 'MESOS_HTTP', true)).toBe('tcp');
    expect(mode({ HAPROXY_0_MODE: 'tcp' }, 'HTTP', true)).toBe('tcp');
    expect(mode(VHOST, 'TCP', true)).toBe('http');
  });
  test('as it was: a check found through the port index label forces http', () => {
    const given = { healthChecks: [httpCheck({ portIndex: 1, protocol: 'MESOS_HTTPS' })] };
    const labels = { HAPROXY_0_BACKEND_HEALTHCHECK_PORT_INDEX: '1', HAPROXY_0_MODE: 'tcp' };
    expect(serviceOf(labels, given, { strictCompat: true }).mode).toBe('http');
    expect(serviceOf(labels, given).mode).toBe('tcp');
  });
});

describe('labels that nobody reads', () => {
  test('are told with the nearest name', () => {
    const { says } = problemsOf({
      HAPROXY_0_VHOSTS: 'a.example',
      HAPROXY_00_VHOST: 'a.example',
      HAPROXY_O_STICKY: 'true',
      HAPROXY_GROUPS: 'x',
      haproxy_0_vhost: 'not ours',
      HAPROXY_BLEND_OF_NOTHING_LIKE_IT: '',
    });
    expect(says).toEqual([
      'warning HAPROXY_00_VHOST: is not known and ignored; did you mean HAPROXY_0_VHOST?',
      'warning HAPROXY_0_VHOSTS: is not known and ignored; did you mean HAPROXY_0_VHOST?',
      'warning HAPROXY_BLEND_OF_NOTHING_LIKE_IT: is not known and ignored',
      'warning HAPROXY_GROUPS: is not known and ignored; did you mean HAPROXY_GROUP?',
      'warning HAPROXY_O_STICKY: is not known and ignored; did you mean HAPROXY_0_STICKY?',
    ]);
  });
  test('and have no effect: case and leading zeros count', () => {
    const labels = { HAPROXY_00_VHOST: 'a.example', haproxy_0_vhost: 'b.example', HAPROXY_0_vhost: 'c.example' };
    expect(serviceOf(labels)).toMatchObject({ virtualHosts: [], mode: 'tcp' });
  });
  test('among them those of Marathon’s form by port', () => {
    const labels = { HAPROXY_0_VHOST: 'a.example', HAPROXY_0_MODE: 'tcp' };
    expect(serviceOf({}, { portDefinitions: [{ port: 10_000, labels }] })).toMatchObject({ virtualHosts: [] });
  });
  test('of ports that the app does not have', () => {
    expect(problemsOf({ HAPROXY_1_VHOST: 'a.example' }).says).toEqual([
      'warning HAPROXY_1_VHOST: speaks of port 1, but the app has 1 service port (counted from 0); it is ignored',
    ]);
  });
  test('of templates that are the operator’s', () => {
    expect(problemsOf({ HAPROXY_0_HTTP_FRONTEND_HEAD: 'x' }).says[0]).toContain('its operator replaces');
  });
  test('but what deploy tools leave is not among them', () => {
    expect(problemsOf({ HAPROXY_APP_ID: 'web' }).problems).toEqual([]);
  });
  test('and only for apps that are ours', () => {
    const other = app('/other', { labels: { HAPROXY_GROUP: 'internal', HAPROXY_0_VHOSTS: 'x' } });
    expect(model([app('/web'), other]).problems).toEqual([]);
  });
  test('and no more of them than one can read', () => {
    const labels = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`HAPROXY_0_NONSENSE_${i}`, 'x']));
    expect(problemsOf(labels).says.at(-1)).toBe('warning labels: 490 more HAPROXY_ labels are not known');
  });
});

describe('the certificate', () => {
  const labels = { HAPROXY_0_SSL_CERT: '/etc/haproxy/certs/shop.pem' };
  const withPaths = (entries: [string, string][]) =>
    model([app('/web', { labels })], {}, { realPaths: new Map(entries) });
  test('must exist and stay in its directory when links are resolved', () => {
    expect(withPaths([]).problems[0]?.message).toContain('does not exist');
    expect(withPaths([['/etc/haproxy/certs/shop.pem', '/etc/shadow']]).problems[0]?.message).toContain('leads out of');
    const link: [string, string] = ['/etc/haproxy/certs/shop.pem', '/srv/certs/7/shop.pem'];
    expect(withPaths([['/etc/haproxy/certs', '/srv/certs'], link]).services[0]?.certificate).toBe(link[0]);
  });
});

test('a service without servers stays, so that its hosts do not fall to others', () => {
  const staging = app('/web', { tasks: [task('t', { state: 'TASK_STAGING' })] });
  expect(model([staging]).services[0]?.servers).toEqual([]);
  expect(model([staging], { omitsEmpty: true }).services).toEqual([]);
});
