import { describe, expect, test } from 'vitest';
import { DiscoveryError } from '../../../src/haproxy/discovery/discovery-error.ts';
import { readApps } from '../../../src/haproxy/discovery/read-apps.ts';
import fc from '../../fast-check.ts';

const SOURCE = 'http://m1:8080';
const read = (...apps: unknown[]) => readApps({ apps }, SOURCE);
const one = (app: Record<string, unknown>) => read({ id: '/a', ...app }).apps[0];

describe('the answer as a whole', () => {
  test.each([[null], ['<html>'], [[]], [7], [{}], [{ apps: {} }], [{ apps: 'none' }], [{ message: 'leader unknown' }]])(
    '%j is unusable',
    (answer) => {
      expect(() => readApps(answer, SOURCE)).toThrow(expect.objectContaining({ code: 'unusable' }));
    },
  );
  test('without apps it is empty, with unreadable ones only it is unusable', () => {
    expect(() => read()).toThrow(expect.objectContaining({ code: 'empty' }));
    expect(() => read(null)).toThrow(expect.objectContaining({ code: 'empty' }));
    expect(() => read('x')).toThrow(expect.objectContaining({ code: 'unusable' }));
  });
  test('names its source', () => {
    expect(() => read()).toThrow(/^http:\/\/m1:8080: /);
    expect(read({ id: '/a' }).source).toBe(SOURCE);
  });
});

test('nulls are as if they were not there', () => {
  const nothing = {
    labels: null,
    networks: null,
    container: null,
    ipAddress: null,
    portDefinitions: null,
    ports: null,
    healthChecks: [null],
    tasks: [
      null,
      { id: 't', host: 'h', ports: null, state: null, version: null, ipAddresses: [null], healthCheckResults: [null] },
    ],
    versionInfo: null,
    version: null,
    instances: null,
  };
  expect(one(nothing)).toEqual({
    id: '/a',
    instances: 0,
    labels: {},
    networkMode: 'host',
    servicePorts: [],
    portDefinitions: [],
    containerPorts: [],
    healthChecks: [],
    tasks: [{ id: 't', host: 'h', ports: [], ipAddresses: [], healthResults: [] }],
  });
  expect(one({ labels: { A: null, B: 'b' } })?.labels).toEqual({ B: 'b' });
});

describe('what one app does wrong is its own problem', () => {
  test.each([
    [{ id: 7 }, 'id'],
    [{}, 'id'],
    [{ id: '/a b' }, 'id'],
    [{ id: '/a\n/b' }, 'id'],
    [{ id: '/bad', labels: [] }, 'labels'],
    [{ id: '/bad', tasks: {} }, 'tasks'],
    [{ id: '/bad', networks: [{ mode: 'bridge' }] }, 'networks[0].mode'],
    [{ id: '/bad', networks: ['host'] }, 'networks[0]'],
    [{ id: '/bad', container: { docker: [] } }, 'container.docker'],
    [{ id: '/bad', container: { portMappings: {} } }, 'container.portMappings'],
    [{ id: '/bad', portDefinitions: ['x'] }, 'portDefinitions[0]'],
    [{ id: '/bad', healthChecks: ['x'] }, 'healthChecks[0]'],
  ])('%j', (bad, where) => {
    const { apps, problems } = read(bad, { id: '/good' });
    expect(apps.map((app) => app.id)).toEqual(['/good']);
    expect(problems).toMatchObject([{ where, effect: 'left-out' }]);
    expect(problems[0]?.message).not.toMatch(/\n/);
  });
  test('an entry that is no app is named by its place', () => {
    expect(read('x', { id: '/good' }).problems).toMatchObject([{ appId: '(entry 0)', effect: 'left-out' }]);
  });
  test('a label that is no text is dropped', () => {
    const { apps, problems } = read({ id: '/a', labels: { HAPROXY_0_PORT: 80, HAPROXY_GROUP: 'x' } });
    expect(apps[0]?.labels).toEqual({ HAPROXY_GROUP: 'x' });
    expect(problems).toMatchObject([{ appId: '/a', where: 'labels', effect: 'changed' }]);
  });
  test.each([
    [{ id: 't' }, 'tasks[0].host'],
    [{ host: 'h' }, 'tasks[0].id'],
    [7, 'tasks[0]'],
    [{ id: 't', host: 'h', ports: 1 }, 'tasks[0].ports'],
  ])('task %j is left out alone', (task, where) => {
    const { apps, problems } = read({ id: '/a', tasks: [task, { id: 'ok', host: 'h' }] });
    expect(apps[0]?.tasks.map((each) => each.id)).toEqual(['ok']);
    expect(problems).toMatchObject([{ where, effect: 'changed' }]);
  });
  test('of two apps with one id the first counts', () => {
    const { apps, problems } = read({ id: '/a', instances: 1 }, { id: 'a', instances: 2 });
    expect(apps.map((app) => app.instances)).toEqual([1]);
    expect(problems).toMatchObject([{ effect: 'warning' }]);
  });
});

