// Labels about HTTP: host names, paths, users: what is taken, and as what (haproxy.md 17.2, 17.3).
import { describe, expect, test } from 'vitest';
import {
  isVirtualHost,
  parseAuth,
  parseCheckPath,
  parsePath,
  parsePathWord,
  parseVirtualHosts,
} from '../../../src/haproxy/grammar/web.ts';

const taken = (value: unknown) => ({ ok: true, value });

describe('host names', () => {
  test('stand between commas, in lower case, each once, without empty parts', () => {
    expect(parseVirtualHosts(' A.example ,,*.B.example, a.EXAMPLE')).toEqual(taken(['a.example', '*.b.example']));
    expect(parseVirtualHosts(' , ')).toEqual(taken([]));
  });
  test('are at most 253 characters in parts of at most 63', () => {
    const name = (length: number) => `${'a.'.repeat(120)}${'b'.repeat(length - 240)}`;
    expect(isVirtualHost(name(253))).toBe(true);
    expect(isVirtualHost(name(254))).toBe(false);
    expect(isVirtualHost(`${'a'.repeat(63)}.example`)).toBe(true);
    expect(isVirtualHost(`${'a'.repeat(64)}.example`)).toBe(false);
  });
  test.each([
    '',
    '*',
    '*.',
    'a.*.b',
    '**.a',
    '-a.example',
    'a-.example',
    '.a',
    'a.',
    'a:80',
    'a/b',
    'a b',
    'A',
    'é.example',
    'a\n',
  ])('%j is none', (name) => {
    expect(isVirtualHost(name)).toBe(false);
  });
});

describe('paths', () => {
  test('stand between blanks, each once, -i before them', () => {
    expect(parsePath('/a  /b\n/a')).toEqual(taken({ ignoresCase: false, prefixes: ['/a', '/b'] }));
    expect(parsePath(' -i /A')).toEqual(taken({ ignoresCase: true, prefixes: ['/A'] }));
    expect(parsePath("/._~%!&'()+,;=:@/-x")).toMatchObject({ ok: true });
  });
  test.each(['', '-i', '/a -i', '-f /etc/shadow', '/a\\', '/"', '/$A', '/{', '/#', "/'a /b'", '/a?b', '/é', '/a\tb'])(
    '%j is none',
    (text) => {
      expect(parsePath(text)).toMatchObject({ ok: false });
    },
  );
  test('are 60 at most', () => {
    const paths = (count: number) => Array.from({ length: count }, (_, index) => `/${index}`).join(' ');
    expect(parsePath(paths(60))).toMatchObject({ ok: true });
    expect(parsePath(paths(61))).toMatchObject({ ok: false });
  });
  test('where one is asked for, it is one', () => {
    expect(parsePathWord(' /a/b ')).toEqual(taken('/a/b'));
    for (const text of ['', 'a', '/a /b', "/'a'", '/a\n/b'])
      expect(parsePathWord(text), text).toMatchObject({ ok: false });
  });
  test('of checks may have a query, and get the slash that Marathon adds', () => {
    expect(parseCheckPath('up?deep=1&x')).toEqual(taken('/up?deep=1&x'));
    for (const text of [
      '/a b',
      '/"',
      "/'",
      '/\\',
      '/#',
      '/a\n  server evil 6.6.6.6:80',
      '/$X',
      `/${'a'.repeat(1000)}`,
    ]) {
      expect(parseCheckPath(text), text).toMatchObject({ ok: false });
    }
  });
});

describe('users', () => {
  test.each(['$5$abcdefgh$yb2VqDtJ4Gz', '$6$rounds=5000$salt$h./A', '$1$x$y', '$2y$05$abc./D', 'ab./CDEFGHIJk'])(
    'have a hash of crypt(3) such as %s',
    (hash) => {
      expect(parseAuth(`Shop staff:bob@x.y-z_1:${hash}`)).toEqual(
        taken({ realm: 'Shop staff', users: [{ name: 'bob@x.y-z_1', hash }] }),
      );
    },
  );
  test('may be several', () => {
    expect(parseAuth('R:a:$5$x$y;b:$5$x$z;R:c:$5$x$w;')).toMatchObject({
      value: { users: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
    });
  });
  test.each([
    ['', 'three parts'],
    ['realm:bob', 'three parts'],
    ['my:realm:bob:$5$x$y', 'three parts'],
    [':bob:$5$x$y', 'realm'],
    ['realm::$5$x$y', 'user name'],
    ['realm:bob:', 'crypt(3)'],
    ['realm:bob:plain', 'crypt(3)'],
    ['realm:bob:$5$x$y z', 'crypt(3)'],
    ['realm:bob:$5$x$y\n', 'crypt(3)'],
    ['realm\n:bob:$5$x$y', 'realm'],
  ])('%j is refused, and the words do not hold it', (text, words) => {
    const verdict = parseAuth(text);
    expect(verdict).toMatchObject({ ok: false, why: expect.stringContaining(words) });
    expect(JSON.stringify(verdict)).not.toContain('$5$');
  });
});
