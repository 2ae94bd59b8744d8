// Directories with all above them, on this machine's file systems.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeDirectories, makeDirectoriesSync } from '../../../../src/world/real/disk/make-directories.ts';

const root = mkdtempSync(join(tmpdir(), 'mctl-directories-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each([
  ['waiting', (path: string) => makeDirectories(path, 0o755)],
  ['at once', async (path: string) => makeDirectoriesSync(path, 0o755)],
])('%s', (name, make) => {
  test('all that is missing is made, and what is there stays', async () => {
    const path = join(root, name, 'a', 'b');
    await make(path);
    await make(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });
  test('a file in the way is an error', async () => {
    const file = join(root, `file ${name}`);
    writeFileSync(file, '');
    await expect(make(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(make(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
  test.runIf(existsSync('/proc/self'))('where the kernel makes none it ends, with an error', async () => {
    await expect(make('/proc/none/below')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
