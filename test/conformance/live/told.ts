// What a scheduler stream told, cut into pieces: one for each offer and each other event. The pieces of one thread (a task's
// updates, an agent's offers) have an order; between threads Mesos leaves it open, but for what the master alone says.
import type { Event } from '../../../src/mesos/generated/scheduler.ts';

export interface Piece {
  /** `task t1`, `offers of S0`, `RESCIND of S0`, else the type of the event. */
  readonly thread: string;
  /** The offer alone, or the whole event. */
  readonly value: unknown;
  /** Which event of the stream it is of. */
  readonly event: number;
  /** Of updates that want to be acknowledged. */
  readonly uuid?: string;
  readonly offerId?: string;
}

/**
 * All but heartbeats after the first, whose number depends on how long the stream lasts. `before`: the events before these,
 * which tell whose the offers are that are taken back.
 */
export function piecesOf(events: readonly Event[], before: readonly Event[] = []): Piece[] {
  const agents = agentsOfOffers([...before, ...events]);
  const firstHeartbeat = events.findIndex(({ type }) => type === 'HEARTBEAT');
  return events.flatMap((event, index): Piece[] => {
    if (event.type === 'HEARTBEAT' && index !== firstHeartbeat) return [];
    if (event.offers !== undefined) {
      return (event.offers.offers ?? []).map((offer) => ({
        thread: `offers of ${/S\d+$/.exec(offer.agent_id.value)?.[0] ?? ''}`,
        value: offer,
        event: index,
        offerId: offer.id.value,
      }));
    }
    if (event.inverse_offers !== undefined) {
      return (event.inverse_offers.inverse_offers ?? []).map((offer) => ({
        thread: `inverse offers of ${agents.get(offer.id.value)}`,
        value: offer,
        event: index,
        offerId: offer.id.value,
      }));
    }
    const rescinded = event.rescind?.offer_id ?? event.rescind_inverse_offer?.inverse_offer_id;
    if (rescinded !== undefined) {
      return [{ thread: `${event.type} of ${agents.get(rescinded.value)}`, value: event, event: index }];
    }
    const status = event.update?.status;
    if (status === undefined) return [{ thread: event.type ?? '', value: event, event: index }];
    const { task_id, uuid } = status;
    return [{ thread: `task ${task_id.value}`, value: event, event: index, ...(uuid !== undefined && { uuid }) }];
  });
}

export function byThread(pieces: readonly Piece[]): Map<string, Piece[]> {
  const threads = new Map<string, Piece[]>();
  for (const piece of pieces) threads.set(piece.thread, [...(threads.get(piece.thread) ?? []), piece]);
  return threads;
}

/** The threads of what the master itself says, in its order: agents report in theirs, offers come with the clock. */
export function orderOfMaster(pieces: readonly Piece[]): string[] {
  return pieces
    .filter(({ uuid, offerId }) => uuid === undefined && offerId === undefined)
    .map(({ thread }) => thread.replace(/^(RESCIND\w*) of .*/, '$1'));
}

/** Offers and inverse offers → `S0`. */
function agentsOfOffers(events: readonly Event[]): Map<string, string> {
  const agents = new Map<string, string>();
  for (const { offers, inverse_offers } of events) {
    for (const { id, agent_id } of [...(offers?.offers ?? []), ...(inverse_offers?.inverse_offers ?? [])]) {
      agents.set(id.value, /S\d+$/.exec(agent_id?.value ?? '')?.[0] ?? '');
    }
  }
  return agents;
}
