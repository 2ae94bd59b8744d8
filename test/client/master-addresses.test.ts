import { describe, expect, test } from 'vitest';
import { baseUrl, MasterAddresses } from '../../src/client/master-addresses.ts';

describe('master addresses', () => {
  test('two requests that failed at the same address move on by one, not by two', () => {
    const addresses = new MasterAddresses(['a:1', 'b:2']);
    const asked = addresses.current;
    addresses.advance(asked);
    addresses.advance(asked);
    expect(addresses.current).toBe('http://b:2');
  });

  test('schemes other than HTTP are no address', () => {
    expect(() => baseUrl('ftp://x')).toThrow(TypeError);
    expect(baseUrl('https://x:1/prefix/')).toBe('https://x:1/prefix');
  });
});
