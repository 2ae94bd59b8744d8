import { describe, expect, it } from 'vitest';
import { task } from './support/fake-framework.ts';
import { Rig } from './support/rig.ts';

describe('an offer', () => {
  it('comes at once when an agent registers, in the words the framework understands', async () => {
    const rig = await Rig.start();
    const modern = await rig.subscribed();
    const agent = await rig.registered('cpus:4;mem:1024;ports:[31000-31009]');
    expect(modern.offer).toEqual({
      id: { value: `${rig.core.state.info.id}-O0` },
      framework_id: { value: modern.id },
      agent_id: { value: agent.id },
      hostname: agent.address,
      url: { scheme: 'http', address: { hostname: agent.address, ip: agent.address, port: 5051 }, path: '/slave(1)' },
      allocation_info: { role: '*' },
      resources: expect.arrayContaining([
        { name: 'cpus', type: 'SCALAR', scalar: { value: 4 }, allocation_info: { role: '*' } },
      ]),
    });
  });

  it('has role "*" and no allocation_info for old frameworks', async () => {
    const rig = await Rig.start();
    await rig.registered('cpus:4');
    const old = await rig.framework();
    await old.subscribe();
    expect(old.offer).not.toHaveProperty('allocation_info');
    expect(old.offer.resources).toEqual([{ name: 'cpus', type: 'SCALAR', scalar: { value: 4 }, role: '*' }]);
  });

  it('comes with all others of a run in one event', async () => {
    const rig = await Rig.start();
    await rig.registered();
    await rig.registered();
    const framework = await rig.subscribed();
    expect(framework.events.ofType('OFFERS')).toHaveLength(1);
    expect(framework.offers).toHaveLength(2);
  });

  it('that is declined comes back when the filter is over, at the next batch', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const framework = await rig.subscribed();
    await framework.call({
      type: 'DECLINE',
      decline: { offer_ids: [framework.offer.id], filters: { refuse_seconds: 3 } },
    });
    await rig.pass(2_900);
    expect(framework.offers).toHaveLength(1);
    await rig.pass(2_000);
    expect(framework.offers).toHaveLength(2);
  });

  it('comes back at once after REVIVE, and not at all while suppressed', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const framework = await rig.subscribed();
    const declined = { offer_ids: [framework.offer.id], filters: { refuse_seconds: 600 } };
    await framework.call({ type: 'DECLINE', decline: declined });
    await framework.call({ type: 'SUPPRESS' });
    await rig.registered();
    await rig.pass(3_000);
    expect(framework.offers).toHaveLength(1);
    await framework.call({ type: 'REVIVE' });
    expect(framework.offers).toHaveLength(3);
  });

  it('is made for the roles that are not suppressed, as the last call or subscription says', async () => {
    const rig = await Rig.start();
    const framework = await rig.subscribed({ roles: ['a', 'b'] });
    const next = async () => {
      const before = framework.offers.length;
      await rig.registered();
      await rig.pass(1_100);
      return framework.offers.slice(before).map(({ allocation_info }) => allocation_info?.role);
    };
    await framework.call({ type: 'SUPPRESS', suppress: { roles: ['a', 'foreign'] } });
    expect(
      rig.core.state.frameworks.get(framework.id)?.suppressedRoles.size,
      'a call with a foreign role is void',
    ).toBe(0);
    await framework.call({ type: 'SUPPRESS', suppress: { roles: ['a'] } });
    expect(await next()).toEqual(['b']);
    await framework.call({ type: 'REVIVE', revive: { roles: ['a', 'foreign'] } });
    expect(await next()).toEqual(['b']);
    const update_framework = { framework_info: framework.info, suppressed_roles: ['b'] };
    expect((await framework.send({ type: 'UPDATE_FRAMEWORK', update_framework })).status).toBe(200);
    expect(framework.events.ofType('RESCIND'), 'what is out stays').toEqual([]);
    expect(await next()).toEqual(['a']);
    // A refusal of a role that is suppressed goes when it no longer is.
    const refused = framework.offers.filter(({ allocation_info }) => allocation_info?.role === 'b').slice(0, 1);
    const declined = { offer_ids: refused.map(({ id }) => id), filters: { refuse_seconds: 3600 } };
    await framework.call({ type: 'DECLINE', decline: declined });
    await framework.call({ type: 'SUPPRESS', suppress: { roles: ['a'] } });
    const before = framework.offers.length;
    expect(
      (await framework.send({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info: framework.info } })).status,
    ).toBe(200);
    await rig.pass(1_100);
    expect(framework.offers.slice(before).map(({ agent_id }) => agent_id)).toEqual(
      refused.map(({ agent_id }) => agent_id),
    );
    await framework.call({ type: 'SUPPRESS' });
    expect(await next()).toEqual([]);
    const last = framework.offers.length;
    await framework.subscribe();
    await rig.pass(1_100);
    expect(framework.offers.length - last, 'who subscribes again without a word of it suppresses nothing').toBe(4);
  });

  it('is rescinded after --offer_timeout', async () => {
    const rig = await Rig.start('--offer_timeout=2secs');
    await rig.registered();
    const framework = await rig.subscribed();
    const { id } = framework.offer;
    await rig.pass(2_000);
    expect(framework.events.last('RESCIND').rescind?.offer_id).toEqual(id);
    expect(rig.core.state.offers.has(id.value)).toBe(false);
  });

  it('is rescinded when its agent disconnects', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    const framework = await rig.subscribed();
    agent.disconnect();
    await rig.pass(200);
    expect(framework.offers).toEqual([]);
  });

  it('can be used once: the second ACCEPT loses its tasks and gives back what is still valid', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const framework = await rig.subscribed();
    const { offer } = framework;
    await framework.launch(offer, task(offer, 't1'));
    await framework.launch(offer, task(offer, 't2'));
    expect(framework.status).toMatchObject({
      task_id: { value: 't2' },
      state: 'TASK_DROPPED',
      source: 'SOURCE_MASTER',
      reason: 'REASON_INVALID_OFFERS',
      message: `Task launched with invalid offers: Offer ${offer.id.value} is no longer valid`,
    });
    expect(framework.status).not.toHaveProperty('uuid');
  });

  it('that another framework got is not taken from it by an ACCEPT', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const owner = await rig.subscribed();
    const other = await rig.subscribed();
    await other.launch(owner.offer, task(owner.offer, 'stolen'));
    expect(other.status.message).toContain('has invalid framework');
    expect(rig.core.state.offers.has(owner.offer.id.value)).toBe(true);
  });

  it('divides between two frameworks of a role by what they have', async () => {
    const rig = await Rig.start();
    const first = await rig.subscribed();
    const second = await rig.subscribed();
    await rig.registered();
    await rig.registered();
    expect([first.offers.length, second.offers.length]).toEqual([1, 1]);
  });

  it('goes to the whitelisted agents only', async () => {
    const rig = await Rig.start('--whitelist=/whitelist');
    const first = await rig.registered();
    await rig.registered();
    const names = new TextEncoder().encode(`${first.address}\n`);
    await rig.settle(rig.master.world.disk.writeFile('/whitelist', names));
    await rig.pass(6_000);
    const framework = await rig.subscribed();
    expect(framework.offers.map((offer) => offer.hostname)).toEqual([first.address]);
  });

  it('with no operation left over returns with the filter of the call', async () => {
    const rig = await Rig.start();
    await rig.registered('cpus:4;mem:1024');
    const framework = await rig.subscribed();
    const { offer } = framework;
    await framework.accept([offer], [{ type: 'LAUNCH', launch: { task_infos: [task(offer, 't1')] } }], 600);
    await rig.pass(3_000);
    expect(framework.offers).toHaveLength(1);
    await framework.call({ type: 'REVIVE' });
    expect(framework.offer.resources?.find((resource) => resource.name === 'cpus')?.scalar?.value).toBe(3);
  });
});

