// watch against Marathons that are made here: streams that stall, break, send away and come back, in virtual time.
import { describe, expect, test } from 'vitest';
import type { TurnReason } from '../../../src/haproxy/watch/pace.ts';
import { Watch } from '../../../src/haproxy/watch/watch.ts';
import { type SimulatedHost, Simulation } from '../../../src/simulation/index.ts';
import type { HttpRequest, HttpResponse, StreamWriter } from '../../../src/world/net.ts';

/** A Marathon as far as /v2/events goes. */
class EventMarathon {
  readonly requests: HttpRequest[] = [];
  readonly writers: StreamWriter[] = [];
  readonly host: SimulatedHost;
  /** Instead of a stream. */
  answer: HttpResponse | undefined;
  beats = true;

  constructor(simulation: Simulation, name: string) {
    this.host = simulation.host(name);
    this.host.start('marathon', async ({ net, clock }) => {
      await net.listen({
        host: '0.0.0.0',
        port: 8080,
        handler: (request) => {
          this.requests.push(request);
          return (
            this.answer ?? {
              status: 200,
              headers: { 'content-type': 'text/event-stream' },
              body: { start: (writer) => this.writers.push(writer) },
            }
          );
        },
      });
      clock.every(10_000, () => {
        if (this.beats) this.send('\r\n');
      });
    });
  }

  get url(): string {
    return `http://${this.host.address}:8080`;
  }

  send(text: string): void {
    for (const writer of this.writers) writer.write(text);
  }

  event(type = 'status_update_event'): void {
    this.send(`event: ${type}\r\ndata: {"eventType":"${type}"}\r\n\r\n`);
  }
}

async function watched(
  names: readonly string[],
  headers: Record<string, string> = {},
  seed = 3,
  reloadWaitMs: number | undefined = undefined,
) {
  const simulation = new Simulation({ seed });
  const marathons = names.map((name) => new EventMarathon(simulation, name));
  const turns: { atMs: number; reasons: readonly TurnReason[] }[] = [];
  const news: string[] = [];
  let reloads = 0;
  const { promise, resolve } = Promise.withResolvers<Watch>();
  simulation.host('balancer').start('watch', async (world) => {
    const watch = new Watch(
      world,
      { marathons: marathons.map(({ url }) => url), headers, insecureTls: false },
      {
        turn: async (reasons) => {
          turns.push({ atMs: simulation.nowMs, reasons });
          await world.clock.sleep(50);
          return {};
        },
        reload: async () => {
          reloads += 1;
          return reloads === 1 && reloadWaitMs !== undefined ? { againMs: reloadWaitMs } : {};
        },
      },
      {
        connected: (marathon) => news.push(`connected ${marathon}`),
        disconnected: (_, why) => news.push(why),
      },
    );
    resolve(watch);
  });
  const watch = await simulation.settle(promise);
  await simulation.run({ forMs: 50 });
  const [first] = marathons;
  if (first === undefined) throw new Error('one Marathon at least');
  return { simulation, marathons, first, turns, news, watch, reloads: () => reloads };
}

