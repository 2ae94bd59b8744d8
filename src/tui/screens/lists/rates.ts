// How many offers go where and what becomes of them, counted over the last minute of what was seen.
import type { ClusterView, OfferEvent } from '../../view/model.ts';
import { amount } from '../../widgets/words.ts';

const WINDOW_MS = 60_000;
/** Less than this is no time to count in. */
const SHORTEST_MS = 1000;

export interface OfferRate {
  readonly id: string;
  readonly counts: Readonly<Record<OfferEvent['kind'], number>>;
  /** Offered a second. */
  readonly perSecond: number;
  /** Of those that were answered, how many were accepted at all. */
  readonly acceptedShare: number | undefined;
}

export interface OfferRates {
  /** Most offers first. */
  readonly rates: readonly OfferRate[];
  readonly all: OfferRate;
  /** Over how long: a minute, or less where more has happened than is kept. */
  readonly windowMs: number;
}

/** By framework or agent. */
export function ratesBy(view: ClusterView, by: 'frameworkId' | 'agentId', nowMs: number): OfferRates {
  const { offerEvents } = view;
  const oldestMs = offerEvents[0]?.atMs ?? nowMs;
  const windowMs = Math.max(SHORTEST_MS, Math.min(WINDOW_MS, nowMs - oldestMs));
  const counts = new Map<string, Record<OfferEvent['kind'], number>>();
  const all = none();
  for (let at = offerEvents.length - 1; at >= 0; at -= 1) {
    const event = offerEvents[at];
    if (event === undefined || nowMs - event.atMs > WINDOW_MS) break;
    let known = counts.get(event[by]);
    if (known === undefined) {
      known = none();
      counts.set(event[by], known);
    }
    known[event.kind] += 1;
    all[event.kind] += 1;
  }
  const rates = [...counts].map(([id, counted]) => rate(id, counted, windowMs));
  rates.sort((one, other) => other.counts.offered - one.counts.offered || (one.id < other.id ? -1 : 1));
  return { rates, all: rate('', all, windowMs), windowMs };
}

function none(): Record<OfferEvent['kind'], number> {
  return { offered: 0, accepted: 0, declined: 0, rescinded: 0, withdrawn: 0 };
}

function rate(id: string, counts: Record<OfferEvent['kind'], number>, windowMs: number): OfferRate {
  const answered = counts.accepted + counts.declined;
  return {
    id,
    counts,
    perSecond: (counts.offered * 1000) / windowMs,
    acceptedShare: answered === 0 ? undefined : counts.accepted / answered,
  };
}

/** `offered 120 (2/s) · accepted 20 · declined 80`, only what has happened. */
export function rateText({ counts, perSecond }: OfferRate, dot: string): string {
  const parts = [`offered ${counts.offered} (${amount(perSecond)}/s)`];
  for (const kind of ['accepted', 'declined', 'rescinded', 'withdrawn'] as const) {
    if (counts[kind] > 0 || kind === 'accepted' || kind === 'declined') parts.push(`${kind} ${counts[kind]}`);
  }
  return parts.join(` ${dot} `);
}
