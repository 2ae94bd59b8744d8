// Offers and shares: from a real master of ours, and from one that is not.
import { describe, expect, it } from 'vitest';
import { startMasterFeed } from '../../../src/tui/feeds/master/master-feed.ts';
import { startLiveFeed } from '../../../src/tui/feeds/offers/live-feed.ts';
import { ratesBy } from '../../../src/tui/screens/lists/rates.ts';
import type { Net } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { task } from '../../daemon/master/support/fake-framework.ts';
import { Rig } from '../../daemon/master/support/rig.ts';
import { Watching } from './support.ts';

async function watch(rig: Rig, change: (world: World) => World = (world) => world): Promise<Watching> {
  const { world } = await rig.world();
  const watching = new Watching(change(world));
  const where = rig.masterUrl;
  const master = () => watching.master([where]);
  watching.start((context) => startMasterFeed(context, { master: master(), where }));
  watching.start((context) => startLiveFeed(context, { master: master(), where }));
  await rig.pass(300);
  return watching;
}

/** A master that does not have the path. */
function foreign(world: World): World {
  const net: Net = {
    ...world.net,
    listen: (options) => world.net.listen(options),
    request: (request) => world.net.request(request),
    openStream: (request) =>
      world.net.openStream({ ...request, url: request.url.replace(/\/mctl\/v1\/live.*/, '/nowhere') }),
  };
  return { ...world, net };
}

describe('the live feed', () => {
  it('has every offer from its beginning to its end, and what became of it', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered('cpus:4;mem:1024;ports:[31000-31009]');
    const framework = await rig.subscribed();
    const { view } = await watch(rig);
    const { offer } = framework;
    expect([...view.offers.values()]).toMatchObject([
      {
        id: offer.id.value,
        frameworkId: framework.id,
        agentId: agent.id,
        amounts: { cpus: 4, memMb: 1024 },
        ports: '31000-31009',
      },
    ]);
    expect(view.totals.offered.cpus).toBe(4);
    await framework.launch(offer, task(offer, 't1'));
    await rig.pass(3_000);
    expect(view.offerEvents.map(({ kind, operations }) => `${kind} ${operations ?? ''}`)).toEqual([
      'accepted LAUNCH 1 task',
      'offered ',
    ]);
    expect(view.offers.size).toBe(1);
    expect(view.totals.offered.cpus).toBe(3);
    expect(view.frameworks.get(framework.id)).toMatchObject({ offersSent: 1, offered: { cpus: 3 } });
  });

  it('counts by its own clock where the master has another', async () => {
    const rig = await Rig.start();
    await rig.registered('cpus:4;mem:1024');
    const framework = await rig.subscribed();
    const hour = 3_600_000;
    const { view, context } = await watch(rig, (world) => ({
      ...world,
      clock: {
        ...world.clock,
        nowMs: () => world.clock.nowMs() - hour,
        monotonicMs: () => world.clock.monotonicMs(),
        setTimer: (ms, fn) => world.clock.setTimer(ms, fn),
        every: (ms, fn) => world.clock.every(ms, fn),
        sleep: (ms) => world.clock.sleep(ms),
      },
    }));
    const { offer } = framework;
    await framework.launch(offer, task(offer, 't1'));
    await rig.pass(3_000);
    const nowMs = context.world.clock.nowMs();
    expect(view.offerEvents).toHaveLength(2);
    for (const { atMs } of view.offerEvents) expect(Math.abs(nowMs - atMs)).toBeLessThan(10_000);
    const { all, windowMs } = ratesBy(view, 'frameworkId', nowMs);
    expect(all.counts).toMatchObject({ offered: 1, accepted: 1 });
    expect(windowMs).toBeLessThanOrEqual(10_000);
    expect(Math.abs(nowMs - ([...view.offers.values()][0]?.sentMs ?? 0))).toBeLessThan(10_000);
  });

  it('has the tree of shares, and agents that are away', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    const framework = await rig.subscribed({ roles: ['web'] });
    const { view } = await watch(rig);
    await framework.call({ type: 'SUPPRESS' });
    await rig.pass(1_000);
    expect(view.shares).toMatchObject([
      { id: 'web', kind: 'role', position: undefined },
      { id: `web/${framework.id}`, kind: 'framework', isSuppressed: true, dominantShare: 1 },
    ]);
    expect(view.shareTotal).toBe(2);
    agent.disconnect();
    await rig.pass(500);
    expect(view.agents.get(agent.id)?.state).toBe('disconnected');
    await rig.pass(700_000);
    expect(view.agents.get(agent.id)?.state).toBe('unreachable');
  });

  it('asks a master that has no such stream: new offers, shares by their size, lost agents', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered('cpus:4;mem:1024');
    const busy = await rig.subscribed({ roles: ['web'] });
    await busy.launch(busy.offer, task(busy.offer, 't1'));
    const watching = await watch(rig, foreign);
    const { view } = watching;
    expect(watching.feed('offers')).toMatch(/^polling: this master does not stream/);
    await rig.pass(3_000);
    expect([...view.offers.values()]).toMatchObject([{ frameworkId: busy.id, amounts: { cpus: 3 } }]);
    expect(view.offerEvents.map(({ kind }) => kind)).toEqual(['offered']);
    expect(view.shares).toMatchObject([
      { id: 'web', dominantShare: 1, weight: 1 },
      { id: `web/${busy.id}`, dominantShare: 1, position: undefined, reason: expect.stringContaining('does not tell') },
    ]);
    agent.disconnect();
    await rig.pass(20_000);
    expect(view.agents.get(agent.id)?.state).toBe('disconnected');
    await rig.pass(700_000);
    expect(view.agents.get(agent.id)?.state).toBe('unreachable');
  });
});
