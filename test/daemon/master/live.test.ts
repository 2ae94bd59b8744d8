// The live endpoint of a real master: what people who watch are told of offers, shares and agents.
import { describe, expect, it } from 'vitest';
import { EventFrames } from '../../../src/client/event-frames.ts';
import { QuotaUpdates } from '../../../src/daemon/master/quota/updates.ts';
import type { MasterOffer } from '../../../src/daemon/master/state/offer.ts';
import { LiveListener, type LiveTopic, MAX_UNREAD_BYTES } from '../../../src/daemon/master/views/live/listener.ts';
import { LiveStreams } from '../../../src/daemon/master/views/live/streams.ts';
import type { Offer, Offer_Operation } from '../../../src/mesos/generated/v1.ts';
import type { ClientStream } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { FakeClock } from '../../client/support/fake-master.ts';
import { RecordingWriter } from '../serving/requests.ts';
import { config } from './quota/support.ts';
import { task } from './support/fake-framework.ts';
import { Rig, text } from './support/rig.ts';

class Watcher {
  readonly #frames = new EventFrames(1_000_000);
  readonly events: { readonly event: string; readonly data: Record<string, unknown> }[] = [];
  /** Names of the events of each chunk; none in a heartbeat. */
  readonly pieces: string[][] = [];
  over = false;
  readonly stream: ClientStream;

  constructor(stream: ClientStream) {
    this.stream = stream;
    stream.onChunk((chunk) => {
      const frames = this.#frames.push(chunk);
      this.pieces.push(frames.map(({ event }) => event));
      for (const { event, data } of frames) this.events.push({ event, data: JSON.parse(data) });
    });
    stream.onEnd(() => {
      this.over = true;
    });
  }

  static async open(rig: Rig, query = '', world?: World): Promise<Watcher> {
    const { net } = world ?? (await rig.world()).world;
    const stream = await rig.settle(net.openStream({ method: 'GET', url: `${rig.masterUrl}/mctl/v1/live${query}` }));
    expect(stream.status).toBe(200);
    const watcher = new Watcher(stream);
    await rig.pass(100);
    return watcher;
  }

  named(...names: string[]) {
    return this.events.filter(({ event }) => names.includes(event)).map(({ data }) => data);
  }

  get kinds(): string[] {
    return this.events.map(({ event }) => event);
  }
}

const launch = (offer: Offer, ...ids: string[]): Offer_Operation => ({
  type: 'LAUNCH',
  launch: { task_infos: ids.map((id) => task(offer, id)) },
});
const rows = (data: Record<string, unknown> | undefined) => data?.rows as Record<string, unknown>[];

describe('offers', () => {
  it('are told whole at first, then as they are offered, declined, accepted and rescinded', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered('cpus:4;mem:1024;ports:[31000-31009]');
    const framework = await rig.subscribed();
    const first = framework.offer.id.value;
    const watcher = await Watcher.open(rig, '?topics=offers');
    expect(watcher.events).toEqual([
      {
        event: 'offers',
        data: {
          total: 1,
          offers: [
            {
              id: first,
              framework_id: framework.id,
              agent_id: agent.id,
              role: '*',
              cpus: 4,
              mem: 1024,
              disk: 0,
              gpus: 0,
              ports: '31000-31009',
              sent_ms: expect.any(Number),
            },
          ],
        },
      },
    ]);
    await framework.call({
      type: 'DECLINE',
      decline: { offer_ids: [{ value: first }], filters: { refuse_seconds: 2 } },
    });
    await rig.pass(4_000);
    const second = framework.offer.id.value;
    const { offer } = framework;
    await framework.accept([offer], [launch(offer, 't1', 't2')], 3);
    await rig.pass(7_000);
    const third = framework.offer.id.value;
    await agent.disconnect();
    await rig.pass(1_000);
    expect(watcher.events.slice(1)).toMatchObject([
      { event: 'declined', data: { id: first, refuse_seconds: 2, at_ms: expect.any(Number) } },
      { event: 'offered', data: { id: second, cpus: 4 } },
      { event: 'accepted', data: { id: second, operations: 'LAUNCH 2 tasks', refuse_seconds: 3 } },
      { event: 'offered', data: { id: third, cpus: 2 } },
      { event: 'rescinded', data: { id: third } },
    ]);
  });

  it('an ACCEPT of nothing is a refusal, and a framework that goes takes its offers with it', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const framework = await rig.subscribed();
    const watcher = await Watcher.open(rig, '?topics=offers');
    await framework.call({
      type: 'ACCEPT',
      accept: { offer_ids: [framework.offer.id], filters: { refuse_seconds: 0 } },
    });
    await rig.pass(2_000);
    await framework.call({ type: 'TEARDOWN' });
    await rig.pass(100);
    expect(watcher.kinds).toEqual(['offers', 'declined', 'offered', 'withdrawn']);
    expect(watcher.named('declined')[0]).not.toHaveProperty('operations');
  });

  it('of one turn come in one piece, however many there are', async () => {
    const rig = await Rig.start();
    await rig.registered();
    await rig.registered();
    await rig.registered();
    const watcher = await Watcher.open(rig, '?topics=offers');
    await rig.subscribed();
    await rig.pass(100);
    expect(watcher.named('offered')).toHaveLength(3);
    expect(watcher.pieces.at(-1)).toEqual(['offered', 'offered', 'offered']);
  });
});

