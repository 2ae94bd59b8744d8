import { describe, expect, it } from 'vitest';
import type { FrameworkInfo } from '../../../src/mesos/generated/v1.ts';
import { task } from './support/fake-framework.ts';
import { Rig, text } from './support/rig.ts';

describe('a subscription', () => {
  it('begins with SUBSCRIBED and a heartbeat at once, and goes on with one every 15 s', async () => {
    const rig = await Rig.start();
    const framework = await rig.subscribed();
    expect(framework.events.all.slice(0, 2)).toEqual([
      {
        type: 'SUBSCRIBED',
        subscribed: {
          framework_id: { value: `${rig.core.state.info.id}-0000` },
          heartbeat_interval_seconds: 15,
          master_info: expect.objectContaining({ id: rig.core.state.info.id, ip: 16777226, port: 5050 }),
        },
      },
      { type: 'HEARTBEAT' },
    ]);
    await rig.pass(30_500);
    expect(framework.events.ofType('HEARTBEAT')).toHaveLength(3);
  });

  it.each([
    [
      { roles: ['a', 'a'], capabilities: [{ type: 'MULTI_ROLE' as const }] },
      "'FrameworkInfo.roles' contains duplicate items: { a }",
    ],
    [{ roles: ['a'] }, "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"],
    [{ failover_timeout: 1e30 }, 'The framework failover_timeout (1e+30) is invalid'],
  ])('that is wrong gets one ERROR event and the end of its stream (%#)', async (info, message) => {
    const rig = await Rig.start();
    const framework = await rig.framework(info);
    const stream = await framework.subscribe();
    expect(stream.status).toBe(200);
    expect(framework.events.all).toEqual([{ type: 'ERROR', error: { message } }]);
    expect(framework.events.isOver).toBe(true);
    expect(rig.core.state.frameworks.size).toBe(0);
  });

  it('with suppressed roles that it does not have is an error', async () => {
    const rig = await Rig.start();
    const framework = await rig.framework();
    await framework.subscribe({ suppressed_roles: ['zzz'] });
    expect(framework.events.last('ERROR').error?.message).toBe(
      'Suppressed roles { zzz } are not contained in the set of roles',
    );
  });

  it('with an unknown id keeps that id', async () => {
    const rig = await Rig.start();
    const framework = await rig.framework({ id: { value: 'from-elsewhere-0000' } });
    await framework.subscribe();
    expect(framework.events.last('SUBSCRIBED').subscribed?.framework_id.value).toBe('from-elsewhere-0000');
  });

  it('of the same id ends the former stream with an ERROR, discards its offers silently and makes its stream id void', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const first = await rig.subscribed();
    expect(first.offers).toHaveLength(1);
    const second = await rig.framework(first.info);
    await second.subscribe();
    expect(first.events.fresh().map((event) => event.type)).toEqual(['SUBSCRIBED', 'OFFERS', 'ERROR']);
    expect(first.events.last('ERROR').error?.message).toBe('Framework failed over');
    expect(first.events.isOver).toBe(true);
    // It was active all the time, so nothing triggers an allocation: the batch does.
    await rig.pass(1_000);
    expect(second.offers).toHaveLength(1);
    const answer = await first.send({ type: 'REVIVE' });
    expect(answer.status).toBe(400);
    expect(text(answer)).toBe(
      `The stream ID '${first.streamId}' included in this request didn't match the stream ID currently associated with framework ID ${first.id}`,
    );
    await rig.pass(120_000);
    expect(rig.core.state.frameworks.has(first.id)).toBe(true);
  });

  it('may change the roles: offers of a role that is left are rescinded', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const framework = await rig.subscribed({ roles: ['a'] });
    const offer = framework.offer;
    const answer = await framework.send({
      type: 'UPDATE_FRAMEWORK',
      update_framework: { framework_info: { ...framework.info, roles: ['b'] } },
    });
    expect(answer.status).toBe(200);
    await rig.pass(50);
    expect(framework.events.last('RESCIND').rescind?.offer_id).toEqual(offer.id);
    await rig.pass(1_100);
    expect(framework.offer.allocation_info?.role).toBe('b');
    expect([...rig.core.state.roles.entries()].map(([role]) => role)).toEqual(['b']);
  });

  it('tells the agents that run its tasks what is new of it, and nothing when only its suppressed roles change', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    const framework = await rig.subscribed();
    const { offer } = framework;
    await framework.accept([offer], [{ type: 'LAUNCH', launch: { task_infos: [task(offer, 't1')] } }]);
    const update = async (changes: Partial<FrameworkInfo>, suppressed_roles: string[]): Promise<void> => {
      const update_framework = { framework_info: { ...framework.info, ...changes }, suppressed_roles };
      expect((await framework.send({ type: 'UPDATE_FRAMEWORK', update_framework })).status).toBe(200);
      await rig.pass(50);
    };
    const told = () =>
      agent.events.ofType('UPDATE_FRAMEWORK').map((event) => event.update_framework?.framework_info.name);
    await update({}, ['*']);
    await update({}, []);
    expect(told()).toEqual([]);
    await update({ name: 'renamed' }, []);
    expect(told()).toEqual(['renamed']);
  });

  it('cannot change user or checkpoint by UPDATE_FRAMEWORK', async () => {
    const rig = await Rig.start();
    const framework = await rig.subscribed();
    const answer = await framework.send({
      type: 'UPDATE_FRAMEWORK',
      update_framework: { framework_info: { ...framework.info, user: 'other' } },
    });
    expect(answer.status).toBe(400);
    expect(text(answer)).toContain("Updating 'FrameworkInfo.user' is unsupported");
  });
});

