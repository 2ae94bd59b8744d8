import { describe, expect, it } from 'vitest';
import type { Call } from '../../../../src/mesos/generated/master.ts';
import type { FakeAgent } from '../support/fake-agent.ts';
import { task } from '../support/fake-framework.ts';
import { Rig, text } from '../support/rig.ts';

const DRAINING = [{ type: 'AGENT_DRAINING' }] as const;

async function operator(rig: Rig) {
  const { world } = await rig.world();
  return async (call: Call): Promise<{ status: number; text: string }> => {
    const answer = await rig.request(world, 'POST', '/api/v1', JSON.stringify(call), {
      'content-type': 'application/json',
      accept: 'application/json',
    });
    await rig.pass(50);
    return { status: answer.status, text: text(answer) };
  };
}

/** A master, an agent that can be drained with one running task, its framework, and an operator. */
async function running() {
  const rig = await Rig.start();
  const agent = await rig.agent('cpus:4;mem:1024');
  agent.report.capabilities = [...(agent.report.capabilities ?? []), ...DRAINING];
  await agent.subscribe();
  const framework = await rig.subscribed();
  await framework.launch(framework.offer, task(framework.offer, 't1'));
  await framework.acknowledge(await agent.update(framework.id, 't1', 'TASK_RUNNING'));
  agent.report.tasks = [agent.task(framework.id, 't1', 'TASK_RUNNING')];
  agent.report.frameworks = [framework.info];
  await rig.pass(2_000);
  const call = await operator(rig);
  const id = { value: agent.id };
  const drain = (more: object = {}) => call({ type: 'DRAIN_AGENT', drain_agent: { agent_id: id, ...more } });
  const reactivate = () => call({ type: 'REACTIVATE_AGENT', reactivate_agent: { agent_id: id } });
  const deactivate = () => call({ type: 'DEACTIVATE_AGENT', deactivate_agent: { agent_id: id } });
  const told = async () => {
    const { get_agents } = JSON.parse((await call({ type: 'GET_AGENTS' })).text);
    const { active, deactivated, drain_info, estimated_drain_start_time } = get_agents.agents?.[0] ?? {};
    return { active, deactivated, state: drain_info?.state, isStarted: estimated_drain_start_time !== undefined };
  };
  return { rig, agent, framework, call, drain, reactivate, deactivate, told };
}

const stateOf = (rig: Rig, agent: FakeAgent) => rig.core.state.agents.deactivated.get(agent.id)?.drain?.state;

