// A large state on its way: what is read of it already, what the person sees meanwhile, and what becomes of it when it breaks off.
import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/mesos/codec.ts';
import { Event, Response } from '../../../src/mesos/generated/master.ts';
import { encodeRecord } from '../../../src/mesos/recordio.ts';
import { startMasterFeed } from '../../../src/tui/feeds/master/master-feed.ts';
import type { ClientRequest } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { FakeClock, FakeStream, middling } from '../../client/support/fake-master.ts';
import { Watching } from './support.ts';

/** A whole state of so many tasks, all on one agent. */
function stateOf(tasks: number, from = 0) {
  const list = Array.from({ length: tasks }, (_, at) => ({
    name: `t${from + at}`,
    task_id: { value: `t${from + at}` },
    framework_id: { value: 'F' },
    agent_id: { value: 'A1' },
    state: 'TASK_RUNNING' as const,
    resources: [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: 1 } }],
    statuses: [],
  }));
  const agent_info = { hostname: 'a1', id: { value: 'A1' } };
  return {
    get_tasks: { tasks: list },
    get_agents: { agents: [{ agent_info, active: true, version: '1' }] },
  };
}

/** As it opens a stream. */
function state(tasks: number, from = 0): Uint8Array {
  const subscribed = { get_state: stateOf(tasks, from), heartbeat_interval_seconds: 15 };
  return encodeRecord(encode(Event, { type: 'SUBSCRIBED', subscribed }));
}

/** As it is answered to who asks for it. */
function answer(tasks: number, from = 0): Uint8Array {
  return encode(Response, { type: 'GET_STATE', get_state: stateOf(tasks, from) });
}

/** Reading takes so long, in its own time. */
class SlowClock extends FakeClock {
  tookMs = 0;
  #readings = 0;
  override monotonicMs(): number {
    this.#readings += 1;
    return super.monotonicMs() + this.#readings * this.tookMs;
  }
}

async function watch(clock: FakeClock, ...streams: FakeStream[]): Promise<Watching> {
  let opened = 0;
  const net = {
    openStream: async () => streams[opened++] ?? new FakeStream(503, {}),
    request: async () => ({ status: 404, headers: {}, body: new Uint8Array() }),
  };
  const watching = new Watching({ clock, random: middling, net } as unknown as World);
  const where = 'http://m1:5050';
  watching.start((context) => startMasterFeed(context, { master: watching.master([where]), where }));
  await clock.advance(0);
  return watching;
}

describe('a state on its way', () => {
  it('is read while it comes: the feed says how far, and lists are told once, at its end', async () => {
    const [clock, stream] = [new FakeClock(), new FakeStream(200, {})];
    const { view } = await watch(clock, stream);
    const bytes = state(100);
    const version = view.version('tasks');
    const half = bytes.length / 2;
    stream.deliver(bytes.subarray(0, half));
    expect(view.feeds.get('master')).toMatchObject({ state: 'loading', loaded: expect.closeTo(0.5, 1) });
    expect(view.tasks.size).toBeGreaterThan(40);
    expect(view.tasks.size).toBeLessThan(60);
    expect(view.version('tasks')).toBe(version);
    stream.deliver(bytes.subarray(half));
    expect(view.feeds.get('master')).toMatchObject({ state: 'live' });
    expect(view.feeds.get('master')?.loaded).toBeUndefined();
    expect(view.tasks.size).toBe(100);
    expect(view.tasksChangedSince?.(version)).toBeUndefined();
    expect(view.agents.get('A1')?.taskCount).toBe(100);
    expect(view.stepsOfTask?.('F/t1')).toEqual([]);
  });

  it('lets keys and frames have their turn when it comes as fast as it can be read', async () => {
    const [clock, stream] = [new SlowClock(), new FakeStream(200, {})];
    await watch(clock, stream);
    const bytes = state(100);
    clock.tookMs = 1;
    stream.deliver(bytes.subarray(0, 1000));
    expect(stream.paused).toBe(false);
    clock.tookMs = 20;
    stream.deliver(bytes.subarray(1000, 2000));
    expect(stream.paused).toBe(true);
    await clock.advance(1);
    expect(stream.paused).toBe(false);
    stream.deliver(bytes.subarray(2000));
    expect(stream.paused).toBe(false);
  });

  it('that breaks off leaves what was there and what has come; the next whole one takes the place of both', async () => {
    const clock = new FakeClock();
    const [first, second, third] = [0, 1, 2].map(() => new FakeStream(200, {}));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three streams');
    const { view } = await watch(clock, first, second, third);
    first.deliver(state(10));
    first.finish();
    await clock.advance(0);
    await clock.advance(1_000);
    const version = view.version('tasks');
    const more = state(20, 100);
    second.deliver(more.subarray(0, more.length / 2));
    second.finish();
    await clock.advance(0);
    expect(view.feeds.get('master')?.state).toBe('broken');
    expect(view.version('tasks')).toBeGreaterThan(version);
    expect(view.tasks.has('F/t0')).toBe(true);
    expect(view.tasks.has('F/t100')).toBe(true);
    expect(view.agents.get('A1')?.taskCount).toBe(view.tasks.size);
    await clock.advance(5_000);
    third.deliver(more);
    expect(view.feeds.get('master')?.state).toBe('live');
    expect([...view.tasks.keys()]).toHaveLength(20);
    expect(view.tasks.has('F/t0')).toBe(false);
  });

  it('is known by what it is also when its type does not come first', async () => {
    const [clock, stream] = [new FakeClock(), new FakeStream(200, {})];
    const { view } = await watch(clock, stream);
    const record = state(3);
    const body = record.subarray(record.indexOf(0x0a) + 1);
    stream.deliver(encodeRecord(new Uint8Array([...body.subarray(2), ...body.subarray(0, 2)])));
    expect(view.feeds.get('master')?.state).toBe('live');
    expect(view.tasks.size).toBe(3);
  });
});

