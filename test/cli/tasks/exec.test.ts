// How the end of a command becomes our own.
import { expect, test } from 'vitest';
import { exitCodeOf, howItEnded } from '../../../src/cli/tasks/exec.ts';
import { ApiError } from '../../../src/client/api-error.ts';

test('the exit code is the command’s, and 128 and the number of the signal that ended it', () => {
  expect([0, 3 << 8, 255 << 8, 9, 15 | 0x80].map(exitCodeOf)).toEqual([0, 3, 255, 137, 143]);
});

test('an agent that is stopped meanwhile is told as the agent of the task, not as a master', async () => {
  const cause = new Error('other side closed');
  const gone = new ApiError('unreachable', 'http://127.0.0.2:5051', 'x', { cause });
  await expect(howItEnded('web.1', { kind: 'ended' }, Promise.reject(gone))).rejects.toMatchObject({
    exitCode: 8,
    text: { what: "The agent of task 'web.1' does not answer at http://127.0.0.2:5051.", why: 'other side closed' },
  });
  await expect(howItEnded('web.1', { kind: 'ended' })).rejects.toMatchObject({ exitCode: 8 });
  expect(await howItEnded('web.1', { kind: 'ended' }, Promise.resolve(7 << 8))).toBe(7);
});
