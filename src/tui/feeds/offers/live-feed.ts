// Offers as they go, and the tree of fair shares: streamed by mctl's masters; from others what can be found out by asking.
import { ApiError } from '../../../client/api-error.ts';
import {
  type LiveAgent,
  type LiveListener,
  type LiveOffer,
  type LiveOfferEnd,
  type LiveShare,
  type MasterClient,
  openLive,
} from '../../../client/operator.ts';
import type { ShareRow } from '../../view/model.ts';
import type { ViewSink } from '../../view/sink.ts';
import type { Feed, FeedContext } from '../feed.ts';
import { type Attempt, Keeper } from '../keeper.ts';
import { hostOf } from '../master/master-feed.ts';
import { streamEnd } from '../stream-end.ts';
import { OfferPolling } from './polling.ts';
import { quotaText } from './quota.ts';
import { eventOf, offerRow } from './rows.ts';

export interface LiveFeedOptions {
  readonly master: MasterClient;
  /** For people: the addresses, or the election. */
  readonly where: string;
}

/** What a stream tells has happened just now: farther apart, it is the clocks that differ, and ours counts. */
const MAX_APART_MS = 10_000;

/** Listens at once. */
export function startLiveFeed(context: FeedContext, options: LiveFeedOptions): Feed {
  const { sink, world } = context;
  const { master, where } = options;
  let address = where;
  sink.setFeed({ name: 'offers', state: 'connecting', address, why: undefined });

  async function run(attempt: Attempt): Promise<void> {
    const end = streamEnd();
    const teller = new Teller(sink, world.clock.nowMs.bind(world.clock), attempt);
    const live = await openLive(master, world.clock, ['offers', 'shares', 'agents'], {
      ...teller.listener,
      ended: end.ended,
    }).catch((error: unknown) => {
      if (error instanceof ApiError && isUnknown(error)) return undefined;
      throw error;
    });
    if (attempt.isOver) {
      live?.close();
      return;
    }
    address = hostOf(master.api.address);
    if (live === undefined) {
      await new OfferPolling(context, master, address).run(attempt);
      return;
    }
    attempt.onOver(() => live.close());
    sink.setFeed({ name: 'offers', state: 'live', address, why: undefined });
    attempt.succeeded();
    await end.over;
  }

  return new Keeper(world, {
    run,
    failed: (why) => sink.setFeed({ name: 'offers', state: 'broken', address, why }),
  });
}

/** Masters of others do not have the path, or not for GET. */
function isUnknown({ code, status }: ApiError): boolean {
  return code === 'not-found' || status === 405 || status === 501;
}

/** What one stream tells, put into the view. */
class Teller {
  readonly #sink: ViewSink;
  readonly #nowMs: () => number;
  readonly #attempt: Attempt;

  constructor(sink: ViewSink, nowMs: () => number, attempt: Attempt) {
    this.#sink = sink;
    this.#nowMs = nowMs;
    this.#attempt = attempt;
  }

  readonly listener: Omit<LiveListener, 'ended'> = {
    offers: (offers, total) => this.#unlessOver(() => this.#sink.replaceOffers(offers.map(offerRow), total)),
    offered: (offer) => this.#unlessOver(() => this.#offered(offer)),
    offerEnded: (end) => this.#unlessOver(() => this.#ended(end)),
    shares: (shares, total) => this.#unlessOver(() => this.#sink.replaceShares(shares.map(shareRow), total)),
    agents: (agents) => this.#unlessOver(() => this.#agents(agents)),
  };

  #unlessOver(tell: () => void): void {
    if (!this.#attempt.isOver) tell();
  }

  #offered(offer: LiveOffer): void {
    const row = offerRow({ ...offer, sentMs: this.#byOurClock(offer.sentMs) });
    this.#sink.putOffer(row);
    this.#sink.addOfferEvent(eventOf(row, 'offered', this.#byOurClock(offer.sentMs)));
  }

  #ended(end: LiveOfferEnd): void {
    const { how, atMs, refuseSeconds, operations } = end;
    const row = offerRow({ ...end, sentMs: undefined });
    this.#sink.removeOffer(end.id);
    this.#sink.addOfferEvent({ ...eventOf(row, how, this.#byOurClock(atMs)), refuseSeconds, operations });
  }

  /** Rates are counted by it, and an offer of this moment is not a minute old. */
  #byOurClock(atMs: number | undefined): number {
    const nowMs = this.#nowMs();
    return atMs === undefined || Math.abs(nowMs - atMs) > MAX_APART_MS ? nowMs : atMs;
  }

  /** At first those that are not active: of the others the operator events have said it. */
  #agents(agents: readonly LiveAgent[]): void {
    for (const { id, state, reregisteredMs } of agents) {
      if (state === 'gone') {
        this.#sink.removeAgent(id);
        continue;
      }
      this.#sink.changeAgent(id, { state, ...(reregisteredMs !== undefined && { reregisteredMs }) });
    }
  }
}

function shareRow(share: LiveShare): ShareRow {
  const { kind, role, frameworkId, weight, dominantShare, dominantResource, position, reason } = share;
  return {
    id: frameworkId === undefined ? role : `${role}/${frameworkId}`,
    kind,
    role,
    frameworkId,
    weight,
    dominantShare,
    dominantResource,
    allocated: { cpus: share.cpus, memMb: share.mem, diskMb: share.disk, gpus: share.gpus },
    isSuppressed: share.isSuppressed,
    filterCount: share.filters,
    nextFilterEndsMs: share.nextFilterEndsMs,
    position,
    reason,
    ...(share.quota !== undefined && { quota: quotaText(share.quota) }),
  };
}
