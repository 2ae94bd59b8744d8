// What a person sees when the master does not answer as it should: refusals, rubbish, silence, streams that break.
import { describe, expect, it } from 'vitest';
import { encode, stringify } from '../../../src/mesos/codec.ts';
import { Event } from '../../../src/mesos/generated/master.ts';
import { encodeRecord } from '../../../src/mesos/recordio.ts';
import { startMasterFeed } from '../../../src/tui/feeds/master/master-feed.ts';
import { startLiveFeed } from '../../../src/tui/feeds/offers/live-feed.ts';
import { type ClientRequest, NetError } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { FakeClock, FakeStream, middling } from '../../client/support/fake-master.ts';
import { Watching } from './support.ts';

const MASTER = 'http://m1:5050';
type Opened = FakeStream | NetError;

/** A master that answers each opening of a stream as told, and every question with `{}`. */
async function watch(which: 'master' | 'offers', ...answers: Opened[]) {
  const clock = new FakeClock();
  const opened: ClientRequest[] = [];
  const net = {
    openStream: async (request: ClientRequest) => {
      const answer = answers[opened.length] ?? new NetError('refused', 'nobody listens');
      opened.push(request);
      if (answer instanceof NetError) throw answer;
      // Of a refusal the text is read to its end.
      if (answer.status !== 200) setImmediate(() => answer.finish());
      return answer;
    },
    request: async () => ({ status: 404, headers: {}, body: new Uint8Array() }),
  };
  const watching = new Watching({ clock, random: middling, net } as unknown as World);
  const options = () => ({ master: watching.master([MASTER]), where: MASTER });
  watching.start((context) =>
    which === 'master' ? startMasterFeed(context, options()) : startLiveFeed(context, options()),
  );
  await clock.advance(0);
  return { watching, clock, opened };
}

const answering = (status: number): FakeStream => new FakeStream(status, {});
const subscribed = (): Uint8Array =>
  encodeRecord(encode(Event, { type: 'SUBSCRIBED', subscribed: { get_state: {}, heartbeat_interval_seconds: 15 } }));
