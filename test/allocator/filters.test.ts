import { describe, expect, it } from 'vitest';
import { Resources } from '../../src/mesos/resources.ts';
import { SmallCluster } from './small-cluster.ts';

const AGENT = 'cpus:2;mem:100;ports:[1-9]';
const OFFER = 'a1 F *: ports:[1-9]; cpus:2; mem:100';
const one = (): SmallCluster => {
  const cluster = new SmallCluster().framework('F', '*').agent('a1', AGENT);
  expect(cluster.events()).toEqual([OFFER]);
  return cluster;
};
/** How many ticks until there is an offer. */
const ticksUntilOffered = (cluster: SmallCluster): number => {
  for (let ticks = 1; ticks < 100; ticks++) if (cluster.tick().length > 0) return ticks;
  return Number.POSITIVE_INFINITY;
};

describe('a refusal', () => {
  it.each([
    [0, 1, 'is none at 0 seconds'],
    [0.2, 2, 'lasts at least one interval, through the batch at its end'],
    [1, 2, 'of one interval lasts through the batch at its end'],
    [2, 2, 'of two intervals is over at the batch at its end'],
    [3.5, 4, 'ends between batches'],
    [-1, 5, 'of negative length has the default of 5 seconds'],
    [Number.NaN, 5, 'that is not a number has the default of 5 seconds'],
  ])('for %d s brings the next offer with tick %d: %s', (seconds, ticks) => {
    const cluster = one();
    cluster.decline('F', 'a1', AGENT, seconds);
    expect(ticksUntilOffered(cluster)).toBe(ticks);
  });

  it('ends after 365 days at the latest', () => {
    const cluster = one();
    cluster.decline('F', 'a1', AGENT, 1e12);
    cluster.nowMs += 365 * 24 * 3600 * 1000 - 2000;
    expect(ticksUntilOffered(cluster)).toBe(2);
  });

  it('hides what is within it, and lets through one port more', () => {
    const cluster = one();
    cluster.use('F', 'a1', 'cpus:1;ports:[9-9]');
    cluster.decline('F', 'a1', 'cpus:1;mem:100;ports:[1-8]', 3600);
    expect(cluster.tick()).toEqual([]);
    cluster.finish('F', 'a1', 'ports:[9-9]');
    expect(cluster.tick()).toEqual(['a1 F *: ports:[1-9]; cpus:1; mem:100']);
  });

  it('of one interval within an older one holds for its last batch, when the older one ends at the same time', () => {
    const cluster = new SmallCluster().framework('F', '*').agent('a1', 'cpus:2;mem:100');
    cluster.events();
    cluster.use('F', 'a1', 'cpus:1');
    cluster.decline('F', 'a1', 'cpus:1;mem:100', 2);
    cluster.finish('F', 'a1', 'cpus:1');
    expect(cluster.tick()).toEqual(['a1 F *: cpus:2; mem:100']);
    cluster.use('F', 'a1', 'cpus:1');
    cluster.decline('F', 'a1', 'cpus:1;mem:100', 1);
    expect(cluster.tick()).toEqual([]);
    expect(cluster.tick()).toEqual(['a1 F *: cpus:1; mem:100']);
  });

  it('concerns one framework, for one role, on one agent', () => {
    const cluster = new SmallCluster()
      .framework('F', ['x', 'y'])
      .agent('a1', 'cpus:1;mem:64')
      .agent('a2', 'cpus:1;mem:64');
    expect(cluster.events()).toEqual(['a1 F x: cpus:1; mem:64', 'a2 F y: cpus:1; mem:64']);
    cluster.decline('F', 'a1', 'cpus:1;mem:64', 3600, 'x');
    cluster.decline('F', 'a2', 'cpus:1;mem:64', 3600, 'y');
    expect(cluster.tick()).toEqual(['a1 F y: cpus:1; mem:64', 'a2 F x: cpus:1; mem:64']);
  });

  it('outlasts another of the same thing only by its own length', () => {
    const cluster = one();
    cluster.decline('F', 'a1', AGENT, 10);
    cluster.allocator.addFramework('G', { roles: ['*'], capabilities: new Set(['MULTI_ROLE']), active: true });
    expect(cluster.events()).toHaveLength(1);
    cluster.decline('G', 'a1', AGENT, 3);
    expect(cluster.allocator.metrics().activeFilters).toBe(2);
    expect(ticksUntilOffered(cluster)).toBe(3);
  });

  it.each<[string, (cluster: SmallCluster) => void]>([
    ['a revive', ({ allocator }) => allocator.revive('F')],
    ['a revive of the role', ({ allocator }) => allocator.revive('F', ['*'])],
    [
      'a disconnection',
      ({ allocator }) => {
        allocator.deactivateFramework('F');
        allocator.activateFramework('F');
      },
    ],
    [
      'a change of attributes',
      ({ allocator }) =>
        allocator.updateAgent('a1', { attributes: [{ name: 'rack', type: 'TEXT', text: { value: 'r1' } }] }),
    ],
  ])('is forgotten with %s, and the offer comes at once', (_what, forget) => {
    const cluster = one();
    cluster.decline('F', 'a1', AGENT, 3600);
    expect(cluster.tick()).toEqual([]);
    forget(cluster);
    expect(cluster.allocator.metrics().activeFilters).toBe(0);
    expect(cluster.events()).toEqual([OFFER]);
  });

  it('stays when the same attributes are reported again, or another role is revived', () => {
    const cluster = one();
    cluster.decline('F', 'a1', AGENT, 3600);
    cluster.allocator.updateAgent('a1', { attributes: [] });
    cluster.allocator.revive('F', ['other']);
    expect(cluster.events()).toEqual([]);
    expect(cluster.allocator.roleSummaries()[0]?.activeFilters).toBe(1);
  });

  it('goes with its role when the framework drops that', () => {
    const cluster = one();
    cluster.decline('F', 'a1', AGENT, 3600);
    const capabilities = new Set(['MULTI_ROLE']);
    cluster.allocator.updateFramework('F', { roles: ['x'], capabilities });
    cluster.allocator.updateFramework('F', { roles: ['*'], capabilities });
    expect(cluster.allocator.metrics().activeFilters).toBe(0);
    expect(cluster.tick()).toEqual([OFFER]);
  });

  it('goes with its agent', () => {
    const cluster = one();
    cluster.decline('F', 'a1', AGENT, 3600);
    cluster.allocator.removeAgent('a1');
    expect(cluster.agent('a1', AGENT).events()).toEqual([OFFER]);
  });
});

