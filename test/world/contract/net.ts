// Promises of Net: exchanges, streams, errors.
import { describe, expect } from 'vitest';
import type { ClientStream, HttpHandler, Listener, NetError, StreamWriter } from '../../../src/world/net.ts';
import type { WorldHarness } from '../world-contract.ts';
import { type MakeHarness, promises, text, until } from './harness.ts';

const listen = (harness: WorldHarness, handler: HttpHandler, maxBodyBytes?: number): Promise<Listener> =>
  harness.world.net.listen({
    host: harness.address,
    port: 0,
    handler,
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
  });

const urlOf = (listener: Listener, target = '/'): string => `http://${listener.host}:${listener.port}${target}`;

/** A listener whose answer is an open stream; the writer is there as soon as the head is on its way. */
async function streamServer(harness: WorldHarness): Promise<{ listener: Listener; writers: StreamWriter[] }> {
  const writers: StreamWriter[] = [];
  const listener = await listen(harness, () => ({
    status: 200,
    headers: { 'content-type': 'application/json', 'mesos-stream-id': 'abc' },
    body: { start: (writer) => writers.push(writer) },
  }));
  return { listener, writers };
}

/** Everything that one stream delivered. */
function collect(stream: ClientStream): { chunks: string[]; ends: (NetError | undefined)[] } {
  const chunks: string[] = [];
  const ends: (NetError | undefined)[] = [];
  stream.onChunk((chunk) => chunks.push(text(chunk)));
  stream.onEnd((error) => ends.push(error));
  return { chunks, ends };
}

