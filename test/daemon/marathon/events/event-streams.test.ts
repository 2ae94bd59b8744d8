import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventStreams } from '../../../../src/daemon/marathon/events/event-streams.ts';
import { Events } from '../../../../src/daemon/marathon/events/events.ts';
import { Counters } from '../../../../src/daemon/marathon/metrics/counters.ts';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import { type ProcessHandle, Simulation } from '../../../../src/simulation/index.ts';
import type { ClientResponse, ClientStream } from '../../../../src/world/net.ts';
import type { World } from '../../../../src/world/world.ts';
import { quietWorld } from '../../serving/requests.ts';

const PORT = 8080;
const ACCEPT = { accept: 'text/event-stream' };
const URL = `http://10.0.0.1:${PORT}/v2/events`;

/** What a listener heard, chunk by chunk. */
class Ear {
  readonly chunks: string[] = [];
  end: 'proper' | 'broken' | undefined;

  constructor(stream: ClientStream) {
    stream.onChunk((chunk) => this.chunks.push(new TextDecoder().decode(chunk)));
    stream.onEnd((error) => {
      this.end = error === undefined ? 'proper' : 'broken';
    });
  }

  get types(): string[] {
    return this.chunks.flatMap((chunk) => /^event: (.*)\r\n/.exec(chunk)?.[1] ?? []);
  }
}

