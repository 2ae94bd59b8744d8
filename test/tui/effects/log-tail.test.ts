import { beforeEach, describe, expect, test } from 'vitest';
import type { FilesClient } from '../../../src/client/operator.ts';
import { LogTail } from '../../../src/tui/effects/log-tail.ts';

let content: Buffer;
const files = {
  read: async (_: string, offset: number) => ({
    data: content.subarray(offset, offset + 65_536),
    size: content.length,
  }),
} as unknown as FilesClient;

function write(text: string): void {
  content = Buffer.concat([content, Buffer.from(text)]);
}

beforeEach(() => {
  content = Buffer.alloc(0);
});

describe('the end of a log', () => {
  test('is what is there, and then what comes; the last line may not have ended', async () => {
    write('one\ntwo\nth');
    const tail = new LogTail(files, 'stdout');
    expect(await tail.refresh()).toBe(true);
    expect(tail.lines).toEqual(['one', 'two', 'th']);
    expect(await tail.refresh()).toBe(false);
    write('ree\n');
    expect(await tail.refresh()).toBe(true);
    expect(tail.lines).toEqual(['one', 'two', 'three']);
  });

  test('is of two thousand lines, and how many were before them is known', async () => {
    write('x\n'.repeat(2000));
    const tail = new LogTail(files, 'stdout');
    await tail.refresh();
    expect([tail.lines.length, tail.forgotten]).toEqual([2000, 0]);
    write('y\n'.repeat(30));
    await tail.refresh();
    expect([tail.lines.length, tail.forgotten, tail.lines.at(-30), tail.lines.at(-31)]).toEqual([2000, 30, 'y', 'x']);
  });

  test('of a long file begins with a whole line near the end', async () => {
    write('0123456789\n'.repeat(100_000));
    const tail = new LogTail(files, 'stdout');
    await tail.refresh();
    expect(tail.lines.length).toBeGreaterThan(1000);
    expect(new Set(tail.lines)).toEqual(new Set(['0123456789']));
  });

  test('does not cut characters in two', async () => {
    const bytes = Buffer.from('grün\n');
    content = Buffer.from(bytes.subarray(0, 3));
    const tail = new LogTail(files, 'stdout');
    await tail.refresh();
    content = bytes;
    await tail.refresh();
    expect(tail.lines).toEqual(['grün']);
  });

  test('that was cut, or ran ahead, says so and goes on', async () => {
    write('old\n');
    const tail = new LogTail(files, 'stdout');
    await tail.refresh();
    content = Buffer.from('n\n');
    await tail.refresh();
    expect(tail.lines).toEqual(['old', '[the file was cut from 4 to 2 bytes]', 'n']);
    write('x\n'.repeat(1_000_000));
    await tail.refresh();
    expect(tail.lines.length).toBeLessThanOrEqual(2000);
    expect(tail.lines.at(-1)).toBe('x');
  });
});