const frame = (event: string, data: unknown): Uint8Array =>
  new TextEncoder().encode(`event: ${event}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);

describe.each(['master', 'offers'] as const)('the %s feed', (which) => {
  it.each([401, 403])('says that it is not let in (%d)', async (status) => {
    const { watching } = await watch(which, answering(status));
    expect(watching.feed(which)).toBe(`broken: ${MASTER} does not allow this`);
  });

  it('says that nobody leads (503), that nobody is there, and goes on trying', async () => {
    const { watching, clock, opened } = await watch(which, answering(503));
    expect(watching.feed(which)).toBe(`broken: ${MASTER} cannot answer now`);
    await clock.advance(600);
    expect(watching.feed(which)).toBe(`broken: ${MASTER} cannot be reached`);
    expect(opened).toHaveLength(2);
    await clock.advance(60_000);
    expect(opened.length).toBeGreaterThan(5);
    expect(opened.length).toBeLessThan(15);
  });

  it('notices silence', async () => {
    const stream = answering(200);
    const { watching, clock } = await watch(which, stream);
    await clock.advance(76_000);
    expect(stream.closed).toBe(true);
    expect(watching.feed(which)).toMatch(/^broken: /);
  });
});

describe('the master feed', () => {
  it.each([
    ['what is no record', new TextEncoder().encode('<html>')],
    ['a record that is no event', encodeRecord('<html>')],
    ['an event in the wrong form', encodeRecord(stringify(Event, { type: 'HEARTBEAT' }))],
    ['a state that is cut off', encodeRecord(encode(Event, { type: 'SUBSCRIBED', subscribed: {} }).subarray(0, 3))],
  ])('says that the stream cannot be read, lets go of it and tries again: %s', async (_, bytes) => {
    const [stream, next] = [answering(200), answering(200)];
    const { watching, clock } = await watch('master', stream, next);
    stream.deliver(bytes);
    await clock.advance(0);
    expect(stream.closed).toBe(true);
    expect(watching.feed('master')).toMatch(/^broken: unreadable event stream: /);
    await clock.advance(600);
    next.deliver(subscribed());
    await clock.advance(0);
    expect(watching.feed('master')).toBe('live');
  });

  it('keeps what it has while the stream is broken, and says why it broke', async () => {
    const stream = answering(200);
    const { watching, clock } = await watch('master', stream);
    const agent_info = { hostname: 'a', id: { value: 'A1' } };
    stream.deliver(subscribed());
    const event: Event = { type: 'AGENT_ADDED', agent_added: { agent: { agent_info, active: true, version: '1' } } };
    stream.deliver(encodeRecord(encode(Event, event)));
    stream.finish(new NetError('broken', 'the connection was reset'));
    await clock.advance(0);
    expect(watching.feed('master')).toBe('broken: the connection was reset');
    expect(watching.view.agents.size).toBe(1);
    expect(watching.said).toEqual([
      'bad: The stream of the master m1:5050 ended: the connection was reset. Looking for who leads.',
    ]);
  });

  it('takes no notice of events that it does not know', async () => {
    const stream = answering(200);
    const { watching, clock } = await watch('master', stream);
    stream.deliver(subscribed());
    stream.deliver(encodeRecord(Uint8Array.of(0x08, 0x63, 0x9a, 0x06, 0x00)));
    await clock.advance(0);
    expect(watching.feed('master')).toBe('live');
  });
});

describe('the live feed', () => {
  it.each([
    ['no JSON', frame('offered', '<html>'), 'an event is no JSON'],
    ['no object', frame('offered', '[]'), 'an event is []'],
    ['an offer without an id', frame('offered', { cpus: 1 }), 'id is missing'],
    ['a share that is none', frame('shares', { total: 1, rows: [{ kind: 'planet' }] }), 'kind is "planet"'],
    ['an agent in no known state', frame('agent', { id: 'a', state: 'asleep' }), 'state is "asleep"'],
    ['no list', frame('offers', { total: 1, offers: 7 }), 'offers is 7'],
  ])('says that the stream cannot be read, and lets go of it: %s', async (_, bytes, why) => {
    const stream = answering(200);
    const { watching, clock } = await watch('offers', stream);
    expect(watching.feed('offers')).toBe('live');
    stream.deliver(bytes);
    await clock.advance(0);
    expect(stream.closed).toBe(true);
    expect(watching.feed('offers')).toBe(`broken: unreadable event stream: ${why}`);
  });

  it('reads events however they are cut, passes over names that it does not know, and comments', async () => {
    const stream = answering(200);
    const { watching, clock } = await watch('offers', stream);
    const offer = { id: 'ö', framework_id: 'F', agent_id: 'A', role: '*', cpus: 1, mem: 2, disk: 3, gpus: 4 };
    const text = `: heartbeat\n\nevent: weather\ndata: "rain"\n\nevent: offered\r\ndata: ${JSON.stringify(offer)}\r\n\r\n`;
    for (const byte of new TextEncoder().encode(text)) stream.deliver(Uint8Array.of(byte));
    await clock.advance(0);
    expect(watching.feed('offers')).toBe('live');
    expect([...watching.view.offers.values()]).toMatchObject([{ id: 'ö', amounts: { cpus: 1, gpus: 4 } }]);
  });

  it('that was cut off because it did not read begins anew with the whole', async () => {
    const [stream, next] = [answering(200), answering(200)];
    const { watching, clock, opened } = await watch('offers', stream, next);
    const offer = { id: 'O1', framework_id: 'F', agent_id: 'A', role: '*', cpus: 1, mem: 2, disk: 3, gpus: 4 };
    stream.deliver(frame('offers', { total: 1, offers: [offer] }));
    stream.finish(new NetError('broken', 'reset'));
    await clock.advance(0);
    await clock.advance(600);
    expect(opened).toHaveLength(2);
    next.deliver(frame('offers', { total: 0, offers: [] }));
    await clock.advance(0);
    expect(watching.feed('offers')).toBe('live');
    expect(watching.view.offers.size).toBe(0);
  });
});
