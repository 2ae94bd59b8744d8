import { describe, expect, it } from 'vitest';
import { Resources } from '../../src/mesos/resources.ts';
import { SmallCluster, usedBy } from './small-cluster.ts';

describe('dominant resource fairness', () => {
  /** mesos-semantics.md 4.2, agents visited A2 then A1: their ids say so. */
  const worked = (): SmallCluster =>
    new SmallCluster()
      .framework('F1', 'x')
      .framework('F2', 'y')
      .agent('1-A2', 'cpus:4;mem:8192', { used: usedBy('F2', 'y', 'cpus:1;mem:1024') })
      .agent('2-A1', 'cpus:4;mem:8192');

  it('serves the lowest share first and counts what it has just offered', () => {
    const cluster = worked();
    expect(cluster.allocator.roleOrder()).toEqual(['x', 'y']);
    expect(cluster.allocator.frameworkShare('F2', 'y')).toBe(0.125);
    expect(cluster.events()).toEqual(['1-A2 F1 x: cpus:3; mem:7168', '2-A1 F2 y: cpus:4; mem:8192']);
    expect(cluster.allocator.frameworkShare('F1', 'x')).toBe(0.4375);
  });

  it('passes over who refused, and comes back to it when there is more than it refused', () => {
    const cluster = worked();
    cluster.events();
    cluster.decline('F1', '1-A2', 'cpus:3;mem:7168', 5, 'x');
    expect(cluster.tick()).toEqual(['1-A2 F2 y: cpus:3; mem:7168']);
    cluster.decline('F2', '1-A2', 'cpus:3;mem:7168', 5, 'y');
    expect(cluster.tick()).toEqual([]);
    cluster.finish('F2', '1-A2', 'cpus:1;mem:1024', 'y');
    expect(cluster.events()).toEqual([]);
    expect(cluster.tick()).toEqual(['1-A2 F1 x: cpus:4; mem:8192']);
  });

  it('gives 3 and 2 tasks in the example of the DRF paper (9 cpus, 18 GB; A takes 1 and 4, B takes 3 and 1)', () => {
    const demand = { A: 'cpus:1;mem:4096', B: 'cpus:3;mem:1024' };
    const cluster = new SmallCluster().framework('A', 'a').framework('B', 'b').agent('agent', 'cpus:9;mem:18432');
    const tasks = { A: 0, B: 0 };
    const isDone = { A: false, B: false };
    let offers = cluster.events();
    while (offers.length > 0) {
      const [, name, role, text = ''] = /^agent (A|B) (\w): (.*)$/.exec(offers[0] ?? '') ?? [];
      if (name !== 'A' && name !== 'B') throw new Error(`not understood: ${offers[0]}`);
      const offered = Resources.parse(text);
      const wanted = Resources.parse(demand[name]);
      if (offered.contains(wanted)) {
        tasks[name] += 1;
        cluster.use(name, 'agent', wanted.format(), role);
        cluster.decline(name, 'agent', offered.minus(wanted).format(), 0, role);
      } else {
        cluster.decline(name, 'agent', text, 0, role);
        cluster.allocator.suppress(name);
        isDone[name] = true;
      }
      offers = cluster.tick();
    }
    expect(tasks).toEqual({ A: 3, B: 2 });
    expect(isDone).toEqual({ A: true, B: true });
  });

  it('lets a role of twice the weight have twice as much', () => {
    const cluster = new SmallCluster().framework('F1', 'x').framework('F2', 'y');
    cluster.allocator.updateWeights(new Map([['x', 2]]));
    for (let i = 1; i <= 9; i++) cluster.agent(`a${i}`, 'cpus:1;mem:100');
    const owners = cluster.events().map((line) => line.split(' ')[1]);
    expect(owners.filter((owner) => owner === 'F1')).toHaveLength(6);
    expect(owners.filter((owner) => owner === 'F2')).toHaveLength(3);
  });

  it('sees a weight that changes later', () => {
    const cluster = new SmallCluster().framework('F1', 'x').framework('F2', 'y').agent('a1', 'cpus:4;mem:100');
    cluster.agent('a2', 'cpus:4;mem:100').agent('a3', 'cpus:4;mem:100').events();
    expect(cluster.allocator.roleOrder()).toEqual(['y', 'x']);
    cluster.allocator.updateWeights(new Map([['x', 10]]));
    expect(cluster.allocator.roleOrder()).toEqual(['x', 'y']);
    expect(() => cluster.allocator.updateWeights(new Map([['x', 0]]))).toThrow(/not positive/);
  });

  it('weighs a whole subtree against its siblings, and a role among its own sub-roles as one of them', () => {
    const cluster = new SmallCluster().framework('F1', 'eng').framework('F2', 'eng/web').framework('F3', 'ops');
    cluster.allocator.updateWeights(new Map([['eng', 2]]));
    for (let i = 1; i <= 6; i++) cluster.agent(`a${i}`, 'cpus:1;mem:100');
    const owners = cluster.events().map((line) => line.split(' ')[1]);
    expect(['F1', 'F2', 'F3'].map((id) => owners.filter((owner) => owner === id).length)).toEqual([2, 2, 2]);
    expect(cluster.allocator.roleSummaries().map(({ role, share }) => [role, share])).toEqual([
      ['eng', 4 / 6 / 2],
      ['eng/web', 2 / 6],
      ['ops', 2 / 6],
    ]);
  });

  it('does not look at excluded names', () => {
    const shares = (fairSharingExcluded: string[]): number => {
      const cluster = new SmallCluster({ fairSharingExcluded }).framework('F', '*');
      cluster.agent('a1', 'cpus:4;gpus:2', { used: usedBy('F', '*', 'cpus:1;gpus:2') });
      return cluster.allocator.frameworkShare('F', '*');
    };
    expect(shares([])).toBe(1);
    expect(shares(['gpus'])).toBe(0.25);
  });

  it('counts what a framework held before it was known, and frees it after it went', () => {
    const cluster = new SmallCluster().agent('a1', 'cpus:4;mem:100', { used: usedBy('F', 'x', 'cpus:3') });
    cluster.framework('F', '*');
    expect(cluster.allocator.frameworkShare('F', 'x')).toBe(0.75);
    expect(cluster.events()).toEqual(['a1 F *: cpus:1; mem:100']);
    cluster.allocator.removeFramework('F');
    expect(cluster.allocator.roleSummaries()).toEqual([]);
    cluster.framework('G', '*');
    expect(cluster.events()).toEqual([]);
    cluster.finish('F', 'a1', 'cpus:3', 'x');
    expect(cluster.tick()).toEqual(['a1 G *: cpus:3']);
  });

  it('visits agents in the order that the given chance makes of them', () => {
    const cluster = new SmallCluster({ order: 'shuffled', shuffle: (items) => items.reverse() });
    cluster.agent('a1', 'cpus:1;mem:100').agent('a2', 'cpus:2;mem:100').framework('F', '*');
    expect(cluster.events().map((line) => line.split(' ')[0])).toEqual(['a2', 'a1']);
    expect(() => new SmallCluster({ order: 'shuffled' })).toThrow(/needs the option "shuffle"/);
  });
});