describe('watch', () => {
  test('asks for the events that matter, and makes a turn at the start and when it is attached', async () => {
    const { simulation, first, turns, watch } = await watched(['m1'], { authorization: 'Basic eDp5' });
    watch.start();
    await simulation.run({ forMs: 5_000 });
    expect(turns.flatMap(({ reasons }) => reasons).sort()).toEqual(['connected', 'start']);
    expect(watch.isConnected).toBe(true);
    const [request] = first.requests;
    expect(request?.headers).toMatchObject({ accept: 'text/event-stream', authorization: 'Basic eDp5' });
    const query = new URL(`http://x${request?.target}`).searchParams;
    expect(query.get('plan-format')).toBe('light');
    expect(query.getAll('event_type')).toContain('instance_health_changed_event');
  });

  test('a turn follows an event within 2 s; events of no interest are left alone', async () => {
    const { simulation, first, turns, watch } = await watched(['m1']);
    watch.start();
    await simulation.run({ forMs: 5_000 });
    turns.length = 0;
    first.event('subscribe_event');
    await simulation.run({ forMs: 5_000 });
    expect(turns).toEqual([]);
    const atMs = simulation.nowMs;
    first.event();
    await simulation.run({ forMs: 5_000 });
    expect(turns).toHaveLength(1);
    expect((turns[0]?.atMs ?? 0) - atMs).toBeLessThan(2_000);
  });

  test('a burst of 1,000 events makes at most two turns', async () => {
    const { simulation, first, turns, watch } = await watched(['m1']);
    watch.start();
    await simulation.run({ forMs: 5_000 });
    turns.length = 0;
    for (let count = 0; count < 1_000; count += 1) first.event();
    await simulation.run({ forMs: 10_000 });
    expect(turns.length).toBeGreaterThan(0);
    expect(turns.length).toBeLessThanOrEqual(2);
  });

  test('a stream that stalls without a word is opened again, with a turn after it, within 60 s', async () => {
    const { simulation, first, turns, watch, news } = await watched(['m1']);
    watch.start();
    await simulation.run({ forMs: 20_000 });
    first.beats = false;
    turns.length = 0;
    const atMs = simulation.nowMs;
    await simulation.run({ forMs: 60_000 });
    expect(first.requests).toHaveLength(2);
    expect(news).toContain('nothing came for 40 s');
    expect(turns.find(({ reasons }) => reasons.includes('connected'))?.atMs).toBeLessThan(atMs + 60_000);
  });

  test('while no Marathon answers it looks every 30 s, and the waits between attempts stop growing at 30 s', async () => {
    const { simulation, first, turns, watch } = await watched(['m1']);
    first.answer = { status: 503, body: 'no leader' };
    watch.start();
    await simulation.run({ forMs: 600_000 });
    expect(turns.length).toBeGreaterThanOrEqual(19);
    expect(first.requests.length).toBeGreaterThanOrEqual(20);
    expect(first.requests.length).toBeLessThanOrEqual(45);
    expect(watch.isConnected).toBe(false);
    first.answer = undefined;
    turns.length = 0;
    await simulation.run({ forMs: 31_000 });
    expect(watch.isConnected).toBe(true);
    expect(turns.some(({ reasons }) => reasons.includes('connected'))).toBe(true);
  });

  test('a broken stream leads to the next Marathon', async () => {
    const { simulation, marathons, watch, news } = await watched(['m1', 'm2']);
    watch.start();
    await simulation.run({ forMs: 5_000 });
    marathons[0]?.writers[0]?.abort();
    await simulation.run({ forMs: 5_000 });
    expect(marathons[1]?.requests).toHaveLength(1);
    expect(news.at(-1)).toBe(`connected ${marathons[1]?.url}`);
  });

  test('with the first Marathon down the second is watched', async () => {
    const { simulation, marathons, watch } = await watched(['m1', 'm2']);
    marathons[0]?.host.reboot(1_000_000);
    watch.start();
    await simulation.run({ forMs: 30_000 });
    expect(watch.isConnected).toBe(true);
  });

  test('one redirect is followed, and credentials go to configured Marathons only', async () => {
    const { simulation, first, watch } = await watched(['m1'], { authorization: 'Basic eDp5' });
    const leader = new EventMarathon(simulation, 'leader');
    await simulation.run({ forMs: 50 });
    first.answer = { status: 302, headers: { location: `${leader.url}/v2/events` } };
    watch.start();
    await simulation.run({ forMs: 5_000 });
    expect(watch.isConnected).toBe(true);
    expect(leader.requests[0]?.headers.authorization).toBeUndefined();
    expect(leader.requests[0]?.target).toContain('event_type=');
  });

  test('two redirects, an answer that is no stream, and rubbish are failures that are told', async () => {
    const { simulation, first, watch, news } = await watched(['m1']);
    first.answer = { status: 307, headers: { location: '/v2/events' } };
    watch.start();
    await simulation.run({ forMs: 500 });
    expect(news.at(-1)).toBe('it answered with status 307');
    first.answer = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };
    await simulation.run({ forMs: 4_000 });
    expect(news.at(-1)).toBe('it answered text/html, no event stream');
    first.answer = { status: 302, headers: { location: 'ftp://x/' } };
    await simulation.run({ forMs: 10_000 });
    expect(news.at(-1)).toBe('it sent us on to ftp:');
  });

  test('USR1 loads what is on disk without a turn; HUP makes a turn', async () => {
    const { simulation, turns, watch, reloads } = await watched(['m1']);
    watch.start();
    await simulation.run({ forMs: 5_000 });
    turns.length = 0;
    watch.reloadNow();
    await simulation.run({ forMs: 1_000 });
    expect([turns.length, reloads()]).toEqual([0, 1]);
    watch.turnNow();
    await simulation.run({ forMs: 1_000 });
    expect(turns.map(({ reasons }) => reasons)).toEqual([['signal']]);
  });

  test('a reload that was asked for and had to wait comes when it may', async () => {
    const { simulation, watch, reloads } = await watched(['m1'], {}, 3, 4_000);
    watch.start();
    watch.reloadNow();
    await simulation.run({ forMs: 3_000 });
    expect(reloads()).toBe(1);
    await simulation.run({ forMs: 2_000 });
    expect(reloads()).toBe(2);
    await simulation.run({ forMs: 60_000 });
    expect(reloads()).toBe(2);
  });

  test('after stop nothing happens any more', async () => {
    const { simulation, first, turns, watch } = await watched(['m1']);
    watch.start();
    await simulation.run({ forMs: 5_000 });
    await simulation.settle(watch.stop());
    turns.length = 0;
    first.event();
    await simulation.run({ forMs: 200_000 });
    expect(turns).toEqual([]);
    expect(first.requests).toHaveLength(1);
    expect(first.writers[0]?.isOpen).toBe(false);
  });
});
