// Operations of frameworks on what they are offered (mesos-semantics.md 4, mesos-api.md 14.5).
import { describe, expect, it } from 'vitest';
import { markAgentGone } from '../../../src/daemon/master/agents/removal.ts';
import type { Event_ApplyOperation } from '../../../src/mesos/generated/agent_protocol.ts';
import type { Offer_Operation, Operation, OperationState, Resource } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import type { FakeAgent } from './support/fake-agent.ts';
import type { FakeFramework } from './support/fake-framework.ts';
import { task } from './support/fake-framework.ts';
import { Rig, text } from './support/rig.ts';

const ALL_CAPABILITIES = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'RESOURCE_PROVIDER',
  'RESIZE_VOLUME',
  'AGENT_OPERATION_FEEDBACK',
] as const;

const reserved = (name: string, value: number, role = 'eng'): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  reservations: [{ type: 'DYNAMIC', role, principal: 'alice' }],
});
const volume = (value: number, id = 'v1', more: Partial<Resource> = {}): Resource => ({
  ...reserved('disk', value),
  disk: { persistence: { id, principal: 'alice' }, volume: { container_path: 'data', mode: 'RW' } },
  ...more,
});
const reserve = (...resources: Resource[]): Offer_Operation => ({ type: 'RESERVE', reserve: { resources } });
const create = (...volumes: Resource[]): Offer_Operation => ({ type: 'CREATE', create: { volumes } });
const destroy = (...volumes: Resource[]): Offer_Operation => ({ type: 'DESTROY', destroy: { volumes } });
const launch = (framework: FakeFramework, taskId: string, ...resources: Resource[]): Offer_Operation => ({
  type: 'LAUNCH',
  launch: { task_infos: [task(framework.offer, taskId, { resources })] },
});
const named = (id: string, operation: Offer_Operation): Offer_Operation => ({ ...operation, id: { value: id } });

interface Situation {
  readonly rig: Rig;
  readonly agent: FakeAgent;
  readonly framework: FakeFramework;
}

/** A framework of the role eng that is offered the only agent. */
async function situation(more: Parameters<Rig['subscribed']>[0] = {}): Promise<Situation> {
  const rig = await Rig.start();
  const agent = await rig.agent('cpus:4;mem:1024;disk:500');
  agent.report = { ...agent.report, capabilities: ALL_CAPABILITIES.map((type) => ({ type })) };
  await agent.subscribe();
  const framework = await rig.subscribed({
    roles: ['eng'],
    principal: 'alice',
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }, { type: 'SHARED_RESOURCES' }],
    ...more,
  });
  await rig.pass(1_100);
  return { rig, agent, framework };
}

const applied = (agent: FakeAgent): Operation[] =>
  agent.events.ofType('APPLY_OPERATION').map((event) => (event.apply_operation as Event_ApplyOperation).operation);

const told = (framework: FakeFramework) =>
  framework.events.ofType('UPDATE_OPERATION_STATUS').map((event) => event.update_operation_status?.status);

const totalOf = (rig: Rig, agent: FakeAgent): string =>
  rig.core.state.agents.registered.get(agent.id)?.totalResources.format() ?? '';

/** The agent says what became of an operation. */
async function report(agent: FakeAgent, operation: Operation, state: OperationState, uuid?: string): Promise<void> {
  const { operation_id } = operation.latest_status;
  await agent.send({
    type: 'UPDATE_OPERATION',
    update_operation: {
      operation: {
        ...operation,
        latest_status: {
          state,
          agent_id: { value: agent.id },
          ...(operation_id && { operation_id }),
          ...(uuid !== undefined && { uuid: { value: uuid } }),
        },
      },
    },
  });
}

const UUID = Buffer.from('00000000000040008000000000000001', 'hex').toString('base64');

