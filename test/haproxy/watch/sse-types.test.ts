import { describe, expect, test } from 'vitest';
import { EventTypeReader } from '../../../src/haproxy/watch/sse-types.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** As it comes whole, and byte by byte. */
function typesOf(text: string): string[] {
  const whole = new EventTypeReader().push(bytes(text));
  const reader = new EventTypeReader();
  const piecewise = [...bytes(text)].flatMap((byte) => reader.push(Uint8Array.of(byte)));
  expect(piecewise).toEqual(whole);
  return whole;
}

describe('types of server-sent events', () => {
  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('lines end with %s', (_, end) => {
    const text = `event: status_update_event${end}data: {"a":1}${end}${end}event: x${end}data: {}${end}${end}`;
    expect(typesOf(`${text}${end}`)).toEqual(['status_update_event', 'x']);
  });

  test('comments, blank lines and frames without data are no events', () => {
    expect(typesOf(':\n\n\r\n\r\n: ping\n\nevent: only_a_name\n\ndata:\n\nid: 4\n\n')).toEqual([]);
  });

  test('an event without a name is an event', () => {
    expect(typesOf('data: {"eventType":"x"}\n\n')).toEqual(['']);
  });

  test('a name holds for its own event only', () => {
    expect(typesOf('event: a\ndata: 1\n\ndata: 2\n\n')).toEqual(['a', '']);
  });

  test('what is not complete is no event yet', () => {
    const reader = new EventTypeReader();
    expect(reader.push(bytes('event: a\ndata: {}\n'))).toEqual([]);
    expect(reader.push(bytes('\n'))).toEqual(['a']);
  });

  test('a line of 50 MB is read without being kept', () => {
    const reader = new EventTypeReader();
    reader.push(bytes('event: deployment_success\ndata: {"plan":"'));
    const piece = new Uint8Array(1024 * 1024).fill(120);
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 50; count += 1) expect(reader.push(piece)).toEqual([]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40 * 1024 * 1024);
    expect(reader.push(bytes('"}\n\n'))).toEqual(['deployment_success']);
  });
});
