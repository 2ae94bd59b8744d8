// The operator clients: redirects, errors, files, events.
import { describe, expect, test } from 'vitest';
import { baseUrl, redirectedBase } from '../../src/client/master-addresses.ts';
import {
  AgentClient,
  type ApiError,
  MasterClient,
  openOperatorEvents,
  sandboxPath,
} from '../../src/client/operator.ts';
import { encodeRecord } from '../../src/mesos/recordio.ts';
import { type ClientRequest, type ClientResponse, type Net, NetError } from '../../src/world/net.ts';
import { FakeClock, FakeStream, settle } from './support/fake-master.ts';

type Answer = Partial<Omit<ClientResponse, 'body'>> & { body?: string };

/** Answers with what `answer` says for each request, and remembers the requests. */
function scripted(answer: (request: ClientRequest) => Answer | NetError) {
  const requests: ClientRequest[] = [];
  const net = {
    request: async (request: ClientRequest) => {
      requests.push(request);
      const response = answer(request);
      if (response instanceof NetError) throw response;
      return { status: 200, headers: {}, ...response, body: new TextEncoder().encode(response.body ?? '') };
    },
  } as unknown as Net;
  return { net, requests };
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  return promise.then(
    () => {
      throw new Error('no error');
    },
    (error) => error,
  );
}

describe('the master client', () => {
  test('follows a redirect to the leader and stays there', async () => {
    const { net, requests } = scripted(({ url }) =>
      url.startsWith('http://m1')
        ? { status: 307, headers: { location: '//m2:5050/api/v1' } }
        : { body: '{"type":"GET_AGENTS","get_agents":{}}' },
    );
    const master = new MasterClient({ net, addresses: ['m1:5050'] });
    expect(await master.getAgents()).toEqual({});
    await master.getAgents();
    expect(requests.map(({ url }) => url)).toEqual([
      'http://m1:5050/api/v1',
      'http://m2:5050/api/v1',
      'http://m2:5050/api/v1',
    ]);
  });

  test('asks the next address when one does not answer', async () => {
    const { net } = scripted(({ url }) =>
      url.startsWith('http://m1') ? new NetError('refused', 'no') : { body: '{}' },
    );
    expect(await new MasterClient({ net, addresses: ['m1:1', 'm2:2'] }).legacy('/state')).toEqual({});
  });

  test('does not send a change a second time when the first may have been acted on', async () => {
    const { net, requests } = scripted(() => new NetError('broken', 'reset'));
    const error = await errorOf(new MasterClient({ net, addresses: ['m1:1', 'm2:2'] }).teardown('F'));
    expect(error.code).toBe('unreachable');
    expect(requests).toHaveLength(1);
  });

  test.each<[number, string]>([
    [400, 'refused'],
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'refused'],
    [500, 'failed'],
    [502, 'unavailable'],
    [503, 'unavailable'],
  ])('%i is the error %s, with what was said', async (status, code) => {
    const { net } = scripted(() => ({ status, body: 'because\n' }));
    expect(await errorOf(new MasterClient({ net, addresses: ['m:1'] }).teardown('F'))).toMatchObject({
      code,
      status,
      said: 'because',
    });
  });

  test.each(['<html>', '{"type":"GET_AGENTS"}', '[]'])('an answer like %s is unreadable', async (body) => {
    const { net } = scripted(() => ({ body }));
    expect(await errorOf(new MasterClient({ net, addresses: ['m:1'] }).getAgents())).toMatchObject({
      code: 'unreadable',
    });
  });

  test('is not content with an agent, which has a state of its own', async () => {
    const state = (members: string) => scripted(() => ({ body: `{"type":"GET_STATE","get_state":${members}}` })).net;
    const master = new MasterClient({ net: state('{"get_agents":{}}'), addresses: ['m:1'] });
    expect(await master.getState()).toEqual({ get_agents: {} });
    const agent = new MasterClient({ net: state('{"get_tasks":{}}'), addresses: ['a:1'] });
    expect(await errorOf(agent.getState())).toMatchObject({
      code: 'unreadable',
      message: 'http://a:1 answered GET_STATE without agents: it is no master',
    });
  });

  test('is not sent in circles for ever', async () => {
    const { net, requests } = scripted(() => ({ status: 307, headers: { location: '//m:1/api/v1' } }));
    expect(await errorOf(new MasterClient({ net, addresses: ['m:1'] }).getAgents())).toMatchObject({
      code: 'unavailable',
    });
    expect(requests).toHaveLength(6);
  });
});

