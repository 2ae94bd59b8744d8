import { describe, expect, it, vi } from 'vitest';
import { markUnreachable } from '../../../src/daemon/master/agents/unreachable.ts';
import { task } from './support/fake-framework.ts';
import { Rig, text } from './support/rig.ts';

/** A framework with one RUNNING task on a registered agent. */
async function running(info = {}, ...flags: string[]) {
  const rig = await Rig.start(...flags);
  const agent = await rig.registered('cpus:4;mem:1024');
  const framework = await rig.subscribed(info);
  await framework.launch(framework.offer, task(framework.offer, 't1'));
  await framework.acknowledge(await agent.update(framework.id, 't1', 'TASK_RUNNING'));
  framework.events.fresh();
  agent.report.tasks = [agent.task(framework.id, 't1', 'TASK_RUNNING')];
  agent.report.frameworks = [framework.info];
  return { rig, agent, framework };
}

const NOT_AWARE = { capabilities: [{ type: 'MULTI_ROLE' as const }] };

describe('registration', () => {
  it('gives the agent an id that is durable by then, and the time without pings it may take', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    expect(agent.events.all.slice(0, 2)).toEqual([
      {
        type: 'SUBSCRIBED',
        subscribed: {
          agent_id: { value: `${rig.core.state.info.id}-S0` },
          total_ping_timeout_seconds: 75,
          master_info: expect.objectContaining({ id: rig.core.state.info.id }),
        },
      },
      { type: 'PING', ping: { connected: true } },
    ]);
    await rig.restartMaster();
    expect([...rig.core.state.agents.recovered.keys()]).toEqual([agent.id]);
  });

  it('of another agent at the address of a disconnected one removes that one', async () => {
    const { rig, agent, framework } = await running();
    agent.disconnect();
    await rig.pass(200);
    const former = agent.id;
    const { id: _id, ...fresh } = agent.report.agent_info;
    await agent.subscribe({ agent_info: fresh, tasks: [], frameworks: [] });
    expect(agent.id).not.toBe(former);
    expect([...rig.core.state.agents.registered.keys()]).toEqual([agent.id]);
    expect(framework.statuses.at(-1)).toMatchObject({
      state: 'TASK_LOST',
      reason: 'REASON_AGENT_REMOVED',
      message: `Agent ${agent.address} removed: a new agent registered at the same address`,
    });
    expect(framework.events.ofType('FAILURE')).toEqual([{ type: 'FAILURE', failure: { agent_id: { value: former } } }]);
  });

  it('of an agent that moved leaves its former address to the agent that came there meanwhile', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    const { pid } = agent.report;
    const other = await rig.agent();
    await other.subscribe({ pid, agent_info: { ...other.report.agent_info, id: { value: 'other-S1' } } });
    const moved = pid.replace(/\d+$/, '1');
    await agent.subscribe({ pid: moved });
    expect(rig.core.state.agents.byPid.get(pid)?.agentId).toBe('other-S1');
    expect(rig.core.state.agents.byPid.get(moved)?.agentId).toBe(agent.id);
  });

  it('is refused for now while the master does not lead, and with another host name for good', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    await agent.subscribe({ agent_info: { ...agent.report.agent_info, hostname: 'elsewhere' } });
    expect(agent.events.last('SHUTDOWN').shutdown?.message).toBe(
      'Agent attempted to re-register with different IP / hostname',
    );
  });

  it('calls with a stream id that is not current are refused', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    agent.streamId = 'old';
    const answer = await agent.send({ type: 'PONG' });
    expect([answer.status, text(answer)]).toEqual([
      409,
      'The stream is not the current one of any agent: subscribe again',
    ]);
  });

  it('with a report that cannot be kept in the books is refused, and the master lives on', async () => {
    const rig = await Rig.start();
    const agent = await rig.agent();
    const bad = { name: 'cpus', type: 'SCALAR' as const, scalar: { value: -1 } };
    const stream = await agent.subscribe({ agent_info: { hostname: 'h', resources: [bad] } });
    expect(stream.status).toBe(503);
    const unallocated = { ...agent.task('f', 't', 'TASK_RUNNING'), resources: [{ ...bad, scalar: { value: 1 } }] };
    expect((await agent.subscribe({ tasks: [unallocated] })).status).toBe(503);
    await agent.subscribe();
    expect(rig.core.state.agents.registered.size).toBe(1);
    const total_resources = [bad];
    await agent.send({ type: 'UPDATE_AGENT', update_agent: { total_resources } });
    expect(rig.core.state.agents.registered.get(agent.id)?.totalResources.scalar('cpus')).toBe(4);
  });

  it('with a task that is told twice, or lives on another agent, books it once and ends the other', async () => {
    const { rig, agent, framework } = await running();
    const other = await rig.agent();
    const twin = { ...agent.task(framework.id, 't1', 'TASK_RUNNING'), agent_id: { value: 'x' } };
    const own = { ...agent.task(framework.id, 't2', 'TASK_RUNNING'), agent_id: { value: 'x' } };
    other.report.agent_info = { ...other.report.agent_info, id: { value: 'other-S1' } };
    await other.subscribe({ tasks: [twin, own, own], frameworks: [framework.info] });
    expect(rig.core.state.frameworks.get(framework.id)?.tasks.get('t1')?.agentId).toBe(agent.id);
    expect(rig.core.state.agents.registered.get('other-S1')?.tasks.get(framework.id)?.size).toBe(1);
    expect(other.events.ofType('KILL').map((event) => event.kill?.task_id.value)).toEqual(['t1']);
  });

  it('bodies that cannot be read are refused and change nothing', async () => {
    const rig = await Rig.start();
    const { world } = await rig.world();
    const headers = { 'content-type': 'application/json' };
    for (const body of ['x', '3\n{}', '2\n{}', '12\n{"type":"X"}', '20\n{"type":"SUBSCRIBE"}']) {
      expect((await rig.request(world, 'POST', '/mctl/agent', body, headers)).status).toBe(400);
    }
    expect(rig.core.state.agents.registered.size).toBe(0);
  });
});

