// The JSON of apps of every kind, for properties.
import fc from '../../../fast-check.ts';

const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,6}[a-z0-9])?$/);
const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '__proto__');
const map = fc.dictionary(key, fc.string({ maxLength: 8 }), { maxKeys: 3, noNullPrototype: true });
const count = fc.nat(1000);
const amount = fc.double({ min: 0.001, max: 1e6, noNaN: true });
const port = fc.nat(65535);
const protocol = fc.constantFrom('tcp', 'udp', 'udp,tcp');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.join('/')}`);

const some = <T>(members: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(members, { requiredKeys: [] });
const list = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 3 });

const target = fc.oneof(fc.constant({}), fc.record({ portIndex: fc.nat(3) }), fc.record({ port }));
const times = some({ intervalSeconds: fc.nat(100).map((n) => n + 1), delaySeconds: count });
const healthCheck = fc
  .oneof(
    some({
      protocol: fc.constantFrom('HTTP', 'HTTPS', 'MESOS_HTTP', 'MESOS_HTTPS'),
      path: fc.string({ maxLength: 5 }),
      ignoreHttp1xx: fc.boolean(),
    }),
    fc.record({ protocol: fc.constantFrom('TCP', 'MESOS_TCP'), ipProtocol: fc.constantFrom('IPv4', 'IPv6') }),
    fc.record({ protocol: fc.constant('COMMAND'), command: fc.record({ value: key }) }),
  )
  .chain((check) =>
    fc
      .tuple('command' in check ? fc.constant({}) : target, times)
      .map(([where, when]) => ({ ...check, ...where, ...when })),
  );

const check = fc
  .oneof(
    fc.record({ http: target }),
    fc.record({ tcp: target }),
    fc.record({
      exec: fc.record({ command: fc.oneof(fc.record({ shell: key }), fc.record({ argv: fc.tuple(key) })) }),
    }),
  )
  .chain((what) => times.map((when) => ({ ...what, ...when })));

const portMapping = some({
  containerPort: port,
  hostPort: port,
  servicePort: port,
  protocol,
  name,
  labels: map,
  networkNames: list(name),
});

const container = some({
  type: fc.constantFrom('DOCKER', 'MESOS'),
  docker: fc.record(
    {
      image: key,
      forcePullImage: fc.boolean(),
      privileged: fc.boolean(),
      parameters: list(fc.record({ key, value: fc.string({ maxLength: 5 }) })),
      pullConfig: fc.record({ secret: key }),
      credential: fc.record({ principal: key }),
    },
    { requiredKeys: ['image'] },
  ),
  portMappings: list(portMapping),
  volumes: list(fc.record({ containerPath: key, hostPath: key, mode: fc.constantFrom('RO', 'RW') })),
  linuxInfo: some({
    seccomp: some({ unconfined: fc.boolean() }),
    ipcInfo: fc.record({ mode: fc.constant('PRIVATE') }),
  }),
});

const constraint = fc.oneof(
  fc.tuple(key, fc.constantFrom('UNIQUE', 'cluster', 'GROUP_BY')),
  fc.tuple(key, fc.constantFrom('MAX_PER', 'GROUP_BY', 'IS', 'LIKE', 'CLUSTER'), count.map(String)),
);

/** What a POST could hold; not all of it is valid together. */
export const arbitraryAppJson = some({
  id: path.map((text) => `${text}/x`),
  cmd: fc.string({ maxLength: 10 }),
  args: list(fc.string({ maxLength: 5 })),
  user: key,
  env: fc.dictionary(key, fc.oneof(fc.string({ maxLength: 5 }), fc.record({ secret: key })), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  instances: count,
  cpus: amount,
  mem: amount,
  disk: amount,
  gpus: count,
  resourceLimits: some({ cpus: fc.oneof(amount, fc.constant('unlimited')), mem: amount }),
  executor: fc.constantFrom('', '//cmd', '/my/executor'),
  executorResources: some({ cpus: amount.map((n) => n + 0.1), mem: amount.map((n) => n + 32) }),
  constraints: list(constraint),
  fetch: list(
    fc.record({ uri: key, extract: fc.boolean(), cache: fc.boolean(), destPath: key }, { requiredKeys: ['uri'] }),
  ),
  container,
  networks: list(some({ mode: fc.constantFrom('host', 'container', 'container/bridge'), name, labels: map })),
  portDefinitions: list(some({ port, protocol, name, labels: map })),
  requirePorts: fc.boolean(),
  healthChecks: list(healthCheck),
  check,
  readinessChecks: fc.array(some({ name: key, portName: name, preserveLastResponse: fc.boolean() }), { maxLength: 1 }),
  backoffSeconds: amount,
  backoffFactor: amount.map((n) => n + 1),
  maxLaunchDelaySeconds: count,
  taskKillGracePeriodSeconds: count,
  dependencies: list(path),
  upgradeStrategy: fc.record({ minimumHealthCapacity: amount, maximumOverCapacity: amount }),
  labels: map,
  acceptedResourceRoles: fc.array(key, { minLength: 1, maxLength: 3 }),
  role: key,
  killSelection: fc.constantFrom('YOUNGEST_FIRST', 'OLDEST_FIRST'),
  unreachableStrategy: fc.oneof(
    fc.constant('disabled'),
    some({ inactiveAfterSeconds: count, expungeAfterSeconds: count }),
  ),
  secrets: fc.dictionary(key, fc.record({ source: key }), { maxKeys: 2, noNullPrototype: true }),
  tty: fc.boolean(),
});
