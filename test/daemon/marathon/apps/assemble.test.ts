import { expect, test } from 'vitest';
import {
  appDefaults,
  appFromUpdate,
  applyAppUpdate,
  parseAppUpdate,
} from '../../../../src/daemon/marathon/apps/index.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import { type PathId, ROOT } from '../../../../src/daemon/marathon/model/path-id.ts';
import { appOf, DEFAULTS, RUNNABLE, VERSION } from './apps-of-json.ts';

const BRIDGE = [{ mode: 'container/bridge' }];
const DEFAULT_PORT = { port: 0, name: 'default', protocol: 'tcp', labels: {} };
const DEFAULT_MAPPING = {
  containerPort: 0,
  servicePort: 0,
  protocol: 'tcp',
  labels: {},
  networkNames: [],
  name: 'default',
};

/** `before` after an update with `json`. */
function updated(before: App, json: Readonly<Record<string, unknown>>, partial = true): App {
  return applyAppUpdate(before, parseAppUpdate(json, { group: ROOT, id: before.id }), partial, DEFAULTS);
}

test('what nobody gave has its default', () => {
  expect(appOf({ cmd: 'sleep 1' }, { role: 'mine' })).toEqual({
    id: '/web',
    cmd: 'sleep 1',
    args: [],
    env: {},
    instances: 1,
    cpus: 1,
    mem: 128,
    disk: 0,
    gpus: 0,
    executor: '',
    constraints: [],
    fetch: [],
    networks: [{ mode: 'host', labels: {} }],
    portDefinitions: [DEFAULT_PORT],
    requirePorts: false,
    healthChecks: [],
    readinessChecks: [],
    backoffSeconds: 1,
    backoffFactor: 1.15,
    maxLaunchDelaySeconds: 300,
    dependencies: [],
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    labels: {},
    role: 'mine',
    killSelection: 'YOUNGEST_FIRST',
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    secrets: {},
    version: VERSION,
  });
});

test('members that are objects have defaults of their own', () => {
  const app = appOf({
    executorResources: { mem: 64 },
    fetch: [{ uri: 'a' }],
    unreachableStrategy: { expungeAfterSeconds: 60 },
    readinessChecks: [{}],
    check: { tcp: {} },
    healthChecks: [{}, { protocol: 'MESOS_TCP', port: 8080 }],
  });
  expect(app.executorResources).toEqual({ cpus: 0.1, mem: 64, disk: 10 });
  expect(app.fetch).toEqual([{ uri: 'a', extract: true, executable: false, cache: false }]);
  expect(app.unreachableStrategy).toEqual({ inactiveAfterSeconds: 0, expungeAfterSeconds: 60 });
  expect(app.readinessChecks).toEqual([
    {
      name: 'readinessCheck',
      protocol: 'HTTP',
      path: '/',
      portName: 'http-api',
      intervalSeconds: 30,
      timeoutSeconds: 10,
      httpStatusCodesForReady: [200],
      preserveLastResponse: false,
    },
  ]);
  expect(app.check).toEqual({ tcp: { portIndex: 0 }, intervalSeconds: 60, timeoutSeconds: 20, delaySeconds: 15 });
  const times = {
    gracePeriodSeconds: 300,
    intervalSeconds: 60,
    timeoutSeconds: 20,
    maxConsecutiveFailures: 3,
    delaySeconds: 15,
  };
  expect(app.healthChecks).toEqual([
    { protocol: 'HTTP', portIndex: 0, ipProtocol: 'IPv4', ...times },
    { protocol: 'MESOS_TCP', port: 8080, ipProtocol: 'IPv4', ...times },
  ]);
});

test('no port list means one port, an empty one means none', () => {
  expect(appOf({}).portDefinitions).toEqual([DEFAULT_PORT]);
  expect(appOf({ portDefinitions: [] }).portDefinitions).toEqual([]);
  expect(appOf({ networks: BRIDGE }).container?.portMappings).toEqual([{ ...DEFAULT_MAPPING, hostPort: 0 }]);
  expect(appOf({ networks: BRIDGE, container: { portMappings: [] } }).container?.portMappings).toEqual([]);
});

test('a missing container is a MESOS one where there has to be one, a missing type means DOCKER', () => {
  expect(appOf({}).container).toBeUndefined();
  expect(appOf({ networks: [{ name: 'net' }] }).container).toEqual({
    type: 'MESOS',
    volumes: [],
    portMappings: [DEFAULT_MAPPING],
  });
  expect(appOf({ container: { docker: { image: 'nginx' } } }).container).toEqual({
    type: 'DOCKER',
    docker: { image: 'nginx', forcePullImage: false, privileged: false, parameters: [] },
    volumes: [],
  });
});

test('what only the Docker engine understands is not kept for the other', () => {
  const docker = { image: 'nginx', privileged: true, parameters: [{ key: 'a', value: 'b' }] };
  expect(appOf({ container: { type: 'MESOS', docker } }).container?.docker).toEqual({
    image: 'nginx',
    forcePullImage: false,
  });
});

test('on a bridge every port has one on the host; in a container network only if told', () => {
  const container = { type: 'MESOS', portMappings: [{ containerPort: 80 }, { containerPort: 81, hostPort: 8081 }] };
  const hostPorts = (networks: unknown) =>
    appOf({ networks, container }).container?.portMappings?.map(({ hostPort }) => hostPort);
  expect(hostPorts(BRIDGE)).toEqual([0, 8081]);
  expect(hostPorts([{ name: 'net' }])).toEqual([undefined, 8081]);
});

