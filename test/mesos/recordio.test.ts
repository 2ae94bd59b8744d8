import { describe, expect, test } from 'vitest';
import { encodeRecord, RecordDecoder, RecordIOError } from '../../src/mesos/recordio.ts';
import fc from '../fast-check.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('encodeRecord', () => {
  test('counts bytes, not characters', () => {
    expect(text(encodeRecord('é'))).toBe('2\né');
  });
});

describe('RecordDecoder', () => {
  test('gives back what was encoded, however it was cut', () => {
    const cutRecords = fc.tuple(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })),
      fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1 }),
    );
    fc.assert(
      fc.property(cutRecords, ([records, cuts]) => {
        const stream = Buffer.concat(records.map((record) => encodeRecord(record)));
        const decoder = new RecordDecoder();
        const decoded: Uint8Array[] = [];
        for (let at = 0, i = 0; at < stream.length; i += 1) {
          const length = cuts[i % cuts.length] ?? 1;
          decoded.push(...decoder.push(stream.subarray(at, at + length)));
          at += length;
        }
        expect(decoded).toEqual(records.map((record) => Uint8Array.from(record)));
        expect(decoder.atBoundary).toBe(true);
      }),
    );
  });

  test('tells that it is inside a record', () => {
    const decoder = new RecordDecoder();
    decoder.push(Buffer.from('5\nab'));
    expect(decoder.atBoundary).toBe(false);
  });

  test('keeps its records when the chunk they came in changes', () => {
    const chunk = Buffer.from('2\nab');
    const [record] = new RecordDecoder().push(chunk);
    chunk.fill(0);
    expect(record && text(record)).toBe('ab');
  });

  test.each(['x', '-1\n', '\n', '1 \n', '1\r\n'])('refuses %j where a length belongs', (given) => {
    expect(() => new RecordDecoder().push(Buffer.from(given))).toThrow(
      expect.objectContaining({ name: 'RecordIOError', code: 'bad-length' }),
    );
  });

  test('refuses a record above its limit before it has come', () => {
    const decoder = new RecordDecoder({ maxRecordBytes: 10 });
    expect(decoder.push(Buffer.from('10\n0123456789'))).toHaveLength(1);
    expect(() => decoder.push(Buffer.from('11'))).toThrow(expect.objectContaining({ code: 'too-long' }));
    expect(() => new RecordDecoder().push(Buffer.from('0'.repeat(20)))).toThrow(RecordIOError);
  });

  test('stays refused', () => {
    const decoder = new RecordDecoder();
    expect(() => decoder.push(Buffer.from('x'))).toThrow(RecordIOError);
    expect(() => decoder.push(Buffer.from('1\na'))).toThrow(RecordIOError);
  });

  test('never gives anything but records or a RecordIOError', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          new RecordDecoder({ maxRecordBytes: 1000 }).push(bytes);
        } catch (error) {
          if (!(error instanceof RecordIOError)) throw error;
        }
      }),
    );
  });
});
