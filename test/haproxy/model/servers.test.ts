import { describe, expect, test } from 'vitest';
import { readApps } from '../../../src/haproxy/discovery/read-apps.ts';
import { definitionKey } from '../../../src/haproxy/model/context.ts';
import { remember } from '../../../src/haproxy/model/known.ts';
import { serverCookie, serverName, takeServerId } from '../../../src/haproxy/model/servers/server-identity.ts';
import { app, httpCheck, type Json, model, OPTIONS, task } from './made-apps.ts';

describe('identity of a server', () => {
  test.each([
    ['10_0_0_11_31030', 7316, '7fde946fec'],
    ['agent1_example_10_0_0_11_31001', 27_179, '0ce51fa0a7'],
    ['agent1_1_1_1_1_1024', 28_363, 'd6ad48c81f'],
    ['10_0_0_11_31101', 23_801, undefined],
    ['10_0_0_12_31030', 9907, undefined],
    ['10_0_0_13_31030', 21_373, undefined],
    ['agent1_9_0_1_5_9000', 28_382, undefined],
  ])('%s has id %d', (name, id, cookie) => {
    expect(takeServerId(name, new Set())).toBe(id);
    if (cookie !== undefined) expect(serverCookie(name)).toBe(cookie);
  });
  test('an id that is taken in the backend gives way to the next of its chain', () => {
    expect(takeServerId('agent1_1_1_1_1_1024', new Set([28_363]))).toBe(22_125);
  });
  test('the name holds host, address and port, the host only where it is not the address', () => {
    expect(serverName('agent1.example', '10.0.0.11', 31_001)).toBe('agent1_example_10_0_0_11_31001');
    expect(serverName('10.0.0.11', '10.0.0.11', 31_030)).toBe('10_0_0_11_31030');
    expect(serverName('2001:db8::1', '2001:db8::1', 80)).toBe('2001_db8__1_80');
  });
  test('a long host is cut, never the address or the port, and two long hosts stay two', () => {
    const [a, b] = ['a', 'b'].map((end) => serverName(`${'x'.repeat(240)}${end}`, '10.0.0.11', 65_535));
    expect(a).toMatch(/_10_0_0_11_65535$/);
    expect(a?.length).toBe(200);
    expect(a).not.toBe(b);
  });
});

const servers = (given: Json, context: Parameters<typeof model>[2] = {}, options: Parameters<typeof model>[1] = {}) =>
  model([app('/web', given)], options, context).services[0]?.servers ?? [];

test('two balancers of other settings and other pasts give the same names, ids and cookies', () => {
  const tasks = Array.from({ length: 200 }, (_, index) => task(`t${index}`, { ports: [31_000 + index] }));
  const labels = { HAPROXY_0_VHOST: 'a.example', HAPROXY_0_STICKY: 'true' };
  const apps = (given: Json[]) => [app('/web', { labels, tasks: given })];
  const identities = (all: ReturnType<typeof model>) =>
    all.services.map(({ name, servers: its }) => [name, its.map((one) => [one.name, one.id, one.cookie])]);
  const known = { verdicts: { t1: true }, killingSinceMs: { t2: 1 }, holders: { 'port *:10000': '/web' } };
  const other = { usesMaps: true, statsBind: '0.0.0.0:9090', configPath: '/srv/haproxy.cfg', bindsHttp: false };
  expect(identities(model(apps([...tasks].reverse()), other, { known, nowMs: 5 }))).toEqual(
    identities(model(apps(tasks))),
  );
});

