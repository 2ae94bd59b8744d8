import { describe, expect, it } from 'vitest';
import type { Resource, TaskStatus } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { task } from './support/fake-framework.ts';
import { Rig } from './support/rig.ts';

const resources = (text: string): Resource[] => Resources.parse(text).toMessages();

async function launched(info = {}, ...flags: string[]) {
  const rig = await Rig.start(...flags);
  const agent = await rig.registered('cpus:4;mem:1024');
  const framework = await rig.subscribed(info);
  const { offer } = framework;
  await framework.launch(offer, task(offer, 't1'));
  return { rig, agent, framework, offer };
}

describe('a launched task', () => {
  it('is STAGING in the books and reaches the agent with its framework and allocated resources', async () => {
    const { rig, agent, framework } = await launched();
    expect(rig.core.state.frameworks.get(framework.id)?.tasks.get('t1')?.message.state).toBe('TASK_STAGING');
    expect(agent.events.last('RUN_TASK').run_task).toMatchObject({
      framework_info: { name: 'test', id: { value: framework.id } },
      task: {
        task_id: { value: 't1' },
        resources: [{ name: 'cpus', allocation_info: { role: '*' } }, { name: 'mem' }],
      },
      launch_executor: true,
    });
  });

  it('sends its updates to the framework as they are, and the acknowledgements back to the agent', async () => {
    const { agent, framework } = await launched();
    const status = await agent.update(framework.id, 't1', 'TASK_RUNNING');
    expect(framework.status).toEqual(status);
    await framework.acknowledge(status);
    expect(agent.events.last('ACKNOWLEDGE').acknowledge).toEqual({
      framework_id: { value: framework.id },
      task_id: { value: 't1' },
      uuid: status.uuid,
    });
  });

  it('gives its resources back when it ends and leaves the books when that is acknowledged', async () => {
    const { rig, agent, framework } = await launched();
    const status = await agent.update(framework.id, 't1', 'TASK_FINISHED');
    const record = rig.core.state.frameworks.get(framework.id);
    expect(record?.usedResources.size).toBe(0);
    expect(record?.tasks.size).toBe(1);
    await framework.acknowledge(status);
    expect(record?.tasks.size).toBe(0);
    expect(record?.completedTasks.map((each) => each.message.state)).toEqual(['TASK_FINISHED']);
    expect(rig.core.state.counters.get('master/tasks_finished')).toBe(1);
  });

  it('has the state the agent knows last, even while older updates are still on their way', async () => {
    const { rig, agent, framework } = await launched();
    await agent.update(framework.id, 't1', 'TASK_STARTING', 'TASK_FINISHED');
    const booked = rig.core.state.frameworks.get(framework.id)?.tasks.get('t1');
    expect(booked?.message.state).toBe('TASK_FINISHED');
    expect(rig.core.state.frameworks.get(framework.id)?.usedResources.size).toBe(0);
    const running = await agent.update(framework.id, 't1', 'TASK_RUNNING', 'TASK_FINISHED');
    await framework.acknowledge(running);
    expect(booked?.message.statuses?.map((status) => status.state)).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
    const finished = await agent.update(framework.id, 't1', 'TASK_FINISHED');
    await framework.acknowledge(finished);
    expect(rig.core.state.frameworks.get(framework.id)?.tasks.size).toBe(0);
  });

  it('keeps one status for each distinct consecutive state, without the data', async () => {
    const { rig, agent, framework } = await launched();
    const status = { state: 'TASK_RUNNING' as const, source: 'SOURCE_EXECUTOR' as const, data: 'eHh4' };
    const task_id = { value: 't1' };
    for (let i = 0; i < 3; i++) {
      const update = { framework_id: { value: framework.id }, status: { ...status, task_id, timestamp: i } };
      await agent.send({ type: 'UPDATE', update });
    }
    expect(framework.status.data).toBe('eHh4');
    const booked = rig.core.state.frameworks.get(framework.id)?.tasks.get('t1');
    expect(booked?.message.statuses).toEqual([expect.objectContaining({ state: 'TASK_RUNNING', timestamp: 2 })]);
    expect(booked?.message.statuses?.[0]).not.toHaveProperty('data');
  });

  it('shows what its checks found last: to its framework, to who watches, in its state and when asked for', async () => {
    const { rig, agent, framework } = await launched();
    const seen: [string | undefined, boolean | undefined][] = [];
    const ignore = () => undefined;
    rig.core.events.observe({
      taskAdded: ignore,
      taskUpdated: (_task, { reason, healthy }) => void seen.push([reason, healthy]),
      agentAdded: ignore,
      agentRemoved: ignore,
      frameworkAdded: ignore,
      frameworkUpdated: ignore,
      frameworkRemoved: ignore,
    });
    const send = async (more: Partial<TaskStatus>) => {
      const status = { task_id: { value: 't1' }, state: 'TASK_RUNNING' as const, source: 'SOURCE_EXECUTOR' as const };
      await agent.send({
        type: 'UPDATE',
        update: { framework_id: { value: framework.id }, status: { ...status, ...more } },
      });
    };
    const check = (code: number) => ({ type: 'COMMAND' as const, command: { exit_code: code } });
    await send({ check_status: { type: 'COMMAND', command: {} } });
    await send({ reason: 'REASON_TASK_CHECK_STATUS_UPDATED', check_status: check(7) });
    const condition = { healthy: true, check_status: check(7) };
    await send({ reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED', ...condition });
    expect(framework.status).toMatchObject(condition);
    expect(seen).toEqual([
      [undefined, undefined],
      ['REASON_TASK_CHECK_STATUS_UPDATED', undefined],
      ['REASON_TASK_HEALTH_CHECK_STATUS_UPDATED', true],
    ]);
    const { world } = await rig.world();
    const state = JSON.parse(new TextDecoder().decode((await rig.request(world, 'GET', '/state')).body));
    expect(state.frameworks[0].tasks[0].statuses).toEqual([
      expect.objectContaining({ state: 'TASK_RUNNING', ...condition }),
    ]);
    await framework.call({ type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 't1' } }] } });
    expect(framework.status).toMatchObject({ reason: 'REASON_RECONCILIATION', ...condition });
  });

  it('cannot be launched twice while it lives', async () => {
    const { rig, agent, framework } = await launched();
    await rig.pass(1_100);
    const { offer } = framework;
    await framework.launch(offer, task(offer, 't1'), task(offer, 't2'), task(offer, 't2'));
    expect(framework.statuses.map((each) => [each.task_id.value, each.state, each.message])).toEqual([
      ['t1', 'TASK_ERROR', 'Task has duplicate ID: t1'],
      ['t2', 'TASK_ERROR', 'Task has duplicate ID: t2'],
    ]);
    expect(agent.events.ofType('RUN_TASK')).toHaveLength(2);
  });

  it('must fit into what is left of the offer, together with those before it', async () => {
    const rig = await Rig.start();
    await rig.registered('cpus:2;mem:1024');
    const framework = await rig.subscribed();
    const { offer } = framework;
    await framework.launch(offer, task(offer, 'a'), task(offer, 'b'), task(offer, 'c'));
    expect(framework.statuses).toHaveLength(1);
    expect(framework.status).toMatchObject({
      task_id: { value: 'c' },
      state: 'TASK_ERROR',
      reason: 'REASON_TASK_INVALID',
    });
    expect(framework.status.message).toContain('is more than available');
  });

  it('with an executor of its own tells the agent whether that is new, and is charged for it once', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered('cpus:2;mem:1024');
    const framework = await rig.subscribed();
    const { offer } = framework;
    const executor = { executor_id: { value: 'e' }, command: { value: 'x' }, resources: resources('cpus:1') };
    const tasks = ['t1', 't2'].map((id) => {
      const { command: _command, ...rest } = task(offer, id, { resources: resources('cpus:0.5;mem:32') });
      return { ...rest, executor };
    });
    await framework.launch(offer, ...tasks);
    const runs = agent.events.ofType('RUN_TASK').map(({ run_task }) => run_task);
    expect(runs.map((run) => run?.launch_executor)).toEqual([true, false]);
    expect(runs[0]?.task.executor).toMatchObject({ type: 'CUSTOM', framework_id: { value: framework.id } });
    expect(framework.statuses).toEqual([]);
  });

  it('in a group goes to the agent with all of it', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered('cpus:4;mem:1024;disk:1024');
    const framework = await rig.subscribed();
    const { offer } = framework;
    const executor = {
      executor_id: { value: 'e' },
      type: 'DEFAULT' as const,
      framework_id: { value: framework.id },
      resources: resources('cpus:0.1;mem:32;disk:32'),
    };
    const tasks = [task(offer, 'g1'), task(offer, 'g2')];
    await framework.accept([offer], [{ type: 'LAUNCH_GROUP', launch_group: { executor, task_group: { tasks } } }]);
    const { run_task_group } = agent.events.last('RUN_TASK_GROUP');
    expect(run_task_group?.launch_executor).toBe(true);
    expect(run_task_group?.task_group.tasks?.map(({ task_id }) => task_id.value)).toEqual(['g1', 'g2']);
    expect(framework.statuses).toEqual([]);
  });
});

