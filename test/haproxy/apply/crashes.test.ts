// A turn that dies between any two of its steps, or finds no room on the disk: afterwards the old or the new state is whole,
// and the next turn heals what is left to do (haproxy.md 22.5).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StageName } from '../../../src/haproxy/apply/report.ts';
import type { Disk } from '../../../src/world/disk.ts';
import type { World } from '../../../src/world/world.ts';
import { Balancer, HAS_HAPROXY, type TurnChanges } from './support/balancer.ts';
import { madeApp } from './support/made-answer.ts';

const CRASH = new Error('the process died here');
const MAPS: TurnChanges = { options: { usesMaps: true } };

let balancer: Balancer;

const web = (...tasks: number[]) => madeApp('/web', balancer.ports, tasks, { HAPROXY_0_MODE: 'http' });
const added = () => madeApp('/added', balancer.ports + 1, [balancer.ports + 50], { HAPROXY_0_MODE: 'http' });

/** Where both changes end up: everything is as wanted, and the turn after has nothing to do. */
async function isHealed(apps: readonly ReturnType<typeof madeApp>[]): Promise<void> {
  const healing = await balancer.turn(apps, MAPS);
  expect(healing.failure).toBeUndefined();
  expect(await balancer.turn(apps, MAPS)).toMatchObject({ outcome: 'nothing', isNews: false });
  expect(readdirSync(balancer.directory).filter((name) => /\.tmp$|mctl-(new|check)$/.test(name))).toEqual([]);
  const names = (await balancer.admin.serversState()).map((server) => server.port).sort();
  expect(names).toEqual(apps.flatMap((app) => app.tasks.flatMap((task) => task.ports)).sort());
}

function dyingAt(stage: StageName): TurnChanges {
  const entered = (now: StageName): void => {
    if (now === stage) throw CRASH;
  };
  return { ...MAPS, entered };
}

const dyingOnDisk = (changes: (disk: Disk) => Partial<Disk>): TurnChanges => ({
  ...MAPS,
  world: (world: World): World => ({ ...world, disk: { ...world.disk, ...changes(world.disk) } }),
});