describe('DRAIN_AGENT', () => {
  it('takes back what is offered, tells the agent, and waits for the acknowledgement of the last end', async () => {
    const { rig, agent, framework, drain, told } = await running();
    framework.events.fresh();
    expect(framework.offers.length).toBeGreaterThan(0);
    expect(await drain({ max_grace_period: { seconds: 2, nanos: 5 } })).toEqual({ status: 200, text: '' });
    expect(framework.events.fresh().map(({ type }) => type)).toEqual(['RESCIND']);
    expect(agent.events.last('DRAIN').drain?.config).toEqual({
      max_grace_period: { nanoseconds: 2_000_000_005 },
      mark_gone: false,
    });
    expect(await told()).toEqual({ active: false, deactivated: true, state: 'DRAINING', isStarted: true });

    const killed = await agent.update(framework.id, 't1', 'TASK_KILLED');
    await rig.pass(10_000);
    expect(stateOf(rig, agent), 'before the acknowledgement').toBe('DRAINING');
    await framework.acknowledge(killed);
    expect(await told()).toEqual({ active: false, deactivated: true, state: 'DRAINED', isStarted: true });
    await rig.pass(10_000);
    expect(framework.events.fresh().map(({ type }) => type)).toEqual(['UPDATE']);
  });

  it('of an agent with nothing to do is done at once, and can be undone', async () => {
    const { rig, agent, framework, drain, reactivate, told } = await running();
    await framework.acknowledge(await agent.update(framework.id, 't1', 'TASK_FINISHED'));
    await drain();
    expect(stateOf(rig, agent)).toBe('DRAINED');
    framework.events.fresh();
    expect((await reactivate()).status).toBe(200);
    expect(agent.events.last('DRAIN').drain).toEqual({});
    expect(await told()).toEqual({ active: true, deactivated: false, state: undefined, isStarted: false });
    await rig.pass(6_000);
    expect(framework.events.fresh().map(({ type }) => type)).toEqual(['OFFERS']);
    expect((await reactivate()).text).toBe('Agent is not deactivated');
  });

  it('cannot be undone before it is done', async () => {
    const { drain, reactivate, deactivate } = await running();
    await drain();
    expect(await reactivate()).toEqual({ status: 400, text: 'Agent is still in the DRAINING state' });
    expect((await deactivate()).status).toBe(200);
    expect((await reactivate()).status, 'deactivating does not end a drain').toBe(400);
    expect((await drain()).status, 'again').toBe(200);
  });

  it('survives the master: the agent is told again when it is back', async () => {
    const { rig, agent, framework, drain } = await running();
    await drain({ max_grace_period: { seconds: 2 } });
    await rig.restartMaster();
    expect(stateOf(rig, agent)).toBe('DRAINING');
    agent.events.fresh();
    await agent.subscribe();
    expect(agent.events.last('SUBSCRIBED').subscribed?.drain_config?.max_grace_period).toEqual({ nanoseconds: 2e9 });
    await framework.subscribe();
    await rig.pass(5_000);
    expect(framework.events.last('SUBSCRIBED')).toBeDefined();
    expect(framework.events.all.slice(-1)[0]?.type).not.toBe('OFFERS');
    await framework.acknowledge(await agent.update(framework.id, 't1', 'TASK_KILLED'));
    expect(stateOf(rig, agent)).toBe('DRAINED');
    await rig.restartMaster();
    expect(stateOf(rig, agent)).toBe('DRAINED');
  });

  it('goes on after the agent was unreachable', async () => {
    const { rig, agent, drain } = await running();
    await drain();
    agent.answersPings = false;
    agent.disconnect();
    await rig.pass(100_000);
    expect(rig.core.state.agents.unreachable.has(agent.id)).toBe(true);
    await rig.restartMaster();
    expect(stateOf(rig, agent)).toBe('DRAINING');
    agent.report.tasks = [];
    agent.answersPings = true;
    await agent.subscribe();
    expect(stateOf(rig, agent), 'it came back without tasks').toBe('DRAINED');
    expect(rig.core.state.agents.registered.get(agent.id)?.active).toBe(false);
  });

  it('may be asked of an agent that is out of reach, or not back after a fail-over', async () => {
    const { rig, agent, drain, told } = await running();
    agent.answersPings = false;
    agent.disconnect();
    await rig.pass(100_000);
    expect((await drain({ max_grace_period: { seconds: 9 } })).status).toBe(200);
    await rig.restartMaster();
    expect(stateOf(rig, agent)).toBe('DRAINING');
    agent.answersPings = true;
    await agent.subscribe();
    expect(agent.events.last('SUBSCRIBED').subscribed?.drain_config?.max_grace_period).toEqual({ nanoseconds: 9e9 });
    await rig.restartMaster();
    expect((await drain({ max_grace_period: { seconds: 5 } })).status).toBe(200);
    await agent.subscribe();
    expect(agent.events.last('SUBSCRIBED').subscribed?.drain_config?.max_grace_period).toEqual({ nanoseconds: 5e9 });
    expect(await told()).toMatchObject({ active: false, state: 'DRAINING' });
  });

  it('ends with the agent gone when it is asked to', async () => {
    const { rig, agent, framework, drain } = await running();
    await drain({ mark_gone: true });
    expect(agent.events.last('DRAIN').drain?.config?.mark_gone).toBe(true);
    await framework.acknowledge(await agent.update(framework.id, 't1', 'TASK_GONE_BY_OPERATOR'));
    expect(rig.core.state.agents.gone.has(agent.id)).toBe(true);
    expect(agent.events.last('SHUTDOWN').shutdown?.message).toBe('Agent has been marked gone');
    expect(framework.events.last('FAILURE').failure?.agent_id?.value).toBe(agent.id);
    await agent.subscribe();
    expect(agent.events.last('SHUTDOWN').shutdown?.message).toBe('Agent has been marked gone');
    expect(rig.core.state.agents.deactivated.size).toBe(0);
  });

  it('is refused for agents that nobody knows, cannot do it, or are leaving for good', async () => {
    const { rig, agent, call, drain } = await running();
    const other = await rig.registered('cpus:1;mem:128');
    const drainOf = (value: string) => call({ type: 'DRAIN_AGENT', drain_agent: { agent_id: { value } } });
    expect(await drainOf('nope')).toEqual({ status: 400, text: 'Unknown agent' });
    expect(await drainOf(other.id)).toEqual({ status: 400, text: 'Agent is not capable of draining' });
    expect((await drain({ max_grace_period: { seconds: -1 } })).status).toBe(400);
    const { markAgentGone } = await import('../../../../src/daemon/master/agents/removal.ts');
    const { drainAgent } = await import('../../../../src/daemon/master/agents/deactivation/decisions.ts');
    const gone = markAgentGone(rig.core, agent.id);
    const drained = drainAgent(rig.core, agent.id, {});
    expect(await rig.settle(drained)).toEqual({ kind: 'conflict', why: 'Agent is currently being marked gone' });
    expect(await rig.settle(gone)).toBe('gone');
  });
});

