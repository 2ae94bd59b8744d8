// What became of the offers that an app looked at since it began to wait (marathon.md 7.3).
import type { Offer } from '../../../mesos/generated/v1.ts';
import type { QueueEntry, UnusedOffer } from '../core.ts';
import { RejectTally } from '../matching/reject-tally.ts';
import type { RejectReason } from '../model/reject-reason.ts';

/** Agents whose last offer is kept; of more, those heard of last. */
const MAX_AGENTS = 250;

type Shown = Pick<
  QueueEntry,
  | 'processedOffers'
  | 'unusedOffers'
  | 'lastUnusedAtMs'
  | 'lastUsedAtMs'
  | 'rejectsOfLastOffers'
  | 'rejectsOfLaunchAttempt'
  | 'lastUnusedOffers'
>;

/** Each offer counts once, however many instances it took. Times are wall-clock ms. */
export class OfferStatistics {
  #processed = 0;
  #unused = 0;
  #lastUnusedAtMs: number | undefined;
  #lastUsedAtMs: number | undefined;
  readonly #attempt = new RejectTally();
  readonly #lastOffers = new RejectTally();
  /** By agent, in the order of arrival. */
  readonly #latest = new Map<string, UnusedOffer>();

  used(atMs: number): void {
    this.#processed += 1;
    this.#lastUsedAtMs = atMs;
    this.#attempt.add([]);
  }

  rejected(offer: Offer, reasons: readonly RejectReason[], atMs: number): void {
    this.#processed += 1;
    this.#unused += 1;
    this.#lastUnusedAtMs = atMs;
    this.#attempt.add(reasons);
    this.#lastOffers.add(reasons);
    const agentId = offer.agent_id.value;
    this.#forget(agentId);
    this.#latest.set(agentId, { offer, reasons, atMs });
    const [oldest] = this.#latest.keys();
    if (this.#latest.size > MAX_AGENTS && oldest !== undefined) this.#forget(oldest);
  }

  shown(): Shown {
    return {
      processedOffers: this.#processed,
      unusedOffers: this.#unused,
      ...(this.#lastUnusedAtMs !== undefined && { lastUnusedAtMs: this.#lastUnusedAtMs }),
      ...(this.#lastUsedAtMs !== undefined && { lastUsedAtMs: this.#lastUsedAtMs }),
      rejectsOfLastOffers: this.#lastOffers.counts(),
      rejectsOfLaunchAttempt: this.#attempt.counts(),
      lastUnusedOffers: [...this.#latest.values()],
    };
  }

  #forget(agentId: string): void {
    const former = this.#latest.get(agentId);
    if (former === undefined) return;
    this.#latest.delete(agentId);
    this.#lastOffers.remove(former.reasons);
  }
}
