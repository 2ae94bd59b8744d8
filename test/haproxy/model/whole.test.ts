import { describe, expect, test } from 'vitest';
import type { BalancerModel } from '../../../src/haproxy/model/model.ts';
import { app, httpCheck, type Json, model, task } from './made-apps.ts';

const NOTHING_KNOWN = { verdicts: {}, killingSinceMs: {} };
const on = (port: number | string, more: Json = {}) => ({ HAPROXY_0_PORT: String(port), ...more });
const summary = ({ services }: BalancerModel) => services.map((one) => `${one.appId}:${one.port} ${one.hasFrontend}`);

describe('two services that want one port', () => {
  const two = (labelsA: Json, labelsB: Json, more: Json = {}) => [
    app('/a', { labels: labelsA, ...more }),
    app('/b', { labels: labelsB }),
  ];
  test('the first keeps it, the second is left out and told who has it', () => {
    const both = model(two(on(8000), on(8000)));
    expect(summary(both)).toEqual(['/a:8000 true']);
    expect(both.problems).toEqual([
      {
        appId: '/b',
        portIndex: 0,
        effect: 'left-out',
        message: 'port 8000 is taken by /a; choose another with HAPROXY_0_PORT',
      },
    ]);
  });
  test('who held it before keeps it', () => {
    const known = { ...NOTHING_KNOWN, holders: { 'port *:8000': '/b' } };
    expect(summary(model(two(on(8000), on(8000)), {}, { known }))).toEqual(['/b:8000 true']);
  });
  test('without that knowledge the app that was changed longest ago keeps it', () => {
    const [a, b] = two(on(8000), on(8000));
    const apps = [
      { ...a, version: '2026-02-02T00:00:00.000Z' },
      { ...b, version: '2026-01-01T00:00:00.000Z' },
    ];
    expect(summary(model(apps))).toEqual(['/b:8000 true']);
  });
  test('other addresses do not mind, all addresses do', () => {
    const at = (address: string) => on(8000, { HAPROXY_0_BIND_ADDR: address });
    expect(summary(model(two(at('10.0.0.1'), at('10.0.0.2'))))).toHaveLength(2);
    expect(summary(model(two(at('10.0.0.1'), at('10.0.0.1'))))).toHaveLength(1);
    expect(summary(model(two(at('10.0.0.1'), at('*'))))).toHaveLength(1);
    expect(summary(model(two(at('0.0.0.0'), at('10.0.0.2'))))).toHaveLength(1);
  });
  test('behind a virtual host the second goes on without a port of its own', () => {
    const both = two(on(8000), on(8000, { HAPROXY_0_VHOST: 'b.example' }));
    expect(summary(model(both))).toEqual(['/a:8000 true', '/b:8000 false']);
    expect(summary(model(both, { bindsHttp: false }))).toEqual(['/a:8000 true']);
  });
  test('who does not expose its port takes it from nobody', () => {
    expect(
      summary(model(two(on(8000, { HAPROXY_0_EXPOSE_PORT: 'no', HAPROXY_0_VHOST: 'a.example' }), on(8000)))),
    ).toEqual(['/a:8000 false', '/b:8000 true']);
  });
  test('ports of the balancer itself are nobody’s', () => {
    const { services, problems } = model([app('/a', { portDefinitions: [{ port: 9090 }] })]);
    expect(services).toEqual([]);
    expect(problems[0]?.message).toContain('balancer itself');
    expect(model([app('/a', { portDefinitions: [{ port: 80 }] })], { bindsHttp: false }).services).toHaveLength(1);
    const onAppIdPort = [app('/a', { portDefinitions: [{ port: 9091 }] })];
    expect(model(onAppIdPort).services).toEqual([]);
    expect(model(onAppIdPort, { appIdPort: 'none' }).services).toHaveLength(1);
    expect(model(onAppIdPort, { appIdPort: 9191 }).services).toHaveLength(1);
    const onOther = [app('/a', { portDefinitions: [{ port: 9191 }] })];
    expect(model(onOther, { appIdPort: 9191 }).services).toEqual([]);
  });
});

