// Paths, their other forms, ids of tasks, and points in time (marathon.md 1.6, 3.1, 15.1, 25).
import { describe, expect, it } from 'vitest';
import { appIdOf, type InstanceId, parseTaskId, taskIdOf } from '../../../../src/daemon/marathon/model/instance.ts';
import {
  ancestorsOf,
  childTowards,
  fromSafePath,
  hostName,
  isWithin,
  type PathId,
  parentOf,
  pathError,
  ROOT,
  resolvePath,
  safePath,
} from '../../../../src/daemon/marathon/model/path-id.ts';
import { millisOf, parseTimestamp, timestamp } from '../../../../src/daemon/marathon/model/time.ts';

const path = (text: string) => resolvePath(text);
const UUID = '0f3c2b1a-1111-11ec-8d3d-0242ac130003';

describe('a path', () => {
  it.each([
    ['/a/../b', '/', '/b'],
    ['../x', '/g', '/x'],
    ['./x', '/g', '/g/x'],
    ['x//y/', '/g', '/g/x/y'],
    ['../../..', '/g', '/'],
    ['/', '/g', '/'],
    ['', '/g', '/g'],
  ])('%j in %s is %s', (text, base, resolved) => {
    expect(resolvePath(text, base as PathId)).toBe(resolved);
  });

  it.each(['a', '/a-1/b.c/0', '.', '..', '../a', '/a.b-c.d', ''])('%j may be', (text) => {
    expect(pathError(text)).toBeUndefined();
  });

  it.each(['Test', 'a_b', '-a', 'a-', 'a..b', '...', 'a.', '.a', 'a b', 'ä', '/a/B', 'a\n'])(
    '%j may not be',
    (text) => {
      expect(pathError(text)).toMatch(/^must fully match regular expression '\^/);
    },
  );

  it('has a form for files and one for names, and the first leads back', () => {
    expect([safePath(path('/a/b/c')), hostName(path('/a/b/c'))]).toEqual(['a_b_c', 'c.b.a']);
    expect(fromSafePath('a_b_c')).toBe('/a/b/c');
  });

  it('knows what is above and below it', () => {
    expect([parentOf(path('/a/b')), parentOf(path('/a')), parentOf(ROOT)]).toEqual(['/a', '/', undefined]);
    expect(ancestorsOf(path('/a/b'))).toEqual(['/', '/a']);
    expect([isWithin(path('/ab'), path('/a')), isWithin(path('/a/b'), path('/a'))]).toEqual([false, true]);
    expect([childTowards(path('/a/b/c'), ROOT), childTowards(path('/a/b/c'), path('/a'))]).toEqual(['/a', '/a/b']);
  });
});

describe('the id of a task', () => {
  it('tells app, instance and incarnation', () => {
    const instanceId = `a_b.instance-${UUID}` as InstanceId;
    expect(taskIdOf(instanceId, 3)).toBe(`a_b.instance-${UUID}._app.3`);
    expect(parseTaskId(taskIdOf(instanceId, 3))).toEqual({ appId: '/a/b', instanceId, incarnation: 3 });
    expect(appIdOf(instanceId)).toBe('/a/b');
  });

  it.each([
    [`a_b.${UUID}`, `a_b.${UUID}`, 1],
    [`a_b.marathon-${UUID}`, `a_b.marathon-${UUID}`, 1],
    [`a_b.instance-${UUID}.$anon`, `a_b.instance-${UUID}`, 1],
    [`a_b.instance-${UUID}.$anon.2`, `a_b.instance-${UUID}`, 2],
    [`a_b.instance-${UUID}.web-1.4`, `a_b.instance-${UUID}`, 4],
    [`a_b.marathon-${UUID}.7`, `a_b.marathon-${UUID}`, 7],
  ])('%s is one of former releases', (taskId, instanceId, incarnation) => {
    expect(parseTaskId(taskId)).toEqual({ appId: '/a/b', instanceId, incarnation });
  });

  it('may be of an app with dots in its name', () => {
    expect(parseTaskId(`g_a.b.instance-${UUID}._app.1`)?.appId).toBe('/g/a.b');
  });

  it.each(['', 'x', 'a.b', UUID, `a_b.instance-${UUID}.`, `a_b.instance-${UUID}._app.x y`, `a_b.other-${UUID}x`])(
    '%j is none',
    (taskId) => {
      expect(parseTaskId(taskId)).toBeUndefined();
    },
  );
});

describe('a point in time', () => {
  it('is shown in UTC with three digits of a second', () => {
    expect(timestamp(1_600_000_000_000.9)).toBe('2020-09-13T12:26:40.000Z');
    expect(millisOf(timestamp(1_600_000_000_123))).toBe(1_600_000_000_123);
  });

  it.each([
    ['2021-01-01T00:00:00.000Z', '2021-01-01T00:00:00.000Z'],
    ['2021-01-01T00:00:00Z', '2021-01-01T00:00:00.000Z'],
    ['2021-01-01T01:30:00+01:30', '2021-01-01T00:00:00.000Z'],
    ['2020-12-31T19:00:00.5-0500', '2021-01-01T00:00:00.500Z'],
    ['2021-01-01T00:00:00.123456Z', '2021-01-01T00:00:00.123Z'],
    ['2021-01-01T00:00Z', '2021-01-01T00:00:00.000Z'],
  ])('%s is read as %s', (text, read) => {
    expect(parseTimestamp(text)).toBe(read);
  });

  it.each([
    '',
    'latest',
    '2021-01-01',
    '2021-01-01T00:00:00',
    '2021-13-01T00:00:00Z',
    '1600000000000',
    ' 2021-01-01T00:00:00Z',
  ])('%j is none', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});
