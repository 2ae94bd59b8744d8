import { expect, test } from 'vitest';
import { Deadlines } from '../../../../src/cluster/zookeeper/client/deadlines.ts';
import { Frames, MAX_FRAME_BYTES } from '../../../../src/cluster/zookeeper/client/frames.ts';
import fc from '../../../fast-check.ts';

function framed(message: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(message.length);
  return Buffer.concat([length, message]);
}

test('trap 21: messages are the same however the network cuts them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
      fc.array(fc.nat({ max: 30 }), { maxLength: 60 }),
      (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(framed));
        const frames = new Frames();
        const got: Uint8Array[] = [];
        let offset = 0;
        for (const cut of [...cuts, bytes.length]) {
          // Copied out at once, as the reader of messages does: the rest of the chunk is not kept alive.
          for (const frame of frames.push(bytes.subarray(offset, offset + cut))) got.push(Uint8Array.from(frame));
          offset = Math.min(offset + cut, bytes.length);
        }
        expect(got).toEqual(messages);
      },
    ),
  );
});

test('trap 21: a long message in many pieces is joined once', () => {
  const message = Buffer.alloc(8_000_000, 7);
  const bytes = framed(message);
  const frames = new Frames();
  const startedMs = performance.now();
  let got: Buffer | undefined;
  for (let offset = 0; offset < bytes.length; offset += 500) {
    for (const frame of frames.push(bytes.subarray(offset, offset + 500))) got = frame;
  }
  expect(got?.equals(message)).toBe(true);
  // Joining with every piece would copy 64 GB.
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test.each([-1, MAX_FRAME_BYTES + 1, Buffer.from('HTTP').readInt32BE(0)])(
  'a message of %i bytes is refused',
  (length) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(length);
    expect(() => [...new Frames().push(bytes)]).toThrow(RangeError);
  },
);

test('trap 5: what has no answer is given up when it is due, and what is settled is forgotten', () => {
  const deadlines = new Deadlines();
  const given: number[] = [];
  const operations = [10, 20, 30, 40].map((atMs) => {
    const operation = { isSettled: false, giveUp: () => given.push(atMs) };
    deadlines.add(atMs, operation);
    return operation;
  });
  const [first, , third] = operations;
  if (first !== undefined) first.isSettled = true;
  deadlines.tick(15);
  expect(given).toEqual([]);
  deadlines.tick(20);
  expect(given).toEqual([20]);
  if (third !== undefined) third.isSettled = true;
  deadlines.tick(1_000);
  expect(given).toEqual([20, 40]);
  deadlines.tick(2_000);
  expect(given).toEqual([20, 40]);
});