describe('which tasks serve', () => {
  const ids = (
    tasks: Json[],
    context: Parameters<typeof model>[2] = {},
    options: Parameters<typeof model>[1] = {},
    more = {},
  ) => servers({ tasks, ...more }, context, options).map((server) => server.taskId);
  test.each([
    'STAGING',
    'STARTING',
    'KILLING',
    'FINISHED',
    'FAILED',
    'KILLED',
    'ERROR',
    'DROPPED',
    'GONE',
    'GONE_BY_OPERATOR',
    'UNKNOWN',
  ])('not those in TASK_%s', (state) => {
    expect(ids([task('t', { state: `TASK_${state}` })])).toEqual([]);
  });
  test.each(['TASK_RUNNING', 'TASK_LOST', 'TASK_UNREACHABLE', null])('those in %s', (state) => {
    expect(ids([task('t', { state })])).toEqual(['t']);
  });

  const checked = { healthChecks: [httpCheck()] };
  const alive = (...results: boolean[]) => ({ healthCheckResults: results.map((value) => ({ alive: value })) });
  test('without the option Marathon’s verdict is ignored', () => {
    expect(ids([task('t', alive(false))], {}, {}, checked)).toEqual(['t']);
  });
  test('with it every reported check must be alive, or any', () => {
    expect(ids([task('t', alive(true, false))], {}, { health: 'all' }, checked)).toEqual([]);
    expect(ids([task('t', alive(true, false))], {}, { health: 'any' }, checked)).toEqual(['t']);
    expect(ids([task('t', alive(true, true))], {}, { health: 'all' }, checked)).toEqual(['t']);
  });
  test('without a report the last verdict holds, and without one the task is out', () => {
    expect(ids([task('t')], {}, { health: 'all' }, checked)).toEqual([]);
    const known = { verdicts: { t: true }, killingSinceMs: {}, holders: {} };
    expect(ids([task('t')], { known }, { health: 'all' }, checked)).toEqual(['t']);
  });
  test('a task may be called anything', () => {
    const known = { verdicts: {}, killingSinceMs: {}, holders: {} };
    for (const id of ['constructor', '__proto__', 'toString']) {
      expect(ids([task(id)], { known }, { health: 'all' }, checked)).toEqual([]);
    }
  });
  test('an app without checks needs no verdict', () => {
    expect(ids([task('t')], {}, { health: 'all' })).toEqual(['t']);
  });

  test('a task being killed drains for its grace period, counted from when it was first seen so', () => {
    const given = { tasks: [task('t', { state: 'TASK_KILLING' })], taskKillGracePeriodSeconds: 10 };
    expect(servers(given, { nowMs: 1000 })).toMatchObject([{ taskId: 't', isDraining: true }]);
    const known = { verdicts: {}, killingSinceMs: { t: 1000 }, holders: {} };
    expect(servers(given, { nowMs: 10_999, known })).toHaveLength(1);
    expect(servers(given, { nowMs: 11_000, known })).toHaveLength(0);
    expect(servers(given, { nowMs: 1000 }, { strictCompat: true })).toHaveLength(0);
  });
});

