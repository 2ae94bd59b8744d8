// Addresses that nothing is fetched from.
import { describe, expect, test } from 'vitest';
import { ForbiddenNetworks, parseAddress } from '../../../../../src/daemon/agent/containers/fetch/networks.ts';

const isForbidden = (networks: string[], address: string): boolean => {
  try {
    new ForbiddenNetworks(networks).refuse(address, 'host');
    return false;
  } catch {
    return true;
  }
};

describe('forbidden networks', () => {
  test.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['169.254.169.254', '169.254.169.254', true],
    ['169.254.169.254', '169.254.169.253', false],
    ['192.168.4.0/22', '192.168.7.255', true],
    ['192.168.4.0/22', '192.168.8.0', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['fe80::/10', 'fec0::1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['127.0.0.0/8', '::ffff:127.0.0.1', true],
    ['127.0.0.0/8', '::ffff:7f00:1', true],
  ])('of %s: %s → %s', (network, address, expected) => {
    expect(isForbidden([network], address)).toBe(expected);
  });

  test('what is no network is refused when it is configured, what is no address when it is asked for', () => {
    for (const text of ['', '1.2.3', '1.2.3.4/33', '1.2.3.400', 'x/8', '::1/129', '1::2::3', '1.2.3.4/-1']) {
      expect(() => new ForbiddenNetworks([text]), text).toThrow(RangeError);
    }
    expect(isForbidden(['10.0.0.0/8'], 'not an address')).toBe(true);
    expect(parseAddress('1:2:3:4:5:6:7:8:9')).toBeUndefined();
  });
});
