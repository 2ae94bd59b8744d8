// Clients that follow an election instead of addresses.
import { describe, expect, test } from 'vitest';
import { MasterAddresses } from '../../src/client/master-addresses.ts';
import { MasterClient } from '../../src/client/operator.ts';
import { SchedulerClient, type SchedulerClientOptions } from '../../src/client/scheduler.ts';
import { type ClientRequest, type Net, NetError } from '../../src/world/net.ts';
import { FakeLeader } from './support/fake-leader.ts';
import { FakeClock, FakeMaster, middling, settle, silentLog } from './support/fake-master.ts';

const A = 'http://10.0.0.1:5050';
const B = 'http://10.0.0.2:5050';

describe('addresses from an election', () => {
  test('are the leader of the moment, and a redirect holds until another is elected', () => {
    const leader = new FakeLeader(A);
    const addresses = new MasterAddresses(leader);
    expect(addresses.current).toBe(A);
    addresses.follow('//m9:5050/state', '/state');
    expect(addresses.current).toBe('http://m9:5050');
    leader.elect(B);
    expect(addresses.current).toBe(B);
  });

  test('are those of the election again when the one that a redirect named fails', () => {
    const addresses = new MasterAddresses(new FakeLeader(A));
    addresses.follow('//m9:5050/state', '/state');
    addresses.advance('http://m9:5050');
    expect(addresses.current).toBe(A);
    addresses.advance(A);
    expect(addresses.current).toBe(A);
  });

  test('are called by the name of the election while that has named nobody', () => {
    const addresses = new MasterAddresses(new FakeLeader());
    expect([addresses.current, addresses.name]).toEqual(['', 'zk://z:2181/mesos']);
  });
});

describe('the operator client', () => {
  test('asks whoever leads at that moment', async () => {
    const asked: string[] = [];
    const net = {
      request: async ({ url }: ClientRequest) => {
        asked.push(url);
        return { status: 200, headers: {}, body: new TextEncoder().encode('{}') };
      },
    } as unknown as Net;
    const leader = new FakeLeader(A);
    const client = new MasterClient({ net, addresses: leader });
    await client.api.getJson('/state');
    leader.elect(B);
    await client.api.getJson('/state');
    expect(asked).toEqual([`${A}/state`, `${B}/state`]);
  });

  test.each([
    ['nobody', 'unavailable'],
    ['unreachable', 'unreachable'],
    ['forbidden', 'forbidden'],
  ] as const)('says why there is nobody to ask: %s', async (kind, code) => {
    const leader = new FakeLeader();
    leader.finding = { kind, message: 'because' };
    const client = new MasterClient({ net: {} as Net, addresses: leader });
    await expect(client.api.getJson('/state')).rejects.toMatchObject({
      code,
      message: 'because',
      address: leader.where,
    });
  });
});

function scene(leader: FakeLeader, options: Partial<SchedulerClientOptions> = {}) {
  const net = new FakeMaster();
  const clock = new FakeClock();
  const lost: string[] = [];
  const client = new SchedulerClient({
    world: { net, clock, random: middling, log: silentLog },
    masters: leader,
    framework: { user: 'u', name: 'f' },
    listener: { event: () => undefined, disconnected: (why) => lost.push(why) },
    ...options,
  });
  client.start();
  return { net, clock, client, lost };
}