describe('KILL', () => {
  it('reaches the agent with its policy', async () => {
    const { agent, framework } = await launched();
    const kill = { task_id: { value: 't1' }, kill_policy: { grace_period: { nanoseconds: 5 } } };
    await framework.call({ type: 'KILL', kill });
    expect(agent.events.last('KILL').kill).toEqual({ framework_id: { value: framework.id }, ...kill });
  });

  it('with the wrong agent does nothing', async () => {
    const { agent, framework } = await launched();
    await framework.call({ type: 'KILL', kill: { task_id: { value: 't1' }, agent_id: { value: 'other' } } });
    expect(agent.events.ofType('KILL')).toEqual([]);
  });

  it('of an unknown task is answered like a reconciliation', async () => {
    const { framework } = await launched();
    await framework.call({ type: 'KILL', kill: { task_id: { value: 'nonesuch' } } });
    expect(framework.status).toMatchObject({
      state: 'TASK_UNKNOWN',
      reason: 'REASON_RECONCILIATION',
      message: 'Reconciliation: Task is unknown',
    });
  });

  it('is repeated when the agent was away', async () => {
    const { rig, agent, framework } = await launched();
    await agent.update(framework.id, 't1', 'TASK_RUNNING');
    agent.disconnect();
    await rig.pass(200);
    await framework.call({ type: 'KILL', kill: { task_id: { value: 't1' } } });
    expect(agent.events.ofType('KILL')).toEqual([]);
    await agent.subscribe({ tasks: [agent.task(framework.id, 't1', 'TASK_RUNNING')] });
    expect(agent.events.ofType('KILL')).toHaveLength(1);
  });
});