describe('shares', () => {
  it('come whole, in allocation order, with the reason for each place', async () => {
    const rig = await Rig.start();
    await rig.registered('cpus:4;mem:512');
    const busy = await rig.subscribed({ roles: ['web'], name: 'busy' });
    await busy.accept([busy.offer], [launch(busy.offer, 't1')], 30);
    const idle = await rig.subscribed({ roles: ['batch'], name: 'idle' });
    await idle.call({ type: 'SUPPRESS' });
    await idle.call({ type: 'DECLINE', decline: { offer_ids: [idle.offer.id] } });
    const watcher = await Watcher.open(rig, '?topics=shares');
    const shares = watcher.named('shares').at(-1);
    expect(shares?.total).toBe(4);
    expect(rows(shares)).toMatchObject([
      { kind: 'role', role: 'batch', reason: 'nobody in it wants offers', dominant_share: 0 },
      { kind: 'framework', framework_id: idle.id, suppressed: true, reason: expect.stringContaining('suppressed') },
      { kind: 'role', role: 'web', position: 1, weight: 1, dominant_share: 0.25, cpus: 1, mem: 128 },
      { kind: 'framework', framework_id: busy.id, position: 1, suppressed: false, filters: 1 },
    ]);
    expect(rows(shares)[3]?.next_filter_ends_ms).toBeGreaterThan(0);
    expect(rows(shares)[0]).not.toHaveProperty('position');
  });

  it('say what roles are promised and have of it, roles that nobody is in too', async () => {
    const rig = await Rig.start('--weights=idle=3');
    await rig.registered('cpus:4;mem:512');
    await rig.subscribed({ roles: ['web'] });
    const watcher = await Watcher.open(rig, '?topics=shares');
    const quotas = new QuotaUpdates(rig.core);
    await rig.settle(quotas.update([config('web', { cpus: 1 }, { cpus: 4 }), config('idle', { mem: 64 })], false));
    await rig.pass(1_000);
    const told = rows(watcher.named('shares').at(-1));
    expect(told).toMatchObject([
      { role: 'web', quota: { guarantees: { cpus: 1 }, limits: { cpus: 4 }, consumed: { cpus: 4, mem: 448 } } },
      { kind: 'framework' },
      { role: 'idle', weight: 3, reason: 'nobody is in it', quota: { guarantees: { mem: 64 }, consumed: {} } },
    ]);
    expect(told[1]).not.toHaveProperty('quota');
    expect(watcher.named('shares').at(-1)?.total).toBe(3);
  });

  it('come again when something changed, at most twice a second, and not when nothing did', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const watcher = await Watcher.open(rig, '?topics=shares');
    await rig.pass(5_000);
    expect(watcher.named('shares')).toHaveLength(1);
    const framework = await rig.subscribed();
    await rig.pass(1_000);
    const before = watcher.named('shares').length;
    expect(before).toBeGreaterThan(1);
    for (let i = 0; i < 10; i += 1) {
      await framework.call({ type: 'SUPPRESS' });
      await rig.pass(50);
      await framework.call({ type: 'REVIVE' });
      await rig.pass(50);
    }
    const during = watcher.named('shares').length - before;
    expect(during).toBeGreaterThan(0);
    expect(during).toBeLessThanOrEqual(5);
  });

  it('that one listener finds new are told the others too', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const { world } = await rig.world();
    const first = await Watcher.open(rig, '?topics=shares');
    await rig.subscribed({ name: 'late' });
    const second = await Watcher.open(rig, '?topics=shares', world);
    await rig.pass(2_000);
    expect(first.named('shares').at(-1)).toEqual(second.named('shares').at(-1));
  });
});

describe('agents', () => {
  it('that lose their stream and come back are told, which the operator events do not', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    const watcher = await Watcher.open(rig, '?topics=agents');
    expect(watcher.events).toEqual([{ event: 'agents', data: { inactive: [] } }]);
    await agent.disconnect();
    await rig.pass(1_000);
    expect(watcher.named('agent')).toMatchObject([{ id: agent.id, state: 'disconnected' }]);
    const later = await Watcher.open(rig, '?topics=agents');
    expect(later.named('agents')[0]).toMatchObject({ inactive: [{ id: agent.id, state: 'disconnected' }] });
    await rig.pass(700_000);
    expect(watcher.named('agent').at(-1)).toEqual({ id: agent.id, state: 'unreachable' });
  });
});

