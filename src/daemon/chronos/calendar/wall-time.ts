// Local time without a zone, and what instant it is somewhere (chronos.md 3.8).
import type { Zone } from './zone.ts';

/** Date and time on a wall, as the number of ms that it would be since 1970 if the wall were in UTC. */
export type WallMs = number;

/** No zone is further from UTC than this, and none changes twice within twice as long. */
const FARTHEST_MS = 16 * 3_600_000;

/**
 * The instant at which the walls of the zone show this. A time that a change skips moves forward by what was skipped; of a time that
 * comes twice the first is meant. Both are the time by the offset before the change.
 */
export function instantOf(wall: WallMs, zone: Zone): number {
  const before = zone.offsetAt(wall - FARTHEST_MS);
  const after = zone.offsetAt(wall + FARTHEST_MS);
  const early = wall - before;
  if (before === after || zone.offsetAt(early) === before) return early;
  const late = wall - after;
  return zone.offsetAt(late) === after ? late : early;
}

/** What the walls of the zone show at an instant. */
export function wallAt(instantMs: number, zone: Zone): WallMs {
  return instantMs + zone.offsetAt(instantMs);
}

/** Adds months; a day that the month does not have becomes its last (31 January and a month: 28 or 29 February). */
export function plusMonths(wall: WallMs, months: number): WallMs {
  if (months === 0) return wall;
  const date = new Date(wall);
  const month = date.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  const midnight = Date.UTC(date.getUTCFullYear(), month, day);
  const sinceMidnight = wall - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return midnight + sinceMidnight;
}
