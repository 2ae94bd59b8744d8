import { expect, test } from 'vitest';
import { renderApp } from '../../../../src/daemon/marathon/apps/index.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import { appOf, RUNNABLE, VERSION } from './apps-of-json.ts';

const shown = (app: App): unknown => JSON.parse(JSON.stringify(renderApp(app)));

test('a plain app shows what is always there, and nothing else', () => {
  expect(shown(appOf({ id: '/web', cmd: 'sleep 1' }))).toEqual({
    id: '/web',
    backoffFactor: 1.15,
    backoffSeconds: 1,
    cmd: 'sleep 1',
    cpus: 1,
    disk: 0,
    executor: '',
    instances: 1,
    killSelection: 'YOUNGEST_FIRST',
    labels: {},
    maxLaunchDelaySeconds: 300,
    mem: 128,
    gpus: 0,
    networks: [{ mode: 'host' }],
    portDefinitions: [{ port: 0, name: 'default', protocol: 'tcp' }],
    requirePorts: false,
    role: '*',
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    version: VERSION,
  });
});

test('an explicit lack of ports is shown', () => {
  expect(shown(appOf({ ...RUNNABLE, portDefinitions: [] }))).toHaveProperty('portDefinitions', []);
});

test('on a bridge there are mappings and no definitions', () => {
  const json = {
    ...RUNNABLE,
    networks: [{ mode: 'container/bridge' }],
    container: {
      docker: { image: 'nginx' },
      portMappings: [{ containerPort: 80, labels: { VIP_0: 'a:80' } }],
      volumes: [{ containerPath: '/a', hostPath: '/b', mode: 'RW' }],
    },
  };
  const app = shown(appOf(json));
  expect(app).not.toHaveProperty('portDefinitions');
  expect(app).toHaveProperty('container', {
    type: 'DOCKER',
    docker: { image: 'nginx', forcePullImage: false, privileged: false, parameters: [] },
    portMappings: [{ containerPort: 80, hostPort: 0, servicePort: 0, protocol: 'tcp', labels: { VIP_0: 'a:80' } }],
    volumes: [{ containerPath: '/a', hostPath: '/b', mode: 'RW' }],
  });
});

test('what is filled is shown: constraints as lists, times of versions', () => {
  const app: App = {
    ...appOf({
      ...RUNNABLE,
      env: { A: 'b' },
      constraints: [
        ['hostname', 'unique'],
        ['rack', 'LIKE', 'r1'],
      ],
      acceptedResourceRoles: ['*'],
      unreachableStrategy: 'disabled',
    }),
    versionInfo: { lastScalingAt: VERSION, lastConfigChangeAt: VERSION },
  };
  expect(shown(app)).toMatchObject({
    env: { A: 'b' },
    constraints: [
      ['hostname', 'UNIQUE'],
      ['rack', 'LIKE', 'r1'],
    ],
    acceptedResourceRoles: ['*'],
    unreachableStrategy: 'disabled',
    versionInfo: { lastScalingAt: VERSION, lastConfigChangeAt: VERSION },
  });
});
