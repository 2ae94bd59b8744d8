// Why a framework was not offered what: each reason that a run can have, and what comes with it.
import { describe, expect, it } from 'vitest';
import { SmallCluster, usedBy } from './small-cluster.ts';

const verdictsOf = (cluster: SmallCluster, framework: string, role?: string): string[] => {
  const explanations = cluster.allocator.explain(framework) ?? [];
  const of = explanations.find((explanation) => role === undefined || explanation.role === role);
  return [...(of?.verdicts ?? [])].map(({ agentId, kind, resources }) => `${agentId} ${kind}: ${resources.format()}`);
};

describe('explain', () => {
  it('says of each agent the first thing that is in the way', () => {
    const cluster = new SmallCluster({ region: 'here' }).framework('f', 'eng');
    cluster.allocator.updateWhitelist(new Set(['away', 'full', 'theirs', 'gpu', 'far', 'small', 'old']));
    const domain = { fault_domain: { region: { name: 'there' }, zone: { name: 'z' } } };
    cluster
      .agent('away', 'cpus:1', { active: false })
      .agent('hidden', 'cpus:1')
      .agent('full', 'cpus:1', { used: usedBy('g', 'ops', 'cpus:1') })
      .agent('theirs', 'cpus(ops):1')
      .agent('gpu', 'cpus:1;gpus:1')
      .agent('far', 'cpus:1', { domain })
      .agent('small', 'cpus:0.001;mem:16')
      .agent('old', 'cpus:1', { capabilities: new Set() });
    expect(verdictsOf(cluster, 'f')).toEqual([
      'away inactive: ',
      'hidden whitelist: ',
      'full used: ',
      'theirs reserved: cpus(reservations: [(STATIC,ops)]):1',
      'gpu gpus: cpus:1; gpus:1',
      'far region: cpus:1',
      'small too-small: cpus:0.001; mem:16',
      'old multi-role: cpus:1',
    ]);
  });

  it('says until when a refused offer is hidden', () => {
    const cluster = new SmallCluster().framework('f', '*').agent('a', 'cpus:1;mem:64');
    cluster.events();
    cluster.decline('f', 'a', 'cpus:1;mem:64', 30);
    const [verdict] = cluster.allocator.explain('f')?.[0]?.verdicts ?? [];
    expect(verdict).toMatchObject({ agentId: 'a', kind: 'refused', endsMs: 30_000 });
  });

  it('tells a limit from the headroom that guarantees of others need', () => {
    const cluster = new SmallCluster().agent('a', 'cpus:2;mem:64').framework('f', 'eng').framework('g', 'ops');
    cluster.allocator.suppress('g');
    cluster.allocator.setQuota('eng', { guarantees: {}, limits: { cpus: 0, mem: 0 } });
    expect(verdictsOf(cluster, 'f')).toEqual(['a limit: ']);
    cluster.allocator.setQuota('eng', { guarantees: {}, limits: {} });
    cluster.allocator.setQuota('ops', { guarantees: { cpus: 2, mem: 64 }, limits: {} });
    expect(verdictsOf(cluster, 'f')).toEqual(['a headroom: ']);
    expect(cluster.allocator.explain('f')?.[0]?.headroom).toEqual({
      required: { cpus: 2, mem: 64 },
      available: { cpus: 2, mem: 64 },
    });
  });

  it('says who stands where, with quota and shares', () => {
    const cluster = new SmallCluster()
      .framework('f', 'eng')
      .framework('g', ['eng', 'ops'], { suppressedRoles: ['ops'] })
      .agent('a', 'cpus:4;mem:64', { used: usedBy('f', 'eng', 'cpus:1') });
    cluster.allocator.setQuota('eng', { guarantees: { cpus: 2 }, limits: { cpus: 3 } });
    const [eng, ops] = cluster.allocator.explain('g') ?? [];
    expect(eng).toMatchObject({
      role: 'eng',
      absence: undefined,
      frameworkOrder: ['g', 'f'],
      share: 0,
      roleShare: 0.25,
      quota: { role: 'eng', guarantees: { cpus: 2 }, limits: { cpus: 3 }, consumed: { cpus: 1 } },
      minimum: [{ cpus: 0.01 }, { mem: 32 }],
    });
    expect(ops).toMatchObject({ role: 'ops', absence: 'suppressed', quota: undefined });
  });

  it('agrees with the run that follows', () => {
    const cluster = new SmallCluster().agent('a', 'cpus:2;mem:64').agent('b', 'cpus(ops):1;mem(ops):64');
    cluster.framework('f', 'eng');
    expect(verdictsOf(cluster, 'f')).toEqual([
      'a next: cpus:2; mem:64',
      'b reserved: cpus(reservations: [(STATIC,ops)]):1; mem(reservations: [(STATIC,ops)]):64',
    ]);
    expect(cluster.tick()).toEqual(['a f eng: cpus:2; mem:64']);
  });

  it('knows nothing of a framework that is unknown', () => {
    expect(new SmallCluster().allocator.explain('nobody')).toBeUndefined();
  });
});
