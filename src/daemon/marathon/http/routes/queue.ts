// /v2/queue: what waits to be launched, and which offers did not fit (marathon.md 7.3).
import type { Attribute, Resource as MesosResource, Offer } from '../../../../mesos/generated/v1.ts';
import type { MarathonCore, QueueEntry, UnusedOffer } from '../../core.ts';
import type { JsonValue } from '../../model/json.ts';
import { resolvePath } from '../../model/path-id.ts';
import { timestamp } from '../../model/time.ts';
import { notFound } from '../../refusals.ts';
import { byMethod, jsonText } from '../answers.ts';
import type { Resource } from '../service.ts';
import { appText } from '../views/app-info.ts';

type Core = Pick<MarathonCore, 'launchQueue' | 'backOffs' | 'world'>;

/** GET lists; DELETE of `<id>/delay` lets the app be launched at once. */
export function queueRoute(core: Core): Resource {
  return (request, rest) => {
    if (rest.length === 0) {
      return byMethod(request.method, {
        GET: () => {
          const withOffers = request.query.all('embed').includes('lastUnusedOffers');
          const nowMs = core.world.clock.nowMs();
          const items = core.launchQueue.entries().map((entry) => itemText(entry, nowMs, withOffers));
          return jsonText(`{"queue":[${items.join(',')}]}`);
        },
      });
    }
    if (rest.at(-1) !== 'delay') throw notFound('URI not found');
    return byMethod(request.method, {
      DELETE: () => {
        const id = resolvePath(rest.slice(0, -1).join('/'));
        if (core.launchQueue.entry(id) === undefined) throw notFound(`Application ${id} not found in tasks queue.`);
        core.backOffs.reset(id);
        return { status: 204 };
      },
    });
  };
}

function itemText(entry: QueueEntry, nowMs: number, withOffers: boolean): string {
  const leftMs = Math.max(0, (entry.delayedUntilMs ?? 0) - nowMs);
  const more: JsonValue = {
    count: entry.count,
    role: entry.role,
    since: timestamp(entry.sinceMs),
    delay: { timeLeftSeconds: Math.ceil(leftMs / 1000), overdue: leftMs === 0 },
    processedOffersSummary: {
      processedOffersCount: entry.processedOffers,
      unusedOffersCount: entry.unusedOffers,
      ...(entry.lastUnusedAtMs !== undefined && { lastUnusedOfferAt: timestamp(entry.lastUnusedAtMs) }),
      ...(entry.lastUsedAtMs !== undefined && { lastUsedOfferAt: timestamp(entry.lastUsedAtMs) }),
      rejectSummaryLastOffers: entry.rejectsOfLastOffers.map((count) => ({ ...count })),
      rejectSummaryLaunchAttempt: entry.rejectsOfLaunchAttempt.map((count) => ({ ...count })),
    },
    ...(withOffers && { lastUnusedOffers: entry.lastUnusedOffers.map(unusedOfferJson) }),
  };
  return `{"app":${appText(entry.app)},${JSON.stringify(more).slice(1)}`;
}

function unusedOfferJson({ offer, reasons, atMs }: UnusedOffer): JsonValue {
  return { offer: offerJson(offer), reason: reasons, timestamp: timestamp(atMs) };
}

function offerJson(offer: Offer): JsonValue {
  return {
    id: offer.id.value,
    hostname: offer.hostname,
    agentId: offer.agent_id.value,
    resources: (offer.resources ?? []).map(resourceJson),
    attributes: (offer.attributes ?? []).map(attributeJson),
  };
}

function resourceJson(resource: MesosResource): JsonValue {
  const role = resource.reservations?.at(-1)?.role ?? resource.role ?? '*';
  return { name: resource.name, role, ...valueJson(resource) };
}

function attributeJson(attribute: Attribute): JsonValue {
  return { name: attribute.name, ...(attribute.text && { text: attribute.text.value }), ...valueJson(attribute) };
}

function valueJson({
  scalar,
  ranges,
  set,
}: Pick<MesosResource, 'scalar' | 'ranges' | 'set'>): Record<string, JsonValue> {
  return {
    ...(scalar !== undefined && { scalar: scalar.value }),
    ...(ranges !== undefined && { ranges: (ranges.range ?? []).map(({ begin, end }) => ({ begin, end })) }),
    ...(set !== undefined && { set: set.item ?? [] }),
  };
}