export function describeNetContract(makeHarness: MakeHarness): void {
  describe('net', () => {
    const promise = promises(makeHarness);

    promise('a request arrives as it was sent and its answer comes back', async (harness) => {
      const listener = await listen(harness, (request) => ({
        status: 201,
        headers: { 'content-type': 'text/plain', 'x-echo': request.headers['x-thing'] ?? 'absent' },
        body: `${request.method} ${request.target} ${text(request.body)} ${request.remoteAddress !== ''}`,
      }));
      const answer = await harness.world.net.request({
        method: 'POST',
        url: urlOf(listener, '/a/../b%2Fc?q=1&q=%zz'),
        headers: { 'x-thing': 'yes' },
        body: 'höre',
      });
      expect(answer.status).toBe(201);
      expect(answer.headers['content-type']).toBe('text/plain');
      expect(answer.headers['x-echo']).toBe('yes');
      expect(text(answer.body)).toBe('POST /a/../b%2Fc?q=1&q=%zz höre true');
      await listener.close();
    });

    promise(
      'a request body that goes on is read as it comes, and its answer comes when it is decided',
      async (harness) => {
        const pieces: string[] = [];
        const ended = Promise.withResolvers<boolean>();
        const listener = await harness.world.net.listen({
          host: harness.address,
          port: 0,
          streamsBody: ({ headers }) => headers['content-type'] === 'application/recordio',
          handler: async ({ stream, body }) => {
            expect(body.length).toBe(0);
            stream?.onChunk((chunk) => pieces.push(text(chunk)));
            stream?.onEnd(ended.resolve);
            return { status: 200, body: `whole: ${await ended.promise}` };
          },
        });
        const headers = { 'content-type': 'application/recordio' };
        const upload = harness.world.net.openUpload({ method: 'POST', url: urlOf(listener), headers });
        upload.write(new TextEncoder().encode('one '));
        await harness.world.clock.sleep(10);
        upload.write(new TextEncoder().encode('two'));
        upload.end();
        const answer = await upload.response;
        expect([answer.status, text(answer.body), pieces.join('')]).toEqual([200, 'whole: true', 'one two']);
        await listener.close();
      },
    );

    promise('an upload that nobody listens to fails', async (harness) => {
      const listener = await listen(harness, () => ({ status: 200 }));
      await listener.close();
      const upload = harness.world.net.openUpload({ method: 'POST', url: urlOf(listener) });
      upload.end();
      await expect(upload.response).rejects.toMatchObject({ code: 'refused' });
    });

    promise('the answer to a HEAD is the head alone', async (harness) => {
      const listener = await listen(harness, () => ({ status: 200, headers: { 'x-thing': 'yes' }, body: 'long' }));
      const answer = await harness.world.net.request({ method: 'HEAD', url: urlOf(listener) });
      expect([answer.status, answer.headers['x-thing'], text(answer.body)]).toEqual([200, 'yes', '']);
      await listener.close();
    });

    promise('binary bodies, empty bodies and redirects come as they are', async (harness) => {
      const listener = await listen(harness, (request) => {
        if (request.target === '/empty') return { status: 202 };
        if (request.target === '/redirect') return { status: 307, headers: { location: '//elsewhere/x' } };
        return { status: 200, body: request.body };
      });
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const { net } = harness.world;
      expect([...(await net.request({ method: 'PUT', url: urlOf(listener), body: bytes })).body]).toEqual([...bytes]);
      const empty = await net.request({ method: 'GET', url: urlOf(listener, '/empty') });
      expect([empty.status, empty.body.length]).toEqual([202, 0]);
      const redirect = await net.request({ method: 'GET', url: urlOf(listener, '/redirect') });
      expect([redirect.status, redirect.headers.location]).toEqual([307, '//elsewhere/x']);
      await listener.close();
    });

    promise('a handler that throws or rejects is answered with 500 and the listener lives on', async (harness) => {
      let calls = 0;
      const listener = await listen(harness, () => {
        calls++;
        if (calls === 1) throw new Error('thrown on purpose');
        if (calls === 2) return Promise.reject(new Error('rejected on purpose'));
        return { status: 200 };
      });
      const statuses: number[] = [];
      for (let round = 0; round < 3; round++) {
        statuses.push((await harness.world.net.request({ method: 'GET', url: urlOf(listener) })).status);
      }
      expect(statuses).toEqual([500, 500, 200]);
      await listener.close();
    });

    promise('a body over the limit is answered with 413', async (harness) => {
      const listener = await listen(harness, () => ({ status: 200 }), 1000);
      const { net } = harness.world;
      const large = await net.request({ method: 'POST', url: urlOf(listener), body: 'x'.repeat(1001) });
      expect(large.status).toBe(413);
      const fits = await net.request({ method: 'POST', url: urlOf(listener), body: 'x'.repeat(1000) });
      expect(fits.status).toBe(200);
      await listener.close();
    });

    promise('many requests at once are all answered', async (harness) => {
      const listener = await listen(harness, async (request) => {
        await harness.world.clock.sleep(5);
        return { status: 200, body: request.target };
      });
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          harness.other.net.request({ method: 'GET', url: urlOf(listener, `/${index}`) }),
        ),
      );
      expect(answers.map((answer) => text(answer.body))).toEqual(
        Array.from({ length: 100 }, (_, index) => `/${index}`),
      );
      await listener.close();
    });

    promise('nobody listening is `refused`, no such name is `unresolved`', async (harness) => {
      const listener = await listen(harness, () => ({ status: 200 }));
      const url = urlOf(listener);
      await listener.close();
      const { net } = harness.world;
      await expect(net.request({ method: 'GET', url })).rejects.toMatchObject({ name: 'NetError', code: 'refused' });
      await expect(net.openStream({ method: 'GET', url })).rejects.toMatchObject({ code: 'refused' });
      const nowhere = net.request({ method: 'GET', url: 'http://no-such-host.invalid:1/' });
      await expect(nowhere).rejects.toMatchObject({ code: 'unresolved' });
    });

    promise('no answer in time is `timeout`', async (harness) => {
      const listener = await listen(harness, async () => {
        await harness.world.clock.sleep(1_000);
        return { status: 200 };
      });
      const { net } = harness.world;
      const url = urlOf(listener);
      await expect(net.request({ method: 'GET', url, timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
      await expect(net.openStream({ method: 'GET', url, timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
      await listener.close();
    });

    promise(
      'TLS towards a listener, which speaks none, is `broken`, whatever certificates would do',
      async (harness) => {
        const listener = await listen(harness, () => ({ status: 200 }));
        const url = urlOf(listener).replace('http:', 'https:');
        const { net } = harness.world;
        await expect(net.request({ method: 'GET', url })).rejects.toMatchObject({ name: 'NetError', code: 'broken' });
        const insecure = { method: 'GET', url, insecureTls: true };
        await expect(net.request(insecure)).rejects.toMatchObject({ code: 'broken' });
        await expect(net.openStream(insecure)).rejects.toMatchObject({ code: 'broken' });
        await listener.close();
        await expect(net.request(insecure)).rejects.toMatchObject({ code: 'refused' });
      },
    );

    promise('connect tells whether somebody listens, and no handler hears of it', async (harness) => {
      let requests = 0;
      const listener = await listen(harness, () => {
        requests++;
        return { status: 200 };
      });
      const { host, port } = listener;
      const { net } = harness.other;
      await net.connect(host, port, 30_000);
      await Promise.all(Array.from({ length: 20 }, () => net.connect(host, port, 30_000)));
      await listener.close();
      await expect(net.connect(host, port, 30_000)).rejects.toMatchObject({ name: 'NetError', code: 'refused' });
      await expect(net.connect('no-such-host.invalid', port, 30_000)).rejects.toMatchObject({ code: 'unresolved' });
      expect(requests).toBe(0);
    });

    promise('a Unix socket that nobody listens on refuses the question', async (harness) => {
      const asked = harness.world.net.exchange(`${harness.directory}/none.sock`, 'hello\n', {
        timeoutMs: 1_000,
        maxBytes: 1_000,
      });
      await expect(asked).rejects.toMatchObject({ name: 'NetError', code: 'refused' });
    });

    promise('an address is `in-use` until close resolves, then free at once', async (harness) => {
      const listener = await listen(harness, () => ({ status: 200 }));
      const again = { host: listener.host, port: listener.port, handler: () => ({ status: 200 }) };
      await expect(harness.other.net.listen(again)).rejects.toMatchObject({ name: 'NetError', code: 'in-use' });
      await harness.world.net.request({ method: 'GET', url: urlOf(listener) });
      await listener.close();
      await listener.close();
      await (await harness.other.net.listen(again)).close();
    });

    promise(
      'a stream delivers its chunks in order, also those that came before there was a reader',
      async (harness) => {
        const { listener, writers } = await streamServer(harness);
        const stream = await harness.world.net.openStream({ method: 'POST', url: urlOf(listener), body: '{}' });
        expect([stream.status, stream.headers['mesos-stream-id']]).toEqual([200, 'abc']);
        await until(harness, 'the stream has started', () => writers.length === 1);
        writers[0]?.write('one');
        writers[0]?.write(new TextEncoder().encode('two'));
        await harness.world.clock.sleep(30);
        const { chunks, ends } = collect(stream);
        expect(chunks).toEqual([]);
        await until(harness, 'early chunks are delivered', () => chunks.join('') === 'onetwo');
        writers[0]?.write('three');
        await until(harness, 'later chunks are delivered', () => chunks.join('') === 'onetwothree');
        writers[0]?.end();
        await until(harness, 'the end is told', () => ends.length === 1);
        expect(ends).toEqual([undefined]);
        expect(writers[0]?.isOpen).toBe(false);
        await listener.close();
      },
    );

    promise('many streams are open at once and requests pass beside them', async (harness) => {
      const { listener, writers } = await streamServer(harness);
      const streams = await Promise.all(
        Array.from({ length: 20 }, () => harness.other.net.openStream({ method: 'GET', url: urlOf(listener) })),
      );
      const collected = streams.map(collect);
      await until(harness, 'all have started', () => writers.length === 20);
      for (const writer of writers) writer.write('x');
      await until(harness, 'all have heard', () => collected.every(({ chunks }) => chunks.length === 1));
      await listener.close();
    });

    promise('an aborted stream ends with `broken` at the reader', async (harness) => {
      const { listener, writers } = await streamServer(harness);
      const { ends } = collect(await harness.world.net.openStream({ method: 'GET', url: urlOf(listener) }));
      await until(harness, 'the stream has started', () => writers.length === 1);
      let closed = 0;
      writers[0]?.onClose(() => closed++);
      writers[0]?.write('x');
      writers[0]?.abort();
      expect(writers[0]?.isOpen).toBe(false);
      expect(closed).toBe(0);
      writers[0]?.write('ignored');
      await until(harness, 'the break is told', () => ends.length === 1);
      expect(ends[0]).toMatchObject({ name: 'NetError', code: 'broken' });
      await until(harness, 'onClose is called', () => closed === 1);
      await listener.close();
    });

    promise('a reader that closes is told to the writer, and hears nothing more itself', async (harness) => {
      const { listener, writers } = await streamServer(harness);
      const stream = await harness.world.net.openStream({ method: 'GET', url: urlOf(listener) });
      const { chunks, ends } = collect(stream);
      await until(harness, 'the stream has started', () => writers.length === 1);
      let closed = 0;
      writers[0]?.onClose(() => closed++);
      stream.close();
      stream.close();
      await until(harness, 'the writer is told', () => closed === 1);
      expect(writers[0]?.isOpen).toBe(false);
      expect([chunks, ends]).toEqual([[], []]);
      await listener.close();
    });

    promise('closing the listener breaks its streams', async (harness) => {
      const { listener, writers } = await streamServer(harness);
      const { ends } = collect(await harness.other.net.openStream({ method: 'GET', url: urlOf(listener) }));
      await until(harness, 'the stream has started', () => writers.length === 1);
      await listener.close();
      await until(harness, 'the break is told', () => ends.length === 1);
      expect(ends[0]).toMatchObject({ code: 'broken' });
    });

    promise('a paused reader makes the writer buffer, and loses nothing', async (harness) => {
      const { listener, writers } = await streamServer(harness);
      const stream = await harness.world.net.openStream({ method: 'GET', url: urlOf(listener) });
      let received = 0;
      stream.onChunk((chunk) => {
        received += chunk.length;
      });
      stream.pause();
      await until(harness, 'the stream has started', () => writers.length === 1);
      const writer = writers[0];
      const chunk = new Uint8Array(1024 * 1024);
      for (let count = 0; count < 32; count++) writer?.write(chunk);
      await harness.world.clock.sleep(50);
      expect(writer?.bufferedBytes).toBeGreaterThan(0);
      stream.resume();
      await until(harness, 'everything arrives', () => received === 32 * chunk.length);
      expect(writer?.bufferedBytes).toBe(0);
      await listener.close();
    });
  });
}
