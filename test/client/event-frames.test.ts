// Server-sent events out of pieces of any size.
import { describe, expect, test } from 'vitest';
import { type EventFrame, EventFrameError, EventFrames } from '../../src/client/event-frames.ts';
import fc from '../fast-check.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('frames', () => {
  test('are the same however the bytes are cut', () => {
    const text =
      ': hello\r\n\r\nevent: a\r\ndata: {"ü":"€"}\r\n\r\nevent: b\ndata: 1\ndata: 2\n\n\n: there\n\nevent: c\ndata: x\n\n';
    const whole = bytes(text);
    const expected: EventFrame[] = [
      { event: 'a', data: '{"ü":"€"}' },
      { event: 'b', data: '1\n2' },
      { event: 'c', data: 'x' },
    ];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 20 }), (cuts) => {
        const frames = new EventFrames(1000);
        const ends = [...cuts, whole.length].sort((one, other) => one - other);
        const found = ends.flatMap((end, index) => frames.push(whole.subarray(ends[index - 1] ?? 0, end)));
        expect(found).toEqual(expected);
      }),
    );
  });

  test('that do not end are refused once they are too long, and what was whole counts for nothing', () => {
    const frames = new EventFrames(100);
    expect(frames.push(bytes(`data: ${'x'.repeat(80)}\n\ndata: `))).toHaveLength(1);
    for (let times = 0; times < 9; times += 1) expect(frames.push(bytes('y'.repeat(10)))).toEqual([]);
    expect(() => frames.push(bytes('y'.repeat(10)))).toThrow(EventFrameError);
  });
});
