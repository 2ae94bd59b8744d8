// Quota beyond what the recordings show: sub-roles within limits, reservations, room that comes back, pauses.
import { describe, expect, it } from 'vitest';
import { Resources } from '../../src/mesos/resources.ts';
import { SmallCluster, usedBy } from './small-cluster.ts';

const NONE = { guarantees: {}, limits: {} };

describe('a limit', () => {
  it('binds sub-roles', () => {
    const cluster = new SmallCluster().framework('f', 'a/x').framework('g', 'a/y');
    cluster.allocator.setQuota('a', { guarantees: {}, limits: { cpus: 3, mem: 100 } });
    cluster.agent('1', 'cpus:2;mem:64').agent('2', 'cpus:2;mem:64');
    expect(cluster.events()).toEqual(['1 f a/x: cpus:2; mem:64', '2 g a/y: cpus:1; mem:36']);
    expect(cluster.allocator.quotaConsumption('a')).toEqual({ cpus: 3, mem: 100 });
  });

  it('is for the role alone where the original is to be matched', () => {
    const cluster = new SmallCluster({ limitsBindSubroles: false }).framework('f', 'a/x');
    cluster.allocator.setQuota('a', { guarantees: {}, limits: { cpus: 1 } });
    expect(cluster.agent('1', 'cpus:2').events()).toEqual(['1 f a/x: cpus:2']);
  });

  it('lets more through when something comes back, and when it is lifted', () => {
    const cluster = new SmallCluster().framework('f', 'a');
    cluster.allocator.setQuota('a', { guarantees: {}, limits: { cpus: 1 } });
    cluster.agent('1', 'cpus:1').agent('2', 'cpus:1');
    expect(cluster.events()).toEqual(['1 f a: cpus:1']);
    expect(cluster.tick()).toEqual([]);
    cluster.decline('f', '1', 'cpus:1', 60, 'a');
    expect(cluster.tick()).toEqual(['2 f a: cpus:1']);
    cluster.decline('f', '2', 'cpus:1', 60, 'a');
    cluster.agent('3', 'cpus:1').events();
    cluster.agent('4', 'cpus:1');
    expect(cluster.events()).toEqual([]);
    cluster.allocator.setQuota('a', NONE);
    expect(cluster.tick()).toEqual(['4 f a: cpus:1']);
  });

  it('is used up by reservations whether they are used or not', () => {
    const cluster = new SmallCluster().framework('f', 'a');
    cluster.allocator.setQuota('a', { guarantees: {}, limits: { cpus: 3 } });
    cluster.agent('1', 'cpus:4;cpus(a):2');
    expect(cluster.events()).toEqual(['1 f a: cpus(reservations: [(STATIC,a)]):2; cpus:1']);
  });

  it('is filled to the last when no offer is too small', () => {
    const cluster = new SmallCluster({ minAllocatable: [] }).framework('f', 'a');
    cluster.allocator.setQuota('a', { guarantees: {}, limits: { cpus: 1 } });
    expect(cluster.agent('1', 'cpus:0.998').agent('2', 'cpus:2').events()).toEqual([
      '1 f a: cpus:0.998',
      '2 f a: cpus:0.002',
    ]);
  });

  it('leaves revocable resources alone', () => {
    const cluster = new SmallCluster().framework('f', 'a', { capabilities: new Set(['REVOCABLE_RESOURCES']) });
    cluster.allocator.setQuota('a', { guarantees: {}, limits: { cpus: 0 } });
    const revocable = { name: 'cpus', type: 'SCALAR' as const, scalar: { value: 2 }, revocable: {} };
    cluster.agent('1', [{ name: 'cpus', type: 'SCALAR', scalar: { value: 1 } }, revocable]);
    expect(cluster.events()).toEqual(['1 f a: cpus{REV}:2']);
  });
});

