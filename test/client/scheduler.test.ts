// The framework's line to the master: subscriptions that live on, calls that stay in order.
import { describe, expect, test } from 'vitest';
import { SchedulerClient, type SchedulerClientOptions, type SchedulerError } from '../../src/client/scheduler.ts';
import { encodeRecord } from '../../src/mesos/recordio.ts';
import { NetError } from '../../src/world/net.ts';
import { FakeClock, FakeMaster, type FakeStream, middling, settle, silentLog } from './support/fake-master.ts';

function scene(options: Partial<SchedulerClientOptions> = {}) {
  const net = new FakeMaster();
  const clock = new FakeClock();
  const events: string[] = [];
  const lost: { why: string; retryInMs: number }[] = [];
  const ends: SchedulerError[] = [];
  const client = new SchedulerClient({
    world: { net, clock, random: middling, log: silentLog },
    masters: ['m1:5050'],
    framework: { user: 'u', name: 'f' },
    listener: {
      event: (event) => events.push(event.type ?? ''),
      disconnected: (why, retryInMs) => lost.push({ why, retryInMs }),
      ended: (error) => ends.push(error),
    },
    ...options,
  });
  client.start();
  return { net, clock, client, events, lost, ends };
}

async function subscribed(options: Partial<SchedulerClientOptions> = {}) {
  const parts = scene(options);
  await settle();
  const stream: FakeStream = await parts.net.lastSubscribe.accept();
  stream.subscribed('F-0');
  return { ...parts, stream };
}

const refused = new NetError('refused', 'connection refused');

