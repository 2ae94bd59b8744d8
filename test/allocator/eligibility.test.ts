// Who may receive what (mesos-semantics.md 3.5, 3.6): rules that the recorded transcripts do not touch.
import { describe, expect, it } from 'vitest';
import { Resources } from '../../src/mesos/resources.ts';
import { SmallCluster } from './small-cluster.ts';

const capable = (...names: string[]): { capabilities: ReadonlySet<string> } => ({ capabilities: new Set(names) });

describe('GPU agents', () => {
  it('go to GPU_RESOURCES frameworks only, with all they have', () => {
    const cluster = new SmallCluster().agent('a1', 'cpus:4;mem:100;gpus:1').framework('F', '*');
    expect(cluster.events()).toEqual([]);
    cluster.framework('G', '*', capable('GPU_RESOURCES'));
    expect(cluster.events()).toEqual(['a1 G *: cpus:4; mem:100; gpus:1']);
  });

  it('stay reserved for them when only the GPUs are in use', () => {
    const cluster = new SmallCluster()
      .framework('G', '*', capable('GPU_RESOURCES'))
      .agent('a1', 'cpus:4;mem:100;gpus:1');
    cluster.events();
    cluster.use('G', 'a1', 'gpus:1');
    cluster.decline('G', 'a1', 'cpus:4;mem:100', 60);
    cluster.framework('F', '*');
    expect(cluster.events()).toEqual([]);
  });

  it('go to everybody when the rule is switched off', () => {
    const cluster = new SmallCluster({ filterGpuResources: false }).agent('a1', 'cpus:4;gpus:1').framework('F', '*');
    expect(cluster.events()).toEqual(['a1 F *: cpus:4; gpus:1']);
  });
});

describe('agents of another region', () => {
  const domain = (region: string) => ({ domain: { fault_domain: { region: { name: region }, zone: { name: 'z' } } } });

  it('go to REGION_AWARE frameworks only', () => {
    const cluster = new SmallCluster({ region: 'eu' }).framework('F', '*');
    cluster.agent('a1', 'cpus:1', domain('us')).agent('a2', 'cpus:2', domain('eu')).agent('a3', 'cpus:3');
    expect(cluster.events()).toEqual(['a2 F *: cpus:2', 'a3 F *: cpus:3']);
    cluster.framework('G', '*', capable('REGION_AWARE'));
    expect(cluster.events()).toEqual(['a1 G *: cpus:1']);
  });

  it('go to everybody while the master has no region', () => {
    expect(new SmallCluster().framework('F', '*').agent('a1', 'cpus:1', domain('us')).events()).toHaveLength(1);
  });
});

describe('agents of old', () => {
  it('without MULTI_ROLE are hidden from multi-role frameworks', () => {
    const cluster = new SmallCluster().framework('F', '*').agent('a1', 'cpus:1', capable('HIERARCHICAL_ROLE'));
    expect(cluster.events()).toEqual([]);
    cluster.allocator.addFramework('old', { roles: ['*'], capabilities: new Set(), active: true });
    expect(cluster.events()).toEqual(['a1 old *: cpus:1']);
  });

  it('without HIERARCHICAL_ROLE are hidden from nested roles', () => {
    const cluster = new SmallCluster().framework('F', ['a/b', 'a']).agent('a1', 'cpus:1', capable('MULTI_ROLE'));
    expect(cluster.events()).toEqual(['a1 F a: cpus:1']);
  });

  it('are seen once they are upgraded', () => {
    const cluster = new SmallCluster().framework('F', '*').agent('a1', 'cpus:1', capable());
    expect(cluster.events()).toEqual([]);
    cluster.allocator.updateAgent('a1', capable('MULTI_ROLE'));
    expect(cluster.events()).toEqual(['a1 F *: cpus:1']);
  });
});

