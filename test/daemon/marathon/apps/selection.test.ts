import { expect, test } from 'vitest';
import { matchesAppFilter, parseLabelSelector } from '../../../../src/daemon/marathon/apps/index.ts';
import { appOf, told } from './apps-of-json.ts';

test.each<readonly [selector: string, labels: Readonly<Record<string, string>>, selects: boolean]>([
  ['a==1,b', { a: '1' }, false],
  ['a==1,b', { a: '1', b: 'x' }, true],
  ['a', { a: '' }, true],
  ['a', {}, false],
  ['a==1', { a: '2' }, false],
  ['c!=1', { a: '1' }, false],
  ['c!=1', { c: '2' }, true],
  ['c!=1', { c: '1' }, false],
  ['env in (dev,qa)', { env: 'qa' }, true],
  ['env in (dev,qa)', { env: 'prod' }, false],
  ['env notin (dev, qa)', { env: 'prod' }, true],
  ['env notin (dev, qa)', { env: 'dev' }, false],
  ['env notin (dev, qa)', {}, false],
  ['  a  ==  1 ,  b in( x )  ', { a: '1', b: 'x' }, true],
  ['a\\/b==c\\ d', { 'a/b': 'c d' }, true],
  ['in==1', { in: '1' }, true],
  ['toString', {}, false],
  ['a.b-c_D==1', { 'a.b-c_D': '1' }, true],
])('%s on %j: %s', (selector, labels, selects) => {
  expect(parseLabelSelector(selector)(labels)).toBe(selects);
});

test.each(['', 'a==', '==1', 'a,', 'a b', 'a in', 'a in ()', 'a in (b', 'a=1', 'a==1 b', 'a/b', 'a\\'])(
  '%j is no selector',
  (selector) => {
    expect(told(() => parseLabelSelector(selector))?.message).toContain(`Can not parse label selector '${selector}'`);
  },
);

test('filters hold together, and look at texts whatever their case', () => {
  const app = appOf({ id: '/prod/web', cmd: 'Sleep 100', labels: { a: '1' } });
  expect(matchesAppFilter(app, {})).toBe(true);
  expect(matchesAppFilter(app, { cmd: 'sLEEP', id: 'WEB', label: parseLabelSelector('a') })).toBe(true);
  expect(matchesAppFilter(app, { cmd: 'sleep', id: 'api' })).toBe(false);
  expect(matchesAppFilter(app, { cmd: 'python' })).toBe(false);
  expect(matchesAppFilter(app, { label: parseLabelSelector('b') })).toBe(false);
  expect(matchesAppFilter(appOf({ id: '/a', args: ['sleep'] }), { cmd: 'sleep' })).toBe(false);
});