describe('DEACTIVATE_AGENT', () => {
  it('takes an agent out of the offers, and its tasks go on, over a restart of it and of the master', async () => {
    const { rig, agent, framework, deactivate, reactivate, told } = await running();
    framework.events.fresh();
    expect((await deactivate()).status).toBe(200);
    expect((await deactivate()).status).toBe(200);
    expect(framework.events.fresh().map(({ type }) => type)).toEqual(['RESCIND']);
    agent.disconnect();
    await rig.pass(200);
    await agent.subscribe();
    await rig.restartMaster();
    await agent.subscribe();
    await framework.subscribe();
    await rig.pass(5_000);
    expect(await told()).toEqual({ active: false, deactivated: true, state: undefined, isStarted: false });
    expect(agent.events.ofType('DRAIN')).toEqual([]);
    expect(framework.statuses.at(-1)?.state).toBe('TASK_RUNNING');
    framework.events.fresh();
    expect((await reactivate()).status).toBe(200);
    await rig.pass(2_000);
    expect(framework.events.fresh().map(({ type }) => type)).toEqual(['OFFERS']);
  });

  it('is refused for agents that nobody knows', async () => {
    const { call } = await running();
    const agent_id = { value: 'nope' };
    const unknown = { status: 400, text: 'Unknown agent' };
    expect(await call({ type: 'DEACTIVATE_AGENT', deactivate_agent: { agent_id } })).toEqual(unknown);
    const answer = await call({ type: 'REACTIVATE_AGENT', reactivate_agent: { agent_id } });
    expect(answer).toEqual({ status: 400, text: 'Agent is not deactivated' });
  });

  it('cannot be undone of an agent that leaves for good in the same moment', async () => {
    const { rig, agent, deactivate } = await running();
    await deactivate();
    const { unregisterAgent } = await import('../../../../src/daemon/master/agents/removal.ts');
    const { reactivateAgent } = await import('../../../../src/daemon/master/agents/deactivation/decisions.ts');
    const registered = rig.core.state.agents.registered.get(agent.id);
    const left = registered && unregisterAgent(rig.core, registered);
    const reactivated = reactivateAgent(rig.core, agent.id);
    expect(await rig.settle(reactivated)).toEqual({ kind: 'conflict', why: 'Agent was removed meanwhile' });
    await left;
  });

  it('does not keep an agent from becoming unreachable, or from leaving, in the same moment', async () => {
    const { rig, agent } = await running();
    const { markUnreachable } = await import('../../../../src/daemon/master/agents/unreachable.ts');
    const { deactivateAgent } = await import('../../../../src/daemon/master/agents/deactivation/decisions.ts');
    const deactivated = deactivateAgent(rig.core, agent.id);
    const unreachable = markUnreachable(rig.core, agent.id, 'test');
    await rig.settle(Promise.all([deactivated, unreachable]));
    expect(rig.core.state.agents.unreachable.has(agent.id)).toBe(true);
    await rig.restartMaster();
    expect([...rig.core.state.agents.deactivated]).toEqual([[agent.id, {}]]);
  });
});
