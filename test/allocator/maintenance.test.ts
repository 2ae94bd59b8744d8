import { describe, expect, test } from 'vitest';
import { HierarchicalAllocator } from '../../src/allocator/allocator.ts';
import { Resources } from '../../src/mesos/resources.ts';

const TOTAL = Resources.parse('cpus:2;mem:1024');
const AWAY = { start: { nanoseconds: 1e18 } };
const BATCH = { batch: true };

/** Two agents, of which the first is held by f1 alone; the second is free, as f1 refuses it for long. */
function cluster() {
  const allocator = new HierarchicalAllocator({ order: 'by-id' });
  for (const id of ['a1', 'a2']) {
    const options = { hostname: id, attributes: [], capabilities: new Set(['MULTI_ROLE']), total: TOTAL, used: [] };
    allocator.addAgent(id, options);
  }
  allocator.addFramework('f1', { roles: ['*'], capabilities: new Set(['MULTI_ROLE']), active: true });
  allocator.addFramework('f2', { roles: ['*'], suppressedRoles: ['*'], capabilities: new Set(), active: true });
  for (const { agentId, resources } of allocator.allocate(0, BATCH)) {
    if (agentId === 'a1') allocator.transitionOfferedToAllocated('a1', '*', 'f1', resources);
    else {
      const recovered = { frameworkId: 'f1', agentId, role: '*', resources, refuseSeconds: 1e6, wasAllocated: false };
      allocator.recoverResources(recovered, 0);
    }
  }
  const asked = (nowMs: number, run = BATCH) => {
    allocator.allocate(nowMs, run);
    return allocator.inverseOffers(nowMs, run).map(({ frameworkId, agentId }) => `${frameworkId} on ${agentId}`);
  };
  return { allocator, asked };
}

describe('inverse offers', () => {
  test('go to those who hold something of an agent that will be away, once', () => {
    const { allocator, asked } = cluster();
    expect(asked(0)).toEqual([]);
    allocator.updateUnavailability('a1', AWAY);
    allocator.updateUnavailability('a2', AWAY);
    expect(allocator.hasPendingAgents(), 'there is something to be run for').toBe(true);
    expect(asked(1, { batch: false })).toEqual(['f1 on a1']);
    expect(asked(1000)).toEqual([]);
  });

  test('come again after an answer, when its filter is over, and with another time of absence at once', () => {
    const { allocator, asked } = cluster();
    allocator.updateUnavailability('a1', AWAY);
    expect(asked(1000)).toHaveLength(1);
    allocator.updateInverseOffer('a1', 'f1', { status: 'DECLINE', refuseSeconds: 10 }, 1500);
    expect(allocator.inverseOfferStatuses('a1')).toEqual([{ frameworkId: 'f1', status: 'DECLINE', atMs: 1500 }]);
    expect(asked(11_000)).toEqual([]);
    expect(asked(12_000)).toHaveLength(1);
    allocator.updateInverseOffer('a1', 'f1', { status: 'ACCEPT', refuseSeconds: 10 }, 12_000);
    expect(allocator.inverseOfferStatuses('a1')).toEqual([{ frameworkId: 'f1', status: 'ACCEPT', atMs: 12_000 }]);
    allocator.updateUnavailability('a1', { start: { nanoseconds: 2e18 } });
    expect(allocator.inverseOfferStatuses('a1')).toEqual([]);
    expect(asked(13_000)).toHaveLength(1);
    allocator.updateUnavailability('a1', undefined);
    allocator.updateInverseOffer('a1', 'f1', { status: 'ACCEPT' }, 14_000);
    expect([asked(14_000), allocator.inverseOfferStatuses('a1')]).toEqual([[], []]);
  });

  test('come again at once when they were taken back, or the framework revived', () => {
    const { allocator, asked } = cluster();
    allocator.updateUnavailability('a1', AWAY);
    expect(asked(1000)).toHaveLength(1);
    allocator.updateInverseOffer('a1', 'f1', {}, 1000);
    expect(asked(2000)).toHaveLength(1);
    allocator.updateInverseOffer('a1', 'f1', { status: 'ACCEPT', refuseSeconds: 1000 }, 2000);
    expect(asked(3000)).toEqual([]);
    allocator.revive('f1');
    expect(asked(4000)).toContain('f1 on a1');
  });

  test('wait while the framework, the agent or the allocator takes no part', () => {
    const { allocator, asked } = cluster();
    allocator.updateUnavailability('a1', AWAY);
    allocator.deactivateFramework('f1');
    expect(asked(1000)).toEqual([]);
    allocator.activateFramework('f1');
    allocator.deactivateAgent('a1');
    expect(asked(2000)).toEqual([]);
    allocator.activateAgent('a1');
    allocator.pause();
    expect(asked(3000)).toEqual([]);
    allocator.resume();
    expect(asked(4000)).toContain('f1 on a1');
    allocator.removeAgent('a1');
    allocator.updateInverseOffer('a1', 'f1', { status: 'ACCEPT' }, 5000);
    expect(allocator.inverseOfferStatuses('a1')).toEqual([]);
  });
});