describe('RECONCILE', () => {
  it('without tasks tells the last forwarded state of each, with what is known of its container', async () => {
    const { agent, framework } = await launched();
    const container_status = { container_id: { value: 'c' } };
    const status = {
      task_id: { value: 't1' },
      state: 'TASK_RUNNING' as const,
      uuid: 'AAAAAAAAQACAAAAAAAAAAQ==',
      container_status,
    };
    await agent.send({
      type: 'UPDATE',
      update: { framework_id: { value: framework.id }, status, latest_state: 'TASK_FINISHED' },
    });
    await framework.call({ type: 'RECONCILE', reconcile: {} });
    expect(framework.status).toMatchObject({
      state: 'TASK_RUNNING',
      source: 'SOURCE_MASTER',
      reason: 'REASON_RECONCILIATION',
      message: 'Reconciliation: Latest task state',
      container_status,
      agent_id: { value: agent.id },
    });
    expect(framework.status).not.toHaveProperty('uuid');
  });

  it.each([
    ['TASK_GONE', 'Reconciliation: Task is unknown to the agent', true],
    ['TASK_UNKNOWN', 'Reconciliation: Task is unknown', false],
  ])('of an unknown task says %s', async (state, message, isAgentKnown) => {
    const { agent, framework } = await launched();
    const agent_id = { value: isAgentKnown ? agent.id : 'nope' };
    await framework.call({ type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 'x' }, agent_id }] } });
    expect(framework.status).toMatchObject({ state, message, agent_id });
  });

  it('says TASK_LOST to frameworks that know no better', async () => {
    const { framework } = await launched({ capabilities: [{ type: 'MULTI_ROLE' }] });
    await framework.call({ type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 'x' } }] } });
    expect(framework.status.state).toBe('TASK_LOST');
  });
});