test('requirePorts means nothing where ports are not those of the host', () => {
  expect(appOf({ requirePorts: true }).requirePorts).toBe(true);
  expect(appOf({ requirePorts: true, networks: BRIDGE }).requirePorts).toBe(false);
});

test('a container network without a name gets the one of --default_network_name', () => {
  const defaults = appDefaults({ defaultNetworkName: 'dcos' }, '*');
  expect(appOf({ networks: [{}] }, defaults).networks).toEqual([{ mode: 'container', name: 'dcos', labels: {} }]);
  expect(appOf({ networks: BRIDGE }, defaults).networks).toEqual([{ mode: 'container/bridge', labels: {} }]);
  expect(appOf({ networks: [] }, appDefaults({ defaultNetworkName: undefined }, '*')).networks).toEqual([
    { mode: 'host', labels: {} },
  ]);
});

test('a health check without a port looks at the first one, where there is one and it needs one', () => {
  const portIndexOf = (json: Readonly<Record<string, unknown>>) => appOf(json).healthChecks[0]?.portIndex;
  expect(portIndexOf({ healthChecks: [{}] })).toBe(0);
  expect(portIndexOf({ healthChecks: [{}], portDefinitions: [{}, {}] })).toBe(0);
  expect(portIndexOf({ healthChecks: [{}], portDefinitions: [] })).toBeUndefined();
  expect(portIndexOf({ healthChecks: [{ port: 80 }] })).toBeUndefined();
  expect(portIndexOf({ healthChecks: [{ protocol: 'COMMAND', command: { value: 'true' } }] })).toBeUndefined();
});

test('the path of a health check begins with a slash', () => {
  expect(appOf({ healthChecks: [{ path: 'ping' }] }).healthChecks[0]).toMatchObject({ path: '/ping' });
});

test('an app of one instance is replaced by stopping it first', () => {
  expect(appOf({ labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' } }).upgradeStrategy).toEqual({
    minimumHealthCapacity: 0,
    maximumOverCapacity: 0,
  });
});

test('sets hold everything once', () => {
  const app = appOf({ acceptedResourceRoles: ['*', 'a', '*'], dependencies: ['/a', 'a', '/b'] });
  expect(app.acceptedResourceRoles).toEqual(['*', 'a']);
  expect(app.dependencies).toEqual(['/a', '/b']);
});

test('a partial update replaces what it gives as a whole and leaves the rest', () => {
  const before = appOf({ ...RUNNABLE, env: { A: '1', B: '2' }, labels: { a: 'b' }, mem: 64, instances: 3 });
  const after = updated(before, { env: { C: '3' }, cpus: 2 });
  expect(after).toEqual({ ...before, env: { C: '3' }, cpus: 2 });
});

test('a partial update resets executorResources and resourceLimits when it does not repeat them', () => {
  const before = appOf({ ...RUNNABLE, executorResources: { cpus: 1 }, resourceLimits: { mem: 'unlimited' } });
  const after = updated(before, { instances: 2 });
  expect(after).not.toHaveProperty('executorResources');
  expect(after).not.toHaveProperty('resourceLimits');
  expect(updated(before, { resourceLimits: { cpus: 4 } }).resourceLimits).toEqual({ cpus: 4 });
});

test('null does not unset a member in a partial update', () => {
  const before = appOf({ ...RUNNABLE, user: 'nobody' });
  expect(updated(before, { user: null, cmd: null })).toEqual(before);
});

test('a complete update falls back to defaults, and keeps id, version and its times', () => {
  const versionInfo = { lastScalingAt: VERSION, lastConfigChangeAt: VERSION };
  const before: App = { ...appOf({ ...RUNNABLE, env: { A: '1' }, instances: 3, role: 'other' }), versionInfo };
  const after = updated(before, { id: '/elsewhere', cmd: 'true now' }, false);
  expect(after).toEqual({ ...appOf({ cmd: 'true now' }), id: '/web', versionInfo });
});

test('an update of nothing changes nothing', () => {
  const before = appOf({ ...RUNNABLE, networks: BRIDGE, healthChecks: [{}], constraints: [['a', 'UNIQUE']] });
  expect(updated(before, {})).toEqual(before);
});

test('ports told for one kind of network do not hinder the change to another', () => {
  const host = appOf({ ...RUNNABLE, portDefinitions: [{ port: 80 }] });
  const bridged = updated(host, { networks: BRIDGE });
  expect(bridged.portDefinitions).toBeUndefined();
  expect(bridged.container?.portMappings).toEqual([{ ...DEFAULT_MAPPING, hostPort: 0 }]);
  const back = updated(bridged, { networks: [{ mode: 'host' }] });
  expect(back.portDefinitions).toEqual([DEFAULT_PORT]);
  expect(back.container).toEqual({ type: 'MESOS', volumes: [] });
});

test('ports given for the wrong kind of network stay, so that validation tells', () => {
  const bridged = appOf({ ...RUNNABLE, networks: BRIDGE });
  expect(updated(bridged, { portDefinitions: [{ port: 80 }] }).portDefinitions).toHaveLength(1);
  const host = updated(bridged, { networks: [{ mode: 'host' }], container: { portMappings: [{}] } });
  expect(host.container?.portMappings).toHaveLength(1);
});

test('a new app takes its id from whoever makes it', () => {
  const update = parseAppUpdate({ cmd: 'sleep 1', version: '2019-01-01T00:00:00Z' }, { group: ROOT });
  const app = appFromUpdate(update, '/a/b' as PathId, DEFAULTS, VERSION);
  expect([app.id, app.version]).toEqual(['/a/b', VERSION]);
});