describe('a state of a master that streams none', () => {
  /** It knows no SUBSCRIBE; asked for its state it answers with these, one after the other. */
  async function ask(clock: FakeClock, ...answers: FakeStream[]): Promise<Watching> {
    let asked = 0;
    const net = {
      openStream: async ({ body }: ClientRequest) => {
        if (String(body).includes('GET_STATE')) return answers[asked++] ?? new FakeStream(503, {});
        const refusal = new FakeStream(400, {});
        setImmediate(() => refusal.finish());
        return refusal;
      },
      request: async () => ({ status: 404, headers: {}, body: new Uint8Array() }),
    };
    const watching = new Watching({ clock, random: middling, net } as unknown as World);
    const where = 'http://old:5050';
    watching.start((context) => startMasterFeed(context, { master: watching.master([where]), where }));
    await clock.advance(0);
    return watching;
  }

  it('is read while it comes, too, and lets keys and frames have their turn', async () => {
    const clock = new SlowClock();
    const bytes = answer(100);
    const [first, second] = [new FakeStream(200, { 'content-length': String(bytes.length) }), new FakeStream(200, {})];
    const watching = await ask(clock, first, second);
    const { view } = watching;
    first.deliver(bytes.subarray(0, bytes.length / 2));
    expect(view.feeds.get('master')).toMatchObject({ state: 'loading', loaded: expect.closeTo(0.5, 1) });
    expect(view.tasks.size).toBeGreaterThan(40);
    expect(first.paused).toBe(false);
    clock.tookMs = 20;
    first.deliver(bytes.subarray(bytes.length / 2));
    expect(first.paused).toBe(true);
    clock.tookMs = 0;
    await clock.advance(1);
    first.finish();
    await clock.advance(1);
    expect(watching.feed('master')).toMatch(/^polling: this master streams no events/);
    expect([view.tasks.size, view.agents.get('A1')?.taskCount]).toEqual([100, 100]);
    // The next one takes its place when it is whole; until then nobody is told of a state that loads.
    await clock.advance(6_000);
    second.deliver(answer(20, 50));
    expect(watching.feed('master')).toMatch(/^polling/);
    second.finish();
    await clock.advance(1);
    expect(view.tasks.size).toBe(20);
  });

  it.each([
    [
      'that is cut off',
      (bytes: Uint8Array) => bytes.subarray(0, -3),
      /^broken: .*did not answer as a Mesos daemon does/,
    ],
    ['that is none', () => new TextEncoder().encode('<html>'), /^broken: .*did not answer as a Mesos daemon does/],
  ])('is told when it is one %s, and what was there stays', async (_, cut, said) => {
    const clock = new FakeClock();
    const [first, second] = [new FakeStream(200, {}), new FakeStream(200, {})];
    const watching = await ask(clock, first, second);
    first.deliver(answer(10));
    first.finish();
    await clock.advance(1);
    await clock.advance(6_000);
    second.deliver(cut(answer(3, 90)));
    second.finish();
    await clock.advance(1);
    expect(watching.feed('master')).toMatch(said);
    expect(second.closed).toBe(true);
    expect(watching.view.tasks.has('F/t9')).toBe(true);
  });

  it('that stops coming is given up, as a stream is', async () => {
    const clock = new FakeClock();
    const silent = new FakeStream(200, {});
    const watching = await ask(clock, silent);
    silent.deliver(answer(10).subarray(0, 50));
    await clock.advance(31_000);
    expect(silent.closed).toBe(true);
    expect(watching.feed('master')).toMatch(/^broken: /);
  });
});