describe('operations in an ACCEPT', () => {
  it('reserve, make a volume and launch on it in one call, each on what the one before has left', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept(
      [framework.offer],
      [
        reserve(reserved('cpus', 1), reserved('disk', 100)),
        create(volume(64)),
        launch(framework, 't1', reserved('cpus', 0.5), volume(64)),
      ],
    );
    expect(applied(agent).map(({ info }) => info.type)).toEqual(['RESERVE', 'CREATE']);
    expect(agent.events.all.map(({ type }) => type).filter((type) => type !== 'PING')).toEqual([
      'SUBSCRIBED',
      'APPLY_OPERATION',
      'APPLY_OPERATION',
      'RUN_TASK',
    ]);
    expect(totalOf(rig, agent)).toBe(
      'cpus:3; mem:1024; disk:400; cpus(reservations: [(DYNAMIC,eng,alice)]):1; disk(reservations: [(DYNAMIC,eng,alice)]):36; disk(reservations: [(DYNAMIC,eng,alice)])[v1:data]:64',
    );
    const running = await agent.update(framework.id, 't1', 'TASK_FINISHED');
    await framework.acknowledge(running);
    await rig.pass(2_000);
    expect(Resources.of(framework.offer.resources).persistentVolumes().unallocated().format()).toContain(
      '[v1:data]:64',
    );
  });

  it('that fail are skipped and told by their id, later ones still run', async () => {
    const { agent, framework } = await situation();
    await framework.accept(
      [framework.offer],
      [
        named('a', reserve(reserved('cpus', 9))),
        named('b', create(volume(64))),
        reserve(reserved('cpus', 9)),
        named('c', reserve({ ...reserved('cpus', 1), reservations: [{ type: 'DYNAMIC', role: 'ops' }] })),
        { type: 'CREATE_DISK', id: { value: 'd' } },
        named('e', { type: 'RESERVE', reserve: { resources: [reserved('cpus', 1)], source: [reserved('cpus', 1)] } }),
        reserve(reserved('cpus', 1)),
      ],
    );
    const errors = told(framework).map(
      (status) => `${status?.operation_id?.value} ${status?.state} ${status?.message}`,
    );
    expect(errors).toEqual([
      expect.stringMatching(
        /^a OPERATION_ERROR cpus\(allocated: eng\):4; .* does not contain cpus\(allocated: eng\):9$/,
      ),
      expect.stringContaining('b OPERATION_ERROR'),
      expect.stringContaining("c OPERATION_ERROR A reserve operation was attempted by principal 'alice', but there is"),
      expect.stringContaining("d OPERATION_ERROR Expecting 'create_disk' to be present"),
      expect.stringContaining("e OPERATION_ERROR Expecting 'reserve.source' to be empty"),
    ]);
    expect(applied(agent)).toHaveLength(1);
  });

  it('refine a reservation and take it back one level at a time', async () => {
    const { rig, agent, framework } = await situation({ roles: ['eng', 'eng/web'] });
    const refined = {
      ...reserved('cpus', 1),
      reservations: [
        ...(reserved('cpus', 1).reservations ?? []),
        { type: 'DYNAMIC' as const, role: 'eng/web', principal: 'alice' },
      ],
    };
    await framework.call({ type: 'SUPPRESS', suppress: { roles: ['eng/web'] } });
    const byRole = (role: string) => framework.offers.filter((offer) => offer.allocation_info?.role === role).slice(-1);
    await framework.accept(byRole(framework.offer.allocation_info?.role ?? ''), []);
    await rig.pass(1_100);
    await framework.accept(byRole('eng'), [reserve(reserved('cpus', 2))]);
    await framework.call({ type: 'SUPPRESS', suppress: { roles: ['eng'] } });
    await framework.call({ type: 'REVIVE', revive: { roles: ['eng/web'] } });
    await rig.pass(1_100);
    await framework.accept(byRole('eng/web'), [reserve(refined)]);
    expect(totalOf(rig, agent)).toContain('cpus(reservations: [(DYNAMIC,eng,alice),(DYNAMIC,eng/web,alice)]):1');
    await rig.pass(1_100);
    await framework.accept(byRole('eng/web'), [{ type: 'UNRESERVE', unreserve: { resources: [refined] } }]);
    expect(totalOf(rig, agent)).toBe('cpus:2; mem:1024; disk:500; cpus(reservations: [(DYNAMIC,eng,alice)]):2');
  });

  it('destroy no volume that a task uses, nor one that the agent does not have', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept(
      [framework.offer],
      [
        reserve(reserved('cpus', 1), reserved('disk', 100)),
        create(volume(64, 'v1', { shared: {} })),
        launch(framework, 't1', reserved('cpus', 0.5), volume(64, 'v1', { shared: {} })),
        named('used', destroy(volume(64, 'v1', { shared: {} }))),
        named('none', destroy(volume(10, 'v9'))),
      ],
    );
    expect(told(framework).map((status) => status?.message)).toEqual([
      'Persistent volumes in use',
      'Persistent volumes not found',
    ]);
    expect(totalOf(rig, agent)).toContain('<SHARED>');
  });

  it('give a shared volume to two tasks at once and rescind what offers it when it is destroyed', async () => {
    const { rig, agent, framework } = await situation();
    const shared = volume(64, 'v1', { shared: {} });
    await framework.accept([framework.offer], [reserve(reserved('disk', 100)), create(shared)]);
    await rig.pass(1_100);
    const offer = framework.offer;
    await framework.accept(
      [offer],
      [
        {
          type: 'LAUNCH',
          launch: {
            task_infos: ['t1', 't2'].map((id) =>
              task(offer, id, { resources: [...Resources.parse('cpus:1').toMessages(), shared] }),
            ),
          },
        },
      ],
    );
    expect(framework.statuses).toEqual([]);
    for (const id of ['t1', 't2']) await framework.acknowledge(await agent.update(framework.id, id, 'TASK_FINISHED'));
    await rig.pass(2_100);
    const outstanding = [...rig.core.state.offers.values()].map(({ offerId }) => offerId);
    const last = framework.offers.filter(({ id }) => outstanding.includes(id.value));
    await framework.accept(last.slice(0, 1), [named('x', destroy(shared))]);
    expect(told(framework)).toEqual([]);
    expect(totalOf(rig, agent)).not.toContain('v1');
    expect([...rig.core.state.offers.values()].filter(({ resources }) => !resources.shared().isEmpty)).toEqual([]);
  });

  it('grow and shrink a volume', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept(
      [framework.offer],
      [
        reserve(reserved('disk', 100)),
        create(volume(64)),
        { type: 'GROW_VOLUME', grow_volume: { volume: volume(64), addition: reserved('disk', 16) } },
        { type: 'SHRINK_VOLUME', shrink_volume: { volume: volume(80), subtract: { value: 40 } } },
        named('all', { type: 'SHRINK_VOLUME', shrink_volume: { volume: volume(40), subtract: { value: 40 } } }),
      ],
    );
    expect(totalOf(rig, agent)).toContain('[v1:data]:40');
    expect(told(framework).map((status) => status?.message)).toEqual([
      "The size of 'ShrinkVolume.volume' field must be greater than the value of 'ShrinkVolume.subtract'",
    ]);
  });
});

