import { isIP } from 'node:net';
import { expect, test } from 'vitest';
import { isHostName, parseAddress, parseNetwork } from '../../../src/haproxy/grammar/addresses.ts';
import { liesBelow } from '../../../src/haproxy/grammar/app-id.ts';
import fc from '../../fast-check.ts';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['::', '::'],
  ['::1', '::1'],
  ['[::1]', '::1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:0db8::', '2001:db8::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['::ffff:10.0.0.1', '::ffff:a00:1'],
])('%s is the address %s', (text, address) => {
  expect(parseAddress(text)).toBe(address);
});

test.each([
  '',
  '1.2.3',
  '1.2.3.4.',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.1.1.1',
  '1.2.3.4/8',
  ' 1.2.3.4',
  '1.2.3.4\n',
  '0x7f.1.1.1',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'fe80::1%eth0',
  '1.2.3.4::',
  '[1.2.3.4]',
  'g::',
  '::1 ',
  '1:2:3:4:5:6:7::8',
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('what is an address is one for Node too, and the other way round', () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef:.'.split('')), maxLength: 40 }),
  );
  fc.assert(
    fc.property(text, (given) => {
      const address = parseAddress(given);
      expect(address !== undefined).toBe(isIP(given) !== 0);
      if (address !== undefined) expect([isIP(address), parseAddress(address)]).toEqual([isIP(given), address]);
    }),
    { numRuns: 2000 },
  );
});

test('networks have a prefix that fits, or none', () => {
  expect(['10.0.0.0/8', '10.0.0.0/32', '::/0', '::1/128', '10.0.0.1'].map(parseNetwork)).toEqual([
    '10.0.0.0/8',
    '10.0.0.0/32',
    '::/0',
    '::1/128',
    '10.0.0.1',
  ]);
  for (const text of ['10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '/8', '::/129', '10.0.0.0/8/8', '10.0.0.0/-1']) {
    expect(parseNetwork(text)).toBeUndefined();
  }
});

test('host names have no blanks, quotes, slashes or ends of lines', () => {
  for (const name of ['a', 'agent1.example', 'my_agent-2', '10.0.0.1']) expect(isHostName(name)).toBe(true);
  for (const name of ['', 'a b', 'a\n', 'a"', '-a', 'a-', 'a/b', 'é', 'a'.repeat(254)])
    expect(isHostName(name)).toBe(false);
});

test('an app lies below a prefix by whole segments', () => {
  expect(['/a', '/a/b', '/ab'].map((id) => liesBelow(id, ['/a']))).toEqual([true, true, false]);
  expect([liesBelow('/a', ['a/']), liesBelow('/a', ['/']), liesBelow('/a', [])]).toEqual([true, true, false]);
});