describe('an agent that does not answer', () => {
  it('is unreachable after 75 s: its tasks UNREACHABLE, FAILURE for everybody', async () => {
    const { rig, agent, framework } = await running();
    agent.answersPings = false;
    await rig.pass(70_000);
    expect(rig.core.state.agents.registered.size).toBe(1);
    await rig.pass(20_000);
    expect(framework.events.fresh().filter((event) => event.type !== 'OFFERS' && event.type !== 'RESCIND')).toEqual([
      {
        type: 'UPDATE',
        update: {
          status: {
            task_id: { value: 't1' },
            state: 'TASK_UNREACHABLE',
            message: 'health check timed out',
            source: 'SOURCE_MASTER',
            reason: 'REASON_AGENT_REMOVED',
            agent_id: { value: agent.id },
            timestamp: expect.any(Number),
            unreachable_time: { nanoseconds: expect.any(Number) },
          },
        },
      },
      { type: 'FAILURE', failure: { agent_id: { value: agent.id } } },
    ]);
    expect([...rig.core.state.agents.unreachable.keys()]).toEqual([agent.id]);
    expect(rig.core.state.frameworks.get(framework.id)?.unreachableTasks.has('t1')).toBe(true);
    expect(agent.events.isOver).toBe(true);
  });

  it('loses the tasks of frameworks that are not PARTITION_AWARE, and keeps their ids taken', async () => {
    const { rig, agent, framework } = await running(NOT_AWARE);
    agent.answersPings = false;
    await rig.pass(90_000);
    expect(framework.status.state).toBe('TASK_LOST');
    await rig.registered();
    await framework.launch(framework.offer, task(framework.offer, 't1'));
    expect(framework.status.message).toBe('Task reuses the ID of an unreachable task: t1');
  });

  it('comes back with its tasks, which are told as AGENT_REREGISTERED', async () => {
    const { rig, agent, framework } = await running();
    agent.answersPings = false;
    await rig.pass(90_000);
    agent.answersPings = true;
    await agent.subscribe();
    expect(framework.status).toMatchObject({
      state: 'TASK_RUNNING',
      source: 'SOURCE_MASTER',
      reason: 'REASON_AGENT_REREGISTERED',
      message: 'Unreachable agent re-reregistered',
    });
    const record = rig.core.state.frameworks.get(framework.id);
    expect([record?.tasks.size, record?.unreachableTasks.size]).toEqual([1, 0]);
    await rig.restartMaster();
    expect([...rig.core.state.agents.recovered.keys()]).toEqual([agent.id]);
    expect(rig.core.state.agents.unreachable.size).toBe(0);
  });

  it('comes back without its tasks: they are over, those of other agents out of reach are not', async () => {
    const { rig, agent, framework } = await running();
    const other = await rig.registered('cpus:8;mem:1024');
    const offered = framework.offers.findLast((offer) => offer.agent_id.value === other.id);
    if (offered === undefined) throw new Error('no offer of the other agent');
    await framework.launch(offered, task(offered, 't2'), task(offered, 't3'));
    for (const lost of [agent, other]) lost.answersPings = false;
    await rig.pass(90_000);
    framework.events.fresh();
    const record = rig.core.state.frameworks.get(framework.id);
    expect([...(record?.unreachableTasks.keys() ?? [])].toSorted()).toEqual(['t1', 't2', 't3']);
    other.answersPings = true;
    await other.subscribe();
    expect(framework.statuses.slice(-2)).toMatchObject([
      { task_id: { value: 't2' }, state: 'TASK_GONE', reason: 'REASON_RECONCILIATION' },
      { task_id: { value: 't3' }, state: 'TASK_GONE', reason: 'REASON_RECONCILIATION' },
    ]);
    expect([...(record?.unreachableTasks.keys() ?? [])]).toEqual(['t1']);
  });

  it('is spared when a pong comes before its turn under --agent_removal_rate_limit', async () => {
    const rig = await Rig.start('--agent_removal_rate_limit=1/10mins');
    const [first, second] = [await rig.registered(), await rig.registered()];
    first.answersPings = false;
    second.answersPings = false;
    await rig.pass(90_000);
    expect(rig.core.state.agents.unreachable.size).toBe(1);
    first.answersPings = true;
    second.answersPings = true;
    await rig.pass(700_000);
    expect(rig.core.state.agents.unreachable.size).toBe(1);
    expect(rig.core.state.counters.get('master/slave_unreachable_canceled')).toBe(1);
  });
});

