import { expect, test } from 'vitest';
import {
  parseAppUpdate,
  parseAppUpdates,
  requiredId,
  versionToReapply,
} from '../../../../src/daemon/marathon/apps/index.ts';
import { type InstanceId, taskIdOf } from '../../../../src/daemon/marathon/model/instance.ts';
import { type PathId, ROOT, safePath } from '../../../../src/daemon/marathon/model/path-id.ts';
import { appOf, refusalOf, told } from './apps-of-json.ts';

const JSSTRING = 'error.expected.jsstring';
const JSNUMBER = 'error.expected.jsnumber';
const JSOBJECT = 'error.expected.jsobject';

const WRONG_SHAPES: readonly (readonly [member: unknown, path: string, error: string])[] = [
  [{ id: 1 }, '/id', JSSTRING],
  [{ cmd: 1 }, '/cmd', JSSTRING],
  [{ args: 'sleep' }, '/args', 'error.expected.jsarray'],
  [{ args: ['a', 1] }, '/args(1)', JSSTRING],
  [{ args: [null] }, '/args(0)', JSSTRING],
  [{ env: [] }, '/env', JSOBJECT],
  [{ env: { A: 1 } }, '/env/A', JSSTRING],
  [{ env: { A: { secret: 1 } } }, '/env/A/secret', JSSTRING],
  [{ env: { A: {} } }, '/env/A/secret', 'error.path.missing'],
  [{ env: { '': 'a' } }, '/env/', 'error.minLength'],
  [{ instances: 1.5 }, '/instances', 'error.expected.int'],
  [{ instances: '1' }, '/instances', JSNUMBER],
  [{ instances: -1 }, '/instances', 'error.min'],
  [{ cpus: 0 }, '/cpus', 'error.min'],
  [{ cpus: -1 }, '/cpus', 'error.min'],
  [{ cpus: 1e308 }, '/cpus', 'error.max'],
  [{ mem: Number.POSITIVE_INFINITY }, '/mem', JSNUMBER],
  [{ mem: Number.NaN }, '/mem', JSNUMBER],
  [{ mem: 'NaN' }, '/mem', JSNUMBER],
  [{ instances: 2 ** 31 }, '/instances', 'error.max'],
  [{ maxLaunchDelaySeconds: 1e300 }, '/maxLaunchDelaySeconds', 'error.max'],
  [{ taskKillGracePeriodSeconds: 1e10 }, '/taskKillGracePeriodSeconds', 'error.max'],
  [{ healthChecks: [{ intervalSeconds: 1e10 }] }, '/healthChecks(0)/intervalSeconds', 'error.max'],
  [{ cpus: '1' }, '/cpus', JSNUMBER],
  [{ mem: -1 }, '/mem', 'error.min'],
  [{ disk: -1 }, '/disk', 'error.min'],
  [{ gpus: 0.5 }, '/gpus', 'error.expected.int'],
  [{ executor: 'a//b' }, '/executor', 'error.pattern'],
  [{ executorResources: { cpus: 0.01 } }, '/executorResources/cpus', 'error.min'],
  [{ executorResources: { mem: 31 } }, '/executorResources/mem', 'error.min'],
  [{ executorResources: { disk: 9 } }, '/executorResources/disk', 'error.min'],
  [{ constraints: ['hostname'] }, '/constraints(0)', 'error.expected.jsarray'],
  [{ constraints: [['hostname', 1]] }, '/constraints(0)(1)', JSSTRING],
  [{ fetch: [{}] }, '/fetch(0)/uri', 'error.path.missing'],
  [{ fetch: [{ uri: 'a'.repeat(1025) }] }, '/fetch(0)/uri', 'error.maxLength'],
  [{ fetch: [{ uri: 'a', extract: 1 }] }, '/fetch(0)/extract', 'error.expected.jsboolean'],
  [{ container: 'x' }, '/container', JSOBJECT],
  [{ container: { type: 'APPC' } }, '/container/type', 'error.unknown.enum.literal'],
  [{ container: { docker: {} } }, '/container/docker/image', 'error.path.missing'],
  [{ container: { docker: { image: '' } } }, '/container/docker/image', 'error.minLength'],
  [{ container: { volumes: [{ hostPath: '/a' }] } }, '/container/volumes(0)/containerPath', 'error.path.missing'],
  [
    { container: { volumes: [{ containerPath: '/a', mode: 'X' }] } },
    '/container/volumes(0)/mode',
    'error.unknown.enum.literal',
  ],
  [
    { container: { portMappings: [{ containerPort: 65536 }] } },
    '/container/portMappings(0)/containerPort',
    'error.max',
  ],
  [{ container: { portMappings: [{ name: 'Http' }] } }, '/container/portMappings(0)/name', 'error.pattern'],
  [{ networks: [{ mode: 'user' }] }, '/networks(0)/mode', 'error.unknown.enum.literal'],
  [{ networks: [{ name: 'A' }] }, '/networks(0)/name', 'error.pattern'],
  [{ networks: [{ name: 'a'.repeat(64) }] }, '/networks(0)/name', 'error.maxLength'],
  [{ portDefinitions: [{ name: 'HTTP' }] }, '/portDefinitions(0)/name', 'error.pattern'],
  [{ portDefinitions: [{ port: -1 }] }, '/portDefinitions(0)/port', 'error.min'],
  [{ portDefinitions: [{ protocol: 'sctp' }] }, '/portDefinitions(0)/protocol', 'error.unknown.enum.literal'],
  [{ portDefinitions: [{ labels: { a: 1 } }] }, '/portDefinitions(0)/labels/a', JSSTRING],
  [{ requirePorts: 'yes' }, '/requirePorts', 'error.expected.jsboolean'],
  [{ healthChecks: [{ path: 1 }] }, '/healthChecks(0)/path', JSSTRING],
  [{ healthChecks: [{ protocol: 'UDP' }] }, '/healthChecks(0)/protocol', 'error.unknown.enum.literal'],
  [{ healthChecks: [{ intervalSeconds: 0 }] }, '/healthChecks(0)/intervalSeconds', 'error.min'],
  [{ healthChecks: [{ command: {} }] }, '/healthChecks(0)/command/value', 'error.path.missing'],
  [{ readinessChecks: [{}, {}] }, '/readinessChecks', 'error.maxLength'],
  [
    { readinessChecks: [{ httpStatusCodesForReady: [] }] },
    '/readinessChecks(0)/httpStatusCodesForReady',
    'error.minLength',
  ],
  [{ backoffSeconds: -1 }, '/backoffSeconds', 'error.min'],
  [{ backoffFactor: 0.9 }, '/backoffFactor', 'error.min'],
  [{ maxLaunchDelaySeconds: -1 }, '/maxLaunchDelaySeconds', 'error.min'],
  [{ taskKillGracePeriodSeconds: -1 }, '/taskKillGracePeriodSeconds', 'error.min'],
  [{ upgradeStrategy: { minimumHealthCapacity: 1 } }, '/upgradeStrategy/maximumOverCapacity', 'error.path.missing'],
  [{ labels: { a: 1 } }, '/labels/a', JSSTRING],
  [{ acceptedResourceRoles: [] }, '/acceptedResourceRoles', 'error.minLength'],
  [{ role: '' }, '/role', 'error.minLength'],
  [{ killSelection: 'RANDOM' }, '/killSelection', 'error.unknown.enum.literal'],
  [{ killSelection: 1 }, '/killSelection', JSSTRING],
  [{ unreachableStrategy: 'enabled' }, '/unreachableStrategy', 'error.unknown.enum.literal'],
  [{ unreachableStrategy: { inactiveAfterSeconds: 'x' } }, '/unreachableStrategy/inactiveAfterSeconds', JSNUMBER],
  [{ secrets: { a: {} } }, '/secrets/a/source', 'error.path.missing'],
  [{ tty: 1 }, '/tty', 'error.expected.jsboolean'],
  [[], '/', JSOBJECT],
  ['x', '/', JSOBJECT],
];

