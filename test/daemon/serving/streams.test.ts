import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { EncodedEvent } from '../../../src/daemon/serving/streams/encoded-event.ts';
import { EventStream, type StreamEnd } from '../../../src/daemon/serving/streams/event-stream.ts';
import { Event } from '../../../src/mesos/generated/scheduler.ts';
import type { HttpResponse, StreamWriter } from '../../../src/world/net.ts';
import { quietWorld, RecordingWriter } from './requests.ts';

const world = quietWorld();
const HEARTBEAT = '20\n{"type":"HEARTBEAT"}';
let ends: StreamEnd[];

const stream = (more: object = {}) =>
  new EventStream<Event>({
    type: Event,
    contentType: 'application/json',
    clock: world.clock,
    heartbeat: { event: { type: 'HEARTBEAT' }, intervalMs: 5 },
    onEnd: (why) => ends.push(why),
    ...more,
  });

beforeEach(() => {
  ends = [];
});
afterAll(() => world.close());

const start = (response: HttpResponse, writer: StreamWriter) => {
  const { body } = response;
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) throw new Error('not a stream');
  body.start(writer);
};

describe('an event stream', () => {
  it('keeps what was sent before the response was, each record a chunk of its own', () => {
    const events = stream();
    const writer = new RecordingWriter();
    events.send({ type: 'HEARTBEAT' });
    start(events.response({ 'mesos-stream-id': 'x' }), writer);
    events.send({ type: 'HEARTBEAT' });
    expect(writer.texts).toEqual([HEARTBEAT, HEARTBEAT]);
    expect(events.response({ 'mesos-stream-id': 'x' })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'mesos-stream-id': 'x' },
    });
  });

  it('encodes an event once for all that take the same type', () => {
    const event = new EncodedEvent<Event>(Event, { type: 'HEARTBEAT' });
    expect(event.record('application/json')).toBe(event.record('application/json'));
    expect(event.record('application/x-protobuf')).toEqual(Uint8Array.from([0x32, 0x0a, 0x08, 0x08]));
  });

  it('beats at once and then at its interval, until it is ended', async () => {
    const events = stream();
    const writer = new RecordingWriter();
    start(events.response(), writer);
    events.startHeartbeats();
    expect(writer.texts).toEqual([HEARTBEAT]);
    await world.clock.sleep(30);
    expect(writer.chunks.length).toBeGreaterThan(1);
    events.end();
    const sent = writer.chunks.length;
    await world.clock.sleep(20);
    expect(writer.chunks.length).toBe(sent);
    expect(writer.ended).toBe('end');
    expect(ends).toEqual(['ended']);
  });

  it('cuts off a peer that does not read, and says so', async () => {
    const events = stream({ maxUnreadBytes: 30 });
    const writer = new RecordingWriter();
    start(events.response(), writer);
    for (let i = 0; i < 5; i++) events.send({ type: 'HEARTBEAT' });
    expect(writer.ended).toBe('abort');
    expect(writer.chunks.length).toBe(2);
    expect(events.isOpen).toBe(false);
    await world.clock.sleep(5);
    expect(ends).toEqual(['too-slow']);
  });

  it('gives a peer the time to read a record that is beyond the bound by itself, and no more than that', async () => {
    const events = stream({ maxUnreadBytes: 40 });
    const writer = new RecordingWriter();
    start(events.response(), writer);
    events.send({ type: 'ERROR', error: { message: 'as long as the state of a large cluster' } });
    events.send({ type: 'HEARTBEAT' });
    events.send({ type: 'HEARTBEAT' });
    expect(events.isOpen).toBe(true);
    events.send({ type: 'HEARTBEAT' });
    events.send({ type: 'HEARTBEAT' });
    expect(events.isOpen).toBe(false);
    await world.clock.sleep(5);
    expect(ends).toEqual(['too-slow']);
  });

  it('counts as ever once a long record has been read', async () => {
    const events = stream({ maxUnreadBytes: 30 });
    const writer = new RecordingWriter();
    start(events.response(), writer);
    events.send({ type: 'ERROR', error: { message: 'as long as the state of a large cluster' } });
    writer.take();
    for (let i = 0; i < 4; i++) events.send({ type: 'HEARTBEAT' });
    expect(events.isOpen).toBe(false);
    await world.clock.sleep(5);
    expect(ends).toEqual(['too-slow']);
  });

  it('bounds what waits for a response that is never sent', async () => {
    const events = stream({ maxUnreadBytes: 30 });
    for (let i = 0; i < 5; i++) events.send({ type: 'HEARTBEAT' });
    expect(events.isOpen).toBe(false);
    await world.clock.sleep(5);
    expect(ends).toEqual(['too-slow']);
  });

  it('does not cut off a peer that reads', () => {
    const events = stream({ maxUnreadBytes: 30 });
    const writer = new RecordingWriter();
    start(events.response(), writer);
    for (let i = 0; i < 20; i++) {
      events.send({ type: 'HEARTBEAT' });
      writer.take();
    }
    expect(writer.chunks.length).toBe(20);
  });

  it('tells once when the peer goes away', async () => {
    const events = stream();
    const writer = new RecordingWriter();
    start(events.response(), writer);
    events.startHeartbeats();
    writer.hangUp();
    events.end();
    expect(events.isOpen).toBe(false);
    await world.clock.sleep(5);
    expect(ends).toEqual(['closed']);
  });

  it('that was ended before its response was sent still delivers its records', () => {
    const events = stream();
    const writer = new RecordingWriter();
    events.send({ type: 'ERROR', error: { message: 'no' } });
    events.end();
    start(events.response(), writer);
    expect(writer.texts).toEqual(['41\n{"type":"ERROR","error":{"message":"no"}}']);
    expect(writer.ended).toBe('end');
  });
});
