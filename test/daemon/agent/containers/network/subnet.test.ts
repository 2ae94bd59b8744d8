import { expect, test } from 'vitest';
import {
  interfaceNameOf,
  overlaps,
  parseSubnet,
  subnetText,
} from '../../../../../src/daemon/agent/containers/network/subnet.ts';

test('a private subnet is read and written as it was given', () => {
  for (const text of ['10.201.0.0/20', '172.16.0.0/12', '192.168.255.240/28', '100.64.0.0/10']) {
    expect(subnetText(parseSubnet(text))).toBe(text);
  }
});

test.each([
  '',
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/29',
  '10.0.0.1/24',
  '256.0.0.0/8',
  '8.8.8.0/24',
  '172.0.0.0/8',
  '10.0.0.0/24;id',
])('%s is refused', (text) => {
  expect(() => parseSubnet(text)).toThrow();
});

test('subnets overlap when one is within the other, in either order', () => {
  const [wide, within, beside] = ['10.0.0.0/8', '10.255.0.0/16', '172.16.0.0/16'].map(parseSubnet);
  if (wide === undefined || within === undefined || beside === undefined) throw new Error('not read');
  expect([overlaps(wide, within), overlaps(within, wide), overlaps(within, beside)]).toEqual([true, true, false]);
});

test('a bridge is called by its subnet, as short as the kernel wants it, and no two by one name', () => {
  const names = ['192.168.0.0/16', '192.168.0.0/24', '255.255.255.0/24'].map((text) => {
    const [address = '', bits] = text.split('/');
    return interfaceNameOf({ address: Buffer.from(address.split('.').map(Number)).readUInt32BE(), bits: Number(bits) });
  });
  expect(new Set(names).size).toBe(3);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]{1,15}$/);
});
