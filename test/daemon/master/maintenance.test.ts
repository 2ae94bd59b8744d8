import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../../src/mesos/generated/maintenance.ts';
import type { Call } from '../../../src/mesos/generated/master.ts';
import type { FakeAgent } from './support/fake-agent.ts';
import { task } from './support/fake-framework.ts';
import { Rig, text } from './support/rig.ts';

const AWAY = { start: { nanoseconds: 1.8e18 }, duration: { nanoseconds: 600e9 } };
const GHOST = { hostname: 'ghost', ip: '10.9.9.9' };
const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

/** A master, an agent with a running task, its framework, and an operator who knows the agent's machine. */
async function running(...flags: string[]) {
  const rig = await Rig.start(...flags);
  const agent = await rig.registered('cpus:4;mem:1024');
  const framework = await rig.subscribed();
  await framework.launch(framework.offer, task(framework.offer, 't1'));
  await framework.acknowledge(await agent.update(framework.id, 't1', 'TASK_RUNNING'));
  agent.report.tasks = [agent.task(framework.id, 't1', 'TASK_RUNNING')];
  agent.report.frameworks = [framework.info];
  await rig.pass(2_000);
  framework.events.fresh();
  const { world } = await rig.world();
  const send = async (method: string, path: string, body = '') => {
    const answer = await rig.request(world, method, path, body, JSON_HEADERS);
    await rig.pass(50);
    return { status: answer.status, text: text(answer) };
  };
  const call = (body: Call) => send('POST', '/api/v1', JSON.stringify(body));
  const machine = { hostname: agent.address.toUpperCase(), ip: agent.address };
  const schedule = (...windows: NonNullable<Schedule['windows']>) =>
    call({ type: 'UPDATE_MAINTENANCE_SCHEDULE', update_maintenance_schedule: { schedule: { windows } } });
  const start = (...machines: object[]) => call({ type: 'START_MAINTENANCE', start_maintenance: { machines } });
  const stop = (...machines: object[]) => call({ type: 'STOP_MAINTENANCE', stop_maintenance: { machines } });
  const status = async () =>
    JSON.parse((await call({ type: 'GET_MAINTENANCE_STATUS' })).text).get_maintenance_status.status;
  const scheduled = async () =>
    JSON.parse((await call({ type: 'GET_MAINTENANCE_SCHEDULE' })).text).get_maintenance_schedule.schedule;
  return { rig, agent, framework, send, call, machine, schedule, start, stop, status, scheduled };
}

const types = (who: { events: { fresh(): { type?: string }[] } }) => who.events.fresh().map(({ type }) => type);

