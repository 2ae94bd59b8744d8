// ZooKeeper's greeting on election ports, byte for byte as 3.5 and newer send it.
import { expect, test } from 'vitest';
import { withCallback } from '../../../../src/cli/cluster/chaos/election-greeting.ts';

const BACK = { ip: '127.0.1.7', port: 20_081 };

function greeting(version: bigint, address: string): Buffer {
  const head = Buffer.alloc(20);
  head.writeBigInt64BE(version, 0);
  head.writeBigInt64BE(1n, 8);
  head.writeInt32BE(address.length, 16);
  return Buffer.concat([head, Buffer.from(address)]);
}

test.each([-65_536n, -65_535n])('of version %s tells the way back in place of the own address', (version) => {
  const more = Buffer.from([0, 0, 0, 3, 1, 2, 3]);
  const heard = Buffer.concat([greeting(version, '127.0.0.1:3888'), more]);
  expect(withCallback(heard, BACK)).toEqual(Buffer.concat([greeting(version, '127.0.1.7:20081'), more]));
});

test('is waited for until it is whole', () => {
  const whole = greeting(-65_536n, '127.0.0.1:3888');
  for (let length = 0; length < whole.length; length += 1) {
    expect(withCallback(whole.subarray(0, length), BACK)).toBeUndefined();
  }
});

test('of an older version, and what is none, goes on as it is', () => {
  const older = Buffer.from([0, 0, 0, 0, 0, 0, 0, 2]);
  expect(withCallback(older, BACK)).toEqual(older);
  const lying = greeting(-65_536n, '');
  lying.writeInt32BE(2 ** 30, 16);
  expect(withCallback(lying, BACK)).toEqual(lying);
});
