// What URIs of commands come to, and which are refused.
import { describe, expect, test } from 'vitest';
import { FetchError, parseUri } from '../../../../../src/daemon/agent/containers/fetch/uri.ts';

const parse = (value: string, rest: Record<string, unknown> = {}, home = '') => parseUri({ value, ...rest }, home);

describe('a URI', () => {
  test('of http is called by the last part of its path, query included', () => {
    expect(parse('http://host:1/a/b.txt')).toMatchObject({
      source: { kind: 'http', url: 'http://host:1/a/b.txt' },
      name: 'b.txt',
      archive: undefined,
      isExecutable: false,
      isCached: false,
    });
    expect(parse('https://host/a.tar.gz?x=1&y=/p/q')).toMatchObject({ name: 'a.tar.gz?x=1&y=_p_q', archive: 'tar.gz' });
  });

  test.each([
    ['file:///a/b', '/a/b'],
    ['FILE:///a/b', '/a/b'],
    ['file://localhost/a/b', '/a/b'],
    ['/a/b', '/a/b'],
    ['  /a/b ', '/a/b'],
  ])('%s is a file of this machine', (value, path) => {
    expect(parse(value).source).toEqual({ kind: 'file', path });
  });

  test('relative paths are below --frameworks_home, and refused without it', () => {
    expect(parse('x/y', {}, '/home/').source).toEqual({ kind: 'file', path: '/home/x/y' });
    expect(() => parse('x/y')).toThrow(/frameworks_home/);
    expect(() => parse('../y', {}, '/home')).toThrow(FetchError);
  });

  test.each([
    ['a.tar', 'tar'],
    ['a.tar.gz', 'tar.gz'],
    ['a.tgz', 'tar.gz'],
    ['a.tar.bz2', 'tar.bz2'],
    ['a.tbz2', 'tar.bz2'],
    ['a.tar.xz', 'tar.xz'],
    ['a.txz', 'tar.xz'],
    ['a.gz', 'gz'],
    ['a.zip', 'zip'],
    ['a.txt', undefined],
    ['tar', undefined],
  ])('%s is unpacked as %s', (name, archive) => {
    expect(parse(`/x/${name}`).archive).toBe(archive);
    expect(parse(`/x/${name}`, { extract: false }).archive).toBeUndefined();
    expect(parse(`/x/${name}`, { executable: true }).archive).toBeUndefined();
    expect(parse('/x/y', { output_file: `d/${name}` }).archive).toBe(archive);
  });

  test('an output file may have directories, but stays below the sandbox', () => {
    expect(parse('/x/y', { output_file: 'a/./b//c' }).name).toBe('a/b/c');
    for (const output_file of ['/etc/passwd', '../x', 'a/../../x', '.', './', 'a\0b', 'a\nb', "a'b", 'x'.repeat(256)]) {
      expect(() => parse('/x/y', { output_file }), output_file).toThrow(FetchError);
    }
  });

  test.each([
    '',
    '   ',
    'http://host',
    'http://host/',
    '/',
    '/x/..',
    'file://x',
    'http://[/x',
    'ftp://h/x',
    'hdfs://h/x',
    "/a'b",
    '/a\\b',
    '/a\u0007b',
  ])('%j is refused', (value) => {
    expect(() => parse(value)).toThrow(FetchError);
  });
});