describe('resources that a framework does not understand', () => {
  const scalar = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });
  const total = [
    scalar('cpus', 1),
    { ...scalar('cpus', 2), revocable: {} },
    {
      ...scalar('cpus', 4),
      reservations: [
        { type: 'STATIC' as const, role: 'a' },
        { type: 'DYNAMIC' as const, role: 'a/b' },
      ],
    },
    { ...scalar('disk', 8), reservations: [{ type: 'STATIC' as const, role: 'a' }], shared: {} },
  ];

  it.each([
    [[], 'cpus:1'],
    [['REVOCABLE_RESOURCES'], 'cpus{REV}:2; cpus:1'],
    [['RESERVATION_REFINEMENT'], 'cpus(reservations: [(STATIC,a),(DYNAMIC,a/b)]):4; cpus:1'],
    [['SHARED_RESOURCES'], 'disk(reservations: [(STATIC,a)])<SHARED>:8; cpus:1'],
  ])('are left out for %j', (capabilities, offered) => {
    const cluster = new SmallCluster().framework('F', 'a/b', capable(...capabilities)).agent('a1', total);
    expect(cluster.events()).toEqual([`a1 F a/b: ${offered}`]);
  });

  it('are there for the next who does', () => {
    const cluster = new SmallCluster().framework('F', 'a/b').agent('a1', total);
    cluster.events();
    cluster.framework('G', 'a/b', capable('REVOCABLE_RESOURCES'));
    expect(cluster.events()).toEqual(['a1 G a/b: cpus{REV}:2']);
  });

  it('are offered when it says that it has learnt', () => {
    const cluster = new SmallCluster().framework('F', 'a/b').agent('a1', total);
    cluster.events();
    cluster.allocator.updateFramework('F', { roles: ['a/b'], ...capable('MULTI_ROLE', 'REVOCABLE_RESOURCES') });
    expect(cluster.events()).toEqual([]);
    expect(cluster.tick()).toEqual(['a1 F a/b: cpus{REV}:2']);
  });
});

describe('shared resources', () => {
  it('are offered again while they are in use, once a run', () => {
    const cluster = new SmallCluster().framework('F', 'a', capable('SHARED_RESOURCES')).agent('a1', [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 64 } },
      {
        name: 'mem',
        type: 'SCALAR',
        scalar: { value: 64 },
        reservations: [{ type: 'STATIC', role: 'a' }],
        shared: {},
      },
    ]);
    const shared = 'mem(reservations: [(STATIC,a)])<SHARED>:64';
    expect(cluster.events()).toEqual([`a1 F a: ${shared}; cpus:1; mem:64`]);
    expect(cluster.tick()).toEqual([`a1 F a: ${shared}`]);
    expect(cluster.tick()).toEqual([`a1 F a: ${shared}`]);
  });
});

describe('the minimum offer', () => {
  it('is 0.01 cpus or 32 MB', () => {
    const cluster = new SmallCluster().framework('F', '*');
    cluster.agent('a1', 'cpus:0.005;mem:16;ports:[1-9]').agent('a2', 'ports:[1-9];disk:5');
    cluster.agent('a3', 'cpus:0.01').agent('a4', 'mem:32').agent('a5', 'mem:31.999;cpus:0.009');
    expect(cluster.events()).toEqual(['a3 F *: cpus:0.01', 'a4 F *: mem:32']);
  });

  it('may be a conjunction, count elements, and differ by framework and role', () => {
    const cluster = new SmallCluster({ minAllocatable: [{ cpus: 1, ports: 3 }] })
      .framework('F', ['a', 'b'], { offerFilters: new Map([['b', [{ disk: 10 }]]]) })
      .agent('a1', 'cpus:1;ports:[1-2]')
      .agent('a2', 'cpus:1;ports:[1-2, 9-9]')
      .agent('a3', 'disk:10');
    expect(cluster.events()).toEqual(['a2 F a: ports:[1-2, 9-9]; cpus:1', 'a3 F b: disk:10']);
  });

  it('may be nothing at all', () => {
    const cluster = new SmallCluster({ minAllocatable: [] }).framework('F', '*').agent('a1', 'ports:[1-1]');
    expect(cluster.events()).toEqual(['a1 F *: ports:[1-1]']);
  });
});