describe('feedback', () => {
  it('comes again until it is acknowledged, and the acknowledgement goes to the agent', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept([framework.offer], [named('a', reserve(reserved('cpus', 1)))]);
    const [operation] = applied(agent) as [Operation];
    await framework.call({ type: 'RECONCILE_OPERATIONS', reconcile_operations: { operations: [] } });
    await report(agent, operation, 'OPERATION_FINISHED', UUID);
    await report(agent, operation, 'OPERATION_FINISHED', UUID);
    expect(told(framework).map((status) => [status?.state, status?.uuid?.value])).toEqual([
      ['OPERATION_PENDING', undefined],
      ['OPERATION_FINISHED', UUID],
      ['OPERATION_FINISHED', UUID],
    ]);
    const acknowledge = { agent_id: { value: agent.id }, operation_id: { value: 'a' }, uuid: UUID };
    await framework.call({ type: 'ACKNOWLEDGE_OPERATION_STATUS', acknowledge_operation_status: acknowledge });
    expect(agent.events.ofType('ACKNOWLEDGE_OPERATION').at(-1)?.acknowledge_operation).toEqual({
      operation_uuid: operation.uuid,
      status_uuid: { value: UUID },
    });
    expect([...rig.core.state.operations.all()]).toEqual([]);
  });

  it('of two operations of one name ends with the acknowledgement of each', async () => {
    const { rig, agent, framework } = await situation();
    const once = named('again', reserve(reserved('cpus', 1)));
    await framework.accept([framework.offer], [once, once]);
    const both = applied(agent);
    const uuids = [UUID, UUID.replace('AQ==', 'Ag==')];
    for (const [index, operation] of both.entries()) await report(agent, operation, 'OPERATION_FINISHED', uuids[index]);
    const waiting = () => rig.core.state.operations.countOfFramework(framework.id);
    expect(waiting()).toBe(2);
    for (const [index, uuid] of uuids.entries()) {
      const acknowledge = { agent_id: { value: agent.id }, operation_id: { value: 'again' }, uuid };
      await framework.call({ type: 'ACKNOWLEDGE_OPERATION_STATUS', acknowledge_operation_status: acknowledge });
      expect(waiting()).toBe(1 - index);
    }
    const acknowledged = agent.events.ofType('ACKNOWLEDGE_OPERATION');
    expect(acknowledged.map((event) => event.acknowledge_operation?.operation_uuid)).toEqual(
      both.map(({ uuid }) => uuid),
    );
    expect(rig.core.state.operations.hasAny(agent.id)).toBe(false);
  });

  it('is refused when the agent cannot give it', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    const framework = await rig.subscribed({ roles: ['eng'], principal: 'alice' });
    await rig.pass(1_100);
    await framework.accept([framework.offer], [named('a', reserve(reserved('cpus', 1)))]);
    expect(told(framework)[0]?.message).toContain('does not have the required AGENT_OPERATION_FEEDBACK capability');
    expect(applied(agent)).toEqual([]);
  });

  it('survives the master: the agent tells the next one what it has done', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept([framework.offer], [named('a', reserve(reserved('cpus', 1)))]);
    const [operation] = applied(agent) as [Operation];
    const latest_status = { ...operation.latest_status, state: 'OPERATION_FINISHED' as const, uuid: { value: UUID } };
    const total = rig.core.state.agents.registered.get(agent.id)?.totalResources.toMessages() ?? [];
    await rig.restartMaster();
    await agent.subscribe({ total_resources: total, operations: [{ ...operation, latest_status }] });
    await framework.subscribe();
    expect(totalOf(rig, agent)).toContain('(DYNAMIC,eng,alice)');
    await report(agent, operation, 'OPERATION_FINISHED', UUID);
    expect(told(framework).at(-1)?.uuid?.value).toBe(UUID);
  });

  it('of what never reached the agent is OPERATION_DROPPED, and its report of its total wins', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept([framework.offer], [named('a', reserve(reserved('cpus', 1))), reserve(reserved('cpus', 1))]);
    agent.disconnect();
    await rig.pass(100);
    await agent.subscribe();
    expect(totalOf(rig, agent)).toBe('cpus:4; mem:1024; disk:500');
    const dropped = agent.events.ofType('SUBSCRIBED').at(-1)?.subscribed?.dropped_operations ?? [];
    expect(dropped.map(({ info }) => info.id?.value)).toEqual(['a']);
    await report(agent, dropped[0] as Operation, 'OPERATION_DROPPED', UUID);
    expect(told(framework).at(-1)?.state).toBe('OPERATION_DROPPED');
  });

  it('of an agent out of reach says so', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept([framework.offer], [named('a', reserve(reserved('cpus', 1)))]);
    agent.answersPings = false;
    await rig.pass(100_000);
    expect(told(framework).map((status) => status?.state)).toEqual(['OPERATION_UNREACHABLE']);
    const asked = [{ operation_id: { value: 'a' }, agent_id: { value: agent.id } }];
    await framework.call({ type: 'RECONCILE_OPERATIONS', reconcile_operations: { operations: asked } });
    expect(told(framework).at(-1)?.state).toBe('OPERATION_UNREACHABLE');
  });

  it('of an agent that left, or is marked gone, says what is said when it is asked for later', async () => {
    for (const [leave, state] of [
      [({ agent }: Situation) => agent.send({ type: 'UNREGISTER' }), 'OPERATION_UNKNOWN'],
      [({ rig, agent }: Situation) => rig.settle(markAgentGone(rig.core, agent.id)), 'OPERATION_GONE_BY_OPERATOR'],
    ] as const) {
      const all = await situation();
      const { rig, agent, framework } = all;
      await framework.accept([framework.offer], [named('a', reserve(reserved('cpus', 1)))]);
      await leave(all);
      await rig.pass(100);
      const asked = [{ operation_id: { value: 'a' }, agent_id: { value: agent.id } }];
      await framework.call({ type: 'RECONCILE_OPERATIONS', reconcile_operations: { operations: asked } });
      expect(told(framework).map((status) => status?.state)).toEqual([state, state]);
    }
  });

  it('is told to nobody after the framework is over, and the agent may forget it', async () => {
    const { rig, agent, framework } = await situation();
    await framework.accept(
      [framework.offer],
      [named('a', reserve(reserved('cpus', 1))), named('b', reserve(reserved('cpus', 1)))],
    );
    const [first, second] = applied(agent) as [Operation, Operation];
    await report(agent, first, 'OPERATION_FINISHED', UUID);
    await framework.call({ type: 'TEARDOWN' });
    await report(agent, second, 'OPERATION_FINISHED', UUID);
    const acknowledged = agent.events.ofType('ACKNOWLEDGE_OPERATION');
    expect(acknowledged.map((event) => event.acknowledge_operation?.operation_uuid)).toEqual([first.uuid, second.uuid]);
    expect([...rig.core.state.operations.all()]).toEqual([]);
  });
});

