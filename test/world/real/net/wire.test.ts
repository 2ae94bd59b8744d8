// The listener on the wire, byte by byte (mesos-observed.md 1, 2, 32): what other people's clients see.
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse, Listener, StreamWriter } from '../../../../src/world/net.ts';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';

let world: RealWorld;
let listener: Listener;
let requests: HttpRequest[];
let writers: StreamWriter[];
let sockets: Socket[];
/** Of requests to `/weighed`, which are not kept. */
let bodies: WeakRef<Uint8Array>[];
/** More than the system takes while nobody reads. */
const huge = Buffer.alloc(64 * 2 ** 20, 'x');
/** Methods of those answers with it whose sender was told that it is not needed any more. */
let sent: string[];

beforeEach(async () => {
  sent = [];
  bodies = [];
  world = createRealWorld({ log: { level: 'silent' } });
  [requests, writers, sockets] = [[], [], []];
  listener = await world.net.listen({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 100_000,
    maxBodiesBytes: 150_000,
    handler,
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await world.close();
});

function handler(request: HttpRequest): HttpResponse {
  if (request.target === '/weighed') {
    bodies.push(new WeakRef(request.body));
    return { status: 200, body: { start: (w) => writers.push(w) } };
  }
  requests.push(request);
  if (request.target === '/stream') {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: { start: (w) => writers.push(w) } };
  }
  if (request.target === '/huge') return { status: 200, body: huge, onSent: () => sent.push(request.method) };
  if (request.target === '/none') return { status: 204 };
  if (request.target === '/bad-head') return { status: 200, headers: { 'x-bad': 'line\nbreak' } };
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: `${request.method} ${request.target}` };
}

interface Conversation {
  readonly socket: Socket;
  text: string;
  isClosed: boolean;
}