describe('a subscription', () => {
  test('carries no id at first, and both ids after a lost connection', async () => {
    const { net, clock, stream, client } = await subscribed();
    expect(net.subscribes[0]?.call.framework_id).toBeUndefined();
    expect(net.subscribes[0]?.headers['mesos-stream-id']).toBeUndefined();
    expect(client.frameworkId).toBe('F-0');
    stream.finish();
    expect(client.isSubscribed).toBe(false);
    await clock.advance(1000);
    expect(net.subscribes).toHaveLength(2);
    expect(net.lastSubscribe.call.framework_id).toEqual({ value: 'F-0' });
    expect(net.lastSubscribe.call.subscribe?.framework_info.id).toEqual({ value: 'F-0' });
  });

  test('delivers events in order, however the chunks are cut', async () => {
    const { stream, events } = await subscribed();
    const texts = ['{"type":"HEARTBEAT"}', '{"type":"RESCIND","rescind":{"offer_id":{"value":"O-äöü"}}}'];
    for (const text of texts) for (const byte of encodeRecord(text)) stream.deliver(Uint8Array.of(byte));
    expect(events).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'RESCIND']);
  });

  test('counts as dead after five heartbeat intervals of silence, and not before', async () => {
    const { net, clock, stream, lost } = await subscribed();
    await clock.advance(74_000);
    stream.send({ type: 'HEARTBEAT' });
    await clock.advance(74_000);
    expect(lost).toEqual([]);
    await clock.advance(2000);
    expect(lost[0]?.why).toContain('nothing heard');
    expect(stream.closed).toBe(true);
    expect(net.subscribes).toHaveLength(2);
  });

  test('that gets no SUBSCRIBED is tried again', async () => {
    const { net, clock, lost } = scene({ timeoutMs: 3000 });
    await settle();
    await net.lastSubscribe.accept();
    await clock.advance(3000);
    expect(lost[0]?.why).toContain('no SUBSCRIBED');
  });

  test('is tried again with growing, jittered pauses, which start over after a success', async () => {
    const { net, clock, lost } = scene({ backOff: { firstMs: 100, maxMs: 400 } });
    await settle();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await net.lastSubscribe.fail(refused);
      await clock.advance(1000);
    }
    expect(lost.map(({ retryInMs }) => retryInMs)).toEqual([75, 150, 300, 300]);
    const stream = await net.lastSubscribe.accept();
    stream.subscribed('F-0');
    stream.finish();
    expect(lost.at(-1)?.retryInMs).toBe(75);
  });

  test.each([
    ['//m2:5051/api/v1/scheduler', 'http://m2:5051/api/v1/scheduler'],
    ['//m2:5051', 'http://m2:5051/api/v1/scheduler'],
    ['http://m2:5051/api/v1/scheduler', 'http://m2:5051/api/v1/scheduler'],
    ['https://gate/mesos/api/v1/scheduler', 'https://gate/mesos/api/v1/scheduler'],
  ])('follows a redirect to %s', async (location, url) => {
    const { net } = scene();
    await settle();
    await net.lastSubscribe.refuse(307, '', { location });
    expect(net.lastSubscribe.url).toBe(url);
  });

  test('is not sent in circles for ever', async () => {
    const { net, lost } = scene();
    await settle();
    for (let hop = 0; hop < 6; hop += 1)
      await net.lastSubscribe.refuse(307, '', { location: '//m1:5050/api/v1/scheduler' });
    expect(net.subscribes).toHaveLength(6);
    expect(lost[0]?.why).toContain('circles');
  });

  test('goes on to the next address when one does not answer, and back from a leader that is gone', async () => {
    const { net, clock } = scene({ masters: ['m1:1', 'm2:2'] });
    await settle();
    await net.lastSubscribe.fail(refused);
    await clock.advance(1000);
    expect(net.lastSubscribe.url).toBe('http://m2:2/api/v1/scheduler');
    await net.lastSubscribe.refuse(307, '', { location: '//m3:3/api/v1/scheduler' });
    await net.lastSubscribe.fail(refused);
    await clock.advance(1000);
    expect(net.lastSubscribe.url).toBe('http://m2:2/api/v1/scheduler');
  });

  test('waits while nobody leads (503)', async () => {
    const { net, clock, lost } = scene();
    await settle();
    await net.lastSubscribe.refuse(503, 'No leader elected');
    expect(lost[0]?.why).toContain('No leader elected');
    await clock.advance(1000);
    expect(net.subscribes).toHaveLength(2);
  });

  test.each([
    [400, 'refused'],
    [401, 'forbidden'],
    [403, 'forbidden'],
    [406, 'refused'],
  ])('ends for good when the master answers %i', async (status, code) => {
    const { net, clock, ends } = scene();
    await settle();
    await net.lastSubscribe.refuse(status, 'because');
    expect(ends[0]).toMatchObject({ code, status });
    expect(ends[0]?.message).toContain('because');
    await clock.advance(100_000);
    expect(net.subscribes).toHaveLength(1);
  });

  test('ends for good with an ERROR event, which the listener gets first', async () => {
    const { stream, events, ends, client, clock } = await subscribed();
    stream.send({ type: 'ERROR', error: { message: 'Framework failed over' } });
    expect(events.at(-1)).toBe('ERROR');
    expect(ends[0]).toMatchObject({ code: 'error-event', message: 'Framework failed over' });
    expect(await client.revive()).toMatchObject({ ok: false, error: { code: 'closed' } });
    expect(clock.pending).toBe(0);
  });

  test('breaks, and is made again, when the stream cannot be read', async () => {
    const { stream, lost } = await subscribed();
    stream.deliver(new TextEncoder().encode('what is this?\n'));
    expect(lost[0]?.why).toContain('unreadable');
  });

  test('brings nothing more after close, and leaves no timer', async () => {
    const { stream, client, events, ends, clock } = await subscribed();
    client.close();
    stream.closed = false;
    stream.send({ type: 'HEARTBEAT' });
    expect(events).toEqual(['SUBSCRIBED']);
    expect(ends).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('that arrives after close is closed', async () => {
    const { net, client } = scene();
    await settle();
    client.close();
    expect((await net.lastSubscribe.accept()).closed).toBe(true);
  });
});

