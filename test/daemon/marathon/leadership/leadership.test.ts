// One of several Marathons as a program: what it answers while it waits, loads, leads, is not certain, and after that.
import { expect, test } from 'vitest';
import { StoreError } from '../../../../src/cluster/store.ts';
import { parseMarathonOptions, startMarathon } from '../../../../src/daemon/marathon/index.ts';
import type { ClientRequest, ClientStream, HttpHandler, Net } from '../../../../src/world/net.ts';
import type { World } from '../../../../src/world/world.ts';
import { FakeMaster, FakeStream, middling, silentLog } from '../../../client/support/fake-master.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { settled, VirtualClock } from '../support/virtual-clock.ts';
import { ScriptedElection } from './scripted-election.ts';

const OWN = '127.0.0.1:8080';

/** A store that may be slow, or refuse. */
class TestStore extends MemoryStore {
  gate: Promise<void> | undefined;
  failure: StoreError | undefined;
  opened = 0;
  closed = 0;

  override async commit(changes: Parameters<MemoryStore['commit']>[0]): Promise<void> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    await super.commit(changes);
  }

  override async close(): Promise<void> {
    this.closed += 1;
  }
}

async function started(flags: readonly string[] = []) {
  const clock = new VirtualClock();
  const election = new ScriptedElection();
  const store = new TestStore();
  const forwarded: ClientRequest[] = [];
  let handler: HttpHandler | undefined;
  const master = new FakeMaster();
  const net: Pick<Net, 'listen' | 'request' | 'openStream'> = {
    request: () => Promise.reject(new Error('not expected')),
    openStream: async (request): Promise<ClientStream> => {
      if (request.url.startsWith('http://m:5050')) return await master.openStream(request);
      forwarded.push(request);
      const answer = new FakeStream(200, { 'x-marathon-leader': 'http://other:8080' });
      answer.finish();
      return answer;
    },
    listen: async (options) => {
      handler = options.handler;
      return { host: '127.0.0.1', port: 8080, close: async () => undefined };
    },
  };
  const host = { hostname: 'box', currentUser: 'me', lookup: async () => '127.0.0.1' };
  const world = { clock, net, host, random: middling, log: silentLog } as unknown as World;
  const openStore = async () => {
    store.opened += 1;
    return store;
  };
  const args = ['--master=m:5050', '--http_address=127.0.0.1', ...flags];
  const running = await startMarathon(world, parseMarathonOptions({ args }), { openStore, election });
  const ask = async (method: string, target: string, headers: Record<string, string> = {}, text = '') => {
    const body = new TextEncoder().encode(text);
    const response = await handler?.({ method, target, headers, body, remoteAddress: '10.1.1.1' });
    if (response === undefined) throw new Error('nobody listens');
    const { status, headers: answered = {}, body: said } = response;
    return { status, headers: answered, text: typeof said === 'string' ? said : '' };
  };
  const status = async (method: string, target: string) => (await ask(method, target)).status;
  const ready = async () => JSON.parse((await ask('GET', '/mctl/v1/ready')).text);
  return { clock, election, store, forwarded, master, running, ask, status, ready };
}

