import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isNodePath, parseZooKeeperAddress, withoutCredentials } from '../../../src/cluster/zookeeper/address.ts';

describe('a ZooKeeper URL', () => {
  test('names servers and a path; the port is 2181 where none is given', () => {
    const address = parseZooKeeperAddress('zk://a:2182,b.example,[::1]:2183/mesos/prod/');
    expect(address.servers).toEqual([
      { host: 'a', port: 2182 },
      { host: 'b.example', port: 2181 },
      { host: '::1', port: 2183 },
    ]);
    expect(address.path).toBe('/mesos/prod');
    expect(address.where).toBe('a:2182,b.example:2181,[::1]:2183/mesos/prod');
    expect(address.digest()).toBeUndefined();
    expect(address.at('/other').toString()).toBe('zk://a:2182,b.example:2181,[::1]:2183/other');
  });

  test('may hold credentials, the password with any character', () => {
    const address = parseZooKeeperAddress('zk://ada:p@ss:w/rd@h:1/x');
    expect(address.digest()?.toString()).toBe('ada:p@ss:w/rd');
    expect(address.user).toBe('ada');
    expect(address.at('/y').digest()?.toString()).toBe('ada:p@ss:w/rd');
    expect(address.servers).toEqual([{ host: 'h', port: 1 }]);
  });

  test('never shows the password, printed, inspected or as JSON', () => {
    const address = parseZooKeeperAddress('zk://ada:geheim@h:1/x');
    const shown = [String(address), JSON.stringify({ address }), inspect(address, { depth: 9 }), address.where];
    expect(shown.join()).not.toContain('geheim');
    expect(withoutCredentials('zk://ada:gehe@im@h:1/x')).toBe('zk://h:1/x');
    expect(withoutCredentials('zk://h:1,k:2/x')).toBe('zk://h:1,k:2/x');
    expect(withoutCredentials('h:5050')).toBe('h:5050');
  });

  test.each([
    ['http://h/x', /begins with zk:/],
    ['zk://h:2181', /path other than \//],
    ['zk://h:2181/', /path other than \//],
    ['zk:///mesos', /'' is no server/],
    ['zk://h:2181,/mesos', /'' is no server/],
    ['zk://h:99999/mesos', /99999 is no port/],
    ['zk://h:0/mesos', /0 is no port/],
    ['zk://h:1/a//b', /'\/a\/\/b' is no path/],
    ['zk://h:1/a/../b', /is no path/],
    ['zk://ada@h:1/x', /user:password/],
    ['zk://:geheim@h:1/x', /user:password/],
    ['zk://ada:geheim@h:x/x', /'h:x' is no server/],
  ])('%s is refused with a reason that has no password in it', (url, reason) => {
    expect(() => parseZooKeeperAddress(url)).toThrow(reason);
    expect(() => parseZooKeeperAddress(url)).not.toThrow('geheim');
  });

  test('paths that the server would not take are known beforehand', () => {
    expect(['/', '/a', '/a/b.c', '/a/..b', '/ä'].map(isNodePath)).toEqual([true, true, true, true, true]);
    expect(['', 'a', '/a/', '/a//b', '/./a', '/a/..', '/a\u0000', '/a\n', '/😀'].some(isNodePath)).toBe(false);
  });
});
