import { expect, test } from 'vitest';
import { takeLock } from '../../../../src/world/real/disk/lock.ts';

test('where nobody may write is told apart from where nothing is', () => {
  // Not even root makes a file in /proc.
  expect(() => takeLock('/proc/mine.lock')).toThrow(expect.objectContaining({ code: 'forbidden' }));
  expect(() => takeLock('/nowhere/at/all.lock')).toThrow(expect.objectContaining({ code: 'not-found' }));
});