describe('/v2/events', () => {
  let simulation: Simulation;
  let client: ProcessHandle<World>;
  let events: Events;
  let streams: EventStreams;

  beforeEach(async () => {
    simulation = new Simulation({ seed: 1 });
    const host = simulation.host('marathon', { address: '10.0.0.1' });
    host.start('marathon', async (world) => {
      events = new Events({ world, renderApp: () => null });
      streams = new EventStreams({
        world,
        options: { eventStreamMaxOutstandingMessages: 4 },
        events,
        counters: new Counters(),
      });
      await world.net.listen({ host: '0.0.0.0', port: PORT, handler: (request) => streams.answer(request) });
    });
    client = simulation.host('client', { address: '10.0.0.2' }).start('client', async (world) => world);
    await simulation.run({ forMs: 10 });
  });

  const pass = (forMs: number) => simulation.run({ forMs });
  const stop = (id: string) => events.publish({ type: 'app_terminated_event', appId: id as PathId });
  const ask = (method: string, headers: Record<string, string> = ACCEPT): Promise<ClientResponse> =>
    simulation.settle(client.world.net.request({ method, url: URL, headers }));

  async function listen(query = ''): Promise<{ ear: Ear; stream: ClientStream }> {
    const stream = await simulation.settle(
      client.world.net.openStream({ method: 'GET', url: `${URL}${query}`, headers: ACCEPT }),
    );
    const ear = new Ear(stream);
    await pass(50);
    return { ear, stream };
  }

  it('tells events in frames that end in CRLF, one chunk each, to whoever asks for an event stream', async () => {
    const { ear, stream } = await listen();
    expect(stream.status).toBe(200);
    expect(stream.headers['content-type']).toBe('text/event-stream;charset=utf-8');
    stop('/a');
    await pass(50);
    expect(ear.chunks.at(-1)).toMatch(
      /^event: app_terminated_event\r\ndata: \{"appId":"\/a","eventType":"app_terminated_event","timestamp":"[^"]+"\}\r\n\r\n$/,
    );
  });

  it('refuses with 405 who does not accept event streams by name', async () => {
    const refused: Record<string, string>[] = [{}, { accept: '*/*' }, { accept: 'application/json' }];
    for (const headers of refused) {
      const { status, body } = await ask('GET', headers);
      expect(status).toBe(405);
      expect(JSON.parse(new TextDecoder().decode(body))).toEqual({
        message: 'The Accept header must include text/event-stream',
      });
    }
    const { stream } = await listen();
    expect(stream.status).toBe(200);
    const among = { accept: 'application/json, Text/Event-Stream;q=0.5' };
    expect((await ask('HEAD', among)).status).toBe(200);
  });

  it('answers OPTIONS with what it allows, HEAD without a stream, and nothing else', async () => {
    const options = await ask('OPTIONS', {});
    expect([options.status, options.headers.allow]).toEqual([200, 'GET, HEAD, OPTIONS']);
    const head = await ask('HEAD');
    expect([head.status, head.headers['content-type']]).toEqual([200, 'text/event-stream;charset=utf-8']);
    expect(head.body.length).toBe(0);
    expect(streams.size).toBe(0);
    for (const method of ['POST', 'TRACE', 'DELETE']) {
      const refused = await ask(method);
      expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });

  it('tells everybody, the new listener too, who attaches and who detaches', async () => {
    const first = await listen();
    expect(first.ear.types).toEqual(['event_stream_attached']);
    const second = await listen();
    expect(second.ear.types).toEqual(['event_stream_attached']);
    second.stream.close();
    await pass(50);
    expect(first.ear.types).toEqual(['event_stream_attached', 'event_stream_attached', 'event_stream_detached']);
    expect(first.ear.chunks.at(-1)).toContain('"remoteAddress":"10.0.0.2"');
    expect(streams.size).toBe(1);
  });

  it('tells only the types that were asked for, several if so, whatever the plan format', async () => {
    const { ear } = await listen(
      '?plan-format=light&event_type=app_terminated_event&event_type=scheduler_disconnected_event',
    );
    await listen();
    stop('/a');
    events.publish({ type: 'remove_health_check_event', appId: '/a' as PathId });
    events.publish({ type: 'scheduler_disconnected_event' });
    await pass(50);
    expect(ear.types).toEqual(['app_terminated_event', 'scheduler_disconnected_event']);
  });

  it('breaks the silence every ten seconds with an empty line', async () => {
    const { ear } = await listen('?event_type=app_terminated_event');
    await pass(9_900);
    expect(ear.chunks).toEqual([]);
    await pass(200);
    expect(ear.chunks).toEqual(['\r\n']);
    await pass(20_000);
    expect(ear.chunks).toEqual(['\r\n', '\r\n', '\r\n']);
  });

  it('cuts off who leaves more than the limit unread, and nobody else', async () => {
    const slow = await listen('?event_type=app_terminated_event');
    const quick = await listen('?event_type=app_terminated_event');
    slow.stream.pause();
    for (let i = 0; i < 4; i++) {
      stop(`/${i}`);
      await pass(50);
    }
    expect(streams.size).toBe(2);
    stop('/5');
    await pass(50);
    expect(streams.size).toBe(1);
    expect(quick.ear.types.length).toBe(5);
    stop('/6');
    slow.stream.resume();
    await pass(50);
    expect(slow.ear.end).toBe('broken');
    expect(quick.ear.types.length).toBe(6);
  });

  it('ends all streams with the leadership, and those that come later at once', async () => {
    const { ear } = await listen();
    streams.close();
    await pass(50);
    expect(ear.end).toBe('proper');
    expect(streams.size).toBe(0);
    const late = await listen();
    expect(late.ear).toMatchObject({ end: 'proper', chunks: [] });
  });
});

describe('/v2/events on real sockets', () => {
  let world: ReturnType<typeof quietWorld>;
  let events: Events;
  let streams: EventStreams;
  let port: number;
  let socket: Socket | undefined;

  beforeEach(async () => {
    world = quietWorld();
    events = new Events({ world, renderApp: () => null });
    const options = { eventStreamMaxOutstandingMessages: 1024 };
    streams = new EventStreams({ world, options, events, counters: new Counters() });
    ({ port } = await world.net.listen({ host: '127.0.0.1', port: 0, handler: (request) => streams.answer(request) }));
  });
  afterEach(async () => {
    socket?.destroy();
    await world.close();
  });

  const until = (holds: () => boolean): Promise<void> => expect.poll(holds, { interval: 5 }).toBe(true);

  it('comes chunked, each event a chunk of its own', async () => {
    socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes.toString();
    });
    socket.write('GET /v2/events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n');
    const aChunk = /\r\n\r\n([0-9a-f]+)\r\n(event: event_stream_attached[\s\S]*\r\n\r\n)\r\n$/;
    await until(() => aChunk.test(received));
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/event-stream;charset=utf-8\r\n/i);
    const [, length = '', body = ''] = aChunk.exec(received) ?? [];
    expect(Number.parseInt(length, 16)).toBe(body.length);
  });

  it('cuts off a listener that does not read once 1,024 events wait for it', async () => {
    socket = connect(port, '127.0.0.1');
    let isClosed = false;
    socket.on('close', () => {
      isClosed = true;
    });
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(
      'GET /v2/events?event_type=group_change_failed HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n',
    );
    await until(() => streams.size === 1);
    const reason = 'x'.repeat(8_000);
    let published = 0;
    while (streams.size === 1 && published < 20_000) {
      for (let i = 0; i < 100; i++) {
        events.publish({ type: 'group_change_failed', groupId: '/' as PathId, version: '' as never, reason });
        published += 1;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(streams.size).toBe(0);
    expect(published).toBeGreaterThan(1_000);
    socket.resume();
    await until(() => isClosed);
  });
});
