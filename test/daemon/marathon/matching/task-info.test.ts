import { describe, expect, it } from 'vitest';
import { containerPorts } from '../../../../src/daemon/marathon/matching/container-ports.ts';
import { buildTaskInfo, type TaskLaunch } from '../../../../src/daemon/marathon/matching/task-info/build-task-info.ts';
import type { App, Network } from '../../../../src/daemon/marathon/model/app.ts';
import { fromJson, toJson } from '../../../../src/mesos/codec.ts';
import { TaskInfo } from '../../../../src/mesos/generated/v1.ts';
import { app, mapping, port, seeded } from './support.ts';

const TASK_ID = 'product_web.instance-1._app.1';
const CPU = [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: 1 } }];

function build(
  changes: Partial<App>,
  ports: TaskLaunch['match']['ports'] = [],
  options: Partial<TaskLaunch['options']> = {},
): TaskInfo {
  const of = app(changes);
  const match = {
    resources: CPU,
    executorResources: [],
    ports,
    containerPorts: containerPorts(of, ports, seeded()),
    place: { host: 'h1', attributes: [] },
  };
  return buildTaskInfo({
    app: of,
    taskId: TASK_ID,
    match,
    offer: { agent_id: { value: 'a1' }, framework_id: { value: 'f1' } },
    enforceGroupRole: false,
    options: { envVarsPrefix: undefined, mesosBridgeName: 'mesos-bridge', executor: '//cmd', ...options },
  });
}

