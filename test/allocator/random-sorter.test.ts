// Sorters by lot: everybody gets a turn, weights shift the chances, and nothing else changes.
import { describe, expect, it } from 'vitest';
import { HierarchicalAllocator } from '../../src/allocator/allocator.ts';
import { weightedShuffle } from '../../src/allocator/sorter/random-order.ts';
import { Simulation } from '../../src/simulation/simulation.ts';
import { SmallCluster } from './small-cluster.ts';

const randomNumbers = (seed: number): (() => number) => {
  const random = new Simulation({ seed }).random('lots');
  return () => random.float();
};

/** How often each role was given the one agent that there is. */
function wins(cluster: SmallCluster, rounds: number): Record<string, number> {
  const counts: Record<string, number> = {};
  cluster.agent('1', 'cpus:1');
  for (let round = 0; round < rounds; round++) {
    for (const offer of cluster.allocator.allocate(round * 1000, { batch: true })) {
      const key = `${offer.role} ${offer.frameworkId}`;
      counts[key] = (counts[key] ?? 0) + 1;
      cluster.allocator.recoverResources({ ...offer, wasAllocated: false }, round * 1000);
    }
  }
  return counts;
}

describe('a random role sorter', () => {
  it('shares chances by weight at every level of the tree', () => {
    const cluster = new SmallCluster({ roleSorter: 'random', random: randomNumbers(1) });
    cluster.framework('f', 'a/x').framework('g', 'a/y').framework('h', 'b');
    cluster.allocator.updateWeights(
      new Map([
        ['b', 3],
        ['a/y', 2],
      ]),
    );
    const { 'a/x f': x = 0, 'a/y g': y = 0, 'b h': b = 0 } = wins(cluster, 3000);
    expect(x + y + b).toBe(3000);
    // 3/4 of all chances are b's; the rest is shared 1 : 2.
    expect(Math.abs(b / 3000 - 3 / 4)).toBeLessThan(0.04);
    expect(Math.abs(x / 3000 - 1 / 12)).toBeLessThan(0.03);
    expect(Math.abs(y / 3000 - 2 / 12)).toBeLessThan(0.03);
  });

  it('meets guarantees first all the same', () => {
    const cluster = new SmallCluster({ roleSorter: 'random', random: randomNumbers(2) });
    cluster.framework('f', 'a').framework('g', 'b');
    cluster.allocator.setQuota('b', { guarantees: { cpus: 1 }, limits: {} });
    expect(wins(cluster, 50)).toEqual({ 'b g': 50 });
  });
});

describe('a random framework sorter', () => {
  it('gives each framework the same chance', () => {
    const cluster = new SmallCluster({ frameworkSorter: 'random', random: randomNumbers(3) });
    cluster.framework('f', 'a').framework('g', 'a');
    const { 'a f': f = 0 } = wins(cluster, 2000);
    expect(Math.abs(f / 2000 - 1 / 2)).toBeLessThan(0.05);
  });
});

describe('a random sorter', () => {
  it('needs randomness', () => {
    expect(() => new HierarchicalAllocator({ order: 'by-id', roleSorter: 'random' })).toThrow('the option "random"');
  });

  it('orders by lot: the chance of the first place is the weight', () => {
    const random = randomNumbers(4);
    let firsts = 0;
    for (let i = 0; i < 4000; i++)
      if (weightedShuffle(['a', 'b'], (item) => (item === 'a' ? 3 : 1), random)[0] === 'a') firsts++;
    expect(Math.abs(firsts / 4000 - 3 / 4)).toBeLessThan(0.03);
  });
});