describe('suppression', () => {
  it('stops offers without touching those that are out, until revived', () => {
    const cluster = one();
    cluster.allocator.suppress('F');
    cluster.allocator.suppress('F');
    expect(cluster.agent('a2', 'cpus:1').events()).toEqual([]);
    expect(cluster.allocator.frameworkOrder('*')).toEqual([]);
    expect(cluster.allocator.roleSummaries()[0]?.held).toEqual({ cpus: 2, mem: 100 });
    cluster.allocator.revive('F');
    expect(cluster.events()).toEqual(['a2 F *: cpus:1']);
  });

  it('concerns the roles named', () => {
    const cluster = new SmallCluster()
      .framework('F', ['x', 'y'], { suppressedRoles: ['x'] })
      .agent('a1', 'cpus:1;mem:64');
    expect(cluster.events()).toEqual(['a1 F y: cpus:1; mem:64']);
    cluster.allocator.suppress('F', ['y', 'z']);
    expect(cluster.agent('a2', 'cpus:1').events()).toEqual([]);
    cluster.allocator.updateFramework('F', { roles: ['x', 'y'], capabilities: new Set(['MULTI_ROLE']) });
    expect(cluster.tick()).toEqual(['a2 F x: cpus:1']);
  });
});

describe('what triggers a run', () => {
  it('is an addition, an activation, a revive or a change of an agent, but no recovery, suppression or weight', () => {
    const cluster = one();
    const { allocator } = cluster;
    const isDueAfter = (what: () => void): boolean => {
      what();
      const isDue = allocator.hasPendingAgents();
      cluster.events();
      return isDue;
    };
    expect(isDueAfter(() => cluster.decline('F', 'a1', 'cpus:1', 0))).toBe(false);
    expect(isDueAfter(() => allocator.suppress('F'))).toBe(false);
    expect(isDueAfter(() => allocator.updateWeights(new Map([['*', 2]])))).toBe(false);
    expect(isDueAfter(() => allocator.deactivateAgent('a1'))).toBe(false);
    expect(isDueAfter(() => allocator.activateAgent('a1'))).toBe(false);
    expect(isDueAfter(() => allocator.deactivateFramework('F'))).toBe(false);
    expect(isDueAfter(() => allocator.activateFramework('F'))).toBe(true);
    expect(isDueAfter(() => allocator.revive('F'))).toBe(true);
    expect(isDueAfter(() => allocator.updateAgent('a1', { total: Resources.parse(AGENT) }))).toBe(true);
    expect(isDueAfter(() => cluster.framework('idle', '*', { active: false }))).toBe(false);
  });

  it('makes it look at that agent only', () => {
    const cluster = one();
    cluster.decline('F', 'a1', AGENT, 0);
    expect(cluster.agent('a2', 'cpus:1').events()).toEqual(['a2 F *: cpus:1']);
    expect(cluster.tick()).toEqual([OFFER]);
  });
});

describe('a cycle', () => {
  it('looks only at agents where something changed', () => {
    const cluster = new SmallCluster();
    for (let i = 0; i < 20; i++) cluster.framework(`F${i}`, `role${i % 4}`);
    for (let i = 0; i < 50; i++) cluster.agent(`a${i}`, 'cpus:1;mem:64');
    let offers = cluster.events();
    while (offers.length > 0) {
      for (const offer of offers) {
        const [agent = '', framework = '', role = ''] = offer.replace(':', '').split(' ');
        cluster.decline(framework, agent, 'cpus:1;mem:64', agent === 'a7' ? 60 : 3600, role);
      }
      offers = cluster.tick();
    }
    cluster.tick();
    expect(cluster.allocator.metrics()).toMatchObject({ agentsVisited: 0, activeFilters: 20 * 50 });
    cluster.nowMs += 40_000;
    expect(cluster.tick()).toHaveLength(1);
    expect(cluster.allocator.metrics().agentsVisited).toBe(1);
    cluster.allocator.revive('F3');
    expect(cluster.events()).toHaveLength(49);
    expect(cluster.tick()).toEqual([]);
  });
});