describe('a maintenance schedule', () => {
  it('takes back what is offered there, offers it with the time of absence, and asks who holds something to leave', async () => {
    const { framework, agent, machine, schedule, call, status, scheduled } = await running();
    expect(await schedule({ machine_ids: [machine], unavailability: AWAY })).toEqual({ status: 200, text: '' });
    const events = framework.events.fresh();
    expect(events.map(({ type }) => type)).toEqual(['RESCIND', 'OFFERS', 'INVERSE_OFFERS']);
    expect(events[1]?.offers?.offers?.[0]?.unavailability).toEqual(AWAY);
    expect(events[2]?.inverse_offers?.inverse_offers).toEqual([
      {
        id: { value: expect.stringMatching(/-O\d+$/) },
        url: { scheme: 'http', address: { hostname: agent.address, ip: agent.address, port: 5051 }, path: '/slave(1)' },
        framework_id: { value: framework.id },
        agent_id: { value: agent.id },
        unavailability: AWAY,
      },
    ]);
    expect(await scheduled()).toEqual({ windows: [{ machine_ids: [machine], unavailability: AWAY }] });
    expect(await status()).toEqual({ draining_machines: [{ id: machine }] });
    const { get_frameworks } = JSON.parse((await call({ type: 'GET_FRAMEWORKS' })).text);
    expect(get_frameworks.frameworks[0].inverse_offers).toEqual(events[2]?.inverse_offers?.inverse_offers);
    expect(get_frameworks.frameworks[0].offers[0].unavailability).toEqual(AWAY);
  });

  it('tells what frameworks answered, and asks again when their filter is over', async () => {
    const { rig, framework, agent, machine, schedule, status } = await running();
    await schedule({ machine_ids: [machine], unavailability: AWAY });
    const asked = () =>
      framework.events.last('INVERSE_OFFERS').inverse_offers?.inverse_offers?.[0]?.id ?? { value: '' };
    const first = asked();
    const decline_inverse_offers = { inverse_offer_ids: [{ value: 'nope' }, first], filters: { refuse_seconds: 20 } };
    await framework.call({ type: 'DECLINE_INVERSE_OFFERS', decline_inverse_offers });
    const [machineStatus] = (await status()).draining_machines;
    expect(machineStatus.statuses).toEqual([
      { status: 'DECLINE', framework_id: { value: framework.id }, timestamp: { nanoseconds: expect.any(Number) } },
    ]);
    framework.events.fresh();
    await rig.pass(19_000);
    expect(types(framework)).not.toContain('INVERSE_OFFERS');
    await rig.pass(3_000);
    expect(asked()).not.toEqual(first);
    await framework.call({ type: 'ACCEPT_INVERSE_OFFERS', accept_inverse_offers: { inverse_offer_ids: [asked()] } });
    expect((await status()).draining_machines[0].statuses[0].status).toBe('ACCEPT');
    expect(rig.core.state.agents.registered.get(agent.id)?.tasks.size, 'nothing follows from it').toBe(1);
  });

  it('of another time starts over; machines that are left out are up', async () => {
    const { framework, machine, schedule, status, scheduled } = await running();
    await schedule({ machine_ids: [machine], unavailability: AWAY });
    framework.events.fresh();
    await schedule({ machine_ids: [GHOST, machine], unavailability: { start: { nanoseconds: 1.9e18 } } });
    expect(types(framework)).toEqual(['RESCIND', 'RESCIND_INVERSE_OFFER', 'OFFERS', 'INVERSE_OFFERS']);
    await schedule();
    expect(types(framework)).toEqual(['RESCIND', 'RESCIND_INVERSE_OFFER', 'OFFERS']);
    expect(framework.offer.unavailability).toBeUndefined();
    expect([await status(), await scheduled()]).toEqual([{}, {}]);
  });

  it('survives the master, in its windows and their order; answers do not', async () => {
    const { rig, agent, framework, machine, schedule, start, status, scheduled } = await running();
    const windows = [
      { machine_ids: [GHOST, { ip: '10.9.9.8' }], unavailability: { start: { nanoseconds: 1.7e18 } } },
      { machine_ids: [machine], unavailability: AWAY },
    ];
    await schedule(...windows);
    await start(GHOST);
    const offer = framework.events.last('INVERSE_OFFERS').inverse_offers?.inverse_offers?.[0];
    const accept_inverse_offers = { inverse_offer_ids: [offer?.id ?? { value: '' }] };
    await framework.call({ type: 'ACCEPT_INVERSE_OFFERS', accept_inverse_offers });
    await rig.restartMaster();
    expect(await scheduled()).toEqual({ windows });
    await agent.subscribe();
    framework.events.fresh();
    await framework.subscribe();
    await rig.pass(2_000);
    expect(types(framework)).toEqual(['SUBSCRIBED', 'OFFERS', 'INVERSE_OFFERS']);
    expect(framework.offer.unavailability).toEqual(AWAY);
    expect(await status()).toEqual({
      draining_machines: [{ id: { ip: '10.9.9.8' } }, { id: machine }],
      down_machines: [GHOST],
    });
  });

  it('is refused when it makes no sense', async () => {
    const { schedule, start, machine, call, agent } = await running();
    const refused = async (...windows: NonNullable<Schedule['windows']>) => {
      const answer = await schedule(...windows);
      expect(answer.status).toBe(400);
      return answer.text;
    };
    const unavailability = AWAY;
    expect(await refused({ machine_ids: [], unavailability })).toBe(
      'List of machines in the maintenance window is empty',
    );
    expect(await refused({ machine_ids: [{}], unavailability })).toBe(
      "Both 'hostname' and 'ip' for a machine are empty",
    );
    expect(await refused({ machine_ids: [{ ip: 'x' }], unavailability })).toContain("'x'");
    expect(await refused({ machine_ids: [GHOST, { ...GHOST, hostname: 'GHOST' }], unavailability })).toBe(
      `Machine '{"hostname":"GHOST","ip":"10.9.9.9"}' appears more than once in the schedule`,
    );
    await schedule({ machine_ids: [GHOST, machine], unavailability });
    await start(GHOST);
    expect(await refused({ machine_ids: [machine], unavailability })).toBe(
      `Machine '{"hostname":"ghost","ip":"10.9.9.9"}' is deactivated and cannot be removed from the schedule`,
    );
    const drain = await call({ type: 'DRAIN_AGENT', drain_agent: { agent_id: { value: agent.id } } });
    expect(drain.status, 'an agent of a schedule is not drained').toBe(400);
  });

  it('is the same over the endpoints of old', async () => {
    const { send, machine, framework } = await running();
    const windows = [{ machine_ids: [machine, GHOST], unavailability: AWAY }];
    expect((await send('POST', '/maintenance/schedule', JSON.stringify({ windows }))).status).toBe(200);
    expect(types(framework)).toContain('INVERSE_OFFERS');
    expect(JSON.parse((await send('GET', '/maintenance/schedule')).text)).toEqual({ windows });
    expect((await send('POST', '/machine/down', JSON.stringify([GHOST]))).status).toBe(200);
    expect(JSON.parse((await send('GET', '/maintenance/status')).text)).toEqual({
      draining_machines: [{ id: machine }],
      down_machines: [GHOST],
    });
    expect((await send('POST', '/machine/up', JSON.stringify([GHOST]))).status).toBe(200);
    expect(JSON.parse((await send('GET', '/maintenance/schedule')).text)).toEqual({
      windows: [{ machine_ids: [machine], unavailability: AWAY }],
    });
    expect(await send('POST', '/maintenance/schedule', 'x')).toEqual({
      status: 400,
      text: 'syntax error at line 1 near: x',
    });
  });
});

