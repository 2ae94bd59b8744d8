import { describe, expect, test } from 'vitest';
import { Simulation } from '../../src/simulation/index.ts';

const idle = async () => undefined;

async function machine(seed: number) {
  const simulation = new Simulation({ seed });
  const host = simulation.host('machine');
  const daemon = host.start('daemon', idle);
  await simulation.run({ forMs: 1 });
  const text = (path: string) => simulation.settle(daemon.world.disk.readText(path));
  return { simulation, host, daemon, text };
}

/** Outcomes over many seeds: a promise about chance is a promise about all of them. */
async function outcomes(run: (seed: number) => Promise<string>): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    seen.add(await run(seed));
  }
  return seen;
}

describe('what a crash leaves', () => {
  test('of synced appends everything, of later ones any beginning', async () => {
    const seen = await outcomes(async (seed) => {
      const { simulation, daemon, text } = await machine(seed);
      const file = await simulation.settle(daemon.world.disk.openAppend('/tmp/log'));
      await simulation.settle(file.write('kept '));
      await simulation.settle(file.sync());
      await simulation.settle(file.write('lost?'));
      daemon.restart();
      await simulation.run({ forMs: 1 });
      return await text('/tmp/log');
    });
    expect(seen).toContain('kept ');
    expect(seen).toContain('kept lost?');
    expect(seen.size).toBeGreaterThan(3);
    for (const text of seen) {
      expect('kept lost?'.startsWith(text) && text.length >= 5).toBe(true);
    }
  });

  test('of an atomic write under way the old or the new content', async () => {
    const seen = await outcomes(async (seed) => {
      const { simulation, daemon, text } = await machine(seed);
      await simulation.settle(daemon.world.disk.writeAtomic('/tmp/f', 'old'));
      daemon.world.disk.writeAtomic('/tmp/f', 'new');
      daemon.restart();
      await simulation.run({ forMs: 1 });
      return await text('/tmp/f');
    });
    expect([...seen].sort()).toEqual(['new', 'old']);
  });

  test('of a launch under way a task or none', async () => {
    const seen = await outcomes(async (seed) => {
      const { simulation, daemon, host } = await machine(seed);
      daemon.world.processes.launch({
        argv: ['sleep', '100'],
        env: {},
        cwd: '/tmp',
        stdout: '/tmp/out',
        stderr: '/tmp/err',
        exitFile: '/tmp/exit',
      });
      daemon.crash();
      await simulation.run({ forMs: 1_000 });
      return `${host.tasks.size} tasks`;
    });
    expect([...seen].sort()).toEqual(['0 tasks', '1 tasks']);
  });
});

describe('what a loss of power leaves', () => {
  test('of durable files everything, of plain writes any beginning', async () => {
    const seen = await outcomes(async (seed) => {
      const { simulation, daemon, host, text } = await machine(seed);
      await simulation.settle(daemon.world.disk.writeAtomic('/tmp/durable', 'all of it'));
      await simulation.settle(daemon.world.disk.writeFile('/tmp/plain', 'abc'));
      host.reboot(100);
      await simulation.run({ forMs: 200 });
      daemon.restart();
      await simulation.run({ forMs: 1 });
      expect(await text('/tmp/durable')).toBe('all of it');
      return await text('/tmp/plain');
    });
    expect([...seen].sort()).toEqual(['', 'a', 'ab', 'abc']);
  });
});

describe('a failing disk', () => {
  test('refuses writes with the code asked for, and only where asked', async () => {
    const { simulation, daemon, host, text } = await machine(1);
    const { disk } = daemon.world;
    host.disk.faults.current = { code: 'no-space', chance: 1, under: '/tmp/full' };
    await simulation.settle(disk.writeAtomic('/tmp/fine', 'x'));
    const refused = simulation.settle(disk.writeAtomic('/tmp/full/f', 'x'));
    await expect(refused).rejects.toMatchObject({ name: 'DiskError', code: 'no-space' });
    host.disk.faults.current = undefined;
    expect(await text('/tmp/fine')).toBe('x');
    expect(host.disk.faults.count).toBe(1);
  });

  test('makes a commit fail with its outcome unknown, and the store useless from then on', async () => {
    const seen = await outcomes(async (seed) => {
      const simulation = new Simulation({ seed });
      const host = simulation.host('machine');
      const daemon = host.start('daemon', async (_world, context) => context.openStore('s'));
      await simulation.run({ forMs: 1 });
      host.disk.faults.current = { code: 'io', chance: 1 };
      const put = () =>
        simulation.settle(
          daemon.value?.commit([{ kind: 'put', key: 'k', value: new Uint8Array(1) }]) ?? Promise.resolve(),
        );
      await expect(put()).rejects.toMatchObject({ code: 'failed' });
      host.disk.faults.current = undefined;
      await expect(put()).rejects.toMatchObject({ code: 'failed' });
      return `${host.states.store('s').read('').length} entries`;
    });
    expect([...seen].sort()).toEqual(['0 entries', '1 entries']);
  });
});