describe('files', () => {
  test('are read as bytes, so that a character cut in two survives', async () => {
    const bytes = new TextEncoder().encode('ä').subarray(0, 1);
    const data = Buffer.from(bytes).toString('base64');
    const { net, requests } = scripted(() => ({
      body: JSON.stringify({ type: 'READ_FILE', read_file: { size: 2, data } }),
    }));
    const agent = new AgentClient({ net, addresses: ['a:1'] });
    expect(await agent.files.read(`${sandboxPath('F', 'E')}/stdout`, 0)).toEqual({ data: Buffer.from(bytes), size: 2 });
    expect(JSON.parse(String(requests[0]?.body))).toMatchObject({
      type: 'READ_FILE',
      read_file: { path: '/frameworks/F/executors/E/runs/latest/stdout', offset: 0, length: 65_536 },
    });
  });

  test('are listed with their paths encoded', async () => {
    const { net, requests } = scripted(() => ({ body: '[]' }));
    expect(await new AgentClient({ net, addresses: ['a:1'] }).files.browse('/a b&c')).toEqual([]);
    expect(requests[0]?.url).toBe('http://a:1/files/browse?path=%2Fa%20b%26c');
  });
});

describe('the event stream', () => {
  async function scene() {
    const stream = new FakeStream(200, {});
    const clock = new FakeClock();
    const events: string[] = [];
    const ends: string[] = [];
    const net = { openStream: async () => stream } as unknown as Net;
    const opened = await openOperatorEvents(new MasterClient({ net, addresses: ['m:1'] }), clock, {
      event: (event) => events.push(event.type ?? ''),
      ended: (why) => ends.push(why),
    });
    return { stream, clock, events, ends, opened };
  }
  const subscribed = encodeRecord('{"type":"SUBSCRIBED","subscribed":{"heartbeat_interval_seconds":2}}');

  test('ends after five silent heartbeat intervals', async () => {
    const { stream, clock, events, ends } = await scene();
    stream.deliver(subscribed);
    await clock.advance(9000);
    stream.deliver(encodeRecord('{"type":"HEARTBEAT"}'));
    await clock.advance(9000);
    expect(ends).toEqual([]);
    await clock.advance(2000);
    expect(events).toEqual(['SUBSCRIBED', 'HEARTBEAT']);
    expect(ends[0]).toContain('nothing heard');
  });

  test('says once why it ended, and nothing after close', async () => {
    const first = await scene();
    first.stream.finish(new NetError('broken', 'reset'));
    first.stream.deliver(subscribed);
    expect(first.ends).toEqual(['reset']);
    const second = await scene();
    second.opened.close();
    second.stream.finish();
    await settle();
    expect(second.ends).toEqual([]);
    expect(second.clock.pending).toBe(0);
  });
});

describe('addresses', () => {
  test.each([
    ['h:1', 'http://h:1'],
    ['http://h:1/', 'http://h:1'],
    ['https://h/mesos/', 'https://h/mesos'],
    ['[::1]:5050', 'http://[::1]:5050'],
  ])('%s is %s', (text, url) => expect(baseUrl(text)).toBe(url));
  test.each(['', 'a b', 'http://', 'h:1?x=1'])('%j is none', (text) => expect(() => baseUrl(text)).toThrow());
  test('a redirect to nowhere is none', () => {
    expect(redirectedBase(undefined, 'http://m:1', '/x')).toBeUndefined();
    expect(redirectedBase('ftp://m:1/x', 'http://m:1', '/x')).toBeUndefined();
    expect(redirectedBase('/x', 'http://m:1', '/x')).toBe('http://m:1');
  });
});
