// Finding what tasks of a stopped cluster left, with real processes.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { clusterPaths } from '../../../src/cli/cluster/layout.ts';
import { findLeftovers, removeLeftovers } from '../../../src/cli/cluster/leftovers.ts';

const root = mkdtempSync(join(tmpdir(), 'mctl-leftovers-'));
const paths = clusterPaths(root, 'mine');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

function task(sandbox: string, script = 'exec sleep 60'): number {
  const child = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: 'ignore',
    env: { MESOS_SANDBOX: sandbox, PATH: '/bin:/usr/bin' },
  });
  children.push(child);
  return child.pid ?? 0;
}

describe.skipIf(!existsSync('/proc/self/environ'))('leftovers (needs /proc)', () => {
  test('are the processes with a sandbox of this cluster, with all of their session, and no others', async () => {
    const ours = task(`${paths.directory}/agent-1/slaves/S/x`, 'env -i sleep 61 & exec sleep 60');
    const others = task(`${root}/mine-too/agent-1/x`);
    const find = (): number[] => findLeftovers(paths, undefined).processes.map(({ pid }) => pid);
    await expect.poll(() => find().length).toBe(2);
    const found = find();
    expect(found).toContain(ours);
    expect(found).not.toContain(others);
  });

  test('are gone afterwards, also those that ignore SIGTERM', async () => {
    task(`${paths.directory}/agent-1/x`, 'trap "" TERM; while :; do sleep 1; done');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await removeLeftovers(paths, undefined)).toEqual({ processes: [], cgroups: [], mounts: [], networks: [] });
  });
});
