// What the screen of offers lists, one of four ways to look at the same: the stream, what is outstanding, by framework, by agent.
import type { ClusterView, OfferEvent, OfferRow } from '../../view/model.ts';
import { agentName, frameworkName } from './names.ts';
import type { RowSource } from './rows.ts';

export type OfferLine =
  | { readonly kind: 'event'; readonly id: string; readonly seq: number; readonly event: OfferEvent }
  | { readonly kind: 'offer'; readonly id: string; readonly offer: Readonly<OfferRow> };

/** Only `stream` and `outstanding` have lines of this kind; rates are counted when they are drawn. */
export const OFFER_LOOKS = ['stream', 'outstanding', 'frameworks', 'agents'] as const;
export type OfferLook = (typeof OFFER_LOOKS)[number];

export function lookOf(column: string | undefined): OfferLook {
  return OFFER_LOOKS.find((look) => look === column) ?? 'stream';
}

const BASE = {
  version: (view: ClusterView) => `${view.version('offers')} ${view.agents.size} ${view.frameworks.size}`,
  id: ({ id }: OfferLine) => id,
  isFault: (line: OfferLine) => line.kind === 'event' && line.event.kind === 'rescinded',
  text: (line: OfferLine, view: ClusterView) => {
    const about = line.kind === 'event' ? line.event : line.offer;
    const told = line.kind === 'event' ? `${line.event.kind} ${line.event.operations ?? ''}` : 'outstanding';
    return `${told}\n${frameworkName(view, about.frameworkId)}\n${agentName(view, about.agentId)}\n${about.role}`;
  },
};

/** Newest first. */
export const OFFER_STREAM: RowSource<OfferLine> = {
  ...BASE,
  name: 'offer stream',
  all: (view) =>
    view.offerEvents
      .map(
        (event, index): OfferLine => ({
          kind: 'event',
          id: `agent\n${event.agentId}\n${event.kind} ${event.offerId} ${event.atMs}`,
          seq: index,
          event,
        }),
      )
      .reverse(),
  sortBy: { stream: (line) => (line.kind === 'event' ? -line.seq : undefined) },
};

/** Longest outstanding first: who sits on offers is who others wait for. */
export const OFFERS_OUTSTANDING: RowSource<OfferLine> = {
  ...BASE,
  name: 'offers outstanding',
  all: (view) =>
    Array.from(
      view.offers.values(),
      (offer): OfferLine => ({ kind: 'offer', id: `agent\n${offer.agentId}\n${offer.id}`, offer }),
    ),
  sortBy: { outstanding: (line) => (line.kind === 'offer' ? line.offer.sentMs : undefined) },
};