describe('a machine that goes down', () => {
  const shutdown = (agent: FakeAgent) => agent.events.last('SHUTDOWN').shutdown?.message;

  it('takes its agents along, lets none in until it is up, and is in no schedule then', async () => {
    const { rig, agent, framework, machine, schedule, start, stop, status } = await running();
    await schedule({ machine_ids: [machine, GHOST], unavailability: AWAY });
    framework.events.fresh();
    expect(await start(machine)).toEqual({ status: 200, text: '' });
    expect(shutdown(agent)).toBe("Operator initiated 'Machine DOWN'");
    expect(framework.status).toMatchObject({ state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED' });
    expect(types(framework)).toEqual(['UPDATE', 'RESCIND', 'RESCIND_INVERSE_OFFER', 'FAILURE']);
    expect(rig.core.state.counters.get('master/slave_removals')).toBe(1);
    agent.report.tasks = [];
    await agent.subscribe();
    expect(shutdown(agent)).toBe('Machine is `DOWN`');
    await rig.restartMaster();
    expect(rig.core.state.agents.recovered.size, 'it was removed durably').toBe(0);
    const same = await rig.agent('cpus:1;mem:64');
    same.report.agent_info = { ...agent.report.agent_info };
    delete same.report.agent_info.id;
    same.report.pid = agent.report.pid;
    await same.subscribe();
    expect(shutdown(same)).toBe('Machine is `DOWN`');
    expect(await stop(machine)).toEqual({ status: 200, text: '' });
    expect(await status()).toEqual({ draining_machines: [{ id: GHOST }] });
    await same.subscribe();
    expect(rig.core.state.agents.registered.has(same.id)).toBe(true);
  });

  it('takes along an agent that was just being let in', async () => {
    const { rig, machine, schedule } = await running();
    await schedule({ machine_ids: [GHOST], unavailability: AWAY });
    const { startMaintenance } = await import('../../../src/daemon/master/maintenance/modes.ts');
    const late = await rig.agent('cpus:1;mem:64');
    late.report.agent_info.hostname = 'ghost';
    late.report.pid = 'slave(1)@10.9.9.9:5051';
    const { registrar } = rig.core;
    const apply = registrar.apply.bind(registrar);
    let down: Promise<unknown> | undefined;
    registrar.apply = (changes) => {
      down ??= startMaintenance(rig.core, [GHOST]);
      return apply(changes);
    };
    await late.subscribe();
    await rig.pass(1_000);
    expect(await down).toBeUndefined();
    expect(shutdown(late)).toMatch(/Machine/);
    expect([...rig.core.state.agents.byMachine.keys()].map((key) => key.split('\n')[1])).toEqual([machine.ip]);
  });

  it('has to be in a schedule, and down before it is up', async () => {
    const { machine, schedule, start, stop } = await running();
    const text = (id: object, what: string) => ({ status: 400, text: `Machine '${JSON.stringify(id)}' ${what}` });
    expect(await start(GHOST)).toEqual(text(GHOST, 'is not part of a maintenance schedule'));
    expect(await start(machine)).toEqual(text(machine, 'is not in DRAINING mode and cannot be brought down'));
    await schedule({ machine_ids: [machine, GHOST], unavailability: AWAY });
    expect(await stop(GHOST)).toEqual(text(GHOST, 'is not in DOWN mode and cannot be brought up'));
    expect((await start()).text).toBe('List of machines is empty');
    expect((await start(GHOST, GHOST)).text).toContain('more than once');
    await start(GHOST);
    expect((await start(GHOST)).text).toContain('is not in DRAINING mode');
  });
});

describe('inverse offers', () => {
  it('are taken back with --offer_timeout, and when the agent goes out of the offers', async () => {
    const { rig, agent, framework, machine, schedule, call } = await running('--offer_timeout=10secs');
    await schedule({ machine_ids: [machine], unavailability: AWAY });
    framework.events.fresh();
    await rig.pass(12_000);
    expect(types(framework)).toEqual(['RESCIND', 'RESCIND_INVERSE_OFFER', 'OFFERS', 'INVERSE_OFFERS']);
    await call({ type: 'DEACTIVATE_AGENT', deactivate_agent: { agent_id: { value: agent.id } } });
    expect(types(framework).slice(-2)).toEqual(['RESCIND', 'RESCIND_INVERSE_OFFER']);
    await rig.pass(5_000);
    expect(types(framework)).toEqual([]);
    expect(rig.core.state.maintenance.inverseOffers.size).toBe(0);
  });

  it('are forgotten with their framework’s connection, and it is asked again when it is back', async () => {
    const { rig, framework, machine, schedule } = await running();
    await schedule({ machine_ids: [machine], unavailability: AWAY });
    framework.disconnect();
    await rig.pass(200);
    expect(rig.core.state.maintenance.inverseOffers.size).toBe(0);
    framework.events.fresh();
    await framework.subscribe();
    await rig.pass(1_000);
    expect(types(framework)).toEqual(['SUBSCRIBED', 'OFFERS', 'INVERSE_OFFERS']);
    await framework.subscribe();
    await rig.pass(2_000);
    expect(types(framework).filter((type) => type === 'RESCIND_INVERSE_OFFER')).toEqual([]);
    expect(rig.core.state.maintenance.inverseOffers.size).toBe(1);
  });
});