test('a standby asks the leader, and is ready by its own word', async () => {
  const { election, forwarded, ask, ready } = await started();
  expect(await ready()).toEqual({ leading: false, leader: null, subscribed: false });
  election.show('other:8080');
  expect((await ask('GET', '/v2/apps?x=1')).headers).toMatchObject({ 'x-marathon-leader': 'http://other:8080' });
  expect(forwarded.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET http://other:8080/v2/apps?x=1']);
  expect(await ready()).toEqual({ leading: false, leader: 'other:8080', subscribed: false });
});

test('who asks while nobody leads is kept waiting for 2.5 s, and then told', async () => {
  const { clock, election, ask } = await started();
  const asked = ask('GET', '/v2/apps');
  await clock.advance(2_499);
  expect(await Promise.race([asked, 'waiting'])).toBe('waiting');
  await clock.advance(1);
  expect([(await asked).status, (await asked).text]).toEqual([
    502,
    '{"message":"Could not determine the current leader"}',
  ]);
  const luckier = ask('GET', '/v2/apps');
  await clock.advance(1_000);
  election.show('other:8080');
  await clock.advance(250);
  expect((await luckier).status).toBe(200);
});

test.each(['', 'other', 'http://other:8080', 'a b:1', 'user@other:80', 'other:80/x'])(
  'a leader that calls itself %j cannot be asked',
  async (name) => {
    const { clock, election, forwarded, ask } = await started();
    election.show(name);
    const asked = ask('GET', '/v2/apps');
    await clock.advance(2_500);
    expect([(await asked).status, forwarded]).toEqual([502, []]);
  },
);

test('who is elected and still loads is not the leader: nobody sees a state that is not there yet', async () => {
  const { clock, election, store, ask, ready } = await started();
  const loading = Promise.withResolvers<void>();
  store.gate = loading.promise;
  election.show(OWN);
  election.last.on.elected(1);
  const [early, late] = [ask('GET', '/v2/apps'), ask('GET', '/v2/apps')];
  await clock.advance(2_500);
  expect((await early).status).toBe(502);
  expect(await ready()).toMatchObject({ leading: false, leader: OWN });
  const asked = ask('GET', '/v2/apps');
  loading.resolve();
  await clock.advance(250);
  expect([(await asked).status, (await late).status]).toEqual([200, 502]);
  expect(await ready()).toEqual({ epoch: 1, leading: true, leader: OWN, subscribed: false });
});

test('a leader that is not certain says so, to everybody but those who ask how it is', async () => {
  const { election, ask, status, ready } = await started();
  election.show(OWN);
  election.last.on.elected(1);
  await settled();
  const { on } = election.last;
  on.suspended?.('no server');
  const { text, headers } = await ask('GET', '/v2/apps');
  expect(text).toBe('{"message":"This Marathon is not certain to lead at this moment: try again"}');
  expect(headers).not.toHaveProperty('x-marathon-leader');
  for (const [method, path] of [
    ['POST', '/v2/apps'],
    ['GET', '/v2/leader'],
    ['DELETE', '/v2/leader'],
    ['GET', '/v2/events'],
  ] as const) {
    expect(await status(method, path)).toBe(503);
  }
  expect([await status('GET', '/ping'), (await ready()).leading]).toEqual([200, false]);
  on.resumed?.();
  expect([await status('GET', '/v2/apps'), (await ready()).leading]).toEqual([200, true]);
});

test('who loses the leadership is a standby, and may lead again with what the others left', async () => {
  const { clock, election, store, status, forwarded, running, master } = await started();
  election.last.on.elected(1);
  await settled();
  const subscriptions = master.subscribes.length;
  election.last.on.lost('expired');
  election.show('other:8080');
  expect(await status('GET', '/v2/apps')).toBe(200);
  expect([forwarded.length, store.closed]).toEqual([1, 1]);
  store.entries.set('framework/id', Buffer.from('{"format":1,"frameworkId":"F-of-others"}'));
  await clock.advance(100);
  election.show(OWN);
  election.last.on.elected(8);
  await settled();
  expect([await status('GET', '/v2/apps'), store.opened, election.campaigns.length]).toEqual([200, 2, 2]);
  const { call } = master.lastSubscribe;
  expect([master.subscribes.length, call.framework_id?.value]).toEqual([subscriptions + 1, 'F-of-others']);
  expect(await Promise.race([running.ended, 'running'])).toBe('running');
});

test('who abdicates has answered before, gives way half a second later, and stands again', async () => {
  const { clock, election, status, forwarded } = await started();
  election.show(OWN);
  election.last.on.elected(1);
  await settled();
  const first = election.last;
  expect([await status('DELETE', '/v2/leader'), await status('DELETE', '/v2/leader')]).toEqual([200, 200]);
  await clock.advance(499);
  expect(first.isWithdrawn).toBe(false);
  await clock.advance(1);
  expect([first.isWithdrawn, election.campaigns.length]).toEqual([true, 2]);
  election.show('other:8080');
  expect([await status('GET', '/v2/apps'), forwarded.length]).toEqual([200, 1]);
  // What was asked of the former term does nothing to the next one.
  election.last.on.elected(2);
  await clock.advance(10_000);
  expect(election.last.isWithdrawn).toBe(false);
});

test('a write of which nobody knows what became ends the leadership, not the process', async () => {
  const { clock, election, store, ask, status, running } = await started();
  election.last.on.elected(1);
  await settled();
  store.failure = new StoreError('failed', 'no word from it');
  const { status: told, text } = await ask('POST', '/v2/apps', {}, '{"id":"/web","cmd":"sleep 1"}');
  expect([told, text]).toEqual([500, expect.stringContaining('may have been done')]);
  store.failure = undefined;
  await clock.advance(1_000);
  expect(election.campaigns).toHaveLength(2);
  election.last.on.elected(2);
  await settled();
  expect([await status('GET', '/v2/apps'), await status('GET', '/v2/apps/web')]).toEqual([200, 404]);
  expect(await Promise.race([running.ended, 'running'])).toBe('running');
});

test('a state that cannot be understood ends the process: no other candidate would fare better', async () => {
  const { election, store, running } = await started();
  store.entries.set('instances/x', Buffer.from('nothing'));
  election.last.on.elected(1);
  const { code, reason } = await running.ended;
  expect([code, reason]).toEqual([1, expect.stringMatching(/state cannot be loaded.*instances\/x/)]);
  expect(election.last.isWithdrawn).toBe(true);
});

test('a state that is not reachable is tried again after a pause', async () => {
  const { clock, election, store, running, status } = await started();
  store.failure = new StoreError('failed', 'no quorum');
  election.last.on.elected(1);
  await clock.advance(2_000);
  expect(election.campaigns).toHaveLength(2);
  store.failure = undefined;
  election.last.on.elected(2);
  await settled();
  expect(await status('GET', '/v2/apps')).toBe(200);
  expect(await Promise.race([running.ended, 'running'])).toBe('running');
});

test('who stops while it leads, waits or loads leaves nothing behind', async () => {
  for (const until of ['waiting', 'loading', 'leading']) {
    const { clock, election, store, running, status } = await started();
    if (until === 'loading') store.gate = new Promise(() => undefined);
    if (until !== 'waiting') election.last.on.elected(1);
    await settled();
    const stopped = running.stop();
    expect(await status('GET', '/v2/apps')).toBe(503);
    await stopped;
    expect([(await running.ended).code, election.last.isWithdrawn, clock.pending]).toEqual([0, true, 0]);
  }
});