describe('reservations', () => {
  it('serve the role they are made for and its descendants, beside what is unreserved', () => {
    const total = 'cpus:1;cpus(eng):2;cpus(eng/web):4;cpus(ops):8';
    const offers = (role: string): string[] => new SmallCluster().framework('F', role).agent('a1', total).events();
    expect(offers('eng/web')).toEqual([
      'a1 F eng/web: cpus(reservations: [(STATIC,eng)]):2; cpus(reservations: [(STATIC,eng/web)]):4; cpus:1',
    ]);
    expect(offers('eng')).toEqual(['a1 F eng: cpus(reservations: [(STATIC,eng)]):2; cpus:1']);
    expect(offers('*')).toEqual(['a1 F *: cpus:1']);
  });
});

describe('whitelist and activity', () => {
  it('keep agents from being offered until the next batch after they are let in', () => {
    const cluster = new SmallCluster().agent('a1', 'cpus:1').agent('a2', 'cpus:2');
    cluster.allocator.updateWhitelist(new Set(['a2']));
    cluster.framework('F', '*');
    expect(cluster.events()).toEqual(['a2 F *: cpus:2']);
    cluster.allocator.deactivateAgent('a1');
    cluster.allocator.updateWhitelist(undefined);
    expect(cluster.tick()).toEqual([]);
    cluster.allocator.activateAgent('a1');
    expect(cluster.events()).toEqual([]);
    expect(cluster.tick()).toEqual(['a1 F *: cpus:1']);
  });
});

describe('a whitelist that changes', () => {
  it('is of hosts: all agents of one come and go together, also those that come later', () => {
    const cluster = new SmallCluster().framework('F', '*');
    cluster.agent('a1', 'cpus:1', { hostname: 'one' }).agent('a2', 'cpus:2', { hostname: 'one' });
    cluster.allocator.updateWhitelist(new Set(['two']));
    cluster.agent('a3', 'cpus:3', { hostname: 'one' });
    expect(cluster.events()).toEqual([]);
    cluster.allocator.updateWhitelist(new Set(['one']));
    cluster.agent('a4', 'cpus:4', { hostname: 'two' });
    expect(cluster.events()).toEqual([]);
    expect(cluster.tick()).toEqual(['a1 F *: cpus:1', 'a2 F *: cpus:2', 'a3 F *: cpus:3']);
  });

  it('takes nothing back that was offered, and what comes back meanwhile waits until the host is listed again', () => {
    const cluster = new SmallCluster().framework('F', '*').agent('a1', 'cpus:1');
    cluster.events();
    cluster.allocator.updateWhitelist(new Set());
    expect(cluster.allocator.frameworkShare('F', '*')).toBe(1);
    cluster.decline('F', 'a1', 'cpus:1', 0);
    expect(cluster.tick()).toEqual([]);
    cluster.framework('G', '*').events();
    cluster.allocator.updateWhitelist(new Set(['a1', 'nobody']));
    expect(cluster.tick()).toEqual(['a1 G *: cpus:1']);
  });

  it('does not forget refusals', () => {
    const cluster = new SmallCluster().framework('F', '*').agent('a1', 'cpus:1');
    cluster.events();
    cluster.decline('F', 'a1', 'cpus:1', 30);
    cluster.allocator.updateWhitelist(new Set());
    cluster.tick();
    cluster.allocator.updateWhitelist(undefined);
    expect(cluster.tick()).toEqual([]);
    cluster.nowMs += 30_000;
    expect(cluster.tick()).toEqual(['a1 F *: cpus:1']);
  });
});

describe('an agent whose total changes', () => {
  it('is offered at once with what is more', () => {
    const cluster = new SmallCluster().framework('F', '*').agent('a1', 'cpus:1');
    cluster.events();
    cluster.allocator.updateAgent('a1', { total: Resources.parse('cpus:3;mem:50') });
    expect(cluster.events()).toEqual(['a1 F *: cpus:2; mem:50']);
  });

  it('is offered nothing while more is held than it has', () => {
    const cluster = new SmallCluster().framework('F', '*').agent('a1', 'cpus:4');
    cluster.events();
    cluster.use('F', 'a1', 'cpus:3');
    cluster.allocator.updateAgent('a1', { total: Resources.parse('cpus:2') });
    cluster.decline('F', 'a1', 'cpus:1', 0);
    expect(cluster.tick()).toEqual([]);
    cluster.finish('F', 'a1', 'cpus:2');
    expect(cluster.tick()).toEqual(['a1 F *: cpus:1']);
  });
});
