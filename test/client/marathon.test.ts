// The client of Marathon's API, against scripted answers: ours and those of the original.
import { describe, expect, test } from 'vitest';
import { MarathonClient, type MarathonError, openMarathonEvents } from '../../src/client/marathon.ts';
import type { ClientRequest, ClientResponse, Net } from '../../src/world/net.ts';
import { NetError } from '../../src/world/net.ts';
import { FakeClock, FakeStream, settle } from './support/fake-master.ts';

type Answer = Partial<Omit<ClientResponse, 'body'>> & { body?: unknown };

function scripted(answer: (request: ClientRequest) => Answer | NetError) {
  const requests: ClientRequest[] = [];
  const net = {
    request: async (request: ClientRequest) => {
      requests.push(request);
      const response = answer(request);
      if (response instanceof NetError) throw response;
      const { body } = response;
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      return { status: 200, headers: {}, ...response, body: new TextEncoder().encode(text) };
    },
  } as unknown as Net;
  return { marathon: new MarathonClient({ net, addresses: ['m:8080'] }), requests };
}

async function errorOf(promise: Promise<unknown>): Promise<MarathonError> {
  return promise.then(
    () => {
      throw new Error('no error');
    },
    (error) => error,
  );
}

describe('requests', () => {
  test('name apps by their path, with what an URL cannot hold escaped', async () => {
    const { marathon, requests } = scripted(() => ({ body: { deploymentId: 'd', version: 'v' } }));
    await marathon.changeApp('/shop/we b', { cpus: 1 });
    expect(requests[0]).toMatchObject({
      method: 'PUT',
      url: 'http://m:8080/v2/apps/shop/we%20b?partialUpdate=true',
      body: '{"cpus":1}',
    });
  });

  test('say force when it is not wanted either where Marathon would force by itself', async () => {
    const { marathon, requests } = scripted(() => ({ body: { deploymentId: 'd', version: 'v' } }));
    await marathon.removeApp('/web');
    await marathon.removeApp('/web', { force: true });
    expect(requests.map(({ url }) => url)).toEqual([
      'http://m:8080/v2/apps/web?force=false',
      'http://m:8080/v2/apps/web?force=true',
    ]);
  });

  test('leave the partialUpdate of a whole definition off', async () => {
    const { marathon, requests } = scripted(() => ({ body: { deploymentId: 'd', version: 'v' } }));
    await marathon.changeApps([{ id: '/a' }], { partial: false, force: true });
    expect(requests[0]?.url).toBe('http://m:8080/v2/apps?force=true&partialUpdate=false');
  });
});

describe('the deployment of a change is found', () => {
  test.each<[string, Answer]>([
    ['in the header', { headers: { 'marathon-deployment-id': 'd1' }, body: { id: '/web' } }],
    ['in a deployment result', { body: { version: 'v', deploymentId: 'd1' } }],
    ['in a created app', { status: 201, body: { id: '/web', deployments: [{ id: 'd1' }] } }],
  ])('%s', async (_, answer) => {
    const { marathon } = scripted(() => answer);
    expect((await marathon.createApp({ id: '/web' })).deploymentId).toBe('d1');
  });

  test('nowhere when a deployment was only stopped', async () => {
    const { marathon } = scripted(() => ({ status: 202 }));
    expect(await marathon.cancelDeployment('d1', { force: true })).toEqual({
      deploymentId: undefined,
      version: undefined,
    });
  });
});