it('a total that an agent tells counts with what is still on its way to it', async () => {
  const { rig, agent, framework } = await situation();
  await framework.accept([framework.offer], [reserve(reserved('cpus', 1))]);
  await agent.send({
    type: 'UPDATE_AGENT',
    update_agent: { total_resources: Resources.parse('cpus:4;mem:1024;disk:600').toMessages() },
  });
  expect(totalOf(rig, agent)).toBe('cpus:3; mem:1024; disk:600; cpus(reservations: [(DYNAMIC,eng,alice)]):1');
  const response = await rig.request(framework.world, 'POST', '/api/v1', '{"type":"GET_OPERATIONS"}', {
    'content-type': 'application/json',
  });
  expect(JSON.parse(text(response)).get_operations.operations[0].latest_status.state).toBe('OPERATION_PENDING');
});

describe('operations of operators', () => {
  const call = async ({ rig, framework }: Situation, type: string, details: object) => {
    const body = JSON.stringify({ type, [type.toLowerCase()]: details });
    const headers = { 'content-type': 'application/json' };
    const response = await rig.request(framework.world, 'POST', '/api/v1', body, headers);
    await rig.pass(50);
    return { status: response.status, text: text(response) };
  };

  it('are carried out on what is free, and on what is offered by rescinding that', async () => {
    const all = await situation();
    const { rig, agent, framework } = all;
    const agent_id = { value: agent.id };
    const { offerId } = [...rig.core.state.offers.values()][0] ?? {};
    const resources = [reserved('cpus', 1, 'ops'), reserved('disk', 100, 'ops')];
    expect((await call(all, 'RESERVE_RESOURCES', { agent_id, resources })).status).toBe(202);
    expect(framework.events.ofType('RESCIND').map(({ rescind }) => rescind?.offer_id.value)).toEqual([offerId]);
    expect(totalOf(rig, agent)).toContain('cpus(reservations: [(DYNAMIC,ops,alice)]):1');
    await rig.pass(1_100);
    const free = framework.offer;
    const offered = Resources.of(free.resources).unallocated().format();
    expect(offered, 'not what is reserved to others').toBe('cpus:3; mem:1024; disk:400');
    // What is free is enough for this: nobody loses an offer.
    const more = [reserved('disk', 10, 'ops')];
    expect((await call(all, 'UNRESERVE_RESOURCES', { agent_id, resources: more })).status).toBe(202);
    expect(framework.offers.at(-1)?.id).toEqual(free.id);
    expect(applied(agent).map(({ info, framework_id }) => [info.type, framework_id])).toEqual([
      ['RESERVE', undefined],
      ['UNRESERVE', undefined],
    ]);
  });

  it('are refused with 409 when the agent has not got it, or is away, and move reservations of equal quantities', async () => {
    const all = await situation();
    const { agent, rig } = all;
    const agent_id = { value: agent.id };
    const resources = [reserved('cpus', 9)];
    expect(await call(all, 'RESERVE_RESOURCES', { agent_id, resources })).toEqual({
      status: 409,
      text: 'cpus:4; mem:1024; disk:500 does not contain cpus:9',
    });
    const [source, target] = [[reserved('cpus', 2)], [reserved('cpus', 2, 'ops')]];
    await call(all, 'RESERVE_RESOURCES', { agent_id, resources: source });
    expect((await call(all, 'RESERVE_RESOURCES', { agent_id, source, resources: target })).status).toBe(202);
    expect(totalOf(rig, agent)).toContain('cpus(reservations: [(DYNAMIC,ops,alice)]):2');
    agent.disconnect();
    await rig.pass(100);
    expect((await call(all, 'UNRESERVE_RESOURCES', { agent_id, resources: target })).status).toBe(409);
  });

  it('make, resize and destroy volumes', async () => {
    const all = await situation();
    const { agent, rig } = all;
    const agent_id = { value: agent.id };
    await call(all, 'RESERVE_RESOURCES', { agent_id, resources: [reserved('disk', 100)] });
    for (const [type, details] of [
      ['CREATE_VOLUMES', { volumes: [volume(64)] }],
      ['GROW_VOLUME', { volume: volume(64), addition: reserved('disk', 16) }],
      ['SHRINK_VOLUME', { volume: volume(80), subtract: { value: 40 } }],
    ] as const) {
      expect((await call(all, type, { agent_id, ...details })).status, type).toBe(202);
    }
    expect(totalOf(rig, agent)).toContain('[v1:data]:40');
    expect((await call(all, 'DESTROY_VOLUMES', { agent_id, volumes: [volume(40)] })).status).toBe(202);
    expect(totalOf(rig, agent)).toContain('disk(reservations: [(DYNAMIC,eng,alice)]):100');
  });
});