describe('two services that want one host and path', () => {
  const hosts = (labelsA: Json, labelsB: Json, known = {}) =>
    model(
      [
        app('/a', { labels: { HAPROXY_0_PORT: '8001', HAPROXY_0_VHOST: 'x.example', ...labelsA } }),
        app('/b', { labels: { HAPROXY_0_PORT: '8002', HAPROXY_0_VHOST: 'x.example,b.example', ...labelsB } }),
      ],
      {},
      { known: { ...NOTHING_KNOWN, holders: known } },
    );
  const taken = (both: BalancerModel) => both.services.map((service) => service.virtualHosts.join(' '));
  test('the first keeps it, the second keeps its other hosts and is told', () => {
    const both = hosts({}, {});
    expect(taken(both)).toEqual(['x.example', 'b.example']);
    expect(both.problems).toMatchObject([
      {
        appId: '/b',
        effect: 'changed',
        where: 'HAPROXY_0_VHOST',
        message: expect.stringContaining('x.example is taken by /a'),
      },
    ]);
  });
  test('who held it before keeps it', () => {
    expect(taken(hosts({}, {}, { 'host x.example ': '/b' }))).toEqual(['', 'x.example b.example']);
  });
  test('other paths are no conflict', () => {
    expect(taken(hosts({ HAPROXY_0_PATH: '/v1' }, {}))).toEqual(['x.example', 'x.example b.example']);
    expect(taken(hosts({ HAPROXY_0_PATH: '/v1' }, { HAPROXY_0_PATH: '/v2' }))).toEqual([
      'x.example',
      'x.example b.example',
    ]);
    expect(taken(hosts({ HAPROXY_0_PATH: '/v1 /v2' }, { HAPROXY_0_PATH: '/v2' }))).toEqual(['x.example', 'b.example']);
  });
});

test('who lost a host for one path takes no other path of it from anybody', () => {
  const labels = (port: number, path: string) => ({
    HAPROXY_0_PORT: String(port),
    HAPROXY_0_VHOST: 'x.example',
    HAPROXY_0_PATH: path,
  });
  const apps = [
    app('/a', { labels: labels(8001, '/v1') }),
    app('/b', { labels: labels(8002, '/v1 /v2') }),
    app('/c', { labels: labels(8003, '/v2') }),
  ];
  expect(model(apps).services.map((service) => service.virtualHosts)).toEqual([['x.example'], [], ['x.example']]);
});

test('where hosts are not served, nobody loses one', () => {
  const labels = (port: number) => ({ HAPROXY_0_PORT: String(port), HAPROXY_0_VHOST: 'x.example' });
  const apps = [app('/a', { labels: labels(8001) }), app('/b', { labels: labels(8002) })];
  expect(model(apps, { bindsHttp: false }).problems).toEqual([]);
});

