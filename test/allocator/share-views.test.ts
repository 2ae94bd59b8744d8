import { describe, expect, it } from 'vitest';
import { SmallCluster, usedBy } from './small-cluster.ts';

const lines = (cluster: SmallCluster, limit = 1000): string[] =>
  cluster.allocator
    .shares(limit)
    .rows.map(
      ({ role, frameworkId, position, share, dominantResource, absence, after }) =>
        `${frameworkId === undefined ? role : `${role} ${frameworkId}`}: ${position ?? absence} ${share} ${dominantResource ?? '-'} ${after}`,
    );

describe('the view of fair shares', () => {
  it('has roles and frameworks in the order in which the next run asks them', () => {
    const cluster = new SmallCluster().framework('F', 'web').framework('G', 'web').framework('H', 'batch');
    cluster
      .agent('a1', 'cpus:8;mem:100', { used: usedBy('F', 'web', 'cpus:4;mem:40') })
      .agent('a2', 'cpus:8;mem:300', { used: usedBy('H', 'batch', 'cpus:1;mem:200') });
    const roles = cluster.allocator.shares(1000).rows.filter((row) => row.kind === 'role');
    expect(roles.map(({ role }) => role)).toEqual(cluster.allocator.roleOrder());
    expect(lines(cluster)).toEqual([
      'web: 1 0.25 cpus first',
      'web G: 1 0 - first',
      'web F: 2 0.25 cpus share',
      'batch: 2 0.5 mem share',
      'batch H: 3 0.5 mem first',
    ]);
  });

  it('says that a heavier role comes first with the same share', () => {
    const cluster = new SmallCluster()
      .framework('F', 'a')
      .framework('G', 'b')
      .agent('a1', 'cpus:8', {
        used: [...usedBy('F', 'a', 'cpus:2'), ...usedBy('G', 'b', 'cpus:2')],
      });
    expect(lines(cluster)[0]).toBe('a: 1 0.25 cpus first');
    cluster.allocator.updateWeights(new Map([['b', 2]]));
    expect(lines(cluster)).toEqual([
      'b: 1 0.25 cpus first',
      'b G: 1 0.25 cpus first',
      'a: 2 0.25 cpus share',
      'a F: 2 0.25 cpus first',
    ]);
    expect(cluster.allocator.shares(1000).rows[0]?.weight).toBe(2);
  });

  it('keeps those that take no part, after the others, and says why', () => {
    const cluster = new SmallCluster()
      .framework('F', 'a')
      .framework('G', 'a')
      .framework('H', 'b')
      .agent('a1', 'cpus:8');
    cluster.allocator.suppress('F');
    cluster.allocator.deactivateFramework('H');
    expect(lines(cluster)).toEqual([
      'a: 1 0 - first',
      'a G: 1 0 - first',
      'a F: suppressed 0 - first',
      'b: nobody 0 - name',
      'b H: disconnected 0 - first',
    ]);
  });

  it('shows a role that has sub-roles once, with its own frameworks and theirs', () => {
    const cluster = new SmallCluster()
      .framework('F', 'a')
      .framework('G', 'a/b')
      .agent('a1', 'cpus:8', { used: usedBy('F', 'a', 'cpus:2') });
    expect(lines(cluster)).toEqual([
      'a: 1 0.25 cpus first',
      'a/b: 2 0 - first',
      'a/b G: 1 0 - first',
      'a F: 2 0.25 cpus first',
    ]);
  });

  it('counts the refusals in force and tells when the first of them ends', () => {
    const cluster = new SmallCluster().framework('F', '*').agent('a1', 'cpus:1').agent('a2', 'cpus:2');
    cluster.events();
    const framework = () => cluster.allocator.shares(1000).rows.find(({ kind }) => kind === 'framework');
    expect(framework()).toMatchObject({ filterCount: 0, nextFilterEndsMs: undefined });
    cluster.decline('F', 'a1', 'cpus:1', 60);
    cluster.decline('F', 'a2', 'cpus:2', 30);
    expect(framework()).toMatchObject({ filterCount: 2, nextFilterEndsMs: 30_000 });
    cluster.allocator.removeAgent('a2');
    expect(framework()).toMatchObject({ filterCount: 1, nextFilterEndsMs: 60_000 });
    cluster.allocator.revive('F');
    expect(framework()).toMatchObject({ filterCount: 0, nextFilterEndsMs: undefined });
  });

  it('leaves out what is beyond the limit and counts it', () => {
    const cluster = new SmallCluster().framework('F', '*').framework('G', '*').framework('H', '*');
    const { rows, total } = cluster.allocator.shares(2);
    expect(rows.map(({ frameworkId }) => frameworkId)).toEqual([undefined, 'F']);
    expect(total).toBe(4);
  });

  it('has a version that grows with everything it shows, and with nothing else', () => {
    const cluster = new SmallCluster();
    let last = cluster.allocator.sharesVersion;
    const grows = (): boolean => {
      const before = last;
      last = cluster.allocator.sharesVersion;
      return last > before;
    };
    cluster.framework('F', '*');
    expect(grows(), 'a framework').toBe(true);
    cluster.agent('a1', 'cpus:1');
    expect(grows(), 'an agent').toBe(true);
    cluster.events();
    expect(grows(), 'an offer').toBe(true);
    cluster.events();
    cluster.allocator.shares(1000);
    expect(grows(), 'nothing').toBe(false);
    cluster.decline('F', 'a1', 'cpus:1', 60);
    expect(grows(), 'a refusal').toBe(true);
    cluster.allocator.suppress('F');
    expect(grows(), 'suppression').toBe(true);
    cluster.allocator.updateWeights(new Map([['*', 3]]));
    expect(grows(), 'a weight').toBe(true);
    cluster.allocator.removeFramework('F');
    expect(grows(), 'the end of a framework').toBe(true);
  });
});
