import { describe, expect, test } from 'vitest';
import { formatAttributes, parseAttributes } from '../../../src/mesos/text/attributes.ts';
import { formatBytes, parseBytes } from '../../../src/mesos/text/bytes.ts';
import { formatDuration, parseDuration } from '../../../src/mesos/text/duration.ts';
import { formatPercent, parsePercent } from '../../../src/mesos/text/percent.ts';
import { TextError } from '../../../src/mesos/text/text-error.ts';
import fc from '../../fast-check.ts';

describe('durations', () => {
  test.each([
    ['10secs', 10_000],
    ['1.5mins', 90_000],
    ['500us', 0.5],
    ['1ns', 0.000001],
    ['2hrs', 7_200_000],
    ['1days', 86_400_000],
    ['1weeks', 604_800_000],
    ['0ms', 0],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    ['10', "Invalid duration '10'"],
    ['', "Invalid duration ''"],
    ['-5secs', "Failed to convert '' to number"],
    ['1.2.3secs', "Failed to convert '1.2.3' to number"],
    ['5min', "Unknown duration unit 'min'"],
    ['5 secs', "Unknown duration unit ' secs'"],
    ['1000000000weeks', "Argument out of the range that a Duration can represent: '1000000000weeks'"],
  ])('%j is refused', (text, message) => {
    expect(() => parseDuration(text)).toThrow(new TextError(message));
  });

  test.each([
    [1000, '1secs'],
    [15_000, '15secs'],
    [75_000, '75secs'],
    [600_000, '10mins'],
    [5400_000, '90mins'],
    [86_400_000, '1days'],
    [864_000_000, '10days'],
    [1_209_600_000, '2weeks'],
    [1500, '1500ms'],
    [0.5, '500us'],
    [0, '0ns'],
    [-1000, '-1secs'],
  ])('%d ms is written %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test('what is written reads the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 9 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBeCloseTo(milliseconds, 3);
      }),
    );
  });
});

describe('bytes', () => {
  test('are counted in 1024s', () => {
    expect(parseBytes('2GB')).toBe(2 * 1024 ** 3);
    expect(parseBytes('0B')).toBe(0);
  });

  test.each([
    ['5', "Invalid bytes '5'"],
    ['1.5GB', "Fractional bytes '1.5GB'"],
    ['5gb', "Unknown bytes unit 'gb'"],
    ['GB', "Failed to convert '' to number"],
  ])('%j is refused', (text, message) => {
    expect(() => parseBytes(text)).toThrow(new TextError(message));
  });

  test('are written in the largest unit that loses nothing', () => {
    expect(formatBytes(32 * 1024 ** 2)).toBe('32MB');
    expect(formatBytes(1536)).toBe('1536B');
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parseBytes(formatBytes(bytes))).toBe(bytes);
      }),
    );
  });
});

describe('percents', () => {
  test('need their sign', () => {
    expect(parsePercent('25%')).toBe(0.25);
    expect(formatPercent(1)).toBe('100%');
    expect(() => parsePercent('25')).toThrow(TextError);
  });
});

describe('attributes', () => {
  test('are text, numbers or ranges', () => {
    expect(parseAttributes('rack:abc;level:10;keys:[1000-1500,1700-1800]')).toEqual([
      { name: 'rack', type: 'TEXT', text: { value: 'abc' } },
      { name: 'level', type: 'SCALAR', scalar: { value: 10 } },
      {
        name: 'keys',
        type: 'RANGES',
        ranges: {
          range: [
            { begin: 1000, end: 1500 },
            { begin: 1700, end: 1800 },
          ],
        },
      },
    ]);
  });

  test('may have colons in their text', () => {
    expect(parseAttributes('url:http://x:1')).toEqual([{ name: 'url', type: 'TEXT', text: { value: 'http://x:1' } }]);
  });

  test.each(['rack', ':x', 'rack:', 'disks:{a,b}', 'keys:[5]'])('%j is refused', (text) => {
    expect(() => parseAttributes(text)).toThrow(TextError);
  });

  test('read the same when written', () => {
    const text = 'rack:abc;level:10;keys:[1000-1500, 1700-1800]';
    expect(formatAttributes(parseAttributes(text))).toBe(text);
  });
});
