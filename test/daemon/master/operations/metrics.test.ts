// What `/metrics/snapshot` says of operations (mesos-api.md 11).
import { describe, expect, it } from 'vitest';
import { markAgentGone } from '../../../../src/daemon/master/agents/removal.ts';
import type { Event_ApplyOperation } from '../../../../src/mesos/generated/agent_protocol.ts';
import type { Offer_Operation, Operation, OperationState, Resource } from '../../../../src/mesos/generated/v1.ts';
import type { FakeAgent } from '../support/fake-agent.ts';
import type { FakeFramework } from '../support/fake-framework.ts';
import { Rig, text } from '../support/rig.ts';

const reserved = (value: number): Resource => ({
  name: 'cpus',
  type: 'SCALAR',
  scalar: { value },
  reservations: [{ type: 'DYNAMIC', role: 'eng', principal: 'alice' }],
});

const reserve = (value: number, id?: string): Offer_Operation => ({
  type: 'RESERVE',
  reserve: { resources: [reserved(value)] },
  ...(id !== undefined && { id: { value: id } }),
});

async function situation(): Promise<{ rig: Rig; agent: FakeAgent; framework: FakeFramework }> {
  const rig = await Rig.start();
  const agent = await rig.agent('cpus:4;mem:1024');
  const capabilities = [
    'MULTI_ROLE',
    'RESERVATION_REFINEMENT',
    'RESOURCE_PROVIDER',
    'AGENT_OPERATION_FEEDBACK',
  ] as const;
  agent.report = { ...agent.report, capabilities: capabilities.map((type) => ({ type })) };
  await agent.subscribe();
  const framework = await rig.subscribed({
    roles: ['eng'],
    principal: 'alice',
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
  });
  await rig.pass(1_100);
  return { rig, agent, framework };
}

const applied = (agent: FakeAgent): Operation[] =>
  agent.events.ofType('APPLY_OPERATION').map((event) => (event.apply_operation as Event_ApplyOperation).operation);

/** Those that are not 0, without what they all begin with. */
async function operationMetrics(rig: Rig, framework: FakeFramework): Promise<Record<string, number>> {
  const metrics = JSON.parse(text(await rig.request(framework.world, 'GET', '/metrics/snapshot')));
  const told = Object.entries(metrics as Record<string, number>).flatMap(([name, value]) => {
    const [, rest] = /^master\/operations\/(.*)/.exec(name) ?? [];
    return rest !== undefined && value !== 0 ? [[rest, value] as const] : [];
  });
  return Object.fromEntries(told);
}

async function report(agent: FakeAgent, operation: Operation, state: OperationState, uuid: string): Promise<void> {
  const { operation_id } = operation.latest_status;
  const latest_status = {
    state,
    agent_id: { value: agent.id },
    uuid: { value: Buffer.from(uuid.padEnd(16)).toString('base64') },
    ...(operation_id && { operation_id }),
  };
  await agent.send({
    type: 'UPDATE_OPERATION',
    update_operation: { operation: { ...operation, latest_status } },
  });
}

describe('the metrics of operations', () => {
  it('tell what is under way, and each end once', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept(
      [framework.offer],
      [reserve(1, 'named'), reserve(1), reserve(9), { type: 'UNRESERVE', unreserve: { resources: [reserved(1)] } }],
    );
    const refused = { error: 1, 'reserve/error': 1 };
    expect(await operationMetrics(rig, framework)).toEqual({
      ...refused,
      pending: 3,
      'reserve/pending': 2,
      'unreserve/pending': 1,
      total: 4,
      'reserve/total': 3,
      'unreserve/total': 1,
    });
    const [named, unnamed, unreserve] = applied(agent) as [Operation, Operation, Operation];
    await report(agent, named, 'OPERATION_FINISHED', 'a');
    await report(agent, named, 'OPERATION_FINISHED', 'a');
    await report(agent, unnamed, 'OPERATION_FAILED', 'b');
    await report(agent, unreserve, 'OPERATION_DROPPED', 'c');
    const ended = {
      ...refused,
      finished: 1,
      'reserve/finished': 1,
      failed: 1,
      'reserve/failed': 1,
      dropped: 1,
      'unreserve/dropped': 1,
      total: 4,
      'reserve/total': 3,
      'unreserve/total': 1,
    };
    expect(await operationMetrics(rig, framework)).toEqual(ended);
    // Acknowledged or said again after the agent came back: it has ended all the same.
    await agent.subscribe({
      operations: [{ ...named, latest_status: { ...named.latest_status, state: 'OPERATION_FINISHED' } }],
    });
    expect(await operationMetrics(rig, framework)).toEqual(ended);
    expect(text(await rig.request(framework.world, 'GET', '/metrics/prometheus'))).toContain(
      '# TYPE mesos_master_operations_finished_total counter\nmesos_master_operations_finished_total 1\n',
    );
  });

  it('count those of an agent that is marked gone, and forget those that are under way where nobody is reached', async () => {
    const gone = await situation();
    await gone.framework.accept([gone.framework.offer], [reserve(1), reserve(1, 'named')]);
    await gone.rig.settle(markAgentGone(gone.rig.core, gone.agent.id));
    expect(await operationMetrics(gone.rig, gone.framework)).toEqual({
      gone_by_operator: 2,
      'reserve/gone_by_operator': 2,
      total: 2,
      'reserve/total': 2,
    });
    const lost = await situation();
    await lost.framework.accept([lost.framework.offer], [reserve(1)]);
    expect(await operationMetrics(lost.rig, lost.framework)).toMatchObject({ pending: 1 });
    lost.agent.answersPings = false;
    await lost.rig.pass(100_000);
    expect(await operationMetrics(lost.rig, lost.framework)).toEqual({});
  });

  it('begin anew with another master, from what agents report', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept([framework.offer], [reserve(1, 'a'), reserve(1, 'b')]);
    const [a, b] = applied(agent) as [Operation, Operation];
    const total = rig.core.state.agents.registered.get(agent.id)?.totalResources.toMessages() ?? [];
    await rig.restartMaster();
    const finished = { ...a, latest_status: { ...a.latest_status, state: 'OPERATION_FINISHED' as const } };
    await agent.subscribe({ total_resources: total, operations: [finished, b] });
    expect(await operationMetrics(rig, framework)).toEqual({
      pending: 1,
      'reserve/pending': 1,
      finished: 1,
      'reserve/finished': 1,
      total: 2,
      'reserve/total': 2,
    });
  });
});