describe('agents that an operator decided about', () => {
  it('are told at once, with what is being made of them', async () => {
    const rig = await Rig.start();
    const agent = await rig.agent();
    agent.report.capabilities = [...(agent.report.capabilities ?? []), { type: 'AGENT_DRAINING' }];
    await agent.subscribe();
    const watcher = await Watcher.open(rig, '?topics=agents');
    const { world } = await rig.world();
    const ask = (type: string, member: string) =>
      rig.request(world, 'POST', '/api/v1', JSON.stringify({ type, [member]: { agent_id: { value: agent.id } } }), {
        'content-type': 'application/json',
      });
    await ask('DRAIN_AGENT', 'drain_agent');
    await rig.pass(100);
    await ask('REACTIVATE_AGENT', 'reactivate_agent');
    await ask('DEACTIVATE_AGENT', 'deactivate_agent');
    await rig.pass(100);
    const told = watcher.named('agent').map((data) => (data as { state: string }).state);
    expect(told).toEqual(['draining', 'drained', 'active', 'deactivated']);
  });
});

describe('the endpoint', () => {
  it('refuses topics that there are not, and other methods', async () => {
    const rig = await Rig.start();
    const { world } = await rig.world();
    const wrong = await rig.request(world, 'GET', '/mctl/v1/live?topics=offers,weather');
    expect(wrong.status).toBe(400);
    expect(text(wrong)).toBe("There is no topic 'weather': topics are offers, shares, agents");
    expect((await rig.request(world, 'POST', '/mctl/v1/live')).status).toBe(405);
  });

  it('tells everything when nothing is said', async () => {
    const rig = await Rig.start();
    const watcher = await Watcher.open(rig);
    expect(watcher.kinds.sort()).toEqual(['agents', 'offers', 'shares']);
  });

  it('says now and then that it is there', async () => {
    const rig = await Rig.start();
    const watcher = await Watcher.open(rig, '?topics=offers');
    const before = watcher.pieces.length;
    await rig.pass(60_000);
    expect(watcher.pieces.slice(before)).toEqual([[], [], [], []]);
  });

  it('has nobody observe, and looks at no shares, once the last listener is gone', async () => {
    const rig = await Rig.start();
    await rig.registered();
    expect(rig.core.live.isHeard).toBe(false);
    const watcher = await Watcher.open(rig);
    expect(rig.core.live.isHeard).toBe(true);
    watcher.stream.close();
    await rig.pass(1_000);
    expect(rig.core.live.isHeard).toBe(false);
    let looks = 0;
    const { allocator } = rig.core;
    const shares = allocator.shares.bind(allocator);
    allocator.shares = (limit) => {
      looks += 1;
      return shares(limit);
    };
    await rig.subscribed();
    await rig.pass(5_000);
    expect(looks).toBe(0);
    await Watcher.open(rig, '?topics=shares');
    expect(looks).toBe(1);
  });

  it('makes nothing of offers while only shares are listened to', async () => {
    const rig = await Rig.start();
    const { world } = await rig.world();
    const streams = new LiveStreams(world, rig.core);
    const listen = (topic: LiveTopic): void => {
      const { body } = streams.listen(new Set([topic])).response();
      if (typeof body !== 'object' || !('start' in body)) throw new Error('no stream');
      body.start(new RecordingWriter());
    };
    let looks = 0;
    const offer = new Proxy({} as MasterOffer, {
      get: () => {
        looks += 1;
        return { scalar: () => undefined, ranges: () => [] };
      },
    });
    listen('shares');
    streams.offered(offer);
    streams.offerEnded(offer, 'declined', {});
    expect(looks).toBe(0);
    listen('offers');
    streams.offered(offer);
    expect(looks).toBeGreaterThan(0);
    streams.close();
  });

  it('cuts off who does not read', () => {
    const writer = new RecordingWriter();
    const ends: boolean[] = [];
    const listener = new LiveListener({
      clock: new FakeClock(),
      topics: new Set(['offers']),
      // However much comes at first.
      onOpen: (opened) => opened.send('x'.repeat(2 * MAX_UNREAD_BYTES)),
      onEnd: (_, isSlow) => ends.push(isSlow),
    });
    const { body } = listener.response();
    if (typeof body !== 'object' || !('start' in body)) throw new Error('no stream');
    body.start(writer);
    expect(writer.isOpen).toBe(true);
    writer.take();
    listener.send('y'.repeat(MAX_UNREAD_BYTES + 1));
    expect(writer.isOpen).toBe(true);
    listener.send('z');
    expect(writer.ended).toBe('abort');
    expect(ends).toEqual([true]);
    listener.send('more');
    expect(writer.chunks).toHaveLength(2);
  });
});
