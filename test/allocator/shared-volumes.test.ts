// Shared volumes: offered while they are in use, once a run, to whom understands them; and counted once for each agent.
import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/mesos/generated/v1.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { SmallCluster } from './small-cluster.ts';

const VOLUME: Resource = {
  name: 'disk',
  type: 'SCALAR',
  scalar: { value: 50 },
  reservations: [{ type: 'STATIC', role: 'eng' }],
  disk: { persistence: { id: 'v', principal: 'p' }, volume: { container_path: 'data', mode: 'RW' } },
  shared: {},
};
const SHARED = { capabilities: new Set(['SHARED_RESOURCES']) };
const CPUS: Resource = { name: 'cpus', type: 'SCALAR', scalar: { value: 4 } };

/** Agents with 4 cpus and the volume each; all disk of the cluster is in the volumes. */
const clusterOf = (...agents: string[]): SmallCluster => {
  const cluster = new SmallCluster();
  for (const id of agents) cluster.agent(id, [CPUS, VOLUME]);
  return cluster;
};

const takeBack = (cluster: SmallCluster, frameworkId: string, role: string, wasAllocated: boolean): void =>
  cluster.allocator.recoverResources(
    { frameworkId, agentId: 'a1', role, resources: Resources.of([VOLUME]), wasAllocated },
    cluster.nowMs,
  );

describe('a shared volume', () => {
  it('is offered once a run, again in the next one though it is in use, and never to who does not understand it', () => {
    const cluster = clusterOf('a1').framework('F', 'eng', SHARED).framework('G', 'eng', SHARED).framework('H', 'eng');
    expect(cluster.events()).toEqual(['a1 F eng: disk(reservations: [(STATIC,eng)])[v:data]<SHARED>:50; cpus:4']);
    cluster.use('F', 'a1', 'cpus:4', 'eng');
    // Alone it is too small to be offered.
    expect(cluster.tick()).toEqual([]);
    cluster.finish('F', 'a1', 'cpus:1', 'eng');
    expect(cluster.tick()).toEqual(['a1 G eng: disk(reservations: [(STATIC,eng)])[v:data]<SHARED>:50; cpus:1']);
    cluster.decline('G', 'a1', 'cpus:1', 30, 'eng');
    expect(cluster.allocator.available('a1').shared().isEmpty).toBe(false);
  });

  it('is offered to others as soon as a framework has made it of what it is offered', () => {
    const disk: Resource = {
      name: 'disk',
      type: 'SCALAR',
      scalar: { value: 50 },
      reservations: VOLUME.reservations ?? [],
    };
    const cluster = new SmallCluster({ minAllocatable: [] }).agent('a1', [CPUS, disk]);
    cluster.framework('F', 'eng', SHARED).framework('G', 'eng', SHARED);
    cluster.events();
    expect(cluster.tick()).toEqual([]);
    const conversion = { consumed: Resources.of([disk]), converted: Resources.of([VOLUME]) };
    cluster.allocator.convertOffered('a1', 'F', 'eng', [conversion]);
    expect(cluster.tick()).toEqual(['a1 G eng: disk(reservations: [(STATIC,eng)])[v:data]<SHARED>:50']);
  });

  it('counts once for a framework that holds it often, on each agent, until the last use ends', () => {
    const cluster = clusterOf('a1', 'a2').framework('F', 'eng', SHARED);
    const { allocator } = cluster;
    cluster.events();
    cluster.decline('F', 'a1', 'cpus:4', 0, 'eng');
    cluster.decline('F', 'a2', 'cpus:4', 0, 'eng');
    // The volumes of both agents have one id, and are two.
    expect(allocator.frameworkShare('F', 'eng')).toBe(1);
    allocator.suppress('F');
    allocator.allocateShared('a1', 'eng', 'F', Resources.of([VOLUME]));
    allocator.allocateShared('a1', 'eng', 'F', Resources.of([VOLUME]));
    expect(allocator.frameworkShare('F', 'eng')).toBe(1);
    takeBack(cluster, 'F', 'eng', false);
    takeBack(cluster, 'F', 'eng', true);
    expect(allocator.frameworkShare('F', 'eng')).toBe(1);
    takeBack(cluster, 'F', 'eng', true);
    expect(allocator.frameworkShare('F', 'eng')).toBe(0.5);
  });

  it('counts in full for each framework that has it, and once for the role above them', () => {
    const cluster = clusterOf('a1').framework('F', 'eng', SHARED).framework('G', 'eng/web', SHARED);
    const { allocator } = cluster;
    const shares = (): number[] => [
      allocator.frameworkShare('F', 'eng'),
      allocator.frameworkShare('G', 'eng/web'),
      allocator.roleSummaries().find(({ role }) => role === 'eng')?.share ?? 0,
    ];
    cluster.events();
    cluster.decline('F', 'a1', 'cpus:4', 30, 'eng');
    expect(shares()).toEqual([1, 0, 1]);
    expect(cluster.tick()).toEqual(['a1 G eng/web: disk(reservations: [(STATIC,eng)])[v:data]<SHARED>:50; cpus:4']);
    cluster.decline('G', 'a1', 'cpus:4', 30, 'eng/web');
    expect(shares()).toEqual([1, 1, 1]);
    takeBack(cluster, 'F', 'eng', false);
    expect(shares()).toEqual([0, 1, 1]);
    takeBack(cluster, 'G', 'eng/web', false);
    expect(shares()).toEqual([0, 0, 0]);
  });

  it('counts again when a framework comes whose tasks already use it, and no more when it goes', () => {
    const cluster = new SmallCluster().framework('G', 'eng', SHARED);
    const used = [{ frameworkId: 'F', resources: Resources.of([VOLUME]).allocatedTo('eng') }];
    cluster.agent('a1', [CPUS, VOLUME], { used });
    const share = (): number | undefined => cluster.allocator.roleSummaries().find(({ role }) => role === 'eng')?.share;
    expect(share()).toBe(0);
    cluster.framework('F', 'ops');
    expect([cluster.allocator.frameworkShare('F', 'eng'), share()]).toEqual([1, 1]);
    cluster.allocator.removeFramework('F');
    expect(share()).toBe(0);
  });
});