test.each(WRONG_SHAPES)('%j is refused at %s with %s', (json, path, error) => {
  expect(refusalOf(json)).toEqual({ message: 'Invalid JSON', details: { [path]: [error] } });
});

test('everything wrong with the shape is told at once, grouped by path', () => {
  expect(refusalOf({ id: 1, instances: -0.5, labels: [] })).toEqual({
    message: 'Invalid JSON',
    details: { '/id': [JSSTRING], '/instances': ['error.expected.int'], '/labels': [JSOBJECT] },
  });
});

test('a prefix tells where in the request the app stands', () => {
  const at = (prefix: string) => told(() => parseAppUpdate({ env: { A: 1 } }, { group: ROOT }, prefix))?.details;
  expect(at('/apps(2)')).toEqual({ '/apps(2)/env/A': [JSSTRING] });
  expect(at('(0)')).toEqual({ '(0)/env/A': [JSSTRING] });
});

test('of a list of apps all that is wrong is told together', () => {
  const list = [{ id: 1 }, { id: 'a' }, { mem: 'x' }];
  expect(told(() => parseAppUpdates(list, { group: ROOT }, '/apps'))?.details).toEqual({
    '/apps(0)/id': [JSSTRING],
    '/apps(2)/mem': [JSNUMBER],
  });
  expect(told(() => parseAppUpdates({}, { group: ROOT }))?.details).toEqual({ '/': ['error.expected.jsarray'] });
});

