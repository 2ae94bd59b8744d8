import { describe, expect, test } from 'vitest';
import { Simulation } from '../../src/simulation/index.ts';
import { Chaos } from '../../src/simulation/scenario/chaos.ts';

/** Idle programs on machines of their own, tormented for a while. */
async function torment(seed: number, steps: number) {
  const simulation = new Simulation({ seed });
  const hosts = ['a', 'b', 'c'].map((name) => simulation.host(name));
  const processes = hosts.map((host) => host.start('idle', async () => undefined));
  const told: string[] = [];
  const chaos = new Chaos(simulation, { processes, rebootable: hosts, disks: hosts }, (text) => told.push(text));
  for (let step = 0; step < steps; step++) {
    chaos.step();
    await simulation.run({ forMs: 1_000 });
  }
  return { simulation, hosts, processes, chaos, told };
}

describe('chaos', () => {
  test('puts in every kind of fault, the same ones for the same seed', async () => {
    const [first, again, other] = [await torment(1, 300), await torment(1, 300), await torment(2, 300)];
    const kinds = ['ambush', 'crash', 'disk', 'mood', 'one-way', 'partition', 'reboot', 'stop'];
    expect([...first.chaos.counts.keys()].sort()).toEqual(kinds);
    expect(again.told).toEqual(first.told);
    expect(other.told).not.toEqual(first.told);
  });

  test('starts again what died, and leaves a sound cluster when it ends', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { simulation, hosts, processes, chaos } = await torment(seed, 50);
      chaos.end();
      for (let step = 0; step < 15; step++) {
        chaos.supervise();
        await simulation.run({ forMs: 1_000 });
      }
      expect(processes.map((handle) => handle.state)).toEqual(['running', 'running', 'running']);
      for (const from of hosts) {
        expect(hosts.some((to) => simulation.network.isBlocked(from, to))).toBe(false);
        expect(from.disk.faults.current).toBeUndefined();
      }
    }
  });
});