describe('addresses and ports', () => {
  test('host and bridge mode: the agent’s address and the task’s port', () => {
    const bridge = {
      networks: [{ mode: 'container/bridge' }],
      container: { portMappings: [{ containerPort: 8080, servicePort: 10_001 }] },
      tasks: [task('t', { host: 'agent1.example', ports: [31_001], ipAddresses: [{ ipAddress: '172.17.0.5' }] })],
    };
    expect(servers(bridge)).toMatchObject([
      { name: 'agent1_example_10_0_0_11_31001', address: '10.0.0.11', port: 31_001 },
    ]);
  });
  test('container mode: the task’s own address and container port', () => {
    const given = {
      networks: [{ mode: 'container', name: 'ov' }],
      container: { portMappings: [{ containerPort: 9000, servicePort: 10_020 }] },
      tasks: [task('t', { host: 'agent1', ports: [], ipAddresses: [{ ipAddress: '9.0.1.5' }] })],
    };
    expect(servers(given)).toMatchObject([{ name: 'agent1_9_0_1_5_9000', address: '9.0.1.5', port: 9000 }]);
  });
  test('a mapping without service port is not exposed, and shifts nobody', () => {
    const given = {
      networks: [{ mode: 'container/bridge' }],
      container: { portMappings: [{ containerPort: 1 }, { containerPort: 2, servicePort: 10_002 }] },
      tasks: [task('t', { ports: [31_001, 31_002] })],
    };
    const [service, ...others] = model([app('/web', given)]).services;
    expect(others).toEqual([]);
    expect(service).toMatchObject({ portIndex: 1, port: 10_002, servers: [{ port: 31_002 }] });
  });
  test('a task with fewer ports than the app serves only those it has', () => {
    const given = { portDefinitions: [{ port: 10_000 }, { port: 10_001 }], tasks: [task('t', { ports: [31_000] })] };
    expect(model([app('/web', given)]).services.map((service) => service.servers.length)).toEqual([1, 0]);
  });
  test('bridge tasks without ports fall back to port definitions, then container ports', () => {
    const bridge = (more: Json) => ({
      networks: [{ mode: 'container/bridge' }],
      container: { portMappings: [{ containerPort: 8080, servicePort: 10_001 }] },
      tasks: [task('t', { ports: [] })],
      portDefinitions: [],
      ...more,
    });
    expect(servers(bridge({}))).toMatchObject([{ port: 8080 }]);
    expect(servers(bridge({ portDefinitions: [{ port: 9 }] }))).toMatchObject([{ port: 9 }]);
  });
  test('agents that cannot be found, or have no name that is one, are told once an app', () => {
    const bad = (host: string) => [task('a', { host, ports: [1] }), task('b', { host, ports: [2] })];
    const told = (host: string) => model([app('/web', { tasks: bad(host) })]).problems.map((one) => one.message);
    expect(told('agent9.example')).toEqual([
      'the agent\'s name "agent9.example" has no address (DNS); 2 tasks are left out',
    ]);
    expect(told('evil\n  server x')).toEqual([
      'the agent\'s name "evil\\n  server x" is no host name; 2 tasks are left out',
    ]);
  });
  test('an address of a task that is none is told, and the others serve', () => {
    const given = {
      networks: [{ mode: 'container', name: 'ov' }],
      container: { portMappings: [{ containerPort: 9000, servicePort: 10_020 }] },
      tasks: ['9.0.1.5', '9.0.1.6:1 check\n  server evil 6.6.6.6:80', '9.0.1.256'].map((ipAddress) =>
        task(ipAddress, { host: 'agent1', ipAddresses: [{ ipAddress }] }),
      ),
    };
    const { services, problems } = model([app('/web', given)]);
    expect(services[0]?.servers.map((server) => server.address)).toEqual(['9.0.1.5']);
    expect(problems.map((problem) => problem.message)).toEqual([
      'the task\'s address "9.0.1.6:1 check\\n  server evil 6.6.6.6:80" is no IP address; a task is left out',
      'the task\'s address "9.0.1.256" is no IP address; a task is left out',
    ]);
  });
  test('servers are sorted by host and port, whatever the order of the tasks', () => {
    const tasks = [task('a', { host: '10.0.0.12', ports: [2] }), task('b', { ports: [3] }), task('c', { ports: [1] })];
    const names = ['10_0_0_11_1', '10_0_0_11_3', '10_0_0_12_2'];
    expect(servers({ tasks }).map((server) => server.name)).toEqual(names);
    expect(servers({ tasks: tasks.reverse() }).map((server) => server.name)).toEqual(names);
  });
  test('of two tasks at one place the one that runs is the server', () => {
    const tasks = [task('old', { state: 'TASK_UNREACHABLE' }), task('new')];
    expect(servers({ tasks }).map((server) => server.taskId)).toEqual(['new']);
    expect(servers({ tasks: tasks.reverse() }).map((server) => server.taskId)).toEqual(['new']);
  });
});

