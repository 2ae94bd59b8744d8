// A task's output, byte for byte and to its end.
import { expect, test } from 'vitest';
import { followOutput } from '../../../src/cli/run/follow-output.ts';
import { ApiError, type FilesClient } from '../../../src/client/operator.ts';
import { FakeClock, settle } from '../../client/support/fake-master.ts';

function scene() {
  let content: Buffer | undefined;
  const clock = new FakeClock();
  const written: Uint8Array[] = [];
  const files = {
    read: async (_path: string, offset: number) => {
      if (content === undefined) throw new ApiError('not-found', 'a', 'not there');
      return { data: content.subarray(offset, offset + 4), size: content.length };
    },
  } as unknown as FilesClient;
  const follower = followOutput(files, clock, [{ path: '/stdout', write: (bytes) => void written.push(bytes) }]);
  return {
    clock,
    follower,
    append: (text: string) => {
      content = Buffer.concat([content ?? Buffer.alloc(0), Buffer.from(text)]);
    },
    text: () => Buffer.concat(written).toString('utf8'),
  };
}

test('comes as it grows, also when the file is only made later', async () => {
  const { clock, append, text } = scene();
  await clock.advance(500);
  append('hellö wörld');
  await clock.advance(1000);
  expect(text()).toBe('hellö wörld');
  append('!');
  await clock.advance(1000);
  expect(text()).toBe('hellö wörld!');
});

test('is read to its end after the task has ended', async () => {
  const { clock, follower, append, text } = scene();
  await settle();
  append('a long text in several pieces');
  const finished = follower.finish();
  await clock.advance(1000);
  expect(await finished).toBe(true);
  expect(text()).toBe('a long text in several pieces');
});

test('that cannot be had is given up, and said so', async () => {
  const { clock, follower } = scene();
  await settle();
  const finished = follower.finish();
  for (let second = 0; second < 30; second += 1) await clock.advance(1000);
  expect(await finished).toBe(false);
});

test('stops at once when told to', async () => {
  const { clock, follower, append, text } = scene();
  await settle();
  follower.stop();
  append('late');
  await clock.advance(5000);
  expect(text()).toBe('');
  expect(clock.pending).toBe(0);
});