describe('a call', () => {
  it.each([
    [
      { 'mesos-stream-id': 'x' },
      { type: 'SUBSCRIBE', subscribe: { framework_info: { user: 'u', name: 'n' } } },
      400,
      "Subscribe calls should not include the 'Mesos-Stream-Id' header",
    ],
    [
      { accept: 'text/html' },
      { type: 'SUBSCRIBE', subscribe: { framework_info: { user: 'u', name: 'n' } } },
      406,
      "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
    ],
    [{}, { type: 'REVIVE', framework_id: { value: 'nope' } }, 400, 'Framework cannot be found'],
    [{}, { type: 'REVIVE' }, 400, "Failed to validate scheduler::Call: Expecting 'framework_id' to be present"],
    [{}, {}, 400, "Failed to validate scheduler::Call: Expecting 'type' to be present"],
  ])('is refused as the original refuses it (%#)', async (headers, call, status, message) => {
    const rig = await Rig.start();
    const { world } = await rig.world();
    const answer = await rig.request(world, 'POST', '/api/v1/scheduler', JSON.stringify(call), {
      'content-type': 'application/json',
      ...headers,
    });
    expect([answer.status, text(answer)]).toEqual([status, message]);
  });

  it('without a stream id, or while the framework is away, is refused', async () => {
    const rig = await Rig.start();
    const framework = await rig.subscribed();
    const { world } = await rig.world();
    const revive = JSON.stringify({ type: 'REVIVE', framework_id: framework.info.id });
    const headers = { 'content-type': 'application/json' };
    const without = await rig.request(world, 'POST', '/api/v1/scheduler', revive, headers);
    expect([without.status, text(without)]).toEqual([
      400,
      "All non-subscribe calls should include the 'Mesos-Stream-Id' header",
    ]);
    framework.disconnect();
    await rig.pass(200);
    const away = await framework.send({ type: 'REVIVE' });
    expect([away.status, text(away)]).toEqual([403, 'Framework is not subscribed']);
  });

  it('of type UNKNOWN ends nothing', async () => {
    const rig = await Rig.start();
    const framework = await rig.subscribed();
    expect((await framework.send({ type: 'UNKNOWN' })).status).toBe(400);
    expect((await framework.send({ type: 'REVIVE' })).status).toBe(202);
  });
});