describe('network mode', () => {
  test.each([
    ['host', {}],
    ['container', { ipAddress: {} }],
    ['container', { container: { docker: { network: 'USER' } } }],
    ['container/bridge', { container: { docker: { network: 'BRIDGE' } } }],
    ['container/bridge', { ipAddress: {}, container: { docker: { network: 'BRIDGE' } } }],
    ['host', { container: { docker: { network: 'HOST' } } }],
    ['host', { ipAddress: {}, networks: [{ mode: 'host' }] }],
    ['container', { networks: [{ name: 'ov' }] }],
    ['container', { networks: [{ mode: 'host' }, { mode: 'container', name: 'ov' }] }],
    ['container/bridge', { networks: [{ mode: 'container/bridge' }] }],
    ['host', { networks: [] }],
  ])('%s for %j', (mode, app) => {
    expect(one(app)?.networkMode).toBe(mode);
  });
});

describe('service ports', () => {
  const bridge = { networks: [{ mode: 'container/bridge' }] };
  const mappings = (...servicePorts: unknown[]) =>
    servicePorts.map((servicePort) => ({ containerPort: 80, servicePort }));
  test('of the port mappings in container modes, those of docker where the container has none', () => {
    expect(one({ ...bridge, container: { portMappings: mappings(1, 2) } })?.servicePorts).toEqual([1, 2]);
    expect(one({ ...bridge, container: { docker: { portMappings: mappings(3) } } })?.servicePorts).toEqual([3]);
    const both = { portMappings: mappings(1), docker: { portMappings: mappings(3) } };
    expect(one({ ...bridge, container: both })?.servicePorts).toEqual([1]);
  });
  test('keep their positions when one is missing or no port', () => {
    const container = { portMappings: mappings(undefined, 2, 0, 70_000, 'x', null) };
    expect(one({ ...bridge, container })?.servicePorts).toEqual([
      undefined,
      2,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
  test('else port definitions, else ports', () => {
    expect(one({ ...bridge, portDefinitions: [{ port: 5 }], ports: [6] })?.servicePorts).toEqual([5]);
    expect(one({ ...bridge, container: { portMappings: mappings(undefined) }, ports: [6] })?.servicePorts).toEqual([6]);
    expect(one({ ports: [6, 7] })?.servicePorts).toEqual([6, 7]);
    expect(one({ container: { portMappings: mappings(1) }, portDefinitions: [{ port: 5 }] })?.servicePorts).toEqual([
      5,
    ]);
  });
  test('discovery ports are the container ports, else those of the mappings', () => {
    const container = { portMappings: [{ containerPort: 80 }, { containerPort: 0 }] };
    expect(one({ container })?.containerPorts).toEqual([80, undefined]);
    const discovery = { discovery: { ports: [{ number: 9 }, null] } };
    expect(one({ container, ipAddress: discovery })?.containerPorts).toEqual([9, undefined]);
  });
});

describe('health checks', () => {
  const check = (given: Record<string, unknown>) => one({ healthChecks: [given] })?.healthChecks[0];
  test('have Marathon’s defaults', () => {
    expect(check({})).toEqual({
      protocol: 'HTTP',
      timeoutSeconds: 20,
      intervalSeconds: 60,
      gracePeriodSeconds: 300,
      maxConsecutiveFailures: 3,
    });
  });
  test('have numbers that HAProxy takes, or they are told', () => {
    const { apps, problems } = read({
      id: '/a',
      healthChecks: [{ intervalSeconds: '5s\n', timeoutSeconds: 0, maxConsecutiveFailures: 1.5 }],
    });
    expect(apps[0]?.healthChecks[0]).toMatchObject({
      intervalSeconds: 60,
      timeoutSeconds: 1,
      maxConsecutiveFailures: 3,
    });
    expect(problems.map((problem) => problem.where)).toEqual([
      'healthChecks[0].timeoutSeconds',
      'healthChecks[0].intervalSeconds',
      'healthChecks[0].maxConsecutiveFailures',
    ]);
  });
  test('ports and indices that are none are absent', () => {
    expect(check({ port: 0, portIndex: -1 })).not.toHaveProperty('port');
    expect(check({ port: 8080, portIndex: 2 })).toMatchObject({ port: 8080, portIndex: 2 });
  });
});

test('any JSON gives a discovery or a typed error', () => {
  const json = fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<unknown>;
  const names = [
    'id',
    'labels',
    'tasks',
    'networks',
    'container',
    'ipAddress',
    'portDefinitions',
    'ports',
    'healthChecks',
    'versionInfo',
    'mode',
    'host',
    'portMappings',
    'docker',
  ];
  const object = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(json, fc.array(fc.dictionary(fc.constantFrom(...names), json))),
  );
  const given = fc.oneof(
    json,
    fc.array(fc.oneof(json, object)).map((apps) => ({ apps })),
  );
  fc.assert(
    fc.property(given, (answer) => {
      try {
        expect(Array.isArray(readApps(answer, SOURCE).apps)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(DiscoveryError);
      }
    }),
    { numRuns: 500 },
  );
});