describe('a report that cannot be kept', () => {
  const resources = [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: 1 }, allocation_info: { role: '*' } }];
  const task = {
    name: 't',
    task_id: { value: 't' },
    framework_id: { value: 'f' },
    agent_id: { value: 'a' },
    state: 'TASK_RUNNING' as const,
    resources,
  };
  const info = { hostname: 'h', port: 5051 };
  const huge = { name: 'x', type: 'TEXT' as const, text: { value: 'y'.repeat(400_000) } };

  it.each([
    ['an id that is no name', { agent_info: { ...info, id: { value: '../..' } } }, 'Invalid agent id'],
    ['an id without end', { agent_info: { ...info, id: { value: 'a'.repeat(300_000) } } }, 'Invalid agent id'],
    ['more than the registry takes', { agent_info: { ...info, attributes: [huge] } }, 'AgentInfo has'],
    ['a pid without an address', { pid: 'x' }, "Expecting 'pid'"],
    [
      'a framework without an id',
      { frameworks: [{ user: 'u', name: 'n' }] },
      'Invalid framework: ID must not be empty',
    ],
    [
      'a framework with impossible roles',
      { frameworks: [{ user: 'u', name: 'n', id: { value: 'f' }, role: 'a//b' }] },
      'Invalid framework:',
    ],
    [
      'a task out of its own reach',
      { tasks: [{ ...task, state: 'TASK_UNREACHABLE' as const }] },
      'An agent cannot say',
    ],
    ['a task without an id', { tasks: [{ ...task, task_id: { value: '' } }] }, 'ID must not be empty'],
  ])('is refused: %s', async (_what, wrong, why) => {
    const rig = await Rig.start();
    const agent = await rig.agent();
    const stream = await agent.subscribe(wrong);
    expect(stream.status).toBe(503);
    let told = '';
    stream.onChunk((chunk) => {
      told += Buffer.from(chunk).toString();
    });
    await rig.pass(100);
    expect(told).toContain(why);
    // The master goes on.
    expect((await agent.subscribe()).status).toBe(200);
  });

  it('keeps half a surrogate pair as the character that stands for what cannot be said', async () => {
    const rig = await Rig.start();
    const agent = await rig.agent();
    agent.report.agent_info = { ...agent.report.agent_info, id: { value: 'a\ud800' } };
    await agent.subscribe();
    expect([...rig.core.state.agents.registered.keys()]).toEqual(['a\ufffd']);
  });

  it('and a batch without a number is refused', async () => {
    const { rig, agent } = await running();
    const answer = await rig.settle(
      agent.world.net.request({
        method: 'POST',
        url: `${rig.masterUrl}/mctl/agent`,
        headers: { 'content-type': 'application/json', 'mesos-stream-id': agent.streamId, 'mctl-batch': 'x' },
      }),
    );
    expect(answer.status).toBe(400);
  });

  it('and updates that only the master can make are not taken', async () => {
    const { rig, agent, framework } = await running();
    await agent.update(framework.id, 't1', 'TASK_UNREACHABLE');
    await agent.update(framework.id, 't1', 'TASK_RUNNING', 'TASK_UNREACHABLE');
    expect(rig.core.state.counters.get('master/invalid_status_updates')).toBe(2);
    expect(rig.core.state.frameworks.get(framework.id)?.tasks.get('t1')?.message.state).toBe('TASK_RUNNING');
    await agent.update(framework.id, 't1', 'TASK_FINISHED');
    expect(rig.core.state.agents.registered.get(agent.id)?.usedResources.size).toBe(0);
  });
});

