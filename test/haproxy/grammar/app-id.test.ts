import { expect, test } from 'vitest';
import { isAppId, liesBelow } from '../../../src/haproxy/grammar/app-id.ts';

test.each(['/a', '/a/b-c.d_e', '/A1'])('%s is an app id', (id) => {
  expect(isAppId(id)).toBe(true);
});

test.each(['', '/', 'a', '/a/', '//a', '/a b', '/a\n', '/.', '/../a', '/-a', '/é', `/${'a'.repeat(1000)}`])(
  '%j is none',
  (id) => {
    expect(isAppId(id)).toBe(false);
  },
);

test('an app lies below an id segment by segment, slashes at the ends or not', () => {
  expect(liesBelow('/shop/web', ['/shop'])).toBe(true);
  expect(liesBelow('/shop/web', ['other', 'shop/'])).toBe(true);
  expect(liesBelow('/shop', ['/shop'])).toBe(true);
  expect(liesBelow('/shopping', ['/shop'])).toBe(false);
  expect(liesBelow('/any', ['/'])).toBe(true);
  expect(liesBelow('/any', [''])).toBe(true);
  expect(liesBelow('/any', [])).toBe(false);
});
