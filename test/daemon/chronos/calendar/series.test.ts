// Every zone × the clock changes of 2024–2034 × many schedules: nothing lost, nothing doubled beyond the written rule.
import { IANAZone } from 'luxon';
import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../../../src/daemon/chronos/calendar/schedule.ts';
import type { Occurrence } from '../../../../src/daemon/chronos/calendar/series.ts';
import { zoneOf } from '../../../../src/daemon/chronos/calendar/zone.ts';
import fc from '../../../fast-check.ts';

const FROM = Date.UTC(2024, 0);
const TO = Date.UTC(2035, 0);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Change {
  readonly zone: string;
  readonly atMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** One zone of each set of rules, with its changes; looked up hour by hour straight from the runtime, not through our table. */
function changesOfAllZones(): { readonly zones: number; readonly rules: number; readonly changes: readonly Change[] } {
  const byRules = new Map<string, readonly Change[]>();
  const zones = Intl.supportedValuesOf('timeZone');
  for (const zone of zones) {
    const changes: Change[] = [];
    const rules = IANAZone.create(zone);
    let before = rules.offset(FROM);
    for (let ms = FROM; ms < TO; ms += DAY) {
      const after = rules.offset(ms + DAY);
      if (after === before) continue;
      let hour = ms;
      while (rules.offset(hour) === before) hour += HOUR / 2;
      changes.push({ zone, atMs: hour, beforeMs: before * 60_000, afterMs: after * 60_000 });
      before = after;
    }
    const key = `${rules.offset(FROM)}|${changes.map(({ atMs, afterMs }) => `${atMs}:${afterMs}`).join()}`;
    if (!byRules.has(key)) byRules.set(key, changes);
  }
  return { zones: zones.length, rules: byRules.size, changes: [...byRules.values()].flat() };
}

describe('Around every change of clocks', () => {
  const { zones, rules, changes } = changesOfAllZones();

  test('the table of offsets says what the runtime says, to the second', () => {
    for (const { zone, atMs, beforeMs, afterMs } of changes) {
      expect(zoneOf(zone).offsetAt(atMs - 1), zone).toBe(beforeMs);
      expect(zoneOf(zone).offsetAt(atMs), zone).toBe(afterMs);
    }
    expect(changes.length).toBeGreaterThan(500);
  });

  test('a daily job runs once on every day of the calendar, at its time or, where that is skipped, as much later as was skipped', () => {
    let checked = 0;
    for (const change of changes) {
      const { zone, atMs, beforeMs, afterMs } = change;
      const rulesOfZone = zoneOf(zone);
      for (let scheduled = 0; scheduled < 100; scheduled += 1) {
        // Wall times of two days around the change, denser near it.
        const nearMs = scheduled < 60 ? (scheduled - 30) * 5 * 60_000 : (scheduled - 80) * 67 * 60_000;
        const anchorWall = Math.floor((atMs + beforeMs + nearMs) / 60_000) * 60_000 - 3 * DAY;
        const text = `R/${new Date(anchorWall).toISOString().slice(0, 19)}/P1D`;
        const { series } = parseSchedule(text, zone, 0);
        let place = series.first();
        let previous: Occurrence | undefined;
        for (let k = 0; k < 7; k += 1) {
          if (place === undefined) throw new Error(`${text} in ${zone} ends`);
          const wall = anchorWall + place.index * DAY;
          const shown = place.dueMs + rulesOfZone.offsetAt(place.dueMs);
          const skippedMs = Math.max(0, afterMs - beforeMs);
          if (shown !== wall) {
            // Only a skipped time may be shown as another, and then moved by exactly what was skipped.
            if (!(shown === wall + skippedMs && wall >= atMs + beforeMs && wall < atMs + afterMs)) {
              throw new Error(`${text} in ${zone}: run ${place.index} shows ${new Date(shown).toISOString()}`);
            }
          } else if (afterMs < beforeMs && place.dueMs >= atMs && place.dueMs < atMs + (beforeMs - afterMs)) {
            throw new Error(`${text} in ${zone}: the second of two equal times was taken`);
          }
          if (previous !== undefined && place.dueMs <= previous.dueMs) throw new Error(`${text} in ${zone}: doubled`);
          if (previous !== undefined && place.index !== previous.index + 1 && Math.abs(afterMs - beforeMs) < DAY) {
            throw new Error(`${text} in ${zone}: index ${previous.index + 1} is lost`);
          }
          previous = place;
          place = series.after(place);
          checked += 1;
        }
      }
    }
    process.stdout.write(
      `calendar: ${zones} zones, ${rules} sets of rules, ${changes.length} changes, ${checked} occurrences\n`,
    );
  });

  test('a job of hours never notices', () => {
    for (const { zone, atMs, beforeMs } of changes) {
      const start = new Date(atMs + beforeMs - 5 * HOUR).toISOString().slice(0, 19);
      const { series } = parseSchedule(`R/${start}/PT1H30M`, zone, 0);
      let place = series.first();
      for (let k = 0; k < 8; k += 1) {
        const next: Occurrence | undefined = place && series.after(place);
        if (place === undefined || next === undefined) throw new Error(`${zone} ends`);
        expect(next.dueMs - place.dueMs).toBe(1.5 * HOUR);
        place = next;
      }
    }
  });
});

describe('Catching up', () => {
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Pacific/Apia',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
  );
  const period = fc.constantFrom('PT1S', 'PT7M', 'PT24H', 'P1D', 'P1W', 'P1M', 'P1Y', 'P1DT1H', 'P1M2DT3H', 'PT0.5S');

  test('finds in one step what going one by one finds', () => {
    fc.assert(
      fc.property(
        zone,
        period,
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 3 * DAY }),
        (id, step, steps, restMs) => {
          const { series } = parseSchedule(`R500/2026-01-31T02:30:00/${step}`, id, 0);
          let place = series.first() as Occurrence;
          let end = place;
          for (let k = 0; k < steps; k += 1) end = series.after(end) ?? end;
          const nowMs = end.dueMs + restMs;
          for (let next = series.after(place); next !== undefined && next.dueMs <= nowMs; next = series.after(next))
            place = next;
          expect(series.lastDue(series.first() as Occurrence, nowMs)).toEqual(place);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('over a year of seconds it is a matter of some looks', () => {
    const { series } = parseSchedule('R/2026-01-01T00:00:00Z/PT1S', '', 0);
    const first = series.first() as Occurrence;
    expect(series.lastDue(first, first.dueMs + 366 * DAY + 1).index).toBe(366 * 86_400);
  });

  test('never goes beyond the last of a counted series', () => {
    const { series } = parseSchedule('R5/2026-01-01T00:00:00Z/P1D', '', 0);
    expect(series.lastDue(series.first() as Occurrence, Date.UTC(2030, 0)).index).toBe(4);
    const one = parseSchedule('R1/2026-01-01T00:00:00Z/P', '', 0).series;
    expect(one.lastDue(one.first() as Occurrence, Date.UTC(2030, 0)).index).toBe(0);
  });
});
