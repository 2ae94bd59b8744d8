// Counts why offers were not used, as `/v2/queue` shows it (marathon.md 7.3).
import type { RejectCount } from '../core.ts';
import { REJECT_REASONS, type RejectReason } from '../model/reject-reason.ts';

/** Of offers looked at: how many ended at which step of the funnel. Everything costs the same whatever their number. */
export class RejectTally {
  #processed = 0;
  readonly #declined = new Map<RejectReason, number>();

  /** An offer with several reasons counts at the earliest; one without any was used, and passes all steps. */
  add(reasons: readonly RejectReason[]): void {
    this.#count(reasons, 1);
  }

  /** Takes back an `add` of the same reasons: a newer offer of that agent takes its place. */
  remove(reasons: readonly RejectReason[]): void {
    this.#count(reasons, -1);
  }

  /** All steps in order. */
  counts(): RejectCount[] {
    let processed = this.#processed;
    return REJECT_REASONS.map((reason) => {
      const step: RejectCount = { reason, declined: this.#declined.get(reason) ?? 0, processed };
      processed -= step.declined;
      return step;
    });
  }

  #count(reasons: readonly RejectReason[], by: 1 | -1): void {
    this.#processed += by;
    const earliest = REJECT_REASONS.find((reason) => reasons.includes(reason));
    if (earliest !== undefined) this.#declined.set(earliest, (this.#declined.get(earliest) ?? 0) + by);
  }
}

/** The funnel of offers that are all at hand. */
export function rejectCounts(offers: Iterable<readonly RejectReason[]>): RejectCount[] {
  const tally = new RejectTally();
  for (const reasons of offers) tally.add(reasons);
  return tally.counts();
}
