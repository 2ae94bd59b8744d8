// A backup as text: the same bytes for the same state, back to the very bytes, and nothing believed that is not whole.
import { describe, expect, test } from 'vitest';
import {
  type Backup,
  type BackupEntry,
  BackupError,
  type BackupErrorCode,
  backupChunks,
  readBackup,
} from '../../../src/cluster/backup/index.ts';
import { MAX_VALUE_BYTES } from '../../../src/cluster/store.ts';
import fc from '../../fast-check.ts';

const HEADER = { kind: 'marathon', mctl: '1.2.3' };

const entry = (key: string, value: string | Uint8Array): BackupEntry => ({
  key,
  value: typeof value === 'string' ? Buffer.from(value) : value,
});

function written(entries: readonly BackupEntry[]): Buffer {
  return Buffer.concat([...backupChunks(HEADER, entries)]);
}

async function* pieces(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const read = (bytes: Uint8Array | string, size?: number): Promise<Backup> =>
  readBackup(pieces(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, size));

async function refusal(bytes: Uint8Array | string): Promise<BackupErrorCode | undefined> {
  try {
    await read(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof BackupError) return error.code;
    throw error;
  }
}

const EXAMPLE = [entry('b/2', '{"id":"/b"}'), entry('a', Uint8Array.of(0, 255, 10)), entry('b/10', ' [1, 2] ')];

describe('what is written', () => {
  test('is a line for each entry, sorted by key, between a header and a checksum', () => {
    const lines = written(EXAMPLE).toString('utf8').split('\n');
    expect(lines.slice(0, 4)).toEqual([
      '{"mctl-backup":1,"kind":"marathon","mctl":"1.2.3","entries":3}',
      '{"key":"a","base64":"AP8K"}',
      '{"key":"b/10","json": [1, 2] }',
      '{"key":"b/2","json":{"id":"/b"}}',
    ]);
    expect(lines[4]).toMatch(/^\{"sha256":"[0-9a-f]{64}"\}$/);
    expect(lines[5]).toBe('');
  });

  test('is the same whatever the order of the entries', () => {
    expect(written(EXAMPLE.toReversed())).toEqual(written(EXAMPLE));
  });

  test('is sorted by bytes, not by halves of characters', () => {
    const keys = ['\u{1F600}', '\uFF00', 'z'].map((key) => entry(key, '1'));
    const order = written(keys)
      .toString('utf8')
      .match(/"key":"[^"]*"/g);
    expect(order).toEqual(['"key":"z"', '"key":"\uFF00"', '"key":"\u{1F600}"']);
  });

  test('has every line readable as JSON', () => {
    for (const line of written(EXAMPLE).toString('utf8').trimEnd().split('\n'))
      expect(() => JSON.parse(line)).not.toThrow();
  });
});

describe('what is read', () => {
  const values = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json({ noUnicodeString: false }).map((text) => Buffer.from(text)),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    fc
      .constantFrom('', '\uFEFF{}', '{}\n', '{"a":1,"a":2}', '1e400', '"\u2028"', '{"a":\t1}', 'null')
      .map((text) => Buffer.from(text)),
  );

  test('is what was written, to the byte, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), values), { selector: ([key]) => key, maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        async (pairs, size) => {
          const bytes = written(pairs.map(([key, value]) => entry(key, value)));
          const { content, kind, mctl } = await read(bytes, size);
          expect({ kind, mctl }).toEqual(HEADER);
          const found = new Map(content.map(({ key, value }) => [key, Buffer.from(value).toString('hex')]));
          expect(found).toEqual(new Map(pairs.map(([key, value]) => [key, Buffer.from(value).toString('hex')])));
          expect(written(content)).toEqual(bytes);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('has the longest values that a store takes', async () => {
    const large = [
      entry('base64', Buffer.alloc(MAX_VALUE_BYTES, 255)),
      entry('json', JSON.stringify('x'.repeat(MAX_VALUE_BYTES - 2))),
    ];
    expect((await read(written(large))).content.map(({ value }) => value.length)).toEqual([
      MAX_VALUE_BYTES,
      MAX_VALUE_BYTES,
    ]);
  });

  test('may be empty', async () => {
    expect((await read(written([]))).content).toEqual([]);
  });
});

describe('refused is', () => {
  const whole = written(EXAMPLE);

  test('any change of a single byte', async () => {
    for (let index = 0; index < whole.length; index++) {
      const changed = Buffer.from(whole);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(await refusal(changed), `byte ${index}`).toBeDefined();
    }
  });

  test('any end that comes too early', async () => {
    for (let length = 0; length < whole.length; length++) {
      expect(['truncated', 'not-a-backup'], `${length} bytes`).toContain(await refusal(whole.subarray(0, length)));
    }
  });

  test('anything after the end', async () => {
    expect(await refusal(Buffer.concat([whole, whole]))).toBe('damaged');
    expect(await refusal(Buffer.concat([whole, Buffer.from('x')]))).toBe('damaged');
  });

  test('a line that is gone, doubled or elsewhere', async () => {
    const lines = whole.toString('utf8').trimEnd().split('\n');
    const [header = '', a = '', b = '', c = '', end = ''] = lines;
    for (const changed of [
      [header, a, c, end],
      [header, a, a, b, c, end],
      [header, b, a, c, end],
      [header, a, b, c, c, end],
    ]) {
      expect(await refusal(`${changed.join('\n')}\n`)).toBe('damaged');
    }
  });

  test('a newer format, by the version that made it', async () => {
    const newer = '{"mctl-backup":2,"kind":"marathon","mctl":"9.0.0","entries":0}\n';
    await expect(read(newer)).rejects.toThrow('It is of format 2, made by mctl 9.0.0; this mctl reads up to 1');
    expect(await refusal('{"mctl-backup":7,"by":"whom?"}\n')).toBe('newer-format');
  });

  test.each([
    '{"apps":[]}\n',
    'x'.repeat(2_000_000),
    '\u0000\u0001\n',
    '{"mctl-backup":"1"}\n',
    '[]\n',
    'SQLite format 3\0',
  ])('what is no backup: %.20j', async (text) => {
    expect(await refusal(text)).toBe('not-a-backup');
  });

  test('nothing at all', async () => {
    expect(await refusal('')).toBe('truncated');
  });

  test('a line without end, before it fills the memory', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"mctl-backup":1,"kind":"master","mctl":"1","entries":1}\n{"key":"');
      for (;;) yield Buffer.alloc(65_536, 'x');
    }
    await expect(readBackup(endless())).rejects.toThrow('a line is too long');
  });
});