/** Sends bytes and keeps what comes back. */
function say(bytes: string): Conversation {
  const socket = connect({ host: '127.0.0.1', port: listener.port, allowHalfOpen: true });
  sockets.push(socket);
  const conversation: Conversation = { socket, text: '', isClosed: false };
  socket.on('data', (chunk) => {
    conversation.text += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.on('end', () => {
    conversation.isClosed = true;
  });
  socket.on('close', () => {
    conversation.isClosed = true;
  });
  socket.write(bytes);
  return conversation;
}

const closed = (conversation: Conversation): Promise<void> =>
  expect.poll(() => conversation.isClosed, { timeout: 30_000 }).toBe(true);
const heard = (conversation: Conversation, text: string | RegExp): Promise<void> =>
  expect.poll(() => conversation.text, { timeout: 30_000 }).toMatch(text);

describe('a response', () => {
  test('has a date and a length and no header of its server’s own making', async () => {
    const conversation = say('GET /x?y HTTP/1.1\r\nHost: h\r\n\r\n');
    await heard(conversation, /GET \/x\?y$/);
    const [head = ''] = conversation.text.split('\r\n\r\n');
    const lines = head.split('\r\n').map((line) => line.replace(/^Date: .*/, 'Date: …'));
    expect(lines[0]).toBe('HTTP/1.1 200 OK');
    expect(lines.slice(1).sort()).toEqual(['Content-Length: 8', 'Date: …', 'content-type: text/plain']);
    expect(conversation.isClosed).toBe(false);
  });

  test('to HEAD has the length and no body; 204 has neither', async () => {
    const head = say('HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n');
    await heard(head, /Content-Length: 7\r\n/);
    expect(head.text).toMatch(/\r\n\r\n$/);
    const none = say('GET /none HTTP/1.1\r\nHost: h\r\n\r\n');
    await heard(none, /^HTTP\/1.1 204/);
    expect(none.text).not.toMatch(/Content-Length/i);
  });

  test('says once that its body is not needed any more: all of it was sent, or its client has gone', async () => {
    const reader = say('GET /huge HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => reader.text.length > huge.length, { timeout: 30_000 }).toBe(true);
    await expect.poll(() => sent).toEqual(['GET']);
    const gone = say('POST /huge HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    gone.socket.pause();
    await expect.poll(() => requests.length).toBe(2);
    expect(sent).toEqual(['GET']);
    gone.socket.destroy();
    await expect.poll(() => sent).toEqual(['GET', 'POST']);
    say('HEAD /huge HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => sent).toEqual(['GET', 'POST', 'HEAD']);
  });

  test('with an impossible header becomes 500', async () => {
    await heard(say('GET /bad-head HTTP/1.1\r\nHost: h\r\n\r\n'), /^HTTP\/1.1 500/);
  });

  test.each(['HTTP/1.0\r\n', 'HTTP/1.0\r\nConnection: close\r\n', 'HTTP/1.1\r\nHost: h\r\nConnection: close\r\n'])(
    'to %j is HTTP/1.1 and ends the connection',
    async (rest) => {
      const conversation = say(`GET /x ${rest}\r\n`);
      await closed(conversation);
      expect(conversation.text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*GET \/x$/s);
    },
  );
});

describe('a request', () => {
  test('without Host, or with an absolute target, is taken', async () => {
    await heard(say('GET /x HTTP/1.1\r\n\r\n'), /GET \/x$/);
    await heard(say('GET http://elsewhere:80/x/y?z HTTP/1.1\r\nHost: h\r\n\r\n'), /GET \/x\/y\?z$/);
    await heard(say('GET http://elsewhere HTTP/1.1\r\nHost: h\r\n\r\n'), /GET \/$/);
  });

  test.each(['//version', '/../version', '/%zz', '/a%00b', '/a?b=%', '/%2e%2e/x', '/ü'])(
    'for %s arrives as written',
    async (target) => {
      const conversation = say(`GET ${Buffer.from(target).toString('latin1')} HTTP/1.1\r\n\r\n`);
      await heard(conversation, /^HTTP\/1.1 (200|400)|^$/);
      await expect.poll(() => requests.length + (conversation.isClosed ? 1 : 0)).toBe(1);
      if (requests[0] !== undefined) expect(Buffer.from(requests[0].target, 'latin1').toString()).toBe(target);
    },
  );

  test('with a chunked body in odd pieces arrives whole', async () => {
    const conversation = say('POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab');
    await world.clock.sleep(20);
    conversation.socket.write('c\r\n2\r\nde\r\n0\r');
    await world.clock.sleep(20);
    conversation.socket.write('\n\r\n');
    await heard(conversation, /POST \/x$/);
    expect(new TextDecoder().decode(requests[0]?.body)).toBe('abcde');
  });

  test('keeps headers that come twice, and names that mean something in JavaScript', async () => {
    await heard(say('GET /x HTTP/1.1\r\nX-A: 1\r\nx-a: 2\r\n__proto__: p\r\nconstructor: c\r\n\r\n'), /GET/);
    const headers = requests[0]?.headers ?? {};
    expect(headers['x-a']).toBe('1, 2');
    expect(Object.keys(headers).sort()).toEqual(['__proto__', 'constructor', 'x-a']);
  });

  test('of an unusual method arrives', async () => {
    await heard(say('PROPFIND /x HTTP/1.1\r\n\r\n'), /PROPFIND \/x$/);
  });

  test('with an Expect or Upgrade header is answered like any other', async () => {
    const expecting = say('POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n');
    await heard(expecting, /^HTTP\/1.1 100 Continue/);
    expecting.socket.write('ok');
    await heard(expecting, /POST \/x$/);
    await heard(say('GET /x HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'), /GET \/x$/);
  });

  test.each([
    ['no HTTP at all', 'hello there\r\n\r\n'],
    ['an unknown method', 'FROB /x HTTP/1.1\r\n\r\n'],
    ['a head of 100 KB', `GET /x HTTP/1.1\r\nX-Large: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['a header without a name', 'GET /x HTTP/1.1\r\n: v\r\n\r\n'],
    ['two different lengths', 'POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a bad chunk', 'POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['bytes at random', `\u0000\u0001\u0002${'\u00ff'.repeat(100)}`],
  ])('that is %s closes the connection without an answer, and the next one is served', async (_what, bytes) => {
    const conversation = say(bytes);
    await closed(conversation);
    expect(conversation.text).toBe('');
    await heard(say('GET /next HTTP/1.1\r\n\r\n'), /GET \/next$/);
  });

  test('that is given up in the middle of its body never reaches the handler', async () => {
    const conversation = say('POST /x HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc');
    await world.clock.sleep(30);
    conversation.socket.destroy();
    await heard(say('GET /next HTTP/1.1\r\n\r\n'), /GET \/next$/);
    expect(requests.map((request) => request.target)).toEqual(['/next']);
  });

  test('with too large a body gets 413 and is cut off, chunked or not', async () => {
    const announced = say('POST /x HTTP/1.1\r\nContent-Length: 100001\r\n\r\n');
    await heard(announced, /^HTTP\/1.1 413 .*\r\n\r\n$/s);
    const chunked = say(
      `POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${`4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(8)}`,
    );
    await heard(chunked, /^HTTP\/1.1 413 .*\r\n\r\n$/s);
    await closed(announced);
    await closed(chunked);
    expect(requests).toEqual([]);
  });

  test('with a large body is refused while others hold as much as may be, and a small one is not', async () => {
    const large = (bytes: number) => `POST /large HTTP/1.1\r\nContent-Length: 90000\r\n\r\n${'x'.repeat(bytes)}`;
    const slow = say(large(89_999));
    // Until all of it has been taken.
    for (let refused = say(large(90_000)); ; refused = say(large(90_000))) {
      await heard(refused, /^HTTP\/1.1 (200|503)/);
      if (refused.text.startsWith('HTTP/1.1 200')) continue;
      await closed(refused);
      break;
    }
    await heard(say('POST /small HTTP/1.1\r\nContent-Length: 2\r\n\r\nxx'), /POST \/small$/);
    slow.socket.write('x');
    await heard(slow, /POST \/large$/);
    await heard(say(large(90_000)), /POST \/large$/);
  });

  test('pipelined behind another is answered after it', async () => {
    const conversation = say('GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n');
    await heard(conversation, /GET \/a.*GET \/b$/s);
  });
});

describe('a stream', () => {
  test('sends its head at once and each write as one chunk', async () => {
    const conversation = say('GET /stream HTTP/1.1\r\n\r\n');
    await heard(conversation, /Transfer-Encoding: chunked\r\n(.*\r\n)*\r\n$/);
    const [writer] = writers;
    writer?.write('one');
    writer?.write('zwölf');
    writer?.write('');
    writer?.write(new Uint8Array([0x33]));
    writer?.end();
    await heard(conversation, /0\r\n\r\n$/);
    const body = Buffer.from(conversation.text, 'latin1').toString().split('\r\n\r\n').slice(1).join('\r\n\r\n');
    expect(body).toBe('3\r\none\r\n6\r\nzwölf\r\n1\r\n3\r\n0\r\n\r\n');
  });

  test('to HTTP/1.0 has no chunks and ends with the connection', async () => {
    const conversation = say('GET /stream HTTP/1.0\r\n\r\n');
    await expect.poll(() => writers.length).toBe(1);
    writers[0]?.write('one');
    writers[0]?.write('two');
    writers[0]?.end();
    await closed(conversation);
    expect(conversation.text).toMatch(/\r\n\r\nonetwo$/);
  });

  test('that goes on does not keep the body it was asked with', async () => {
    const conversation = say(`POST /weighed HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n${'x'.repeat(10_000)}`);
    await heard(conversation, /200 OK/);
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    await expect
      .poll(
        () => {
          collect();
          // Only whether: a body that the poll has seen would be kept by its complaint.
          return bodies.map((body) => body.deref() === undefined);
        },
        { timeout: 30_000 },
      )
      .toEqual([true]);
    expect(writers[0]?.isOpen).toBe(true);
  });

  test('to a client that has gone is closed already, and says so', async () => {
    const conversation = say('GET /stream HTTP/1.1\r\n\r\n');
    await expect.poll(() => writers.length).toBe(1);
    conversation.socket.destroy();
    await expect.poll(() => writers[0]?.isOpen).toBe(false);
    let told = 0;
    writers[0]?.onClose(() => told++);
    expect(told).toBe(0);
    await expect.poll(() => told).toBe(1);
    expect(writers[0]?.bufferedBytes).toBe(0);
  });
});

test('a thousand streams at once cost little and all hear a write', async () => {
  const streams = await Promise.all(
    Array.from({ length: 1_000 }, () =>
      world.net.openStream({ method: 'GET', url: `http://127.0.0.1:${listener.port}/stream` }),
    ),
  );
  let heardCount = 0;
  for (const stream of streams) stream.onChunk(() => heardCount++);
  await expect.poll(() => writers.length, { timeout: 30_000 }).toBe(1_000);
  for (const writer of writers) writer.write('tick');
  await expect.poll(() => heardCount, { timeout: 30_000 }).toBe(1_000);
});