test('null is like absent, wherever it stands, and unknown members are ignored', () => {
  const plain = appOf({ cmd: 'sleep 1000', healthChecks: [{ path: '/' }] });
  const withNulls = appOf({
    cmd: 'sleep 1000',
    args: null,
    container: null,
    env: { A: null },
    healthChecks: [{ path: '/', port: null, command: null }],
    hello: { world: 1 },
  });
  expect(withNulls).toEqual(plain);
});

test('an app must have an id where nothing else gives it one', () => {
  const update = parseAppUpdate({ cmd: 'sleep 1' }, { group: ROOT }, '(3)');
  expect(told(() => requiredId(update))?.details).toEqual({ '(3)/id': ['error.path.missing'] });
});

test('ids are relative to the group, dependencies to the group of the app', () => {
  const update = parseAppUpdate({ id: 'y', dependencies: ['../x', '/z', './v', 'v'] }, { group: '/g' as PathId });
  expect(update.id).toBe('/g/y');
  expect(update.fields.dependencies).toEqual(['/x', '/z', '/g/v']);
  expect(parseAppUpdate({ id: 'a/../b' }, { group: ROOT }).id).toBe('/b');
});

test('the id of the URL wins over the one in the body, whatever that is', () => {
  expect(parseAppUpdate({ id: 'Not an id' }, { group: ROOT, id: '/g/y' as PathId }).id).toBe('/g/y');
});

test.each(['Test', 'a_b', '-a', 'a-', 'a..b', '/ok/No'])('%s is no id', (id) => {
  expect(refusalOf({ id, cmd: 'sleep 1' })?.details['/id']?.[0]).toMatch(/^must fully match regular expression '/);
});

test('a path is no longer than what the ids of tasks have room for, whatever it is relative to', () => {
  const tooLong = { '/id': ['must not be longer than 180 characters'] };
  const longest = `/${'a'.repeat(179)}`;
  expect(refusalOf({ id: longest, cmd: 'sleep 1' })).toBeUndefined();
  const instanceId = `${safePath(longest as PathId)}.instance-${'0'.repeat(36)}` as InstanceId;
  expect(`marathon-${taskIdOf(instanceId, 9_999_999)}`.length).toBeLessThanOrEqual(255);
  expect(refusalOf({ id: `${longest}a`, cmd: 'sleep 1' })?.details).toEqual(tooLong);
  expect(refusalOf({ id: '/a'.repeat(50_000), cmd: 'sleep 1' })?.details).toEqual(tooLong);
  const inGroup = { group: `/${'g'.repeat(100)}` as PathId };
  expect(told(() => parseAppUpdate({ id: 'a'.repeat(90) }, inGroup))?.details).toEqual(tooLong);
  expect(told(() => parseAppUpdate({}, { group: ROOT, id: `${longest}a` as PathId }))?.details).toEqual(tooLong);
  const details = refusalOf({ id: '/a', cmd: 'sleep 1', dependencies: ['/b', `${longest}a`] })?.details;
  expect(details).toEqual({ '/dependencies(1)': tooLong['/id'] });
});

test.each(['/foo/restart', 'tasks', '/a/versions', '/a/..', '.'])('%s names a sub-resource, not an app', (id) => {
  expect(refusalOf({ id, cmd: 'sleep 1' })?.details['/id']).toEqual([
    'must not end with any of the following reserved keywords: restart, tasks, versions, ., ..',
  ]);
});

test.each(['/', '', 'a/../'])('%j is the root group, not an app', (id) => {
  expect(refusalOf({ id, cmd: 'sleep 1' })?.message).toBe('Object is not valid');
});

test('an update of nothing but a version asks for that version', () => {
  const update = parseAppUpdate({ id: '/a', version: '2021-01-01T01:00:00+01:00' }, { group: ROOT });
  expect(versionToReapply(update)).toBe('2021-01-01T00:00:00.000Z');
  expect(versionToReapply(parseAppUpdate({ cmd: 'sleep 1' }, { group: ROOT }))).toBeUndefined();
});

test('a version is not combined with other members', () => {
  const update = parseAppUpdate({ version: '2021-01-01T00:00:00Z', instances: 1 }, { group: ROOT });
  expect(told(() => versionToReapply(update))).toEqual({
    message: 'Object is not valid',
    details: { '/': ["The 'version' field may only be combined with the 'id' field."] },
  });
});

test('a version is a time', () => {
  expect(told(() => parseAppUpdate({ version: 'latest' }, { group: ROOT }))?.message).toBe(
    "Invalid timestamp provided 'latest'. Expecting ISO-8601 datetime string.",
  );
});