describe('an agent that disconnects', () => {
  it('keeps the tasks of checkpointing frameworks until the ping timeouts are over', async () => {
    const { rig, agent, framework } = await running({ failover_timeout: 3600 });
    agent.disconnect();
    await rig.pass(59_000);
    expect(framework.statuses.at(-1)?.state).toBe('TASK_RUNNING');
    await rig.pass(32_000);
    expect(framework.status).toMatchObject({ state: 'TASK_UNREACHABLE', message: 'health check timed out' });
  });

  it('and is back before its turn under --agent_removal_rate_limit stays', async () => {
    const { rig, agent } = await running({ failover_timeout: 3600 }, '--agent_removal_rate_limit=1/10mins');
    const other = await rig.registered();
    other.answersPings = false;
    await rig.pass(30_000);
    agent.disconnect();
    await rig.pass(120_000);
    expect([...rig.core.state.agents.unreachable.keys()]).toEqual([other.id]);
    await agent.subscribe();
    await rig.pass(700_000);
    expect([...rig.core.state.agents.registered.keys()]).toEqual([agent.id]);
    expect(rig.core.state.counters.get('master/slave_unreachable_canceled')).toBe(1);
  });

  it('has at most 10 minutes, however patient the pings are', async () => {
    const { rig, agent, framework } = await running({ failover_timeout: 3600 }, '--max_agent_ping_timeouts=100');
    agent.disconnect();
    await rig.pass(590_000);
    expect(framework.statuses.at(-1)?.state).toBe('TASK_RUNNING');
    expect(rig.core.state.agents.registered.get(agent.id)?.active).toBe(false);
    await rig.pass(20_000);
    expect(framework.status).toMatchObject({
      state: 'TASK_UNREACHABLE',
      message: 'agent did not re-register within 10mins after disconnecting',
    });
  });

  it('waits for its turn under --agent_removal_rate_limit when these are over, and is spared when it is back by then', async () => {
    const flags = ['--max_agent_ping_timeouts=100', '--agent_removal_rate_limit=1/10mins'];
    const rig = await Rig.start(...flags);
    const agents = [await rig.registered(), await rig.registered(), await rig.registered()];
    for (const agent of agents) agent.disconnect();
    await rig.pass(601_000);
    const { unreachable } = rig.core.state.agents;
    const count = (what: string) => rig.core.state.counters.get(`master/slave_unreachable_${what}`);
    expect([unreachable.size, count('scheduled'), count('completed')]).toEqual([1, 3, 1]);
    const back = agents.find(({ id }) => !unreachable.has(id));
    await back?.subscribe();
    await rig.pass(1_200_000);
    expect([...rig.core.state.agents.registered.keys()]).toEqual([back?.id]);
    expect([count('scheduled'), count('completed'), count('canceled')]).toEqual([3, 2, 1]);
  });

  it('loses the tasks of others at once, even of PARTITION_AWARE ones, and ends them when it is back', async () => {
    const { rig, agent, framework } = await running({ checkpoint: false });
    agent.disconnect();
    await rig.pass(200);
    expect(framework.status).toMatchObject({
      state: 'TASK_LOST',
      reason: 'REASON_AGENT_DISCONNECTED',
      message: `Agent ${agent.address} disconnected`,
    });
    expect(framework.events.ofType('FAILURE')).toEqual([]);
    await agent.subscribe();
    expect(agent.events.last('KILL').kill?.task_id).toEqual({ value: 't1' });
  });

  it('is offered again once it is back', async () => {
    const { rig, agent, framework } = await running();
    agent.disconnect();
    await rig.pass(200);
    await agent.subscribe();
    await rig.pass(1_100);
    expect(framework.offer.agent_id.value).toBe(agent.id);
    expect(agent.events.last('SUBSCRIBED').subscribed?.agent_id.value).toBe(agent.id);
  });

  it('is asked about the tasks it does not report', async () => {
    const { agent, framework } = await running();
    await agent.subscribe({ tasks: [] });
    expect(agent.events.last('SUBSCRIBED').subscribed?.reconciliations).toEqual([
      { framework_id: { value: framework.id }, task_ids: [{ value: 't1' }], partition_aware: true },
    ]);
  });
});