describe('a framework', () => {
  test('subscribes where the leader is, and once although it hears of it twice', async () => {
    const { net } = scene(new FakeLeader(A));
    await settle();
    expect(net.subscribes.map(({ url }) => url)).toEqual([`${A}/api/v1/scheduler`]);
  });

  test('waits while nobody leads, and subscribes at once when somebody does', async () => {
    const leader = new FakeLeader();
    const { net, lost } = scene(leader);
    await settle();
    expect([net.subscribes.length, lost]).toEqual([0, ['no master leads']]);
    leader.elect(A);
    await settle();
    expect(net.subscribes).toHaveLength(1);
  });

  test('goes to a new leader with its id, and takes nothing from the old one any more', async () => {
    const leader = new FakeLeader(A);
    const { net, clock, client } = scene(leader);
    await settle();
    const old = await net.lastSubscribe.accept();
    old.subscribed('F-0');
    leader.elect(B);
    expect([old.closed, client.isSubscribed]).toEqual([true, false]);
    await clock.advance(1_000);
    expect(net.lastSubscribe.url).toBe(`${B}/api/v1/scheduler`);
    expect(net.lastSubscribe.call.framework_id).toEqual({ value: 'F-0' });
  });

  test('keeps its subscription while nobody leads: a master that lost the lead ends it itself', async () => {
    const leader = new FakeLeader(A);
    const { net, client } = scene(leader);
    await settle();
    (await net.lastSubscribe.accept()).subscribed('F-0');
    leader.elect(undefined);
    leader.elect(A);
    await settle();
    expect([client.isSubscribed, net.subscribes.length]).toEqual([true, 1]);
  });

  test('does not wait for a leader that hangs when another is elected', async () => {
    const leader = new FakeLeader(A);
    const { net } = scene(leader);
    await settle();
    leader.elect(B);
    await settle();
    expect(net.subscribes.map(({ url }) => url)).toEqual([`${A}/api/v1/scheduler`, `${B}/api/v1/scheduler`]);
    const late = await net.subscribes[0]?.accept('late');
    expect(late?.closed).toBe(true);
  });

  test('tries the same leader again with growing pauses', async () => {
    const { net, clock } = scene(new FakeLeader(A));
    await settle();
    await net.lastSubscribe.fail(new NetError('refused', 'no'));
    await clock.advance(250);
    expect(net.subscribes).toHaveLength(2);
  });

  test('begins with short pauses again when another is elected', async () => {
    const leader = new FakeLeader(A);
    const { net, clock } = scene(leader);
    await settle();
    for (let turn = 0; turn < 5; turn += 1) {
      await net.lastSubscribe.fail(new NetError('refused', 'no'));
      await clock.advance(10_000);
    }
    leader.elect(B);
    await settle();
    await net.lastSubscribe.refuse(503, 'Master has not finished recovery');
    const { length } = net.subscribes;
    await clock.advance(250);
    expect(net.subscribes).toHaveLength(length + 1);
  });

  test('keeps subscription and calls while the leader is not certain to lead', async () => {
    const { net, clock, client, lost } = scene(new FakeLeader(A));
    await settle();
    (await net.lastSubscribe.accept()).subscribed('F-0');
    const outcome = client.revive();
    const body = new TextEncoder().encode('Not certain to lead: try again');
    for (let turn = 0; turn < 3; turn += 1) {
      await settle();
      await net.lastCall.answer({ status: 503, body });
      await clock.advance(250);
    }
    await net.lastCall.answer({ status: 202 });
    expect(await outcome).toEqual({ ok: true });
    expect([client.isSubscribed, net.calls.length, lost]).toEqual([true, 4, []]);
  });

  test('gives a leader up that is not certain for too long', async () => {
    const { net, clock, client, lost } = scene(new FakeLeader(A), { timeoutMs: 600 });
    await settle();
    (await net.lastSubscribe.accept()).subscribed('F-0');
    const outcome = client.revive();
    const body = new TextEncoder().encode('Not certain to lead: try again');
    for (let turn = 0; turn < 4; turn += 1) {
      await settle();
      await net.lastCall.answer({ status: 503, body });
      await clock.advance(250);
    }
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'not-connected' } });
    expect(lost).toHaveLength(1);
  });

  test('follows nothing any more after close', async () => {
    const leader = new FakeLeader(A);
    const { client } = scene(leader);
    await settle();
    client.close();
    expect(leader.watchers).toBe(0);
  });
});
