// What is mounted into a container is what was looked at, whoever exchanges it meanwhile.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfinedMount } from '../../../../src/world/confinement.ts';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('SKIPPED: mounts of containers, because only root can mount');

let directory: string;
let world: RealWorld;
let launches = 0;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'mctl-confine-')));
  world = createRealWorld({ log: { level: 'silent' } });
  for (const path of ['given/inner', 'precious', 'place']) mkdirSync(join(directory, path), { recursive: true });
  writeFileSync(join(directory, 'given/inner/said'), 'given');
  writeFileSync(join(directory, 'precious/said'), 'precious');
  writeFileSync(join(directory, 'place-of-file'), '');
});
afterEach(async () => {
  await world.close();
  rmSync(directory, { recursive: true });
});

async function said(mount: ConfinedMount): Promise<string> {
  const where = mount.isFile ? mount.target : `${mount.target}/said`;
  const exitFile = join(directory, `exit-${launches}`);
  const stdout = join(directory, `stdout-${launches++}`);
  const { pid } = await world.processes.launch({
    argv: ['/bin/cat', where],
    env: {},
    cwd: directory,
    stdout,
    stderr: '/dev/null',
    exitFile,
    cgroups: [],
    confinement: {
      directory,
      insideFile: join(directory, 'inside'),
      ownPids: false,
      ownIpc: false,
      mounts: [mount],
      limits: [],
      noNewPrivileges: false,
    },
  });
  expect(pid).toBeGreaterThan(0);
  await expect.poll(() => readFileSync(exitFile, 'utf8')).toBe('exited 0\n');
  return readFileSync(stdout, 'utf8');
}

describe.skipIf(!isRoot)('a mount whose path has no links', () => {
  test.each([true, false])('brings a directory, and a file (read-only: %s)', async (isReadOnly) => {
    const at = (path: string) => join(directory, path);
    const whole = { source: at('given/inner'), target: at('place'), isReadOnly, isReal: true };
    expect(await said(whole)).toBe('given');
    const file = {
      source: at('given/inner/said'),
      target: at('place-of-file'),
      isReadOnly,
      isReal: true,
      isFile: true,
    };
    expect(await said(file)).toBe('given');
  });

  test.each([
    ['above a directory', 'given', 'given/inner', false],
    ['in place of a directory', 'given/inner', 'given/inner', false],
    ['in place of a file', 'given/inner/said', 'given/inner/said', true],
  ])('is refused when a link is put %s', async (_, exchanged, asked, isFile) => {
    const source = join(directory, asked);
    renameSync(join(directory, exchanged), join(directory, 'moved'));
    const to = isFile ? 'precious/said' : 'precious';
    mkdirSync(join(directory, 'precious/inner'));
    symlinkSync(join(directory, to), join(directory, exchanged));
    const target = join(directory, isFile ? 'place-of-file' : 'place');
    await expect(said({ source, target, isReadOnly: false, isReal: true, isFile })).rejects.toThrow(
      `a link is in the way of '${source}'`,
    );
  });
});