describe.skipIf(!HAS_HAPROXY)('a turn that dies', () => {
  beforeEach(async () => {
    balancer = await Balancer.make();
    await balancer.start();
    await balancer.serve(balancer.ports + 50, 'one');
    await balancer.turn([web(balancer.ports + 50)], MAPS);
  });

  afterEach(() => balancer.end());

  test('between any two stages leaves whole files and a balancer that serves', async () => {
    const { ports } = balancer;
    const both = [web(ports + 50, ports + 51), added()];
    for (const stage of ['read', 'discover', 'compose', 'preflight', 'validate', 'guard', 'plan'] as const) {
      const before = balancer.config();
      await expect(balancer.turn(both, dyingAt(stage))).rejects.toBe(CRASH);
      expect(balancer.config(), stage).toBe(before);
      expect(await balancer.get(ports), stage).toBe('one');
    }
    await isHealed(both);
  });

  test.for(['replace', 'reload', 'verify', 'record'] as const)('before %s of a reload', async (stage) => {
    const { ports } = balancer;
    const both = [web(ports + 50), added()];
    const before = balancer.config();
    await expect(balancer.turn(both, dyingAt(stage))).rejects.toBe(CRASH);
    expect(balancer.config() === before).toBe(stage === 'replace');
    await balancer.until('it serves', async () => (await balancer.get(ports)) === 'one');
    await isHealed(both);
    expect(await balancer.get(ports + 1)).toBe('one');
  });

  test.for(['replace', 'runtime', 'record'] as const)('before %s of a change while HAProxy runs', async (stage) => {
    const { ports } = balancer;
    const more = [web(ports + 50, ports + 51)];
    await expect(balancer.turn(more, dyingAt(stage))).rejects.toBe(CRASH);
    expect(await balancer.get(ports)).toBe('one');
    await isHealed(more);
  });

  test('before the old files are back after a reload that failed', async () => {
    const { ports } = balancer;
    const raw = { ...MAPS.options, rawLabels: { kind: 'allow-all' } } as const;
    const broken = madeApp('/bad', ports + 1, [ports + 50], {
      HAPROXY_0_BACKEND_HEAD: 'backend {backend}\n  frobnicate\n',
    });
    const before = balancer.config();
    const blind = { ...dyingAt('roll-back'), settings: { skipsValidation: true }, options: raw };
    await expect(balancer.turn([web(ports + 50), broken], blind)).rejects.toBe(CRASH);
    expect(balancer.config()).not.toBe(before);
    // HAProxy itself is as it was; the next turn tries once more, and finds the way back by what it had kept.
    const again = await balancer.turn([web(ports + 50), broken], { settings: { skipsValidation: true }, options: raw });
    expect(again).toMatchObject({ outcome: 'rolled-back' });
    expect(balancer.config()).toBe(before);
    expect(await balancer.get(ports)).toBe('one');
    await isHealed([web(ports + 50)]);
  });

  test('between maps and config', async () => {
    const { ports } = balancer;
    const both = [web(ports + 50), added()];
    const before = balancer.config();
    const dying = dyingOnDisk((disk) => ({
      rename: (from, to) => (to === balancer.configPath ? Promise.reject(CRASH) : disk.rename(from, to)),
    }));
    await expect(balancer.turn(both, dying)).rejects.toBe(CRASH);
    expect(balancer.config()).toBe(before);
    expect(readFileSync(join(balancer.directory, 'app2backend.map'), 'utf8')).toContain('/added');
    await isHealed(both);
  });

  test('while it writes, with everything that a dead writer leaves', async () => {
    const { ports, directory } = balancer;
    for (const name of [
      '.haproxy.cfg.mctl-new',
      '.haproxy.cfg.mctl-check',
      '..haproxy.cfg.mctl-new.0123456789ab.tmp',
    ]) {
      writeFileSync(join(directory, name), 'torn');
    }
    writeFileSync(join(directory, 'other.cfg.torn'), 'not ours');
    await isHealed([web(ports + 50), added()]);
    expect(existsSync(join(directory, 'other.cfg.torn'))).toBe(true);
  });

  test('and loses its state starts over: one reload, nothing lost', async () => {
    const { ports } = balancer;
    rmSync(join(balancer.directory, 'state'), { recursive: true });
    expect(await balancer.turn([web(ports + 50)], MAPS)).toMatchObject({ outcome: 'reload', excluded: [] });
    await isHealed([web(ports + 50)]);
  });
});

const mount = (directory: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(!HAS_HAPROXY)('a disk without room', () => {
  test('is a failure that says so; what is served stays, and there is room the turn heals', async ({ skip }) => {
    const directory = mkdtempSync(join(tmpdir(), 'mctl-full-'));
    if (!mount(directory)) {
      rmSync(directory, { recursive: true });
      skip('mounting is not allowed here');
    }
    balancer = await Balancer.make(directory);
    try {
      await balancer.start();
      await balancer.serve(balancer.ports + 50, 'one');
      await balancer.turn([web(balancer.ports + 50)], MAPS);
      const { bavail, bsize } = statfsSync(directory);
      writeFileSync(join(directory, 'ballast'), Buffer.alloc(bavail * bsize));
      const before = balancer.config();
      const both = [web(balancer.ports + 50), added()];
      const report = await balancer.turn(both, MAPS);
      expect(report).toMatchObject({ outcome: 'failed', failure: { code: 'disk' } });
      expect(report.failure?.message).toContain('no space left');
      expect(balancer.config()).toBe(before);
      expect(await balancer.get(balancer.ports)).toBe('one');
      rmSync(join(directory, 'ballast'));
      await isHealed(both);
    } finally {
      await balancer.end().catch(() => undefined);
      execFileSync('umount', ['-l', directory]);
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
