import { describe, expect, it } from 'vitest';
import { task } from './support/fake-framework.ts';
import { Rig } from './support/rig.ts';

async function running(info = {}) {
  const rig = await Rig.start();
  const agent = await rig.registered('cpus:4;mem:1024');
  const framework = await rig.subscribed(info);
  await framework.launch(framework.offer, task(framework.offer, 't1'));
  await framework.acknowledge(await agent.update(framework.id, 't1', 'TASK_RUNNING'));
  framework.events.fresh();
  return { rig, agent, framework };
}

describe('a framework that is torn down', () => {
  it('is shut down on the agents, its tasks are KILLED in the books only, and its stream ends', async () => {
    const { rig, agent, framework } = await running();
    await framework.call({ type: 'TEARDOWN' });
    expect(agent.events.last('SHUTDOWN_FRAMEWORK').shutdown_framework?.framework_id.value).toBe(framework.id);
    expect(framework.events.fresh()).toEqual([]);
    expect(framework.events.isOver).toBe(true);
    const completed = rig.core.state.completedFrameworks.get(framework.id);
    expect(completed?.completedTasks[0]?.message).toMatchObject({
      state: 'TASK_KILLED',
      statuses: [
        { state: 'TASK_RUNNING' },
        { reason: 'REASON_FRAMEWORK_REMOVED', message: `Framework ${framework.id} removed` },
      ],
    });
    expect([...rig.core.state.roles.entries()]).toEqual([]);
    expect(rig.core.state.agents.registered.get(agent.id)?.usedResources.size).toBe(0);
  });

  it('cannot subscribe again', async () => {
    const { framework } = await running();
    await framework.call({ type: 'TEARDOWN' });
    await framework.subscribe();
    expect(framework.events.last('ERROR').error?.message).toBe('Framework has been removed');
  });

  it('by an operator is the same', async () => {
    const { rig, framework } = await running();
    const { world } = await rig.world();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await rig.request(world, 'POST', '/teardown', `frameworkId=${framework.id}`, headers);
    expect(answer.status).toBe(200);
    expect(rig.core.state.completedFrameworks.has(framework.id)).toBe(true);
  });

  it('is shut down on an agent that was away meanwhile', async () => {
    const { rig, agent, framework } = await running();
    agent.disconnect();
    await rig.pass(200);
    await framework.call({ type: 'TEARDOWN' });
    await agent.subscribe({ tasks: [agent.task(framework.id, 't1', 'TASK_RUNNING')], frameworks: [framework.info] });
    expect(agent.events.last('SHUTDOWN_FRAMEWORK').shutdown_framework?.framework_id.value).toBe(framework.id);
    expect(agent.events.ofType('KILL')).toEqual([]);
  });
});

describe('a framework that disconnects', () => {
  it('has its failover timeout to come back, with its tasks alive', async () => {
    const { rig, framework } = await running({ failover_timeout: 60 });
    framework.disconnect();
    await rig.pass(30_000);
    await framework.subscribe();
    await rig.pass(100_000);
    const record = rig.core.state.frameworks.get(framework.id);
    expect([record?.state, record?.tasks.size]).toEqual(['CONNECTED', 1]);
    expect(record?.reregisteredTimeMs).toBeGreaterThan(record?.registeredTimeMs ?? 0);
  });

  it('is removed when it does not', async () => {
    const { rig, agent, framework } = await running({ failover_timeout: 60 });
    framework.disconnect();
    await rig.pass(61_000);
    expect(rig.core.state.frameworks.size).toBe(0);
    expect(agent.events.ofType('SHUTDOWN_FRAMEWORK')).toHaveLength(1);
  });

  it('is removed at once with a timeout of 0, or less', async () => {
    const { rig, framework } = await running({ failover_timeout: -5 });
    framework.disconnect();
    await rig.pass(200);
    expect(rig.core.state.completedFrameworks.has(framework.id)).toBe(true);
  });

  it('is sent no updates, but they are taken over into the books', async () => {
    const { rig, agent, framework } = await running();
    framework.disconnect();
    await rig.pass(200);
    await agent.update(framework.id, 't1', 'TASK_FINISHED');
    expect(framework.events.fresh()).toEqual([]);
    const record = rig.core.state.frameworks.get(framework.id);
    expect(record?.tasks.get('t1')?.message.state).toBe('TASK_FINISHED');
    expect(record?.usedResources.size).toBe(0);
  });
});

describe('the histories', () => {
  it('hold no more completed tasks and frameworks than they may', async () => {
    const rig = await Rig.start('--max_completed_tasks_per_framework=2', '--max_completed_frameworks=1');
    const agent = await rig.registered('cpus:8;mem:1024');
    const framework = await rig.subscribed();
    const { offer } = framework;
    const ids = ['a', 'b', 'c'];
    await framework.launch(offer, ...ids.map((id) => task(offer, id)));
    for (const id of ids) await framework.acknowledge(await agent.update(framework.id, id, 'TASK_FINISHED'));
    const record = rig.core.state.frameworks.get(framework.id);
    expect(record?.completedTasks.map((each) => each.taskId)).toEqual(['b', 'c']);
    await framework.call({ type: 'TEARDOWN' });
    const second = await rig.subscribed();
    await second.call({ type: 'TEARDOWN' });
    expect([...rig.core.state.completedFrameworks.keys()]).toEqual([second.id]);
  });
});
