// kill, pause and resume as commands, from source, without a cluster to touch.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mctl } from '../../support/command-process.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mctl-signals-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it('kill, pause and resume say that there is no cluster, and want a member', async () => {
  const acts = ['kill', 'pause', 'resume'].map((act) =>
    mctl(home, [`cluster/chaos/${act}`, 'master-1', '--name', 'none']),
  );
  const [unnamed, ...nobody] = await Promise.all([mctl(home, ['cluster/chaos/kill']), ...acts]);
  expect(unnamed.code).toBe(2);
  for (const { code, stderr } of nobody) {
    expect([code, stderr]).toEqual([3, expect.stringContaining("There is no cluster 'none'")]);
  }
});