describe('the policy of the operator', () => {
  const policy = {
    virtualHosts: [
      { pattern: '*.shop.example', apps: ['/shop'] },
      { pattern: 'pay.shop.example', apps: ['/pay'] },
    ],
    ports: [{ first: 8000, last: 8099, apps: ['/shop', '/edge/'] }],
  };
  const hostsOf = (id: string, host: string) =>
    model([app(id, { labels: { HAPROXY_0_VHOST: host } })], { policy }).services.flatMap((one) => one.virtualHosts);
  test('keeps hosts for the apps below its prefixes, the narrower rule first', () => {
    expect(hostsOf('/shop/web', 'www.shop.example')).toEqual(['www.shop.example']);
    expect(hostsOf('/shopping', 'www.shop.example')).toEqual([]);
    expect(hostsOf('/shop/web', 'pay.shop.example')).toEqual([]);
    expect(hostsOf('/pay', 'pay.shop.example')).toEqual(['pay.shop.example']);
    expect(hostsOf('/any', 'other.example')).toEqual(['other.example']);
  });
  test('keeps them from wildcards above, too, unless a rule speaks of those', () => {
    expect(hostsOf('/any', '*.example')).toEqual([]);
    expect(hostsOf('/any', '*.a.shop.example')).toEqual([]);
    expect(hostsOf('/any', '*.other.example')).toEqual(['*.other.example']);
    // Below the shop's domain is a name of others, but the domain is the shop's by a rule.
    expect(hostsOf('/shop/web', '*.shop.example')).toEqual(['*.shop.example']);
    const { problems } = model([app('/any', { labels: { HAPROXY_0_VHOST: '*.example' } })], { policy });
    expect(problems[0]?.message).toBe("*.example covers names that are kept for other apps by the operator's policy");
  });
  test('keeps ports', () => {
    const ports = (id: string, port: number) => summary(model([app(id, { labels: on(port) })], { policy }));
    expect(ports('/edge/lb', 8042)).toEqual(['/edge/lb:8042 true']);
    expect(ports('/other', 8042)).toEqual([]);
    expect(ports('/other', 8100)).toEqual(['/other:8100 true']);
  });
  test('is not to be got round by joining a deployment group', () => {
    const evil = app('/evil', { labels: { HAPROXY_DEPLOYMENT_GROUP: 'shop', HAPROXY_0_VHOST: 'www.shop.example' } });
    expect(model([evil], { policy }).services[0]).toMatchObject({ appId: '/shop', virtualHosts: [] });
  });
});

describe('names', () => {
  const names = (apps: Json[]) => model(apps).services.map((one) => [one.name, one.appAcl, one.hostAcl]);
  test('ids that look alike with slashes gone get names of their own', () => {
    const [[a, aAcl] = [], [b, bAcl] = []] = names([
      app('/a/b', { labels: on(8000, { HAPROXY_0_VHOST: 'one.example' }) }),
      app('/a_b', { labels: on(8000, { HAPROXY_0_VHOST: 'two.example', HAPROXY_0_EXPOSE_PORT: 'no' }) }),
    ]);
    expect([a, aAcl]).toEqual(['a_b_8000', 'app__a_b']);
    expect(b).toMatch(/^a_b_8000_[0-9a-f]{6}$/);
    expect(bAcl).toMatch(/^app__a_b_[0-9a-f]{6}$/);
  });
  test('hosts that look alike get ACLs of their own', () => {
    const [[, , first] = [], [, , second] = []] = names([
      app('/y/z', { labels: on(8001, { HAPROXY_0_VHOST: 'x' }) }),
      app('/z', { labels: on(8002, { HAPROXY_0_VHOST: 'x.y' }) }),
    ]);
    expect(first).toBe('host_x_y_z');
    expect(second).toMatch(/^host_x_y_z_[0-9a-f]{6}$/);
  });
  test('two ports of an app share an ACL only when their hosts are the same', () => {
    const two = (second: string) =>
      names([
        app('/a', {
          portDefinitions: [{ port: 10_000 }, { port: 10_001 }],
          labels: {
            HAPROXY_0_VHOST: 'x.example',
            HAPROXY_1_VHOST: second,
            HAPROXY_0_PATH: '/0',
            HAPROXY_1_PATH: '/1',
          },
        }),
      ]).map(([, , acl]) => acl);
    expect(new Set(two('x.example')).size).toBe(1);
    expect(new Set(two('x.example,y.example')).size).toBe(2);
  });
  test('long names are cut, stay apart and legal', () => {
    const long = `/${'a'.repeat(250)}`;
    const all = names([app(`${long}b`, { labels: on(8001) }), app(`${long}c`, { labels: on(8002) })]).map(
      ([name]) => name,
    );
    expect(new Set(all).size).toBe(2);
    for (const name of all) expect(name).toMatch(/^[A-Za-z0-9_.:-]{1,200}$/);
  });
});

test('services come sorted by app and port, whatever the order of the answer', () => {
  const apps = [app('/b', { labels: on(8001) }), app('/a/z', { labels: on(8003) }), app('/a', { labels: on(8002) })];
  const ids = ['/a', '/a/z', '/b'];
  expect(model(apps).services.map((one) => one.appId)).toEqual(ids);
  expect(model(apps.reverse())).toEqual(model(apps.reverse()));
});