describe('health checks', () => {
  const check = (checks: Json[], labels: Json = {}, options: Parameters<typeof model>[1] = {}) =>
    model([app('/web', { healthChecks: checks, labels: { HAPROXY_0_MODE: 'http', ...labels } })], options).services[0];
  test('the check of port n is the first with a port of its own or that index', () => {
    expect(check([httpCheck({ portIndex: 1 }), httpCheck({ path: '/b' })])?.healthCheck).toMatchObject({ path: '/b' });
    expect(check([httpCheck({ portIndex: 1 })])).not.toHaveProperty('healthCheck');
    expect(check([httpCheck({ portIndex: undefined, port: 9999 })])).toMatchObject({
      healthCheck: { port: 9999 },
      servers: [{ checkPort: 9999 }],
    });
  });
  test.each([
    ['HTTP', 'http'],
    ['MESOS_HTTP', 'http'],
    ['HTTPS', 'https'],
    ['MESOS_HTTPS', 'https'],
    ['TCP', 'tcp'],
    ['MESOS_TCP', 'tcp'],
  ])('%s is asked by %s', (protocol, kind) => {
    expect(check([httpCheck({ protocol })])?.healthCheck?.kind).toBe(kind);
  });
  test('in tcp mode, and for as it was, there is no TLS and no asking', () => {
    expect(check([httpCheck()], { HAPROXY_0_MODE: 'tcp' })?.healthCheck?.kind).toBe('tcp');
    expect(check([httpCheck({ protocol: 'HTTPS' })], {}, { strictCompat: true })?.healthCheck?.kind).toBe('http');
  });
  test('a command is no check, or a connect where the operator says so', () => {
    expect(check([httpCheck({ protocol: 'COMMAND' })])).not.toHaveProperty('healthCheck');
    expect(check([httpCheck({ protocol: 'COMMAND' })], {}, { commandChecks: 'tcp' })?.healthCheck?.kind).toBe('tcp');
  });
  test('a path that is none becomes a connect, and is told', () => {
    const bad = app('/web', {
      healthChecks: [httpCheck({ path: '/h\n  server evil 6.6.6.6:80' })],
      labels: { HAPROXY_0_MODE: 'http' },
    });
    const { services, problems } = model([bad]);
    expect(services[0]?.healthCheck).toMatchObject({ kind: 'tcp', path: '/' });
    expect(problems).toMatchObject([{ effect: 'changed', where: 'healthChecks[0]' }]);
  });
  test('a path without a slash gets one, as Marathon does it; queries stay', () => {
    expect(check([httpCheck({ path: 'up?deep=1&x' })])?.healthCheck?.path).toBe('/up?deep=1&x');
  });
  test('the check of another port is done at that port of the same task', () => {
    const given = {
      labels: { HAPROXY_0_MODE: 'http', HAPROXY_0_BACKEND_HEALTHCHECK_PORT_INDEX: '1', HAPROXY_1_ENABLED: 'false' },
      portDefinitions: [{ port: 10_000 }, { port: 10_001 }],
      healthChecks: [httpCheck({ portIndex: 1, path: '/admin' })],
      tasks: [task('a', { ports: [31_005, 31_006] }), task('b', { ports: [31_001] })],
    };
    expect(model([app('/web', given)]).services).toMatchObject([
      { healthCheck: { path: '/admin' }, servers: [{ taskId: 'b' }, { taskId: 'a', checkPort: 31_006 }] },
    ]);
    expect(model([app('/web', given)]).services[0]?.servers[0]).not.toHaveProperty('checkPort');
  });
});

