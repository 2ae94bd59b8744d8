// Turns that meet what is rare: records that cannot be written, workers that come up late, ports that were taken meanwhile.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tellToReload } from '../../../src/haproxy/apply/install/reload.ts';
import { replaceFiles } from '../../../src/haproxy/apply/install/replace.ts';
import { listVersions } from '../../../src/haproxy/apply/install/versions.ts';
import { DEFAULT_SETTINGS } from '../../../src/haproxy/apply/settings.ts';
import { DiskError } from '../../../src/world/disk.ts';
import { NetError } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { Balancer, HAS_HAPROXY, type TurnChanges } from './support/balancer.ts';
import { madeApp } from './support/made-answer.ts';

let balancer: Balancer;

beforeEach(async () => {
  balancer = await Balancer.make();
});

afterEach(() => balancer.end());

/** As if the disk of the state directory were full, for files of this name. */
const full = (name: string): TurnChanges => ({
  world: (world: World): World => ({
    ...world,
    disk: {
      ...world.disk,
      writeAtomic: (path, data, options) =>
        path.endsWith(`/state/${name}`)
          ? Promise.reject(new DiskError('no-space', path, 'ENOSPC'))
          : world.disk.writeAtomic(path, data, options),
    },
  }),
});

describe.skipIf(!HAS_HAPROXY)('a record that cannot be written', () => {
  test('ends a turn before it changes anything, and is named', async () => {
    const { ports } = balancer;
    await balancer.start();
    await balancer.turn([madeApp('/web', ports, [ports + 50])]);
    const { reloads } = await balancer.master.processes();
    const more = [madeApp('/web', ports, [ports + 50]), madeApp('/more', ports + 1, [ports + 50])];
    const report = await balancer.turn(more, full('state.json'));
    expect(report).toMatchObject({ outcome: 'failed', failure: { code: 'disk' } });
    expect(report.failure?.message).toContain('no space left for');
    expect(report.failure?.message).toContain('state.json');
    // Also when the files are there and only the reload is missing: else each turn would reload.
    await expect(
      balancer.turn(more, {
        entered: (stage) => {
          if (stage === 'reload') throw new Error('died');
        },
      }),
    ).rejects.toThrow('died');
    expect(await balancer.turn(more, full('state.json'))).toMatchObject({ outcome: 'failed' });
    expect((await balancer.master.processes()).reloads).toBe(reloads);
    expect(await balancer.turn(more)).toMatchObject({ outcome: 'reload' });
  });

  test('does not keep a HAProxy that is gone from being started', async () => {
    const { ports, directory } = balancer;
    await balancer.serve(ports + 50, 'ok');
    const pidfile = join(directory, 'haproxy.pid');
    const web = [madeApp('/web', ports, [ports + 50], { HAPROXY_0_MODE: 'http' })];
    const start = { settings: { reload: { kind: 'start', pidfile } } } as const;
    const kill = async (): Promise<void> => {
      process.kill((await balancer.admin.info()).pid, 'SIGKILL');
      await balancer.until('it is gone', () =>
        balancer.admin.info().then(
          () => false,
          () => true,
        ),
      );
    };
    await balancer.turn(web, start);
    await kill();
    const report = await balancer.turn(web, { ...full('state.json'), ...start });
    expect(report).toMatchObject({ outcome: 'reload', warnings: [expect.stringContaining('could not be recorded')] });
    expect(await balancer.get(ports)).toBe('ok');
    await kill();
  });

  test('of what tasks and labels were is a warning: what was applied is applied', async () => {
    const { ports } = balancer;
    await balancer.start();
    const report = await balancer.turn([madeApp('/web', ports, [ports + 50])], full('memory.json'));
    expect(report).toMatchObject({ outcome: 'reload', warnings: [expect.stringContaining('could not be kept')] });
    expect(report.failure).toBeUndefined();
  });
});