describe('a refusal is', () => {
  test('a lock, with the deployments that hold it', async () => {
    const body = { message: 'App is locked by one or more deployments.', deployments: [{ id: 'd1' }, { id: 'd2' }] };
    const error = await errorOf(scripted(() => ({ status: 409, body })).marathon.restartApp('/web'));
    expect(error).toMatchObject({ code: 'locked', deployments: ['d1', 'd2'], message: body.message });
  });
  test('something that exists, when nothing holds it', async () => {
    const body = { message: 'An app with id [/web] already exists.' };
    expect((await errorOf(scripted(() => ({ status: 409, body })).marathon.createApp({}))).code).toBe('exists');
  });
  test('an invalid definition, with every violation', async () => {
    const body = { message: 'Object is not valid', details: [{ path: '/cpus', errors: ['a', 'b'] }] };
    const error = await errorOf(scripted(() => ({ status: 422, body })).marathon.createApp({}));
    expect(error).toMatchObject({ code: 'invalid', violations: [{ path: '/cpus', errors: ['a', 'b'] }] });
  });
  test('invalid JSON, with what the parser said', async () => {
    const body = { message: 'Invalid JSON', details: 'Unexpected character' };
    const error = await errorOf(scripted(() => ({ status: 400, body })).marathon.createApp({}));
    expect(error).toMatchObject({ code: 'invalid', violations: [{ path: '/', errors: ['Unexpected character'] }] });
  });
  test('a thing that is not there', async () => {
    const body = { message: "App '/web' does not exist" };
    expect((await errorOf(scripted(() => ({ status: 404, body })).marathon.app('/web'))).code).toBe('not-found');
  });
  test('no Marathon at all', async () => {
    expect((await errorOf(scripted(() => new NetError('refused', 'no')).marathon.apps())).code).toBe('unreachable');
    expect((await errorOf(scripted(() => ({ body: '<html>' })).marathon.apps())).code).toBe('unreadable');
    expect((await errorOf(scripted(() => ({ body: { apps: 'none' } })).marathon.apps())).code).toBe('unreadable');
  });
});

describe('what only our Marathon answers', () => {
  test('is read where leaving something out is what would help', async () => {
    const suggestion = { changes: [{ kind: 'constraint', from: { field: 'hostname', operator: 'UNIQUE' } }] };
    const why = {
      missing: 1,
      places: 2,
      state: 'partly',
      agentCount: 2,
      funnel: [],
      agents: [],
      suggestions: [{ ...suggestion, places: 3, placesAll: true }],
    };
    const { marathon } = scripted(() => ({
      body: { steps: [], changes: [], placement: [{ app: '/a', count: 3, agents: [], unplaced: 1, why }] },
    }));
    const plan = await marathon.plan({}, { kind: 'app', partial: false });
    expect(plan?.placement[0]?.why?.suggestions[0]?.changes[0]?.to).toBeUndefined();
  });
});

describe('a Marathon without our own paths', () => {
  test.each<[string, Answer]>([
    ['answers 404', { status: 404, body: { message: 'URI not found' } }],
    ['answers a page', { status: 404, body: '<html>404</html>' }],
    ['answers 500, as the original does', { status: 500, body: { message: 'HTTP 404 Not Found' } }],
  ])('is known when it %s', async (_, answer) => {
    const { marathon } = scripted(() => answer);
    expect(await marathon.why('/web')).toBeUndefined();
    expect(await marathon.deploymentProgress('d1')).toBeUndefined();
    expect(await marathon.plan({}, { kind: 'app', partial: true })).toBeUndefined();
  });
  test('is not what a missing deployment means', async () => {
    const { marathon } = scripted(() => ({ status: 404, body: { message: 'DeploymentPlan d1 does not exist' } }));
    expect((await errorOf(marathon.deploymentProgress('d1'))).code).toBe('not-found');
  });
});

describe('answers', () => {
  test('of older Marathons are read with defaults, and keep what is not known', async () => {
    const { marathon } = scripted(() => ({ body: { apps: [{ id: '/web', future: 1 }] } }));
    expect(await marathon.apps()).toEqual([
      expect.objectContaining({ id: '/web', instances: 1, tasksRunning: 0, deployments: [], future: 1 }),
    ]);
  });
  test('of the queue leave pods out', async () => {
    const { marathon } = scripted(() => ({
      body: {
        queue: [
          { pod: { id: '/p' }, count: 1 },
          { app: { id: '/a' }, count: 2 },
        ],
      },
    }));
    expect((await marathon.queue()).map(({ app, count }) => [app?.id, count])).toEqual([['/a', 2]]);
  });
  test('of versions come as a list or in an object', async () => {
    expect(await scripted(() => ({ body: { versions: ['v2', 'v1'] } })).marathon.appVersions('/a')).toEqual([
      'v2',
      'v1',
    ]);
    expect(await scripted(() => ({ body: ['v2'] })).marathon.groupVersions('/')).toEqual(['v2']);
  });
});

