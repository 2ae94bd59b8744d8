import { describe, expect, it } from 'vitest';
import { updateWeights } from '../../../src/daemon/master/weights.ts';
import { task } from './support/fake-framework.ts';
import { Rig } from './support/rig.ts';

async function restarted(...flags: string[]) {
  const rig = await Rig.start(...flags);
  const agent = await rig.registered('cpus:4;mem:1024');
  const framework = await rig.subscribed();
  await framework.launch(framework.offer, task(framework.offer, 't1'));
  await framework.acknowledge(await agent.update(framework.id, 't1', 'TASK_RUNNING'));
  framework.events.fresh();
  agent.report.tasks = [agent.task(framework.id, 't1', 'TASK_RUNNING')];
  agent.report.frameworks = [framework.info];
  await rig.restartMaster();
  return { rig, agent, framework };
}

describe('after a restart of the master', () => {
  it('agents keep their ids and tasks, and frameworks are known from them until they subscribe', async () => {
    const { rig, agent, framework } = await restarted();
    const { id } = agent;
    await agent.subscribe();
    expect(agent.id).toBe(id);
    const record = rig.core.state.frameworks.get(framework.id);
    expect([record?.state, record?.tasks.size, record?.registeredTimeMs]).toEqual(['RECOVERED', 1, 0]);
    await framework.subscribe();
    expect(record?.state).toBe('CONNECTED');
    expect(framework.events.fresh().map((event) => event.type)).toEqual(['SUBSCRIBED', 'OFFERS']);
    expect(framework.offer.resources?.find((resource) => resource.name === 'cpus')?.scalar?.value).toBe(3);
  });

  it('there is no word about tasks of agents that are not back, and one when all are', async () => {
    const { agent, framework } = await restarted();
    await framework.subscribe();
    const tasks = [{ task_id: { value: 't1' }, agent_id: { value: agent.id } }, { task_id: { value: 'x' } }];
    await framework.call({ type: 'RECONCILE', reconcile: { tasks } });
    expect(framework.events.fresh().map((event) => event.type)).toEqual(['SUBSCRIBED']);
    await agent.subscribe();
    await framework.call({ type: 'RECONCILE', reconcile: { tasks } });
    expect(framework.statuses.slice(-2).map((status) => [status.state, status.reason])).toEqual([
      ['TASK_RUNNING', 'REASON_RECONCILIATION'],
      ['TASK_UNKNOWN', 'REASON_RECONCILIATION'],
    ]);
  });

  it('an agent that stays away is unreachable after 10 minutes: FAILURE, but no updates', async () => {
    const { rig, agent, framework } = await restarted();
    await framework.subscribe();
    await rig.pass(601_000);
    expect(framework.events.fresh().map((event) => event.type)).toEqual(['SUBSCRIBED', 'FAILURE']);
    expect([...rig.core.state.agents.unreachable.keys()]).toEqual([agent.id]);
    const removals = ['slave_removals', 'slave_removals/reason_unhealthy', 'recovery_slave_removals'];
    expect(removals.map((name) => rig.core.state.counters.get(`master/${name}`))).toEqual([1, 1, 1]);
    await rig.restartMaster();
    expect([...rig.core.state.agents.unreachable.keys()]).toEqual([agent.id]);
  });

  it('agents that stay away become unreachable one after the other under --agent_removal_rate_limit, if they are not back by then', async () => {
    const rig = await Rig.start('--agent_removal_rate_limit=1/10mins');
    const agents = [await rig.registered(), await rig.registered()];
    for (const agent of agents) agent.disconnect();
    await rig.restartMaster();
    await rig.pass(605_000);
    const [missing] = [...rig.core.state.agents.recovered.keys()];
    expect(rig.core.state.agents.unreachable.size).toBe(1);
    await agents.find(({ id }) => id === missing)?.subscribe();
    await rig.pass(1_200_000);
    expect(rig.core.state.agents.unreachable.size).toBe(1);
    const count = (what: string) => rig.core.state.counters.get(`master/slave_unreachable_${what}`);
    expect([count('scheduled'), count('completed'), count('canceled')]).toEqual([2, 1, 1]);
  });

  it('with more agents missing than --recovery_agent_removal_limit the master ends', async () => {
    const { rig } = await restarted('--recovery_agent_removal_limit=50%');
    await rig.pass(601_000);
    expect(rig.master.state).toBe('ended');
    expect(rig.outcome.code).toBe(1);
    expect(rig.outcome.reason).toContain('Post-recovery agent removal limit exceeded!');
  });

  it('a framework that never returns is kept for ever', async () => {
    const { rig, agent, framework } = await restarted();
    await agent.subscribe();
    await rig.pass(3_600_000);
    expect(rig.core.state.frameworks.get(framework.id)?.state).toBe('RECOVERED');
  });

  it('an unknown agent with an id is let in, and its tasks are told', async () => {
    const rig = await Rig.start();
    const framework = await rig.subscribed();
    const agent = await rig.agent('cpus:4;mem:1024');
    agent.report.agent_info = { ...agent.report.agent_info, id: { value: 'other-S7' } };
    await agent.subscribe({ tasks: [agent.task(framework.id, 't9', 'TASK_RUNNING')], frameworks: [framework.info] });
    expect(framework.status).toMatchObject({
      state: 'TASK_RUNNING',
      reason: 'REASON_AGENT_REREGISTERED',
      message: 'Unknown agent reregistered',
    });
    await rig.restartMaster();
    expect([...rig.core.state.agents.recovered.keys()]).toEqual(['other-S7']);
  });

  it('weights that were updated at the same time are all there', async () => {
    const rig = await Rig.start('--weights=a=2,b=3');
    const first = updateWeights(rig.core, [{ role: 'b', weight: 7 }]);
    const second = updateWeights(rig.core, [{ role: 'a', weight: 5 }]);
    await rig.settle(Promise.all([first, second, updateWeights(rig.core, [{ role: 'c', weight: 9 }])]));
    await rig.restartMaster();
    expect([...rig.core.state.weights].sort()).toEqual([
      ['a', 5],
      ['b', 7],
      ['c', 9],
    ]);
  });

  it('weights come from the registry, and from --weights while it has none', async () => {
    const rig = await Rig.start('--weights=a=2,b=3');
    expect([...rig.core.state.weights]).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
    const { world } = await rig.world();
    const body = JSON.stringify({
      type: 'UPDATE_WEIGHTS',
      update_weights: { weight_infos: [{ role: 'a', weight: 5 }] },
    });
    const answer = await rig.request(world, 'POST', '/api/v1', body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(200);
    await rig.restartMaster();
    expect([...rig.core.state.weights]).toEqual([
      ['a', 5],
      ['b', 3],
    ]);
  });
});

describe('the registry', () => {
  it('that cannot be written ends the master, and nothing of what was not durable took effect', async () => {
    const rig = await Rig.start();
    rig.simulation.host('master').disk.faults.current = { code: 'io', chance: 1 };
    const agent = await rig.agent();
    await agent.subscribe();
    expect(agent.events.ofType('SUBSCRIBED')).toEqual([]);
    expect(rig.master.state).toBe('ended');
    expect(rig.outcome).toMatchObject({ code: 1 });
  });

  it('forgets unreachable agents after their time', async () => {
    const rig = await Rig.start('--registry_max_agent_age=1hrs');
    const agent = await rig.registered();
    agent.answersPings = false;
    await rig.pass(120_000);
    expect(rig.core.state.agents.unreachable.size).toBe(1);
    await rig.pass(2 * 3_600_000);
    expect(rig.core.state.agents.unreachable.size).toBe(0);
  });
});
