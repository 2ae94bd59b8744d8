import { describe, expect, it } from 'vitest';
import { scheduleWords } from '../../../src/tui/widgets/schedule-words.ts';

describe('a schedule in words', () => {
  it.each([
    ['R/2026-11-22T09:00:00Z/PT10S', '', 'every 10 seconds'],
    ['R/2026-11-22T09:00:00Z/PT1H30M', '', 'every 1 hour 30 minutes'],
    ['R/2027-01-15T02:00:00Z/P1D', '', 'every day at 02:00 UTC'],
    ['R/2027-01-15T02:00:00.000+01:00/P1D', '', 'every day at 02:00 +01:00'],
    ['R/2027-01-15T02:00:30/P1D', 'Europe/Berlin', 'every day at 02:00:30 Europe/Berlin'],
    ['R3/2026-12-01T09:00:00Z/P1M', '', 'every month on day 1 at 09:00 UTC, 3 runs'],
    ['R/2026-11-22T09:00:00Z/P1W', '', 'every week on Sunday at 09:00 UTC'],
    ['R/2026-11-22T09:00:00Z/P14D', '', 'every 14 days on Sunday at 09:00 UTC'],
    ['R/2026-11-22T09:00:00Z/P1Y', '', 'every year on 22 November at 09:00 UTC'],
    ['R1/2026-11-22T09:00:00Z/P', '', 'once, 2026-11-22 09:00 UTC'],
    ['R0/2026-11-22T09:00:00Z/P1D', '', 'no run is left'],
  ])('of an interval: %s %s', (text, zone, words) => {
    expect(scheduleWords(text, zone)).toBe(words);
  });

  it.each([
    ['30 2 * * 1-5', 'Europe/Berlin', 'at 02:30, Monday to Friday, Europe/Berlin'],
    ['0 2 * * *', '', 'at 02:00, every day'],
    ['15 8,12,18 * * *', '', 'at 08:15, 12:15 and 18:15, every day'],
    ['* * * * *', '', 'every minute'],
    ['*/5 * * * *', '', 'every 5 minutes'],
    ['*/5 8-17 * * mon,wed', '', 'every 5 minutes, hour 8 to 17, Monday and Wednesday'],
    ['15 * * * *', '', 'every hour at minute 15'],
    ['0 */4 * * *', '', 'every 4 hours at minute 0'],
    ['0 0 1 1 *', '', 'at 00:00, on day 1, in January'],
    ['0 3 13 * 5', '', 'at 03:00, on day 13 or on Friday'],
    ['0 3 10-20/5 * 7', '', 'at 03:00, on day 10 to 20 in steps of 5 or on Sunday'],
    ['@hourly', '', 'every hour at minute 0'],
    ['@Midnight', '', 'at 00:00, every day'],
  ])('of a cron pattern: %s %s', (pattern, zone, words) => {
    expect(scheduleWords(`cron: ${pattern}`, zone)).toBe(words);
  });

  it('stays what it is where there are no words for it', () => {
    expect(scheduleWords('whenever', '')).toBe('whenever');
    expect(scheduleWords('cron: 1 2 3', 'UTC')).toBe('cron: 1 2 3, UTC');
    expect(scheduleWords('cron: constructor', '')).toBe('cron: constructor');
  });
});
