// Offers as the view has them.
import type { LiveOffer } from '../../../client/operator.ts';
import type { OfferEvent, OfferRow } from '../../view/model.ts';

/** One that is outstanding. */
export function offerRow(offer: LiveOffer): OfferRow {
  const { id, frameworkId, agentId, role, cpus, mem, disk, gpus, ports, sentMs } = offer;
  return { id, frameworkId, agentId, role, amounts: { cpus, memMb: mem, diskMb: disk, gpus }, ports, sentMs };
}

/** What happened to an offer. */
export function eventOf(row: OfferRow, kind: OfferEvent['kind'], atMs: number): OfferEvent {
  const { id, frameworkId, agentId, role, amounts } = row;
  const bare = { refuseSeconds: undefined, operations: undefined };
  return { atMs, kind, offerId: id, frameworkId, agentId, role, amounts, ...bare };
}