describe.skipIf(!HAS_HAPROXY)('a reload', () => {
  test('that worked though its command failed is undone with the files', async () => {
    const { ports } = balancer;
    await balancer.start();
    await balancer.turn([madeApp('/web', ports, [ports + 50])]);
    const before = balancer.config();
    const { master } = await balancer.master.processes();
    const { pid } = await balancer.admin.info();
    // The first time it fails when the new worker is there already.
    const mark = join(balancer.directory, 'once');
    const workers = `$(cat /proc/${master}/task/${master}/children)`;
    const isSame = `while test "$before" = "${workers}"; do sleep 0.05; done`;
    const command = `before=${workers}; kill -USR2 ${master}; test -e ${mark} && exit 0; touch ${mark}; ${isSame}; sleep 0.4; exit 1`;
    const report = await balancer.turn(
      [madeApp('/web', ports, [ports + 50]), madeApp('/new', ports + 1, [ports + 50])],
      {
        settings: { reload: { kind: 'command', command } },
      },
    );
    expect(report).toMatchObject({ outcome: 'rolled-back', warnings: [] });
    expect(balancer.config()).toBe(before);
    expect((await balancer.admin.info()).pid).not.toBe(pid);
    expect((await balancer.admin.stat()).map(({ proxy }) => proxy)).not.toContain(`new_${ports + 1}`);
    expect(balancer.state()).toMatchObject({ reloads: { ok: 1, failed: 1 } });
    const { loadedMs, lastReloadMs } = balancer.state() as Record<string, number>;
    expect(loadedMs).toBeLessThan(lastReloadMs ?? 0);
  });

  test('that another turn died over looks at ports again: one that was taken meanwhile pauses nobody', async () => {
    const { ports } = balancer;
    await balancer.start();
    const web = madeApp('/web', ports, [ports + 50]);
    await balancer.turn([web]);
    const both = [web, madeApp('/new', ports + 1, [ports + 50])];
    const dying: TurnChanges = {
      entered: (stage) => {
        if (stage === 'reload') throw new Error('died');
      },
    };
    await expect(balancer.turn(both, dying)).rejects.toThrow('died');
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(ports + 1, '127.0.0.1', resolve));
    const report = await balancer.turn(both);
    expect(report.excluded).toEqual([expect.objectContaining({ reason: expect.stringContaining('another process') })]);
    expect(report).toMatchObject({ services: 1 });
    await new Promise((resolve) => holder.close(resolve));
    expect(await balancer.turn(both)).toMatchObject({ outcome: 'reload', excluded: [], services: 2 });
  });

  test('of a version waits for the turn that is at work, and is refused when HAProxy would not have it', async () => {
    const { ports } = balancer;
    await balancer.start();
    await balancer.turn([madeApp('/web', ports, [ports + 50, ports + 51])]);
    await balancer.turn([madeApp('/web', ports, [ports + 50]), madeApp('/new', ports + 1, [ports + 50])]);
    const [first] = await listVersions(balancer.world, balancer.configPath);
    if (first === undefined) throw new Error('two are kept');
    const applier = balancer.applier(() => Promise.reject(new Error('not asked')));
    const [turn, restored] = await Promise.all([
      balancer.turn([madeApp('/web', ports, [ports + 50])], { settings: { force: true } }),
      applier.restore(first.id),
    ]);
    expect([turn, restored].map(({ failure }) => failure?.code ?? 'ok').sort()).toEqual(['locked', 'ok']);
    const before = balancer.config();
    writeFileSync(first.path, 'nonsense\n');
    expect(await applier.restore(first.id)).toMatchObject({ failure: { code: 'nothing-valid' } });
    expect(balancer.config()).toBe(before);
  });
});

test('a master that executes itself again is waited for, one that is gone is not', async () => {
  let asked = 0;
  const sleeps: number[] = [];
  const world = {
    clock: { sleep: async (ms: number) => void sleeps.push(ms) },
    net: {
      exchange: async () => {
        asked += 1;
        if (asked < 3) throw new NetError('refused', 'nobody listens');
        return '';
      },
    },
  } as unknown as World;
  const settings = {
    ...DEFAULT_SETTINGS,
    configPath: '/c',
    stateDirectory: '/s',
    reload: { kind: 'master', socket: '/m' },
  } as const;
  await tellToReload(world, settings, { kind: 'up' });
  expect({ asked, sleeps }).toEqual({ asked: 3, sleeps: [50, 50] });
  asked = 0;
  await expect(tellToReload(world, settings, { kind: 'down' })).rejects.toMatchObject({ code: 'not-running' });
  expect(asked).toBe(1);
});

test('files are durable before the first takes its place, config last, and so are their names', async () => {
  const steps: string[] = [];
  const step = (name: string) => async (path: string, to?: string) =>
    void steps.push(`${name} ${typeof to === 'string' && name === 'rename' ? to : path}`);
  const disk = {
    stat: async () => undefined,
    writeAtomic: step('write'),
    rename: step('rename'),
    syncDirectory: step('sync'),
  };
  const next = { config: 'x', maps: { 'domain2backend.map': 'a b\n', 'app2backend.map': '' } };
  await replaceFiles({ disk } as unknown as World, '/etc/haproxy/haproxy.cfg', next);
  expect(steps).toEqual([
    'write /etc/haproxy/.domain2backend.map.mctl-new',
    'write /etc/haproxy/.haproxy.cfg.mctl-new',
    'rename /etc/haproxy/domain2backend.map',
    'rename /etc/haproxy/haproxy.cfg',
    'sync /etc/haproxy',
  ]);
});
