import { expect, test } from 'vitest';
import { validateApp } from '../../../../src/daemon/marathon/apps/index.ts';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import { appOf, type Limits, RUNNABLE, refusalOf } from './apps-of-json.ts';

const BRIDGE = [{ mode: 'container/bridge' }];
const IMAGE = { image: 'nginx' };
const TWO_NETWORKS = [{ name: 'a' }, { name: 'b' }];
const mesosWith = (portMappings: unknown) => ({ type: 'MESOS', portMappings });
const checked = (check: unknown, more = {}) => ({ healthChecks: [check], ...more });
const secretOff = 'Feature secrets is not enabled. Enable with --enable_features secrets)';

type Row = readonly [rule: number, member: Readonly<Record<string, unknown>>, path: string, error: string, Limits?];

const REFUSED: readonly Row[] = [
  [1, { args: ['a'] }, '/', "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."],
  [1, { cmd: null }, '/', "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."],
  [
    1,
    { cmd: null, container: { type: 'MESOS' } },
    '/',
    "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.",
  ],
  [1, { cmd: 'x' }, '/cmd', 'must not be an empty string'],
  [2, { portDefinitions: [{ name: 'a' }, { name: 'a' }] }, '/portDefinitions', 'Port names must be unique.'],
  [
    2,
    { networks: BRIDGE, container: mesosWith([{ name: 'a' }, { name: 'a' }]) },
    '/container/portMappings',
    'Port names must be unique.',
  ],
  [3, { portDefinitions: [{ port: 80 }, { port: 80 }] }, '/portDefinitions', 'Ports must be unique.'],
  [3, { ports: [80, 80] }, '/ports', 'ports must be unique'],
  [
    5,
    checked({ portIndex: 1 }),
    '/healthChecks(0)',
    'Health check port indices must address an element of the ports array or container port mappings.',
  ],
  [
    5,
    checked({}, { portDefinitions: [] }),
    '/healthChecks(0)',
    'HealthCheck must specify either a port or a portIndex',
  ],
  [5, checked({ port: 80, portIndex: 0 }), '/healthChecks(0)', 'HealthCheck must specify either a port or a portIndex'],
  [
    5,
    { check: { http: { portIndex: 1 } } },
    '/check',
    'Health check port indices must address an element of the ports array or container port mappings.',
  ],
  [
    6,
    { healthChecks: [{ protocol: 'MESOS_TCP' }, { protocol: 'MESOS_HTTP' }] },
    '/',
    'AppDefinition can contain at most one Mesos health check',
  ],
  [
    6,
    { healthChecks: [{ protocol: 'MESOS_TCP' }, { protocol: 'COMMAND', command: { value: 'true' } }] },
    '/',
    'AppDefinition can contain at most one Mesos health check',
  ],
  [7, checked({ protocol: 'COMMAND' }), '/healthChecks(0)', 'COMMAND health checks must have a command'],
  [
    7,
    checked({ protocol: 'COMMAND', command: { value: 'true' }, path: '/' }),
    '/healthChecks(0)',
    'COMMAND health checks must not have a path or a port',
  ],
  [
    7,
    checked({ protocol: 'COMMAND', command: { value: 'true' }, port: 1 }),
    '/healthChecks(0)',
    'COMMAND health checks must not have a path or a port',
  ],
  [
    7,
    checked({ protocol: 'TCP', command: { value: 'true' } }),
    '/healthChecks(0)',
    'TCP health checks must not have a command',
  ],
  [
    8,
    checked({ protocol: 'MESOS_HTTP', ipProtocol: 'IPv6' }),
    '/healthChecks(0)',
    'IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks',
  ],
  [
    8,
    checked({ ipProtocol: 'IPv6' }, { container: { docker: IMAGE } }),
    '/healthChecks(0)',
    'IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks',
  ],
  [9, { container: { docker: IMAGE }, check: { tcp: {} } }, '/', "AppDefinition must not use 'checks' if using docker"],
  [9, { check: { tcp: {}, http: {} } }, '/check', 'exactly one of http, tcp and exec must be given'],
  [
    10,
    { container: mesosWith([{ containerPort: 80 }]) },
    '/container/portMappings',
    'portMappings are not allowed with host-networking',
  ],
  [
    11,
    { networks: BRIDGE, portDefinitions: [{ port: 80 }] },
    '/portDefinitions',
    'portDefinitions are only allowed with host-networking',
  ],
  [12, { networks: [{ mode: 'host', name: 'a' }] }, '/networks(0)', 'Host networks may not have names or labels'],
  [
    12,
    { networks: [{ mode: 'host', labels: { a: 'b' } }] },
    '/networks(0)',
    'Host networks may not have names or labels',
  ],
  [12, { networks: [{ mode: 'container/bridge', name: 'a' }] }, '/networks(0)', 'Bridge networks may not have names'],
  [12, { networks: [{}] }, '/networks(0)', 'Network name must be specified when container network is selected.'],
  [
    13,
    { networks: [{ mode: 'host' }, { mode: 'host' }] },
    '/networks',
    'May specify a single host network, single bridge network, or else 1-to-n container networks',
  ],
  [
    13,
    { networks: [...BRIDGE, { name: 'a' }] },
    '/networks',
    'May specify a single host network, single bridge network, or else 1-to-n container networks',
  ],
  [13, { networks: [{ name: 'a' }, { name: 'a' }] }, '/networks', 'Duplicate networks are not allowed'],
  [
    14,
    { networks: TWO_NETWORKS, container: { docker: IMAGE } },
    '/networks',
    'may only specify a single container network when using the Docker container engine',
  ],
  [
    15,
    { networks: TWO_NETWORKS, container: mesosWith([{ hostPort: 0 }]) },
    '/container/portMappings(0)/networkNames',
    'networkNames must be a single item list when hostPort is specified and more than 1 container network is defined',
  ],
  [
    15,
    { networks: TWO_NETWORKS, container: mesosWith([{ networkNames: ['c'] }]) },
    '/container/portMappings(0)/networkNames(0)',
    'is not one of (a,b)',
  ],
  [
    15,
    { networks: TWO_NETWORKS, container: mesosWith([{ networkNames: ['a', 'a'] }]) },
    '/container/portMappings(0)/networkNames',
    'Elements must be unique.',
  ],
  [
    16,
    { gpus: 1, container: { docker: IMAGE } },
    '/',
    'GPU resources only work with the Mesos containerizer',
    { features: ['gpu_resources'] },
  ],
  [16, { gpus: 1 }, '/', 'Feature gpu_resources is not enabled. Enable with --enable_features gpu_resources)'],
  [17, { secrets: { a: { source: 'b' } } }, '/secrets', secretOff],
  [
    17,
    { container: { type: 'MESOS', volumes: [{ containerPath: 'a', secret: 's' }] } },
    '/container/volumes(0)/secret',
    secretOff,
  ],
  [
    17,
    { container: { type: 'MESOS', volumes: [{ containerPath: 'a', mode: 'RW', external: {} }] } },
    '/container/volumes(0)/external',
    'Feature external_volumes is not enabled. Enable with --enable_features external_volumes)',
  ],
  [18, { env: { X: { secret: 's' } } }, '/env/X/secret', 'references an undefined secret', { features: ['secrets'] }],
  [
    18,
    { container: { type: 'MESOS', docker: { ...IMAGE, pullConfig: { secret: 's' } } } },
    '/container/docker/pullConfig/secret',
    'references an undefined secret',
    { features: ['secrets'] },
  ],
  [
    20,
    { upgradeStrategy: { minimumHealthCapacity: 1.5, maximumOverCapacity: 1 } },
    '/upgradeStrategy/minimumHealthCapacity',
    'got 1.5, expected between 0.0 and 1.0',
  ],
  [
    20,
    { upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: -1 } },
    '/upgradeStrategy/maximumOverCapacity',
    'got -1.0, expected between 0.0 and 1.0',
  ],
  [
    21,
    { labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' }, instances: 2 },
    '/instances',
    'Single instance app may only have one instance',
  ],
  [
    21,
    {
      labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
      upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 1 },
    },
    '/upgradeStrategy/maximumOverCapacity',
    'got 1.0, expected 0.0',
  ],
  [
    24,
    { unreachableStrategy: { inactiveAfterSeconds: 2, expungeAfterSeconds: 1 } },
    '/unreachableStrategy/inactiveAfterSeconds',
    'inactiveAfterSeconds (2) must be less or equal to expungeAfterSeconds, which is 1',
  ],
  [
    24,
    { unreachableStrategy: { inactiveAfterSeconds: -1, expungeAfterSeconds: 1 } },
    '/unreachableStrategy/inactiveAfterSeconds',
    'inactiveAfterSeconds (-1) must be greater than or equal to 0',
  ],
  [
    25,
    { mem: 256, resourceLimits: { mem: 128 } },
    '/resourceLimits/mem',
    'resource limit must be greater than or equal to requested resource (256.0)',
  ],
  [
    25,
    { resourceLimits: { cpus: 'Infinity' } },
    '/resourceLimits/cpus',
    "'Infinity' is an invalid resource limit. It must be 'unlimited' or a number",
  ],
  [
    26,
    { container: { type: 'MESOS', volumes: [{ containerPath: 'a', mode: 'RW' }] } },
    '/container/volumes(0)/hostPath',
    'not defined',
  ],
  [
    26,
    { container: { type: 'MESOS', volumes: [{ containerPath: 'a', hostPath: 'b' }] } },
    '/container/volumes(0)/mode',
    'not defined',
  ],
  [
    27,
    { container: { type: 'MESOS', volumes: [{ containerPath: 'a', mode: 'RW', persistent: { size: 1 } }] } },
    '/container/volumes(0)/persistent',
    'Persistent volumes are not available in this Marathon.',
  ],
  [
    30,
    { acceptedResourceRoles: ['*', 'other'], role: 'mine' },
    '/acceptedResourceRoles',
    'acceptedResourceRoles can only contain * and mine',
  ],
  [31, { role: 'x' }, '/role', 'got x, expected one of: [a, b]', { allowedRoles: ['a', 'b'] }],
  [32, { role: '..' }, '/role', 'can not be one of (.,..)'],
  [32, { role: '-a' }, '/role', 'must not start with a dash'],
  [32, { role: 'a/b' }, '/role', 'must not hold white space, slashes, backslashes or control characters'],
  [32, { role: 'a b' }, '/role', 'must not hold white space, slashes, backslashes or control characters'],
  [33, { readinessChecks: [{ portName: 'x' }] }, '/readinessChecks(0)', 'No port definition reference for portName x'],
  [33, { readinessChecks: [{}] }, '/readinessChecks(0)', 'No port definition reference for portName http-api'],
  [
    33,
    { readinessChecks: [{ portName: 'default', timeoutSeconds: 30 }] },
    '/readinessChecks(0)',
    'timeoutSeconds (30) must be less than intervalSeconds, which is 30',
  ],
  [34, { fetch: [{ uri: 'http://a b' }] }, '/fetch(0)/uri', 'URI has invalid syntax.'],
  [
    36,
    { dependencies: ['A_b'] },
    '/dependencies(0)',
    "must fully match regular expression '^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$'",
  ],
  [
    40,
    { labels: { DCOS_MIGRATION_API_VERSION: 'v1' } },
    '/',
    'DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION',
  ],
];