describe('an operation that this version does not have', () => {
  it('is answered by OPERATION_ERROR if it has an id, and launches after it go on', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    const framework = await rig.subscribed();
    const { offer } = framework;
    await framework.accept(
      [offer],
      [
        { type: 'RESERVE', id: { value: 'op1' }, reserve: { resources: [] } },
        { type: 'RESERVE', reserve: { resources: [] } },
        { type: 'LAUNCH', launch: { task_infos: [task(offer, 't1')] } },
      ],
    );
    expect(framework.events.ofType('UPDATE_OPERATION_STATUS')).toHaveLength(1);
    expect(framework.events.last('UPDATE_OPERATION_STATUS').update_operation_status?.status).toMatchObject({
      operation_id: { value: 'op1' },
      state: 'OPERATION_ERROR',
    });
    expect(agent.events.ofType('RUN_TASK')).toHaveLength(1);
  });

  it('loses the tasks of a group one by one, with the reason', async () => {
    const rig = await Rig.start();
    await rig.registered('cpus:4;mem:1024;disk:1024');
    const framework = await rig.subscribed();
    const { offer } = framework;
    const executor = {
      executor_id: { value: 'e' },
      type: 'DEFAULT' as const,
      framework_id: { value: framework.id },
      resources: ['cpus', 'mem'].map((name) => ({ name, type: 'SCALAR' as const, scalar: { value: 32 } })),
    };
    const group = { executor, task_group: { tasks: [task(offer, 'g1'), task(offer, 'g2')] } };
    await framework.accept([offer], [{ type: 'LAUNCH_GROUP', launch_group: group }]);
    expect(framework.statuses.map((status) => [status.task_id.value, status.state, status.reason])).toEqual([
      ['g1', 'TASK_ERROR', 'REASON_TASK_GROUP_INVALID'],
      ['g2', 'TASK_ERROR', 'REASON_TASK_GROUP_INVALID'],
    ]);
    expect(framework.status.message).toBe("Executor 'e' uses no disk");
  });
});