describe('the event stream', () => {
  async function open(types: readonly string[] = []) {
    const stream = new FakeStream(200, {});
    const requests: ClientRequest[] = [];
    const net = {
      openStream: async (request: ClientRequest) => {
        requests.push(request);
        return stream;
      },
    } as unknown as Net;
    const clock = new FakeClock();
    const heard: unknown[] = [];
    const marathon = new MarathonClient({ net, addresses: ['m:8080'] });
    const events = await openMarathonEvents(marathon, clock, types, {
      event: ({ type, data }) => heard.push([type, data]),
      ended: (why) => heard.push(why),
    });
    const send = (text: string) => stream.deliver(new TextEncoder().encode(text));
    return { stream, requests, clock, heard, events, send };
  }

  test('asks for the types that are wanted', async () => {
    const { requests } = await open(['a', 'b']);
    expect(requests[0]?.url).toBe('http://m:8080/v2/events?event_type=a&event_type=b');
    expect(requests[0]?.headers).toMatchObject({ accept: 'text/event-stream' });
  });
  test('is read frame by frame, however it is cut; heartbeats are no events', async () => {
    const { send, heard } = await open();
    await settle();
    send('event: x\r\nda');
    send('ta: {"a":1}\r\n\r\n\r\n');
    send('\r\nevent: y\r\ndata: {"b":"ä"}\r\n\r\nevent: z\r\ndata: no json\r\n\r\n');
    expect(heard).toEqual([
      ['x', { a: 1 }],
      ['y', { b: 'ä' }],
    ]);
  });
  test('is over when nothing comes for a minute', async () => {
    const { clock, heard, send } = await open();
    await clock.advance(50_000);
    send('\r\n');
    await clock.advance(50_000);
    expect(heard).toEqual([]);
    await clock.advance(15_000);
    expect(heard).toEqual(['nothing came for 60 s']);
  });
  test('says why it ended, and nothing after it was closed', async () => {
    const first = await open();
    await settle();
    first.stream.finish();
    await settle();
    expect(first.heard).toEqual(['Marathon closed the stream']);
    const second = await open();
    second.events.close();
    await second.clock.advance(100_000);
    expect(second.heard).toEqual([]);
  });
  test('is had from the leader that a standby names, who is asked again when that one is gone', async () => {
    const [redirect, stream] = [new FakeStream(302, { location: 'http://l:8080/v2/events' }), new FakeStream(200, {})];
    const asked: string[] = [];
    let isLeaderGone = false;
    const net = {
      openStream: async ({ url }: ClientRequest) => {
        asked.push(url);
        return url.startsWith('http://l') ? stream : redirect;
      },
      request: async ({ url }: ClientRequest) => {
        asked.push(url);
        if (isLeaderGone && url.startsWith('http://l')) throw new NetError('refused', 'nobody there');
        return { status: 200, headers: {}, body: new TextEncoder().encode('{"leader":"x:1"}') };
      },
    } as unknown as Net;
    const marathon = new MarathonClient({ net, addresses: ['m:8080'] });
    await openMarathonEvents(marathon, new FakeClock(), [], { event: () => undefined, ended: () => undefined });
    expect(redirect.closed).toBe(true);
    isLeaderGone = true;
    await marathon.api.getJson('/v2/leader');
    expect(asked).toEqual([
      'http://m:8080/v2/events',
      'http://l:8080/v2/events',
      'http://l:8080/v2/leader',
      'http://m:8080/v2/leader',
    ]);
  });
});