describe('a call', () => {
  test('carries framework id and stream id', async () => {
    const { net, client } = await subscribed();
    const outcome = client.decline(['O1'], { refuse_seconds: 3 });
    await settle();
    expect(net.lastCall.headers['mesos-stream-id']).toBe('stream-1');
    expect(net.lastCall.call).toMatchObject({
      framework_id: { value: 'F-0' },
      type: 'DECLINE',
      decline: { offer_ids: [{ value: 'O1' }], filters: { refuse_seconds: 3 } },
    });
    await net.lastCall.answer({ status: 202 });
    expect(await outcome).toEqual({ ok: true });
  });

  test('leaves only when the one before has been answered', async () => {
    const { net, client } = await subscribed();
    void client.revive();
    void client.suppress();
    await settle();
    expect(net.calls.map(({ call }) => call.type)).toEqual(['REVIVE']);
    await net.lastCall.answer({});
    expect(net.calls.map(({ call }) => call.type)).toEqual(['REVIVE', 'SUPPRESS']);
  });

  test('is refused, not kept, without a subscription', async () => {
    const { net, client } = scene();
    expect(await client.revive()).toMatchObject({ ok: false, error: { code: 'not-connected' } });
    expect(net.calls).toHaveLength(0);
  });

  test('waiting when the subscription is lost is never sent', async () => {
    const { net, client, stream } = await subscribed();
    void client.revive();
    const second = client.suppress();
    await settle();
    stream.finish();
    expect(await second).toMatchObject({ ok: false, error: { code: 'not-connected' } });
    await net.lastCall.answer({});
    expect(net.calls).toHaveLength(1);
  });

  test('that the master refuses tells its words and changes nothing else', async () => {
    const { net, client } = await subscribed();
    const outcome = client.kill('t');
    await settle();
    await net.lastCall.answer({ status: 400, body: new TextEncoder().encode('Failed to validate') });
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'refused', status: 400 } });
    expect(client.isSubscribed).toBe(true);
  });

  test.each([
    [403, 'Framework is not subscribed'],
    [307, ''],
    [503, 'No leader elected'],
    [400, 'Framework cannot be found'],
  ])('answered with %i "%s" means that we must subscribe again', async (status, text) => {
    const { net, client, lost } = await subscribed();
    const outcome = client.revive();
    await settle();
    await net.lastCall.answer({ status, body: new TextEncoder().encode(text) });
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'not-connected' } });
    expect(lost).toHaveLength(1);
  });

  test('whose connection breaks has an unknown outcome, and the subscription stays', async () => {
    const { net, client } = await subscribed();
    const outcome = client.revive();
    await settle();
    await net.lastCall.answer(new NetError('broken', 'reset'));
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'unknown-outcome' } });
    expect(client.isSubscribed).toBe(true);
  });

  test('beyond the queue limit is refused', async () => {
    const { client } = await subscribed({ maxQueuedCalls: 1 });
    void client.revive();
    void client.revive();
    expect(await client.revive()).toMatchObject({ ok: false, error: { code: 'too-many-calls' } });
  });

  test('acknowledges updates with a uuid and sends nothing for those without', async () => {
    const { net, client } = await subscribed();
    const status = { task_id: { value: 't' }, agent_id: { value: 'S0' }, state: 'TASK_RUNNING' as const };
    expect(await client.acknowledge(status)).toEqual({ ok: true });
    expect(net.calls).toHaveLength(0);
    void client.acknowledge({ ...status, uuid: 'm0l1AAAAQACAAAAAAAAAAA==' });
    await settle();
    expect(net.lastCall.call.acknowledge?.uuid).toBe('m0l1AAAAQACAAAAAAAAAAA==');
  });

  test('to update the framework counts for later subscriptions too', async () => {
    const { net, client, stream, clock } = await subscribed();
    const outcome = client.updateFramework({ user: 'u', name: 'renamed' }, []);
    await settle();
    await net.lastCall.answer({ status: 200 });
    expect(await outcome).toEqual({ ok: true });
    stream.finish();
    await clock.advance(1000);
    expect(net.lastSubscribe.call.subscribe?.framework_info).toMatchObject({ name: 'renamed', id: { value: 'F-0' } });
  });

  test('to tear down closes the client', async () => {
    const { net, client, stream } = await subscribed();
    const outcome = client.teardown();
    await settle();
    expect(net.lastCall.call.type).toBe('TEARDOWN');
    await net.lastCall.answer({});
    expect(await outcome).toEqual({ ok: true });
    expect(stream.closed).toBe(true);
  });
});
