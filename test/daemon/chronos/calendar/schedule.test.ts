import { describe, expect, test } from 'vitest';
import { CalendarError } from '../../../../src/daemon/chronos/calendar/calendar-error.ts';
import { isoText, parseSchedule, remainingText } from '../../../../src/daemon/chronos/calendar/schedule.ts';
import type { Occurrence } from '../../../../src/daemon/chronos/calendar/series.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');

function instants(text: string, zone: string, count: number, nowMs = NOW): string[] {
  const { series, zone: rules } = parseSchedule(text, zone, nowMs);
  const found: string[] = [];
  let place = series.first();
  while (place !== undefined && found.length < count) {
    const offsetMs = rules.offsetAt(place.dueMs);
    found.push(isoText(place.dueMs + offsetMs, offsetMs).replace('.000', ''));
    place = series.after(place);
  }
  return found;
}

describe('The vectors of chronos.md 3', () => {
  test.each([
    ['R5/2008-03-01T13:00:00Z/P1D', '', '2008-03-01T13:00:00Z', 5],
    ['R/2008-03-01T13:00:00Z/P1D', 'PST', '2008-03-01T13:00:00-08:00', undefined],
    ['R/2008-03-01T13:00:00-04:00/P1D', 'PST', '2008-03-01T13:00:00-08:00', undefined],
    ['R/2008-03-01/P1D', 'PST', '2008-03-01T00:00:00-08:00', undefined],
    ['R1//PT1M', '', '2026-11-21T10:00:00Z', 1],
    ['R1//P', '', '2026-11-21T10:00:00Z', 1],
    ['R1//P1D', 'Asia/Tokyo', '2026-11-21T19:00:00+09:00', 1],
  ])('%s in "%s" starts at %s', (text, zone, first, limit) => {
    expect(instants(text, zone, 1)).toEqual([first]);
    expect(parseSchedule(text, zone, NOW).series.limit).toBe(limit);
  });

  test.each([
    'R/2008-03-01T13:00:00Z',
    'FOO',
    'R/x/P1D',
    '2008-03-01T13:00:00Z/P1D',
    'R//PT0S',
    'R2//P',
    'R/2026-01-01T00:00:00Z/P-1D',
    'R/2026-02-30T00:00:00Z/P1D',
    'R/1969-12-31T23:59:59Z/P1D',
    'R/2026-01-01T00:00:00Z/P1DT',
    'R-1/2026-01-01T00:00:00Z/P1D',
    'R/12:00/P1D',
    '',
  ])('%j is refused, and quoted', (text) => {
    expect(() => parseSchedule(text, '', NOW)).toThrow(CalendarError);
    expect(() => parseSchedule(text, '', NOW)).toThrow(`Cannot parse schedule '${text}'`);
  });

  test('a time that the spring change skips moves forward, and comes back the day after', () => {
    expect(instants('R3/2026-03-28T02:30:00/P1D', 'Europe/Berlin', 5)).toEqual([
      '2026-03-28T02:30:00+01:00',
      '2026-03-29T03:30:00+02:00',
      '2026-03-30T02:30:00+02:00',
    ]);
  });

  test('of a time that comes twice in autumn the first is meant', () => {
    expect(instants('R/2026-10-24T02:30:00/P1D', 'Europe/Berlin', 3)).toEqual([
      '2026-10-24T02:30:00+02:00',
      '2026-10-25T02:30:00+02:00',
      '2026-10-26T02:30:00+01:00',
    ]);
  });

  test('a day is 24 hours only when it is written as hours', () => {
    expect(instants('R/2026-03-28T12:00:00/PT24H', 'Europe/Berlin', 2)[1]).toBe('2026-03-29T13:00:00+02:00');
    expect(instants('R/2026-03-28T12:00:00/P1D', 'Europe/Berlin', 2)[1]).toBe('2026-03-29T12:00:00+02:00');
    // A written offset has no summer time.
    expect(instants('R/2026-03-28T12:00:00+01:00/P1D', '', 2)[1]).toBe('2026-03-29T12:00:00+01:00');
  });

  test('a time with neither a zone nor an offset is in UTC, and known to be assumed so (chronos.md 3.3)', () => {
    expect(instants('R/2026-07-01T12:00:00/P1D', '', 1)).toEqual(['2026-07-01T12:00:00Z']);
    const assumed = (text: string, zone = ''): boolean => parseSchedule(text, zone, NOW).isUtcAssumed;
    expect([assumed('R/2026-07-01T12:00:00/P1D'), assumed('R/2026-07-01/P1D'), assumed('cron: 0 2 * * *')]).toEqual([
      true,
      true,
      true,
    ]);
    expect([assumed('R/2026-07-01T12:00:00Z/P1D'), assumed('R//P1D'), assumed('R/2026-07-01/P1D', 'UTC')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('the end of a month does not drift', () => {
    expect(instants('R/2026-01-31T00:00:00Z/P1M', '', 4)).toEqual([
      '2026-01-31T00:00:00Z',
      '2026-02-28T00:00:00Z',
      '2026-03-31T00:00:00Z',
      '2026-04-30T00:00:00Z',
    ]);
  });

  test('zones are those of Java: BST is Dhaka, EST has no summer time, an unknown one is refused by name', () => {
    expect(instants('R1/2026-07-01T12:00:00/P1D', 'BST', 1)).toEqual(['2026-07-01T12:00:00+06:00']);
    expect(instants('R1/2026-07-01T12:00:00/P1D', 'EST', 1)).toEqual(['2026-07-01T12:00:00-05:00']);
    expect(instants('R1/2026-07-01T12:00:00/P1D', 'GMT+3', 1)).toEqual(['2026-07-01T12:00:00+03:00']);
    expect(() => parseSchedule('R1//P1D', 'Mars/Olympus', NOW)).toThrow("Unknown time zone 'Mars/Olympus'");
    expect(() => parseSchedule('R1//P1D', '+01:00', NOW)).toThrow(CalendarError);
  });
});

describe('What is still to come of a series', () => {
  test('is shown as the original would store it', () => {
    const schedule = parseSchedule('R3/2026-03-28T02:30:00/P1D', 'Europe/Berlin', NOW);
    const first = schedule.series.first() as Occurrence;
    const second = schedule.series.after(first);
    expect(remainingText(schedule, second)).toBe('R2/2026-03-29T03:30:00.000+02:00/P1D');
    expect(remainingText(schedule, undefined)).toBe('R0/2026-03-28T02:30:00/P1D');
  });

  test('an empty start is filled in once, and reads back as the same instant', () => {
    const schedule = parseSchedule('R1//PT1M', 'Asia/Tokyo', NOW);
    expect(schedule.text).toBe('R1/2026-11-21T19:00:00.000+09:00/PT1M');
    expect(parseSchedule(schedule.text, 'Asia/Tokyo', 0).series.first()?.dueMs).toBe(NOW);
  });
});

describe('Cron schedules', () => {
  test.each([
    ['cron: 0 2 * * 1-5', 'Europe/Berlin', ['2026-11-23T02:00:00+01:00', '2026-11-24T02:00:00+01:00']],
    [
      'cron:*/20 9 1 * *',
      'UTC',
      ['2026-12-01T09:00:00Z', '2026-12-01T09:20:00Z', '2026-12-01T09:40:00Z', '2027-01-01T09:00:00Z'],
    ],
    // Either day will do when both are given.
    [
      'cron: 0 0 13 * fri',
      'UTC',
      ['2026-11-27T00:00:00Z', '2026-12-04T00:00:00Z', '2026-12-11T00:00:00Z', '2026-12-13T00:00:00Z'],
    ],
    ['cron: 0 0 29 2 *', 'UTC', ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z']],
    ['cron: @weekly', 'UTC', ['2026-11-22T00:00:00Z']],
    [
      'cron: 5-59/25 8 * jan,Dec 7',
      'UTC',
      ['2026-12-06T08:05:00Z', '2026-12-06T08:30:00Z', '2026-12-06T08:55:00Z', '2026-12-13T08:05:00Z'],
    ],
  ])('%s in %s', (text, zone, expected) => {
    expect(instants(text, zone, expected.length)).toEqual(expected);
  });

  test.each([
    'cron: 60 * * * *',
    'cron: * * * *',
    'cron: 0 0 31 2 *',
    'cron: 5-1 * * * *',
    'cron: */0 * * * *',
    'cron: a b c d e',
    'cron: * * * * * *',
    'cron: @never',
    'cron: constructor',
  ])('%s is refused', (text) => expect(() => parseSchedule(text, '', NOW)).toThrow(CalendarError));
});