function environment(task: TaskInfo): Record<string, string | undefined> {
  const variables = (task.command ?? task.executor?.command)?.environment?.variables ?? [];
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

const env = (...args: Parameters<typeof build>) => environment(build(...args));
const portNames = (variables: object) => Object.keys(variables).filter((name) => name.startsWith('PORT'));
const BRIDGE: readonly Network[] = [{ mode: 'container/bridge', labels: {} }];
const CALICO: readonly Network[] = [{ mode: 'container', name: 'calico', labels: {} }];
const docker = (more: Partial<App['container'] & object> = {}): App['container'] => ({
  type: 'DOCKER',
  docker: { image: 'nginx', forcePullImage: false },
  volumes: [],
  ...more,
});

describe('the environment of a task', () => {
  it('says what it is and what it may use', () => {
    expect(env({ cpus: 1, mem: 128.5, gpus: 2 })).toMatchObject({
      MESOS_TASK_ID: TASK_ID,
      MARATHON_APP_ID: '/product/web',
      MARATHON_APP_VERSION: '2021-01-01T00:00:00.000Z',
      MARATHON_APP_RESOURCE_CPUS: '1.0',
      MARATHON_APP_RESOURCE_MEM: '128.5',
      MARATHON_APP_RESOURCE_DISK: '0.0',
      MARATHON_APP_RESOURCE_GPUS: '2',
      MARATHON_APP_ENFORCE_GROUP_ROLE: 'FALSE',
      MARATHON_APP_LABELS: '',
      HOST: 'h1',
    });
    expect(env({})).not.toHaveProperty('MARATHON_APP_DOCKER_IMAGE');
    expect(env({ container: docker() })).toHaveProperty('MARATHON_APP_DOCKER_IMAGE', 'nginx');
    expect(env({ container: docker({ type: 'MESOS' }) })).not.toHaveProperty('MARATHON_APP_DOCKER_IMAGE');
  });

  it('tells ports by index, by number and by name', () => {
    const definitions = [port(80, { name: 'http' }), port(8080, { name: 'https' })];
    expect(env({ portDefinitions: definitions }, [1001, 1002])).toMatchObject({
      PORT: '1001',
      PORT0: '1001',
      PORT1: '1002',
      PORTS: '1001,1002',
      PORT_80: '1001',
      PORT_8080: '1002',
      PORT_HTTP: '1001',
      PORT_HTTPS: '1002',
    });
  });

  it('of an app with the default port has the service port and DEFAULT in it', () => {
    const variables = env({ portDefinitions: [port(10_000, { name: 'default' })] }, [31_005]);
    expect(portNames(variables)).toEqual(['PORT', 'PORT0', 'PORTS', 'PORT_10000', 'PORT_DEFAULT']);
    expect(new Set(portNames(variables).map((name) => variables[name]))).toEqual(new Set(['31005']));
  });

  it('of an app without ports has none in it', () => {
    expect(portNames(env({ portDefinitions: [] }))).toEqual([]);
  });

  it('names an open port by what it became', () => {
    expect(env({ portDefinitions: [port(0)] }, [31_005])).toHaveProperty('PORT_31005', '31005');
  });

  it('tells the container port where there is none on the host', () => {
    const container = docker({ type: 'MESOS', portMappings: [mapping(8080, { name: 'http' })] });
    const variables = env({ networks: CALICO, container }, [undefined]);
    expect(variables).toMatchObject({ PORT0: '8080', PORT_8080: '8080', PORT_HTTP: '8080' });
  });

  it('tells a port of its own where the container port is open and none is on the host, everywhere the same', () => {
    const container = docker({ type: 'MESOS', portMappings: [mapping(0)] });
    const task = build({ networks: CALICO, container }, [undefined]);
    const told = Number(environment(task).PORT0);
    expect(told).toBeGreaterThanOrEqual(1025);
    expect(told).toBeLessThanOrEqual(65_535);
    expect(task.discovery?.ports?.ports?.[0]?.number).toBe(told);
  });

  it('has the prefix before ports and host only', () => {
    const variables = env({ portDefinitions: [port(80, { name: 'http' })] }, [1001], { envVarsPrefix: 'P_' });
    for (const name of [
      'P_PORT',
      'P_PORT0',
      'P_PORTS',
      'P_PORT_80',
      'P_PORT_HTTP',
      'P_HOST',
      'MESOS_TASK_ID',
      'MARATHON_APP_ID',
    ])
      expect(variables).toHaveProperty(name);
    expect(variables).not.toHaveProperty('HOST');
    expect(portNames(variables)).toEqual([]);
  });

  it('has the labels, their names made fit, without those that are too long', () => {
    const labels = {
      'label-with-invalid-chars': 'V',
      'other--label\\--\\a': 'V',
      ['n'.repeat(493)]: 'V',
      ['n'.repeat(492)]: 'V',
      long: 'v'.repeat(512),
      fits: 'v'.repeat(511),
    };
    const variables = env({ labels });
    expect(variables.MARATHON_APP_LABELS).toBe(`LABEL_WITH_INVALID_CHARS OTHER_LABEL_A ${'N'.repeat(492)} FITS`);
    expect(variables).toMatchObject({
      MARATHON_APP_LABEL_LABEL_WITH_INVALID_CHARS: 'V',
      MARATHON_APP_LABEL_OTHER_LABEL_A: 'V',
    });
    expect(variables).not.toHaveProperty('MARATHON_APP_LABEL_LONG');
  });

  it('is overruled by the user', () => {
    const task = build({ env: { PORT0: 'mine', MESOS_TASK_ID: 'mine', X: 'y' }, portDefinitions: [port(0)] }, [31_000]);
    expect(environment(task)).toMatchObject({ PORT0: 'mine', MESOS_TASK_ID: 'mine', X: 'y', PORT: '31000' });
    const names = task.command?.environment?.variables?.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a task', () => {
  it('carries names, labels, grace period, limits and user', () => {
    const task = build({
      labels: { a: 'b' },
      taskKillGracePeriodSeconds: 7,
      user: 'nobody',
      resourceLimits: { cpus: 'unlimited', mem: 256 },
    });
    expect(task).toMatchObject({
      name: 'web.product',
      task_id: { value: TASK_ID },
      agent_id: { value: 'a1' },
      labels: { labels: [{ key: 'a', value: 'b' }] },
      kill_policy: { grace_period: { nanoseconds: 7e9 } },
      limits: { cpus: { value: Number.POSITIVE_INFINITY }, mem: { value: 256 } },
      command: { shell: true, value: 'sleep 100', user: 'nobody' },
    });
    expect(task).not.toHaveProperty('container');
    expect(task).not.toHaveProperty('health_check');
  });

  it('is the same after a trip over the wire', () => {
    const task = build(
      { networks: BRIDGE, container: docker({ portMappings: [mapping(80, { hostPort: 0 })] }) },
      [31_000],
    );
    const again = fromJson(TaskInfo, JSON.parse(JSON.stringify(toJson(TaskInfo, task))));
    expect(again).toMatchObject({ ...task });
  });

  it('runs args directly, its first one as program unless a container has one', () => {
    const args = ['/bin/sleep', '5'];
    const { cmd: _cmd, ...bare } = app();
    const run = (changes: Partial<App>) =>
      buildTaskInfo({
        app: { ...bare, ...changes },
        taskId: TASK_ID,
        match: {
          resources: [],
          executorResources: [],
          ports: [],
          containerPorts: [],
          place: { host: 'h', attributes: [] },
        },
        offer: { agent_id: { value: 'a1' }, framework_id: { value: 'f1' } },
        enforceGroupRole: true,
        options: { envVarsPrefix: undefined, mesosBridgeName: 'b', executor: '//cmd' },
      }).command;
    expect(run({ args })).toMatchObject({ shell: false, value: '/bin/sleep', arguments: args });
    expect(run({ args, container: docker() })).toMatchObject({ shell: false, arguments: args });
    expect(run({ args, container: docker() })).not.toHaveProperty('value');
    expect(run({ container: docker() })).toMatchObject({ shell: false });
    expect(run({ container: docker() })?.environment?.variables).toContainEqual({
      name: 'MARATHON_APP_ENFORCE_GROUP_ROLE',
      value: 'TRUE',
    });
  });

  it('fetches what the app names', () => {
    const fetch = [{ uri: 'http://x/a.tgz', extract: true, executable: false, cache: true, destPath: 'd' }];
    expect(build({ fetch }).command?.uris).toEqual([
      { value: 'http://x/a.tgz', extract: true, executable: false, cache: true, output_file: 'd' },
    ]);
  });

  it('of an executor of its own starts that', () => {
    const task = build({ executor: "/opt/it's", executorResources: { cpus: 0.1, mem: 32, disk: 10 } });
    expect(task).not.toHaveProperty('command');
    expect(task.executor).toMatchObject({
      executor_id: { value: `marathon-${TASK_ID}` },
      framework_id: { value: 'f1' },
      command: { shell: true, value: "chmod ug+rx '/opt/it'\\''s' && exec '/opt/it'\\''s' sleep 100" },
    });
    expect(build({ executor: '//cmd' }, [], { executor: '/opt/e' })).toHaveProperty('command');
    expect(build({}, [], { executor: '/opt/e' })).toHaveProperty('executor');
  });
});

describe('the container of a task', () => {
  it('of the Docker engine has image, network, mapped ports and a label to find it by', () => {
    const container = docker({
      docker: { image: 'nginx', forcePullImage: true, privileged: true, parameters: [{ key: 'a', value: 'b' }] },
      portMappings: [mapping(80, { hostPort: 0, protocol: 'udp,tcp' }), mapping(0, { hostPort: 0 })],
      volumes: [{ kind: 'host', containerPath: '/c', hostPath: '/h', mode: 'RO' }],
    });
    expect(build({ networks: BRIDGE, container }, [31_000, 31_001]).container).toEqual({
      type: 'DOCKER',
      docker: {
        image: 'nginx',
        network: 'BRIDGE',
        privileged: true,
        force_pull_image: true,
        parameters: [
          { key: 'a', value: 'b' },
          { key: 'label', value: `MESOS_TASK_ID=${TASK_ID}` },
        ],
        port_mappings: [
          { host_port: 31_000, container_port: 80, protocol: 'udp' },
          { host_port: 31_000, container_port: 80, protocol: 'tcp' },
          { host_port: 31_001, container_port: 31_001, protocol: 'tcp' },
        ],
      },
      volumes: [{ container_path: '/c', host_path: '/h', mode: 'RO' }],
    });
    expect(build({ container: docker() }).container?.docker?.network).toBe('HOST');
    expect(build({ networks: CALICO, container: docker({ portMappings: [] }) }).container).toMatchObject({
      docker: { network: 'USER' },
      network_infos: [{ name: 'calico' }],
    });
  });

  it('of Mesos has an address in each network, and the mappings that belong to it', () => {
    const networks: readonly Network[] = [
      { mode: 'container', name: 'one', labels: { l: 'v' } },
      { mode: 'container', name: 'two', labels: {} },
    ];
    const portMappings = [mapping(80, { hostPort: 0, networkNames: ['one'] }), mapping(90, { networkNames: ['two'] })];
    const container = docker({ type: 'MESOS', portMappings });
    expect(build({ networks, container }, [31_000, undefined]).container).toEqual({
      type: 'MESOS',
      mesos: { image: { type: 'DOCKER', docker: { name: 'nginx' }, cached: true } },
      network_infos: [
        {
          name: 'one',
          labels: { labels: [{ key: 'l', value: 'v' }] },
          ip_addresses: [{}],
          port_mappings: [{ host_port: 31_000, container_port: 80, protocol: 'tcp' }],
        },
        { name: 'two', ip_addresses: [{}] },
      ],
    });
    expect(build({ networks: BRIDGE, container: { type: 'MESOS', volumes: [], portMappings: [] } }).container).toEqual({
      type: 'MESOS',
      mesos: {},
      network_infos: [{ name: 'mesos-bridge', ip_addresses: [{}] }],
    });
  });

  it('has a terminal when the app wants one, and what it says of Linux', () => {
    expect(build({ tty: true }).container).toEqual({ type: 'MESOS', tty_info: {} });
    const linuxInfo = { seccomp: { unconfined: true }, ipcInfo: { mode: 'PRIVATE', shmSize: 16 } };
    expect(build({ container: { type: 'MESOS', volumes: [], linuxInfo } }).container?.linux_info).toEqual({
      seccomp: { unconfined: true },
      ipc_mode: 'PRIVATE',
      shm_size: 16,
    });
  });
});

describe('what a task tells service discovery', () => {
  it('in host mode is its host ports, one record a protocol', () => {
    const definitions = [port(80, { name: 'http', protocol: 'udp,tcp', labels: { VIP_0: '/web:80' } }), port(0)];
    const labels = { labels: [{ key: 'VIP_0', value: '/web:80' }] };
    expect(build({ portDefinitions: definitions }, [31_000, 31_001]).discovery).toEqual({
      visibility: 'FRAMEWORK',
      name: 'web.product',
      ports: {
        ports: [
          { number: 31_000, name: 'http', protocol: 'udp', labels },
          { number: 31_000, name: 'http', protocol: 'tcp', labels },
          { number: 31_001, protocol: 'tcp' },
        ],
      },
    });
  });

  it('elsewhere says in which network a port is reached', () => {
    const networks: readonly Network[] = [
      { mode: 'container', name: 'one', labels: {} },
      { mode: 'container', name: 'two', labels: {} },
    ];
    const portMappings = [
      mapping(80, { hostPort: 0, networkNames: ['one'] }),
      mapping(90),
      mapping(91, { networkNames: ['two'], labels: { a: 'b' } }),
    ];
    const task = build({ networks, container: docker({ type: 'MESOS', portMappings }) }, [
      31_000,
      undefined,
      undefined,
    ]);
    const scope = (value: string, network?: string) => ({
      labels: [
        { key: 'network-scope', value },
        ...(network === undefined ? [] : [{ key: 'network-name', value: network }]),
      ],
    });
    expect(task.discovery?.ports?.ports).toEqual([
      { number: 31_000, protocol: 'tcp', labels: scope('host') },
      { number: 90, protocol: 'tcp', labels: scope('container', 'one') },
      { number: 90, protocol: 'tcp', labels: scope('container', 'two') },
      {
        number: 91,
        protocol: 'tcp',
        labels: { labels: [{ key: 'a', value: 'b' }, ...scope('container', 'two').labels] },
      },
    ]);
  });
});

describe('checks run by the agent', () => {
  const times = {
    gracePeriodSeconds: 300,
    intervalSeconds: 60,
    timeoutSeconds: 20,
    maxConsecutiveFailures: 3,
    delaySeconds: 15,
  };
  const mesosTimes = {
    delay_seconds: 15,
    interval_seconds: 60,
    timeout_seconds: 20,
    consecutive_failures: 3,
    grace_period_seconds: 300,
  };

  it('look at the port inside the container, or the one on the host', () => {
    const healthChecks = [{ ...times, protocol: 'MESOS_HTTP' as const, path: 'ping', portIndex: 0 }];
    expect(build({ healthChecks, portDefinitions: [port(80)] }, [31_000]).health_check).toEqual({
      type: 'HTTP',
      http: { scheme: 'http', port: 31_000, path: '/ping' },
      ...mesosTimes,
    });
    const container = docker({ portMappings: [mapping(8080, { hostPort: 0 })] });
    expect(build({ healthChecks, networks: BRIDGE, container }, [31_000]).health_check?.http?.port).toBe(8080);
  });

  it('are the first of their family; those of Marathon are left out', () => {
    const healthChecks = [
      { ...times, protocol: 'HTTP' as const, portIndex: 0 },
      { ...times, protocol: 'COMMAND' as const, command: { value: 'true' } },
      { ...times, protocol: 'MESOS_TCP' as const, port: 5, ipProtocol: 'IPv6' as const },
    ];
    expect(build({ healthChecks }).health_check).toMatchObject({
      type: 'COMMAND',
      command: { shell: true, value: 'true' },
    });
    expect(build({ healthChecks: healthChecks.slice(2) }).health_check).toMatchObject({
      type: 'TCP',
      tcp: { port: 5, protocol: 'IPv6' },
    });
    expect(build({ healthChecks: healthChecks.slice(0, 1) })).not.toHaveProperty('health_check');
  });

  it('may be general ones', () => {
    const seconds = { intervalSeconds: 1, timeoutSeconds: 2, delaySeconds: 3 };
    const mesosSeconds = { interval_seconds: 1, timeout_seconds: 2, delay_seconds: 3 };
    const check = { ...seconds, exec: { command: { argv: ['a', 'b'] } } };
    expect(build({ check }).check).toEqual({
      type: 'COMMAND',
      command: { command: { shell: false, value: 'a', arguments: ['a', 'b'] } },
      ...mesosSeconds,
    });
    expect(build({ check: { ...seconds, http: { port: 5 } } }).check).toMatchObject({
      type: 'HTTP',
      http: { port: 5, path: '/' },
    });
    expect(
      build({ check: { ...seconds, tcp: { portIndex: 0 } }, portDefinitions: [port(0)] }, [31_000]).check,
    ).toMatchObject({
      type: 'TCP',
      tcp: { port: 31_000 },
    });
  });
});
