// The master feed against real masters in the simulator.
import { describe, expect, it } from 'vitest';
import { startMasterFeed } from '../../../src/tui/feeds/master/master-feed.ts';
import { task } from '../../daemon/master/support/fake-framework.ts';
import { Rig } from '../../daemon/master/support/rig.ts';
import { Watching } from './support.ts';

async function watch(rig: Rig): Promise<Watching> {
  const { world } = await rig.world();
  const watching = new Watching(world);
  const master = watching.master([rig.masterUrl]);
  watching.start((context) => startMasterFeed(context, { master, where: rig.masterUrl }));
  await rig.pass(200);
  return watching;
}

describe('the master feed', () => {
  it('begins with the whole state and who leads', async () => {
    const rig = await Rig.start('--cluster=blue');
    const agent = await rig.registered('cpus:4;mem:1024;ports:[31000-31009]');
    const framework = await rig.subscribed({ name: 'shop' });
    await framework.launch(framework.offer, task(framework.offer, 't1'));
    await agent.update(framework.id, 't1', 'TASK_RUNNING');
    const { view, feed, said } = await watch(rig).then((watching) => ({
      view: watching.view,
      feed: watching.feed('master'),
      said: watching.said,
    }));
    expect(feed).toBe('live');
    expect(view.leader).toMatchObject({
      address: '10.0.0.1:5050',
      id: rig.core.state.info.id,
      clusterName: 'blue',
      changes: 0,
      electedMs: expect.any(Number),
    });
    expect(view.agents.get(agent.id)).toMatchObject({
      hostname: agent.address,
      address: `${agent.address}:5051`,
      state: 'active',
      total: { cpus: 4, memMb: 1024 },
      allocated: { cpus: 1, memMb: 128 },
      resources: ['cpus(*):4', 'mem(*):1024', 'ports(*):[31000-31009]'],
      taskCount: 1,
    });
    expect(view.frameworks.get(framework.id)).toMatchObject({
      name: 'shop',
      state: 'active',
      roles: ['*'],
      allocated: { cpus: 1 },
      taskCount: 1,
    });
    expect([...view.tasks.values()]).toMatchObject([
      { id: 't1', frameworkId: framework.id, agentId: agent.id, state: 'TASK_RUNNING', amounts: { cpus: 1 } },
    ]);
    expect(said).toEqual([]);
  });

  it('follows tasks from launch to end, with what they hold', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered('cpus:4;mem:1024');
    const framework = await rig.subscribed();
    const watching = await watch(rig);
    const { view } = watching;
    await framework.launch(framework.offer, task(framework.offer, 't1'), task(framework.offer, 't2'));
    await rig.pass(100);
    expect(view.tasks.size).toBe(2);
    expect(view.agents.get(agent.id)).toMatchObject({ allocated: { cpus: 2, memMb: 256 }, taskCount: 2 });
    expect(view.totals.allocated.cpus).toBe(2);
    await agent.update(framework.id, 't1', 'TASK_RUNNING');
    await agent.update(framework.id, 't2', 'TASK_FAILED');
    await rig.pass(100);
    expect([...view.tasks.values()].map(({ id, state }) => `${id} ${state}`)).toEqual([
      't1 TASK_RUNNING',
      't2 TASK_FAILED',
    ]);
    expect(view.agents.get(agent.id)).toMatchObject({ allocated: { cpus: 1, memMb: 128 }, taskCount: 1 });
    expect(view.frameworks.get(framework.id)).toMatchObject({ allocated: { cpus: 1, memMb: 128 }, taskCount: 1 });
    expect(watching.eventTexts('task-updated').at(-1)).toContain('task t2 TASK_FAILED');
  });

  it('has the same sums after a loss of the agent as a feed that begins then', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered('cpus:4;mem:1024');
    const framework = await rig.subscribed();
    const { view } = await watch(rig);
    await framework.launch(framework.offer, task(framework.offer, 't1'));
    await agent.update(framework.id, 't1', 'TASK_RUNNING');
    agent.disconnect();
    await rig.pass(700_000);
    expect([...view.tasks.values()].map(({ state }) => state)).toEqual(['TASK_UNREACHABLE']);
    const later = (await watch(rig)).view;
    for (const one of [view, later]) expect(one.frameworks.get(framework.id)?.allocated.cpus).toBe(0);
    expect([...later.tasks.values()].map(({ state }) => state)).toEqual(['TASK_UNREACHABLE']);
  });

  it('shows a framework that has ended as completed', async () => {
    const rig = await Rig.start();
    const framework = await rig.subscribed({ name: 'gone' });
    const watching = await watch(rig);
    await framework.call({ type: 'TEARDOWN' });
    await rig.pass(100);
    expect(watching.view.frameworks.get(framework.id)?.state).toBe('completed');
    expect(watching.eventTexts('framework-removed')).toEqual(['framework gone has ended']);
  });

  it('forgets the oldest of those that have ended, so that a day of short ones leaves no more than an hour', async () => {
    const rig = await Rig.start();
    const watching = await watch(rig);
    const ids: string[] = [];
    for (let times = 0; times < 53; times += 1) {
      const framework = await rig.subscribed({ name: `short ${times}` });
      ids.push(framework.id);
      await framework.call({ type: 'TEARDOWN' });
    }
    await rig.pass(100);
    expect(watching.eventTexts('framework-removed')).toHaveLength(53);
    expect([...watching.view.frameworks.keys()].sort()).toEqual(ids.slice(3).sort());
  });

  it('says that the master is away, comes back with it by itself, and begins anew', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    const watching = await watch(rig);
    rig.master.crash();
    await rig.simulation.run({ forMs: 2_000 });
    expect(watching.feed('master')).toMatch(/^broken: /);
    expect(watching.view.agents.size).toBe(1);
    expect(watching.said).toEqual([expect.stringMatching(/^bad: The stream of the master 10.0.0.1:5050 ended: /)]);
    await rig.restartMaster();
    await rig.pass(40_000);
    expect(watching.feed('master')).toBe('live');
    expect(watching.said.at(-1)).toBe('good: The master 10.0.0.1:5050 answers again.');
    expect(watching.view.agents.get(agent.id)?.state).toBe('disconnected');
  });

  it('says nothing more, and asks nobody, once it is closed', async () => {
    const rig = await Rig.start();
    const watching = await watch(rig);
    for (const feed of watching.feeds) feed.close();
    const version = watching.view.version('agents');
    rig.master.crash();
    await rig.simulation.run({ forMs: 60_000 });
    expect(watching.view.version('agents')).toBe(version);
    expect(watching.feed('master')).toBe('live');
    expect(watching.said).toEqual([]);
  });
});
