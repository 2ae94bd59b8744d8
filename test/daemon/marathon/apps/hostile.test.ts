// Input that is strange, huge, or meant to do harm: it is taken as it stands or refused in words, soon, and reaches nothing
// but the app it is about.
import { expect, test } from 'vitest';
import { isConfigChange, parseStoredApp, renderApp, storedApp } from '../../../../src/daemon/marathon/apps/index.ts';
import { parseJsonText } from '../../../../src/mesos/codec.ts';
import { appOf, RUNNABLE, refusalOf } from './apps-of-json.ts';

const shown = (json: object) => JSON.parse(JSON.stringify(renderApp(appOf({ ...RUNNABLE, ...json }))));
const numbered = (count: number, of: (i: number) => unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`name-${i}`, of(i)]));

test('names that objects have from birth are names like others, and __proto__ is none', () => {
  const names = { constructor: 'a', toString: 'b', hasOwnProperty: 'c', valueOf: 'd' };
  const text =
    '{"id":"/a","cmd":"sleep 1","__proto__":{"cmd":"x"},"env":{"__proto__":{"secret":"s"}},"labels":{"__proto__":"p"}}';
  const app = appOf(parseJsonText(text) as Record<string, unknown>);
  expect([app.cmd, app.env, app.labels]).toEqual(['sleep 1', {}, {}]);
  expect(Reflect.get({}, 'secret')).toBeUndefined();
  expect(shown({ env: names, labels: names })).toMatchObject({ env: names, labels: names });
  expect(parseStoredApp(JSON.parse(JSON.stringify(storedApp(appOf({ ...RUNNABLE, env: names }))))).env).toEqual(names);
  const refusal = refusalOf({ ...RUNNABLE, env: { X: { secret: 'constructor' } } }, { features: ['secrets'] });
  expect(refusal?.details).toEqual({ '/env/X/secret': ['references an undefined secret'] });
});

test('zero below zero is zero', () => {
  const [app, same] = [appOf({ ...RUNNABLE, disk: -0, instances: -0 }), appOf({ ...RUNNABLE, disk: 0, instances: 0 })];
  expect(JSON.stringify(renderApp(app))).toBe(JSON.stringify(renderApp(same)));
  expect(isConfigChange(app, same)).toBe(false);
});

test('texts of any script, half characters and NUL come back as they went in', () => {
  const map = { Ünïcödé: '😀', 日本: '\u0000\n', half: '\ud800' };
  const app = appOf({ ...RUNNABLE, cmd: 'echo 😀', env: map, labels: map });
  const stored = Buffer.from(JSON.stringify(storedApp(app)), 'utf8').toString('utf8');
  expect(parseStoredApp(JSON.parse(stored))).toEqual(app);
});

test.each<readonly [string, object]>([
  ['labels', { labels: numbered(10_000, String) }],
  ['variables', { env: numbered(10_000, String) }],
  ['ports', { portDefinitions: Array.from({ length: 10_000 }, (_, i) => ({ name: `p${i}` })) }],
  ['health checks', { healthChecks: Array.from({ length: 10_000 }, () => ({ protocol: 'HTTP', path: '/' })) }],
  ['dependencies', { dependencies: Array.from({ length: 10_000 }, (_, i) => `/d/${i}`) }],
])('10,000 %s are no more trouble than their number', (_name, json) => {
  const usedBefore = process.cpuUsage();
  expect(refusalOf({ ...RUNNABLE, ...json })).toBeUndefined();
  expect(process.cpuUsage(usedBefore).user).toBeLessThan(3_000_000);
});

test.each([
  ['an id', { id: `/${'a'.repeat(200_000)}!` }],
  ['an id of dots', { id: 'a.'.repeat(100_000) }],
  ['a port name', { portDefinitions: [{ name: `${'a'.repeat(200_000)}!` }] }],
  ['a network name', { networks: [{ name: `${'a-'.repeat(100_000)}` }] }],
  ['an executor', { executor: '/a'.repeat(100_000).concat('//') }],
  ['a role', { role: `${'a'.repeat(200_000)} ` }],
  ['a pattern', { constraints: [['rack', 'LIKE', '(a*)*'.repeat(3000).concat('(')]] }],
  ['nested repetitions', { constraints: [['rack', 'LIKE', '(((((a{100}){100}){100}){100}){100})']] }],
  ['nested brackets', { constraints: [['rack', 'LIKE', '('.repeat(8000).concat(')'.repeat(8000))]] }],
])('%s that would keep a careless matcher busy is refused at once', (_name, json) => {
  const usedBefore = process.cpuUsage();
  expect(refusalOf({ ...RUNNABLE, ...json })).toBeDefined();
  expect(process.cpuUsage(usedBefore).user).toBeLessThan(2_000_000);
});

test('what is shown can be given back as the new definition, and changes nothing', () => {
  const json = {
    ...RUNNABLE,
    uris: ['http://a/b.tgz'],
    ipAddress: { networkName: 'net', discovery: { ports: [{ number: 80, name: 'http' }] } },
    constraints: [['hostname', 'unique']],
    healthChecks: [{ path: 'x' }, { protocol: 'COMMAND', command: { value: 'true' } }],
    unreachableStrategy: { expungeAfterSeconds: 3 },
    labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
  };
  const app = appOf(json);
  const again = appOf({ ...JSON.parse(JSON.stringify(renderApp(app))), tasksRunning: 1, deployments: [{ id: 'x' }] });
  expect(again).toEqual(app);
});