describe('tasks of an older version', () => {
  const old = readApps({ apps: [app('/web', { healthChecks: [httpCheck({ path: '/old' })] })] }, 'x').apps[0];
  if (old === undefined) throw new Error('unreadable');
  const definitions = new Map([[definitionKey('/web', 'v1'), old]]);
  const given = (tasks: Json[]) => ({
    version: 'v2',
    healthChecks: [httpCheck({ path: '/new' })],
    labels: { HAPROXY_0_MODE: 'http' },
    tasks,
  });
  test('are not asked for a path they do not have', () => {
    const tasks = [task('a', { version: 'v1', ports: [1] }), task('b', { version: 'v2', ports: [2] })];
    expect(servers(given(tasks), { definitions })).toMatchObject([{ taskId: 'a', isUnchecked: true }, { taskId: 'b' }]);
    expect(servers(given(tasks), { definitions })[1]).not.toHaveProperty('isUnchecked');
  });
  test('and left out when Marathon finds them dead, because nobody else looks', () => {
    const tasks = [task('a', { version: 'v1', healthCheckResults: [{ alive: false }] })];
    expect(servers(given(tasks), { definitions })).toEqual([]);
  });
  test('are checked by the new one when the old is not known', () => {
    expect(servers(given([task('a', { version: 'v1' })]))[0]).not.toHaveProperty('isUnchecked');
  });
  test('keep the ports of their version', () => {
    const container = (port: number) => ({
      networks: [{ mode: 'container' }],
      container: { portMappings: [{ containerPort: port, servicePort: 10_000 }] },
    });
    const before = readApps({ apps: [app('/web', container(80))] }, 'x').apps[0];
    if (before === undefined) throw new Error('unreadable');
    const tasks = [task('a', { version: 'v1', ipAddresses: [{ ipAddress: '9.0.0.1' }] })];
    const context = { definitions: new Map([[definitionKey('/web', 'v1'), before]]) };
    expect(servers({ ...container(81), version: 'v2', tasks }, context)).toMatchObject([{ port: 80 }]);
    expect(servers({ ...container(81), version: 'v2', tasks })).toMatchObject([{ port: 81 }]);
  });
});

describe('old apps with an address per task', () => {
  const legacy = (id: string, numbers: number[]) =>
    app(id, {
      networks: undefined,
      portDefinitions: [],
      ipAddress: { discovery: { ports: numbers.map((number) => ({ number })) } },
      tasks: [task(`${id}.1`, { ports: [], ipAddresses: [{ ipAddress: '9.0.0.1' }] })],
    });
  test('get the ports that the original gives them, another where two would have the same', () => {
    const ports = (id: string, numbers: number[]) =>
      model([legacy(id, numbers)]).services.map((service) => service.port);
    expect(ports('/a', [80, 443])).toEqual([10_052, 10_065]);
    expect(ports('/legacy', [8080])).toEqual([10_089]);
    expect(ports('/legacy', [8115])).toEqual([10_089]);
    expect(ports('/legacy', [8080, 8115])).toEqual([10_059, 10_089]);
  });
  test('get a port of the range by hash, the same for the same apps', () => {
    const ports = () => model([legacy('/a', [80, 443])]).services.map((service) => service.port);
    expect(ports()).toHaveLength(2);
    expect(ports()).toEqual(ports());
    for (const port of ports()) expect(port).toSatisfy((one: number) => one >= 10_050 && one <= 10_100);
  });
  test('and none when the range is used up', () => {
    const { services, problems } = model([legacy('/a', [80, 443])], { ipPerTaskPorts: [10_050, 10_050] });
    expect(services.map((service) => service.port)).toEqual([10_050]);
    expect(problems).toMatchObject([{ effect: 'left-out', where: 'servicePort', portIndex: 1 }]);
  });
});

describe('what a turn remembers', () => {
  test('verdicts, who is being killed since when, and who holds what — of apps that are there', () => {
    const tasks = [
      task('a', { healthCheckResults: [{ alive: true }] }),
      task('b', { ports: [2] }),
      task('c', { state: 'TASK_KILLING', ports: [3] }),
    ];
    const apps = [app('/web', { tasks, healthChecks: [httpCheck()], labels: { HAPROXY_0_VHOST: 'a.example' } })];
    const discovery = readApps({ apps }, 'x');
    const options = { ...OPTIONS, health: 'all' as const };
    const known = { verdicts: { b: true, gone: true }, killingSinceMs: { gone: 1 }, holders: { 'port *:1': '/gone' } };
    const context = { addresses: new Map(), nowMs: 5, known };
    expect(remember(discovery, model(apps, options, context), options, context)).toEqual({
      verdicts: { a: true, b: true },
      killingSinceMs: { c: 5 },
      holders: { 'port *:10000': '/web', 'host a.example ': '/web' },
    });
  });
});
