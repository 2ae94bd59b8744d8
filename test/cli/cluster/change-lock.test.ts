// One change of a cluster at a time, and no traces of a change that came to nothing.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { changing } from '../../../src/cli/cluster/change-lock.ts';
import { clusterPaths } from '../../../src/cli/cluster/layout.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

const root = mkdtempSync(join(tmpdir(), 'mctl-change-'));
const world = createRealWorld({ log: { level: 'silent' } });
afterAll(async () => {
  await world.close();
  rmSync(root, { recursive: true, force: true });
});

test('a cluster that could not be planned leaves no directory', async () => {
  const paths = clusterPaths(root, 'refused');
  await expect(changing(world.disk, paths, 1000, () => Promise.reject(new Error('port taken')))).rejects.toThrow(
    'port',
  );
  expect(existsSync(paths.directory)).toBe(false);
});

test('a planned one keeps it', async () => {
  const paths = clusterPaths(root, 'planned');
  await changing(world.disk, paths, 1000, async () => writeFileSync(paths.plan, '{}'));
  expect(existsSync(paths.plan)).toBe(true);
});

test('changes at the same time come one after the other, also when the first removes the directory', async () => {
  const paths = clusterPaths(root, 'busy');
  let inside = 0;
  const change = async (): Promise<number> => {
    inside += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
    return inside;
  };
  const all = Array.from({ length: 4 }, () => changing(world.disk, paths, 5000, change));
  expect(await Promise.all(all)).toEqual([0, 0, 0, 0]);
});

test.runIf(existsSync('/proc/self'))('an impossible place is refused at once', async () => {
  const paths = clusterPaths('/proc/none', 'local');
  await expect(changing(world.disk, paths, 1000, async () => undefined)).rejects.toThrow('cannot be made');
});
