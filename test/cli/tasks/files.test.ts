// Paths within a sandbox, as people type them.
import { expect, test } from 'vitest';
import { join } from '../../../src/cli/tasks/files.ts';

test('a path is found below the sandbox, with dots resolved', () => {
  expect(join('/sandbox', '')).toBe('/sandbox');
  expect(join('/sandbox', './a//b/')).toBe('/sandbox/a/b');
  expect(join('/sandbox', 'a/../b')).toBe('/sandbox/b');
});

test('a path out of the sandbox is wrong usage', () => {
  for (const path of ['..', '../..', 'a/../../b'])
    expect(() => join('/sandbox', path)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
