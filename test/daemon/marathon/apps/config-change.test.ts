import { expect, test } from 'vitest';
import { isConfigChange } from '../../../../src/daemon/marathon/apps/index.ts';
import { timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import { appOf, RUNNABLE } from './apps-of-json.ts';

const BEFORE = {
  ...RUNNABLE,
  env: { A: '1', B: '2' },
  labels: { a: 'b' },
  dependencies: ['/a', '/b'],
  acceptedResourceRoles: ['*', 'x'],
  container: { type: 'MESOS', volumes: [{ containerPath: 'a', hostPath: 'b', mode: 'RO' }] },
};

test.each<Readonly<Record<string, unknown>>>([
  { cmd: 'sleep 2000' },
  { cmd: null, args: ['sleep'] },
  { user: 'nobody' },
  { env: { A: '1' } },
  { env: { A: '1', B: '3' } },
  { env: { A: '1', C: '2' } },
  { env: { A: '1', B: { secret: '2' } } },
  { cpus: 2 },
  { mem: 64 },
  { disk: 1 },
  { gpus: 1 },
  { executor: '/my/executor' },
  { constraints: [['hostname', 'UNIQUE']] },
  { fetch: [{ uri: 'a' }] },
  { portDefinitions: [] },
  { portDefinitions: [{ port: 10000, name: 'default' }] },
  { requirePorts: true },
  { backoffSeconds: 2 },
  { backoffFactor: 2 },
  { maxLaunchDelaySeconds: 1 },
  { container: { type: 'MESOS', volumes: [] } },
  { networks: [{ mode: 'container/bridge' }] },
  { healthChecks: [{}] },
  { check: { tcp: {} } },
  { readinessChecks: [{}] },
  { taskKillGracePeriodSeconds: 1 },
  { dependencies: ['/a'] },
  { upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 } },
  { labels: {} },
  { acceptedResourceRoles: ['*'] },
  { acceptedResourceRoles: null },
  { secrets: { a: { source: 'b' } } },
  { unreachableStrategy: 'disabled' },
  { killSelection: 'OLDEST_FIRST' },
  { tty: false },
  { role: 'x' },
  { resourceLimits: { mem: 'unlimited' } },
])('%j is a change of configuration', (change) => {
  const [before, after] = [appOf(BEFORE), appOf({ ...BEFORE, ...change })];
  expect(isConfigChange(before, after)).toBe(true);
  expect(isConfigChange(after, before)).toBe(true);
});

test.each<Readonly<Record<string, unknown>>>([
  {},
  { instances: 7 },
  { executorResources: { cpus: 1 } },
  { env: { B: '2', A: '1' } },
  { dependencies: ['/b', '/a'] },
  { acceptedResourceRoles: ['x', '*'] },
])('%j is none', (change) => {
  expect(isConfigChange(appOf(BEFORE), appOf({ ...BEFORE, ...change }))).toBe(false);
});

test('versions are no configuration', () => {
  const before = appOf(BEFORE);
  expect(isConfigChange(before, { ...before, version: timestamp(0) })).toBe(false);
  expect(isConfigChange(before, before)).toBe(false);
});
