// Zones as people write them (chronos.md 3.7): tz database names, Java's three-letter ids and custom offsets. A zone answers one
// question, its offset at an instant; the transitions of a year are looked for once and kept, because asking the runtime each time
// costs microseconds.
import { FixedOffsetZone, IANAZone } from 'luxon';
import { CalendarError } from './calendar-error.ts';

/** Rules by which local time is made from instants. */
export interface Zone {
  /** As written, trimmed. */
  readonly id: string;
  /** Local time minus UTC in ms at this instant (ms since 1970). */
  offsetAt(instantMs: number): number;
}

/** Java's short ids; several are not what they look like: BST is Dhaka, EST has no summer time. */
const SHORT_IDS: Readonly<Record<string, string>> = {
  ACT: 'Australia/Darwin',
  AET: 'Australia/Sydney',
  AGT: 'America/Argentina/Buenos_Aires',
  ART: 'Africa/Cairo',
  AST: 'America/Anchorage',
  BET: 'America/Sao_Paulo',
  BST: 'Asia/Dhaka',
  CAT: 'Africa/Harare',
  CNT: 'America/St_Johns',
  CST: 'America/Chicago',
  CTT: 'Asia/Shanghai',
  EAT: 'Africa/Addis_Ababa',
  ECT: 'Europe/Paris',
  IET: 'America/Indiana/Indianapolis',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  MIT: 'Pacific/Apia',
  MST: 'America/Denver',
  NET: 'Asia/Yerevan',
  NST: 'Pacific/Auckland',
  PLT: 'Asia/Karachi',
  PNT: 'America/Phoenix',
  PRT: 'America/Puerto_Rico',
  PST: 'America/Los_Angeles',
  SST: 'Pacific/Guadalcanal',
  VST: 'Asia/Ho_Chi_Minh',
};

const FIXED_MINUTES: Readonly<Record<string, number>> = { UTC: 0, GMT: 0, Z: 0, UT: 0, EST: -300, HST: -600 };

const MINUTE_MS = 60_000;
const known = new Map<string, Zone>();

/** Throws CalendarError (`zone`) when there is no such zone; the original silently took GMT. */
export function zoneOf(id: string): Zone {
  const written = id.trim();
  const cached = known.get(written);
  if (cached !== undefined) return cached;
  const zone = findZone(written);
  if (zone === undefined) {
    throw new CalendarError(
      'zone',
      `Unknown time zone '${id}': a name of the tz database such as Europe/Berlin, UTC or GMT+3 is expected`,
    );
  }
  known.set(written, zone);
  return zone;
}

/** The zone of a written offset: no summer time (chronos.md 3.9). */
export function fixedZone(offsetMs: number): Zone {
  const minutes = offsetMs / MINUTE_MS;
  return { id: FixedOffsetZone.instance(minutes).name, offsetAt: () => offsetMs };
}

function findZone(id: string): Zone | undefined {
  const minutes = FIXED_MINUTES[id] ?? customOffset(id);
  if (minutes !== undefined) return { id, offsetAt: () => minutes * MINUTE_MS };
  const name = SHORT_IDS[id] ?? id;
  // "+01:00" is a zone to Intl, but not one of the tz database.
  if (!/^[A-Za-z]/.test(name) || !IANAZone.isValidZone(name)) return undefined;
  const rules = new ZoneRules(IANAZone.create(name));
  return { id, offsetAt: (instantMs) => rules.offsetAt(instantMs) };
}

/** `GMT+3`, `GMT-03:30`, `UTC+0530`: minutes; undefined when it is none. */
function customOffset(id: string): number | undefined {
  const match = /^(?:GMT|UTC|UT)([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(id);
  if (match === null) return undefined;
  const [, sign, hours, minutes = '0'] = match;
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return sign === '-' ? -total : total;
}

interface YearRules {
  readonly firstOffsetMs: number;
  /** In order; `offsetMs` holds from `atMs` on. */
  readonly changes: readonly { readonly atMs: number; readonly offsetMs: number }[];
}

/** Two changes of one zone are never closer than Morocco's month of fasting, about 30 days. */
const PROBE_MS = 10 * 86_400_000;

/** The offsets of one zone of the tz database, found year by year as they are asked for. */
class ZoneRules {
  readonly #zone: IANAZone;
  readonly #years = new Map<number, YearRules>();

  constructor(zone: IANAZone) {
    this.#zone = zone;
  }

  offsetAt(instantMs: number): number {
    const year = new Date(instantMs).getUTCFullYear();
    let rules = this.#years.get(year);
    if (rules === undefined) {
      rules = this.#look(Date.UTC(year, 0), Date.UTC(year + 1, 0));
      this.#years.set(year, rules);
    }
    let offsetMs = rules.firstOffsetMs;
    for (const change of rules.changes) {
      if (change.atMs > instantMs) break;
      offsetMs = change.offsetMs;
    }
    return offsetMs;
  }

  #look(startMs: number, endMs: number): YearRules {
    const ask = (ms: number): number => this.#zone.offset(ms) * MINUTE_MS;
    const firstOffsetMs = ask(startMs);
    const changes: { atMs: number; offsetMs: number }[] = [];
    let before = firstOffsetMs;
    for (let fromMs = startMs; fromMs < endMs; fromMs += PROBE_MS) {
      const toMs = Math.min(fromMs + PROBE_MS, endMs - 1);
      const after = ask(toMs);
      if (after === before) continue;
      // The first instant with the new offset, to the second: changes happen on whole ones.
      let low = fromMs;
      let high = toMs;
      while (high - low > 1000) {
        const middle = Math.floor((low + high) / 2000) * 1000;
        const probe = middle <= low ? low + 1000 : middle;
        if (ask(probe) === before) low = probe;
        else high = probe;
      }
      changes.push({ atMs: Math.floor(high / 1000) * 1000, offsetMs: after });
      before = after;
    }
    return { firstOffsetMs, changes };
  }
}