describe('a guarantee', () => {
  it('is kept free of everybody else until its role takes it', () => {
    const cluster = new SmallCluster().framework('f', 'b').agent('1', 'cpus:2;mem:64').agent('2', 'cpus:2;mem:64');
    cluster.allocator.setQuota('a', { guarantees: { cpus: 3 }, limits: {} });
    expect(cluster.events()).toEqual(['1 f b: cpus:1; mem:64', '2 f b: mem:64']);
    cluster.framework('g', 'a');
    expect(cluster.events()).toEqual(['1 g a: cpus:1', '2 g a: cpus:2']);
  });

  it('counts what agents bring when they come with tasks', () => {
    const cluster = new SmallCluster().framework('g', 'a').framework('f', 'b');
    cluster.allocator.suppress('g');
    cluster.allocator.setQuota('a', { guarantees: { cpus: 2 }, limits: {} });
    cluster.agent('1', 'cpus:4;mem:64', { used: usedBy('g', 'a', 'cpus:2') });
    expect(cluster.events()).toEqual(['1 f b: cpus:2; mem:64']);
  });

  it('takes a reservation made from an offer for met', () => {
    const cluster = new SmallCluster().framework('f', 'a').agent('1', 'cpus:2');
    cluster.events();
    cluster.allocator.setQuota('a', { guarantees: { cpus: 2 }, limits: {} });
    const consumed = Resources.parse('cpus:2');
    const converted = Resources.of([
      { name: 'cpus', type: 'SCALAR', scalar: { value: 2 }, reservations: [{ type: 'DYNAMIC', role: 'a' }] },
    ]);
    cluster.allocator.convertOffered('1', 'f', 'a', [{ consumed, converted }]);
    cluster.allocator.recoverResources(
      { frameworkId: 'f', agentId: '1', role: 'a', resources: converted, wasAllocated: false },
      0,
    );
    expect(cluster.allocator.quotaConsumption('a')).toEqual({ cpus: 2 });
    cluster.allocator.suppress('f');
    expect(cluster.framework('g', 'b').agent('2', 'cpus:1').events()).toEqual(['2 g b: cpus:1']);
  });
});

describe('the last guarantee that is met', () => {
  it('frees what was kept for it in the same run, where an agent that shrank holds more than it has', () => {
    const cluster = new SmallCluster().framework('f', 'b').agent('1', 'cpus:4;mem:64');
    cluster.events();
    cluster.framework('g', 'a').events();
    cluster.allocator.updateAgent('1', { total: Resources.parse('cpus:1;mem:64') });
    cluster.allocator.setQuota('a', { guarantees: { mem: 40 }, limits: {} });
    // Of the three cpus that there are four are held: nothing is to spare while mem is missing.
    cluster.agent('2', 'cpus:2');
    expect(cluster.events()).toEqual([]);
    cluster.agent('3', 'mem:40');
    expect(cluster.tick()).toEqual(['3 g a: mem:40', '2 g a: cpus:2']);
  });
});

describe('quota', () => {
  it('is for top-level roles only', () => {
    expect(() => new SmallCluster().allocator.setQuota('a/x', NONE)).toThrow('Role a/x is not a top-level role');
  });
});

describe('a pause', () => {
  it('holds all runs, and the first batch after it makes up for them', () => {
    const cluster = new SmallCluster();
    cluster.allocator.pause();
    cluster.framework('f', '*');
    expect(cluster.agent('1', 'cpus:1').events()).toEqual([]);
    expect(cluster.tick()).toEqual([]);
    cluster.allocator.resume();
    expect(cluster.events()).toEqual([]);
    expect(cluster.tick()).toEqual(['1 f *: cpus:1']);
  });
});

describe('a guarantee that several disks would meet', () => {
  const disk = (value: number, root?: string) => ({
    name: 'disk',
    type: 'SCALAR' as const,
    scalar: { value },
    ...(root !== undefined && { disk: { source: { type: 'MOUNT' as const, mount: { root } } } }),
  });

  it('is offered by others of them once the first are refused', () => {
    const cluster = new SmallCluster({ minAllocatable: [] }).framework('f', 'a').framework('g', 'b');
    cluster.allocator.suppress('g');
    cluster.allocator.setQuota('a', { guarantees: { disk: 80 }, limits: { disk: 80 } });
    const [offer] = cluster
      .agent('1', [disk(30), disk(50, '/m1'), disk(20, '/m2')])
      .allocator.allocate(0, { batch: false });
    expect(offer?.resources.unallocated().format()).toBe('disk:30; disk[MOUNT:/m1]:50');
    if (offer === undefined) return;
    cluster.allocator.recoverResources({ ...offer, wasAllocated: false, refuseSeconds: 100 }, 0);
    cluster.allocator.revive('g');
    expect(cluster.events()).toEqual(['1 g b: disk:20']);
    expect(cluster.tick()).toEqual(['1 f a: disk:10; disk[MOUNT:/m1]:50; disk[MOUNT:/m2]:20']);
  });
});
