import { describe, expect, test } from 'vitest';
import { Template, TemplateError } from '../../../../src/haproxy/render/templates/template.ts';

const fill = (text: string, values: Record<string, string> = {}) =>
  new Template('BACKEND_HEAD', 'label', text).fill(values);

describe('braces', () => {
  test('placeholders are filled in, doubled braces are single ones', () => {
    expect(fill('backend {backend} if {{ path / }} }}', { backend: 'a_80' })).toBe('backend a_80 if { path / } }');
    expect(fill('{backend}{balance}{mode}', { backend: 'a', balance: 'b', mode: 'c' })).toBe('abc');
    expect(fill('{{{backend}}}', { backend: 'a' })).toBe('{a}');
  });

  test('values are never read as templates', () => {
    expect(fill('{backend}', { backend: '{mode}', mode: 'x' })).toBe('{mode}');
  });

  test.each([
    ['a {nobody} b', '{nobody}'],
    ['line one\nfoo { b', 'line 2'],
    ['foo } b', 'single "}"'],
    ['{}', '{}'],
    ['{0}', '{0}'],
    ['{backend!r}', '{backend!r}'],
    ['{backend:>5}', '{backend:>5}'],
    ['{backend.name}', '{backend.name}'],
    ['{ backend }', '{ backend }'],
    ['{constructor}', '{constructor}'],
  ])('%j is refused and says what is wrong', (text, words) => {
    expect(() => fill(text)).toThrow(TemplateError);
    expect(() => fill(text)).toThrow(words);
  });

  test('a template that is taken as it is may hold single braces', () => {
    const text = '  option a if { path / }\n  x {backend}';
    expect(new Template('BACKEND_HTTP_OPTIONS', 'label', text).fill({ backend: 'a' })).toBe(text);
  });

  test('a head keeps the braces of others and fills in what it knows', () => {
    const head = new Template(
      'HEAD',
      'file',
      'listen stats\n  a if { path /metrics } {x}\n  stats socket {runtimeSocket}',
    );
    expect(head.fill({ runtimeSocket: '/s' })).toBe('listen stats\n  a if { path /metrics } {x}\n  stats socket /s');
  });
});

describe('ends of lines', () => {
  test('blanks behind and blank lines before are gone, \\r\\n is \\n', () => {
    expect(fill('\n  \n  a\r\n  b \n\n')).toBe('  a\n  b');
  });

  test('blanks that empty values leave at the end are gone too', () => {
    expect(fill('server {backend} {mode}', { backend: 's' })).toBe('server s');
    expect(fill('{backend} {mode} {balance}\n', {})).toBe('');
    expect(fill('a {backend}', { backend: 'x  ' })).toBe('a x');
  });
});