const CASES = REFUSED.map(([rule, member, path, error, limits = {}]) => ({ rule, member, path, error, limits }));

test.each(CASES)('rule $rule: $member is refused at $path: $error', ({ member, path, error, limits }) => {
  expect(refusalOf({ ...RUNNABLE, ...member }, limits)).toEqual({
    message: 'Object is not valid',
    details: { [path]: [error] },
  });
});

test.each<Readonly<Record<string, unknown>>>([
  { cmd: null, args: ['sleep', '1'] },
  { cmd: null, container: { docker: IMAGE } },
  { cmd: null, container: { type: 'MESOS', docker: IMAGE } },
  { container: { docker: IMAGE } },
  { cmd: null, args: ['-v'], container: { docker: IMAGE } },
  { portDefinitions: [{}, {}] },
  { portDefinitions: [] },
  { portDefinitions: [{ name: 'a'.repeat(100) }] },
  checked({ port: 8080 }),
  checked({ port: 8080 }, { portDefinitions: [] }),
  checked({ protocol: 'COMMAND', command: { value: 'true' }, portIndex: 7 }),
  { healthChecks: [1, 2].map((n) => ({ protocol: 'COMMAND', command: { value: `test ${n}` } })) },
  checked({ protocol: 'MESOS_HTTP', ipProtocol: 'IPv6' }, { container: { docker: IMAGE } }),
  { check: { exec: { command: { shell: 'true' } } } },
  { networks: BRIDGE, portDefinitions: [] },
  { container: { type: 'MESOS', portMappings: [] } },
  { networks: TWO_NETWORKS, container: mesosWith([{ hostPort: 0, networkNames: ['a'] }, { containerPort: 80 }]) },
  { labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' } },
  { unreachableStrategy: 'disabled' },
  { mem: 256, resourceLimits: { mem: 256, cpus: 'unlimited' } },
  { acceptedResourceRoles: ['*'] },
  { readinessChecks: [{ portName: 'default' }] },
  { fetch: [{ uri: '/etc/docker.tar.gz' }, { uri: 'hdfs://nn:9000/a%20b?x=$Y' }, { uri: 'file:///a' }] },
  { dependencies: ['../db', '/no/such/app', '.'] },
  { labels: { DCOS_MIGRATION_API_VERSION: 'v1', DCOS_PACKAGE_FRAMEWORK_NAME: 'a', DCOS_MIGRATION_API_PATH: 'b' } },
  { residency: { taskLostBehavior: 'WAIT_FOREVER' } },
])('%j is accepted', (member) => {
  expect(refusalOf({ ...RUNNABLE, ...member })).toBeUndefined();
});

test('gpus are accepted where the feature is on', () => {
  expect(refusalOf({ ...RUNNABLE, gpus: 2 }, { features: ['gpu_resources'] })).toBeUndefined();
});

test('rules 18 and 19: a secret in the environment needs the feature, and to be declared', () => {
  const json = { ...RUNNABLE, env: { X: { secret: 's' } }, secrets: { s: { source: 'a' } } };
  expect(refusalOf(json)?.details['/env/X']).toEqual([
    'use of secret-references in the environment requires the secrets feature to be enabled',
  ]);
  expect(refusalOf(json, { features: ['secrets'] })).toBeUndefined();
});

test('a DOCKER container has an image, and nothing that only the other engine understands', () => {
  expect(refusalOf({ ...RUNNABLE, container: {} })?.details).toEqual({ '/container/docker': ['not defined'] });
  const docker = { ...IMAGE, pullConfig: { secret: 's' }, credential: { principal: 'p' } };
  const linuxInfo = { seccomp: { unconfined: true } };
  expect(refusalOf({ ...RUNNABLE, container: { docker, linuxInfo } }, { features: ['secrets'] })?.details).toEqual({
    '/container/docker/pullConfig': ['must be empty'],
    '/container/docker/credential': ['must be empty'],
    '/container/linuxInfo': ['must be empty'],
    '/container/docker/pullConfig/secret': ['references an undefined secret'],
  });
});

test('linuxInfo names a profile or is unconfined, and sizes only memory of its own', () => {
  const refused = (linuxInfo: unknown) => refusalOf({ ...RUNNABLE, container: { type: 'MESOS', linuxInfo } })?.details;
  expect(refused({ seccomp: { profileName: 'a' }, ipcInfo: { mode: 'PRIVATE', shmSize: 1 } })).toBeUndefined();
  expect(Object.keys(refused({ seccomp: {} }) ?? {})).toEqual(['/container/linuxInfo/seccomp']);
  expect(Object.keys(refused({ seccomp: { profileName: 'a', unconfined: true } }) ?? {})).toEqual([
    '/container/linuxInfo/seccomp',
  ]);
  expect(refused({ ipcInfo: { mode: 'SHARE_PARENT', shmSize: 1 } })).toEqual({
    '/container/linuxInfo/ipcInfo/shmSize': ['must be empty'],
  });
});

test.each(['', 'http:', 'http://', '1a:b', 'a%zz', 'a<b', 'a\u0000b', 'http://?x'])('%j is no URI', (uri) => {
  expect(refusalOf({ ...RUNNABLE, fetch: [{ uri }] })?.details).toEqual({
    '/fetch(0)/uri': ['URI has invalid syntax.'],
  });
});

test('all violations of an app are told together, with the prefix of where it stands', () => {
  const app = appOf({
    ...RUNNABLE,
    gpus: 1,
    role: 'x',
    instances: 2,
    labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
  });
  const violations = validateApp(app, { features: new Set(), allowedRoles: ['*'] }, '/groups(0)/apps(1)');
  expect(violations.map(({ path }) => path)).toEqual([
    '/groups(0)/apps(1)',
    '/groups(0)/apps(1)/instances',
    '/groups(0)/apps(1)/role',
  ]);
});

test('an app whose id came with the URL is held to the rules of ids', () => {
  const app = { ...appOf(RUNNABLE), id: '/a/restart' as PathId };
  expect(validateApp(app, { features: new Set() }).map(({ path }) => path)).toEqual(['/id']);
});
