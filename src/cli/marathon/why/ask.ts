// Why an app does not start: asked of our Marathon, or put together from the queue of another.
import {
  type AppInfo,
  type MarathonClient,
  MarathonError,
  type PlacementExplanation,
  type QueueItem,
} from '../../../client/marathon.ts';

/** Everything there is to say about an app that should run. */
export interface Answer {
  readonly app: AppInfo;
  /** Instances to launch. */
  readonly missing: number;
  /** Back-off: ISO time. */
  readonly delayedUntil: string | undefined;
  readonly explanation: PlacementExplanation;
}

/** `id` as of findAppId. Throws MarathonError. */
export async function askWhy(marathon: MarathonClient, id: string, nowMs: number): Promise<Answer> {
  const own = await marathon.why(id);
  // With its tasks, which the other answer has not.
  const app = await marathon.app(id);
  if (own !== undefined) return { app, missing: own.missing, delayedUntil: own.delayedUntil, explanation: own.why };
  const item = (await marathon.queue()).find((entry) => entry.app?.id === id);
  const leftMs = (item?.delay.timeLeftSeconds ?? 0) * 1000;
  return {
    app,
    missing: item?.count ?? 0,
    delayedUntil: item !== undefined && !item.delay.overdue ? new Date(nowMs + leftMs).toISOString() : undefined,
    explanation: fromQueue(item),
  };
}

/** As far as the last offers tell it; there are no suggestions. */
export function fromQueue(item: QueueItem | undefined): PlacementExplanation {
  const funnel = item?.processedOffersSummary.rejectSummaryLastOffers ?? [];
  const agents = (item?.lastUnusedOffers ?? []).map(({ offer, reason: [reason] }) => ({
    agentId: offer.agentId,
    hostname: offer.hostname,
    places: 0,
    shortfalls: [],
    ...(reason !== undefined && { reason }),
  }));
  const missing = item?.count ?? 0;
  const isRefused = funnel.some(({ declined }) => declined > 0);
  const isDelayed = item?.delay.overdue === false;
  const state = missing === 0 ? 'complete' : isDelayed ? 'delayed' : isRefused ? 'none' : 'fits';
  const agentCount = Math.max(agents.length, ...funnel.map(({ processed }) => processed), 0);
  return { missing, places: 0, state, agentCount, funnel, agents, agentsLeftOut: 0, suggestions: [] };
}

/** As `askWhy`, undefined when it cannot be had now: for words beside something else. */
export async function askWhyIfPossible(
  marathon: MarathonClient,
  id: string,
  nowMs: number,
): Promise<Answer | undefined> {
  try {
    return await askWhy(marathon, id, nowMs);
  } catch (error) {
    if (error instanceof MarathonError) return undefined; // the words beside it stay without a reason
    throw error;
  }
}