describe('an agent that leaves', () => {
  it('takes its tasks with it, LOST even for PARTITION_AWARE frameworks', async () => {
    const { rig, agent, framework } = await running();
    await agent.send({ type: 'UNREGISTER' });
    expect(framework.status).toMatchObject({
      state: 'TASK_LOST',
      reason: 'REASON_AGENT_REMOVED',
      message: `Agent ${agent.address} removed: the agent unregistered`,
    });
    expect(framework.events.ofType('FAILURE')).toHaveLength(1);
    await rig.restartMaster();
    expect(rig.core.state.agents.recovered.size).toBe(0);
  });

  it('is no agent that was disconnected, though its stream is over before that is durable', async () => {
    const { rig, agent, framework } = await running({ checkpoint: false });
    const written = Promise.withResolvers<void>();
    const apply = rig.core.registrar.apply.bind(rig.core.registrar);
    vi.spyOn(rig.core.registrar, 'apply').mockImplementationOnce((changes) =>
      written.promise.then(() => apply(changes)),
    );
    await agent.send({ type: 'UNREGISTER' });
    agent.disconnect();
    await rig.pass(200);
    expect(framework.status.state).toBe('TASK_RUNNING');
    written.resolve();
    await rig.pass(50);
    expect(framework.status).toMatchObject({ state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED' });
  });

  it('with another total has its offers rescinded and is offered anew', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered('cpus:4');
    const framework = await rig.subscribed();
    const { id } = framework.offer;
    const total_resources = [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: 8 } }];
    await agent.send({ type: 'UPDATE_AGENT', update_agent: { total_resources } });
    expect(framework.events.last('RESCIND').rescind?.offer_id).toEqual(id);
    expect(framework.offer.resources?.[0]?.scalar?.value).toBe(8);
  });
});

describe('an agent that is marked gone', () => {
  const mark = async (rig: Rig, agentId: string) => {
    const { world } = await rig.world();
    const body = JSON.stringify({ type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: { value: agentId } } });
    const answer = await rig.request(world, 'POST', '/api/v1', body, { 'content-type': 'application/json' });
    await rig.pass(100);
    return [answer.status, text(answer)];
  };

  it('is told to leave, now and whenever it comes back, and its tasks are GONE_BY_OPERATOR', async () => {
    const { rig, agent, framework } = await running();
    expect(await mark(rig, agent.id)).toEqual([200, '']);
    expect(framework.status).toMatchObject({
      state: 'TASK_GONE_BY_OPERATOR',
      reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
      message: 'Agent has been marked gone',
    });
    expect(agent.events.last('SHUTDOWN').shutdown?.message).toBe('Agent has been marked gone');
    await rig.restartMaster();
    await agent.subscribe();
    expect(agent.events.ofType('SHUTDOWN')).toHaveLength(2);
    expect(await mark(rig, agent.id)).toEqual([200, '']);
  });

  it('takes its unreachable tasks with it', async () => {
    const { rig, agent, framework } = await running();
    agent.answersPings = false;
    await rig.pass(90_000);
    expect(await mark(rig, agent.id)).toEqual([200, '']);
    expect(framework.status.state).toBe('TASK_GONE_BY_OPERATOR');
    expect(rig.core.state.frameworks.get(framework.id)?.unreachableTasks.size).toBe(0);
  });

  it('must exist, and nothing else is to be made of it in that moment', async () => {
    const rig = await Rig.start();
    expect(await mark(rig, 'nope')).toEqual([404, "Agent 'nope' not found"]);
    const agent = await rig.registered();
    const done = markUnreachable(rig.core, agent.id, 'test');
    expect((await mark(rig, agent.id))[0]).toBe(503);
    await rig.settle(done);
    expect(await mark(rig, agent.id)).toEqual([200, '']);
  });

  it('may be one that is not back after a fail-over: it never comes back then', async () => {
    const { rig, agent, framework } = await running();
    await rig.restartMaster();
    await framework.subscribe();
    expect(await mark(rig, agent.id)).toEqual([200, '']);
    expect(framework.events.last('FAILURE').failure?.agent_id?.value).toBe(agent.id);
    await agent.subscribe();
    expect(agent.events.last('SHUTDOWN').shutdown?.message).toBe('Agent has been marked gone');
  });
});
