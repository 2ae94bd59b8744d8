// status, history and diff: what they show of files that are there.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { differingFiles, diffFromVersion } from '../../../src/cli/haproxy/looking/diff.ts';
import { chooseVersion, historyView, readHistory, versionFiles } from '../../../src/cli/haproxy/looking/history.ts';
import { isTooOld, statusView } from '../../../src/cli/haproxy/looking/status.ts';
import { keepVersion } from '../../../src/haproxy/apply/install/versions.ts';
import { emptyState } from '../../../src/haproxy/apply/memory/state-file.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

const world = createRealWorld({ log: { level: 'silent' } });
afterAll(() => world.close());

const MAPS = { 'domain2backend.map': '', 'app2backend.map': '' };
let count = 0;
const base = mkdtempSync(join(tmpdir(), 'mctl-haproxy-looking-'));

/** A directory with two kept versions, the second on disk. */
async function kept(): Promise<string> {
  const directory = join(base, String(count++));
  mkdirSync(directory);
  const path = join(directory, 'haproxy.cfg');
  for (const config of ['one\n', 'two\n']) {
    await keepVersion(world, path, { config, maps: MAPS }, 5);
    await world.clock.sleep(2);
  }
  writeFileSync(path, 'two\n');
  return path;
}

describe('history', () => {
  test('newest first, and which one is on disk', async () => {
    const path = await kept();
    const history = await readHistory(world, path);
    const { data, names, body } = historyView(history, world.clock.nowMs());
    expect(data).toMatchObject([{ isCurrent: true }, { isCurrent: false }]);
    expect(names).toEqual(history.versions.map(({ id }) => id).reverse());
    expect(body.kind === 'table' && body.rows.map((row) => row[3])).toEqual(['on disk', '']);
  });

  test('a version is chosen by its beginning, or that of its hash; without, it is the one before', async () => {
    const history = await readHistory(world, await kept());
    const [one, two] = history.versions;
    expect(chooseVersion(history, undefined)).toBe(one);
    expect(chooseVersion(history, two?.id.slice(-12, -6))).toBe(two);
    expect(() => chooseVersion(history, '2')).toThrow('beginning of 2 versions');
    expect(() => chooseVersion(history, 'x')).toThrow("no kept version 'x'");
    expect(() => chooseVersion({ versions: [], current: undefined }, undefined)).toThrow('no other version');
  });

  test('a directory that is not there is told', async () => {
    await expect(readHistory(world, join(base, 'no', 'haproxy.cfg'))).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe('diff', () => {
  test('from disk to what would be, and from a version to disk', async () => {
    const path = await kept();
    const wanted = { config: 'three\n', maps: { ...MAPS, 'app2backend.map': '/web web\n' } };
    const [config, map] = await differingFiles(world.disk, path, wanted);
    expect(config?.diff).toContain('-two\n+three\n');
    expect(map?.diff).toContain('--- /dev/null\n');
    expect(await differingFiles(world.disk, path, { config: 'two\n', maps: MAPS })).toEqual([]);
    const [version] = (await readHistory(world, path)).versions;
    if (version === undefined) throw new Error('there are two');
    const [back] = await diffFromVersion(world.disk, path, version.id, await versionFiles(world, path, version));
    expect(back?.diff).toContain('-one\n+two\n');
  });

  test('hashes are masked, and a change of them alone is told', async () => {
    const path = await kept();
    writeFileSync(path, 'userlist u\n  user a password $5$old\n');
    const [found] = await differingFiles(world.disk, path, {
      config: 'userlist u\n  user a password $5$new\n',
      maps: MAPS,
    });
    expect(found?.diff).toBe(`${path}: passwords or hashes differ\n`);
  });
});

describe('status', () => {
  const state = emptyState('/etc/haproxy/haproxy.cfg');

  test('an age that is too old, or of a run that never was, is worth a page', () => {
    expect(isTooOld(state, 1_000_000, 300_000)).toBe(true);
    expect(isTooOld({ lastSuccessMs: 800_000 }, 1_000_000, 300_000)).toBe(false);
    expect(isTooOld({ lastSuccessMs: 600_000 }, 1_000_000, 300_000)).toBe(true);
  });

  test('a reload that failed is not the last one that was', () => {
    const items = (given: { lastReloadMs?: number; loadedMs?: number }): Map<string, unknown> => {
      const { body } = statusView({ ...state, ...given }, [], 100_000);
      return new Map(body.kind === 'details' ? body.items.map(([name, value]) => [name, value]) : []);
    };
    expect(items({}).get('Last reload')).toBeUndefined();
    expect(items({ lastReloadMs: 50_000 }).get('Last reload')).toBeUndefined();
    expect(items({ lastReloadMs: 50_000 }).get('Reload failed')).toContain('50s ago');
    expect(items({ lastReloadMs: 50_000, loadedMs: 50_100 }).get('Reload failed')).toBeUndefined();
    const both = items({ lastReloadMs: 90_000, loadedMs: 50_100 });
    expect([both.get('Last reload'), both.get('Reload failed')]).toEqual([
      expect.stringContaining('49s ago'),
      expect.stringContaining('10s ago'),
    ]);
  });

  test('tells what is left out, and a failure only while it is the last word', () => {
    const full = {
      ...state,
      lastSuccessMs: 1_000,
      lastError: { code: 'source', message: 'nobody answers', atMs: 2_000 },
      excluded: [{ appId: '/a', portIndex: 0, reason: 'no host', keepsLastGood: true }],
    };
    const text = (view: ReturnType<typeof statusView>) => JSON.stringify(view.body);
    expect(text(statusView(full, [4, 5], 3_000))).toContain('nobody answers');
    expect(text(statusView(full, [4, 5], 3_000))).toContain('pids 4 5');
    expect(text(statusView(full, [], 3_000))).toContain('["/a port 0","as it was","no host"]');
    expect(text(statusView({ ...full, lastSuccessMs: 2_500 }, 'may not be asked', 3_000))).not.toContain(
      'nobody answers',
    );
  });

  test('what was told once and is still wrong can be looked up, though its service is served', () => {
    const problem = { appId: '/a', portIndex: 0, where: 'HAPROXY_0_X', effect: 'changed' as const, message: 'is odd' };
    const { body, data } = statusView({ ...state, wrong: { problems: [problem], excluded: [] } }, [], 3_000);
    expect(data).toMatchObject({ problems: [problem], workers: [] });
    expect(JSON.stringify(body)).toContain('["/a port 0, HAPROXY_0_X","served without it","is odd"]');
  });
});