describe('blue and green', () => {
  const LABELS = { HAPROXY_DEPLOYMENT_GROUP: 'cart', HAPROXY_0_PORT: '10050', HAPROXY_0_MODE: 'http' };
  const DEPLOY = { HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '3', HAPROXY_DEPLOYMENT_NEW_INSTANCES: '0' };
  const alive = (id: string, port: number, isAlive = true) =>
    task(id, { ports: [port], healthCheckResults: [{ alive: isAlive }] });
  const colour = (name: string, tasks: Json[], more: Json = {}, labels: Json = {}) =>
    app(`/cart-${name}`, {
      instances: tasks.length,
      tasks,
      healthChecks: [httpCheck()],
      labels: {
        ...LABELS,
        ...DEPLOY,
        HAPROXY_DEPLOYMENT_COLOUR: name,
        HAPROXY_DEPLOYMENT_STARTED_AT: name === 'blue' ? '2026-01-10T10:00:00.000000' : '2026-02-01T09:00:00.000000',
        ...labels,
      },
      ...more,
    });
  const blue = (more: Json = {}, labels: Json = {}) =>
    colour('blue', [alive('b1', 31_101), alive('b2', 31_102), alive('b3', 31_103)], more, labels);
  const green = (tasks = [alive('g1', 31_201)], more: Json = {}, labels: Json = {}) =>
    colour('green', tasks, more, labels);
  const draining = (both: BalancerModel) =>
    (both.services[0]?.servers ?? []).filter((server) => server.isDraining).map((server) => server.taskId);

  test('are one service under the group’s name, with the old one’s labels and everybody’s tasks', () => {
    const both = model([green([alive('g1', 31_201)], {}, { HAPROXY_0_PORT: '10051' }), blue()]);
    expect(both.services).toHaveLength(1);
    expect(both.services[0]).toMatchObject({ appId: '/cart', name: 'cart_10050', servers: { length: 4 } });
    expect(draining(both)).toEqual(['b1']);
  });
  test('a colour that is alone has the group’s name too', () => {
    expect(model([blue()]).services[0]).toMatchObject({ appId: '/cart', servers: { length: 3 } });
  });
  test('belong together with a slash before the group’s name or without', () => {
    const both = model([blue({}, { HAPROXY_DEPLOYMENT_GROUP: '/cart' }), green()]);
    expect(both.services).toMatchObject([{ appId: '/cart', servers: { length: 4 } }]);
  });
  test('a colour without a start is the older', () => {
    const both = model([green(), blue({}, { HAPROXY_DEPLOYMENT_STARTED_AT: undefined })]);
    expect(draining(both)).toEqual(['b1']);
  });
  test('as many drain as new ones are healthy and the target allows', () => {
    expect(draining(model([blue(), green([alive('g1', 1), alive('g2', 2)])]))).toEqual(['b1', 'b2']);
    expect(draining(model([blue(), green([alive('g1', 1, false)])]))).toEqual([]);
    const more = { HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '5' };
    expect(draining(model([blue(), green([alive('g1', 1), alive('g2', 2)], {}, more)]))).toEqual([]);
    expect(draining(model([blue(), green([alive('g1', 1), alive('g2', 2), alive('g3', 3)], {}, more)]))).toEqual([
      'b1',
    ]);
  });
  test('without NEW_INSTANCES the target is 1', () => {
    const labels = { HAPROXY_DEPLOYMENT_NEW_INSTANCES: undefined };
    const many = Array.from({ length: 5 }, (_, index) => alive(`g${index}`, 40_000 + index));
    expect(draining(model([blue(), green(many, {}, labels)]))).toEqual(['b1', 'b2', 'b3']);
  });
  test('without checks all wanted instances of the new count as healthy', () => {
    expect(draining(model([blue(), green([task('g1', { ports: [1] })], { healthChecks: [], instances: 2 })]))).toEqual([
      'b1',
      'b2',
    ]);
  });
  test('a new server counts only once this balancer sees it up', () => {
    const both = (up: string[]) =>
      draining(model([blue(), green()], {}, { upServers: new Map([['cart_10050', new Set(up)]]) }));
    expect(both([])).toEqual([]);
    expect(both(['10_0_0_11_31101', '10_0_0_11_31102'])).toEqual([]);
    expect(both(['10_0_0_11_31201'])).toEqual(['b1']);
    expect(draining(model([blue(), green()], {}, { upServers: new Map() }))).toEqual([]);
  });
  test('a deployment that stopped half-way and whose old colour was scaled last goes back', () => {
    const half = { HAPROXY_DEPLOYMENT_NEW_INSTANCES: '1' };
    const back = { versionInfo: { lastScalingAt: '2026-03-01T00:00:00.000Z' } };
    const both = (labels: Json, options = {}) =>
      draining(model([blue(back, labels), green([alive('g1', 1)], {}, labels)], options));
    expect(both(half)).toEqual(['g1']);
    expect(both({})).toEqual(['b1']);
    expect(both({}, { strictCompat: true })).toEqual(['g1']);
  });
  test('and the target is that of the deployment, not of the one before', () => {
    const half = { HAPROXY_DEPLOYMENT_NEW_INSTANCES: '2' };
    const back = { versionInfo: { lastScalingAt: '2026-03-01T00:00:00.000Z' } };
    const new2 = green([alive('g1', 1), alive('g2', 2)], {}, { ...half, HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '5' });
    // Blue was deployed for two and has three since: with green's two that makes five, and none is too many.
    const scaled = blue(back, { ...half, HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '2' });
    expect(draining(model([scaled, new2]))).toEqual([]);
    expect(draining(model([scaled, new2], { strictCompat: true }))).toEqual(['g1', 'g2']);
    const bare = { HAPROXY_DEPLOYMENT_TARGET_INSTANCES: undefined, HAPROXY_DEPLOYMENT_NEW_INSTANCES: undefined };
    expect(draining(model([blue(back, bare), new2]))).toEqual([]);
  });
  test('servers of the new colour are checked by the old one’s check only where theirs is the same', () => {
    const other = green([alive('g1', 31_201)], { healthChecks: [httpCheck({ path: '/other' })] });
    expect(model([blue(), other]).services[0]?.servers.map((one) => one.isUnchecked ?? false)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
  test('weights are each colour’s own', () => {
    const weights = model([
      blue({}, { HAPROXY_0_TRAFFIC_WEIGHT: '90' }),
      green([alive('g1', 31_201)], {}, { HAPROXY_0_TRAFFIC_WEIGHT: '10' }),
    ]).services[0]?.servers.map((server) => server.weight);
    expect(weights).toEqual([90, 90, 90, 10]);
  });
  test('a third colour is told, and counts as old', () => {
    const red = colour(
      'red',
      [alive('r1', 1)],
      {},
      { HAPROXY_DEPLOYMENT_STARTED_AT: undefined, HAPROXY_DEPLOYMENT_COLOUR: undefined },
    );
    const { services, problems } = model([blue(), green(), red]);
    expect(services[0]?.servers).toHaveLength(5);
    expect(problems).toMatchObject([{ effect: 'warning', message: expect.stringContaining('3 apps') }]);
  });
  test.each([
    ['GROUP', ''],
    ['GROUP', 'a b'],
    ['STARTED_AT', 'yesterday'],
    ['TARGET_INSTANCES', 'all'],
    ['NEW_INSTANCES', '-1'],
    ['ALT_PORT', 'x'],
    ['COLOUR', 'red'],
  ])('DEPLOYMENT_%s = %j leaves that app out and no other', (name, value) => {
    const bad = green([alive('g1', 1)], {}, { [`HAPROXY_DEPLOYMENT_${name}`]: value });
    const { services, problems } = model([blue(), bad]);
    expect(services[0]?.servers).toHaveLength(3);
    expect(problems).toMatchObject([{ appId: '/cart-green', where: `HAPROXY_DEPLOYMENT_${name}`, effect: 'left-out' }]);
  });
});
