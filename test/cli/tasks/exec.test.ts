// How the end of a command becomes our own.
import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/cli/tasks/exec.ts';

test('the exit code is the command’s, and 128 and the number of the signal that ended it', () => {
  expect([0, 3 << 8, 255 << 8, 9, 15 | 0x80].map(exitCodeOf)).toEqual([0, 3, 255, 137, 143]);
});
