// What the live endpoint says of offers, shares and agents, as JSON.
import type { ShareView, ShareViews } from '../../../../allocator/allocator.ts';
import type { Resources } from '../../../../mesos/resources.ts';
import type { OfferAnswer } from '../../live-events.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { MasterState } from '../../state/master-state.ts';
import type { MasterOffer } from '../../state/offer.ts';

/** Ranges of ports beyond these are counted only. */
const MAX_PORT_RANGES = 16;

/** An outstanding offer; times in ms since 1970, memory and disk in MB. */
export function offerForm(offer: MasterOffer): object {
  return { ...offerFacts(offer), sent_ms: offer.sentMs };
}

/** What became of it. */
export function offerEventForm(offer: MasterOffer, atMs: number, answer: OfferAnswer): object {
  return {
    ...offerFacts(offer),
    at_ms: atMs,
    ...(answer.refuseSeconds !== undefined && { refuse_seconds: answer.refuseSeconds }),
    ...(answer.operations !== undefined && { operations: answer.operations }),
  };
}

function offerFacts({ offerId, frameworkId, agentId, role, resources }: MasterOffer): object {
  return {
    id: offerId,
    framework_id: frameworkId,
    agent_id: agentId,
    role,
    cpus: resources.scalar('cpus') ?? 0,
    mem: resources.scalar('mem') ?? 0,
    disk: resources.scalar('disk') ?? 0,
    gpus: resources.scalar('gpus') ?? 0,
    ports: portsText(resources),
  };
}

/** `31000-31009, 31012`. */
function portsText(resources: Resources): string {
  const ranges = resources.ranges('ports');
  const shown = ranges.slice(0, MAX_PORT_RANGES).map(([begin, end]) => (begin === end ? begin : `${begin}-${end}`));
  return ranges.length > MAX_PORT_RANGES
    ? `${shown.join(', ')} and ${ranges.length - MAX_PORT_RANGES} more`
    : shown.join(', ');
}

/** As the books have it now: `gone` is everybody they do not know. */
export function agentForm({ agents }: Pick<MasterState, 'agents'>, agentId: string): object {
  const agent = agents.registered.get(agentId);
  if (agent === undefined) return { id: agentId, state: agents.unreachable.has(agentId) ? 'unreachable' : 'gone' };
  const state = agent.connected ? decidedState(agent) : 'disconnected';
  return {
    id: agentId,
    state,
    ...(agent.reregisteredTimeMs !== undefined && { reregistered_ms: agent.reregisteredTimeMs }),
  };
}

function decidedState({ deactivation }: MasterAgent): string {
  if (deactivation === undefined) return 'active';
  return deactivation.drain === undefined ? 'deactivated' : deactivation.drain.state.toLowerCase();
}

/** The tree in its order, each place with its reason in words. */
export function sharesForm({ rows, total }: ShareViews, state: Quotas, allocator: Consumption): object {
  const absent = new Set(state.quotas.keys());
  const forms: object[] = rows.map((share) => {
    if (share.kind !== 'role' || !state.quotas.has(share.role)) return shareForm(share);
    absent.delete(share.role);
    return { ...shareForm(share), quota: quotaForm(share.role, state, allocator) };
  });
  // What is promised to nobody is kept back from everybody else all the same.
  if (total === rows.length) for (const role of absent) forms.push(absentForm(role, state, allocator));
  return { total: total - rows.length + forms.length, rows: forms };
}

type Quotas = Pick<MasterState, 'quotas' | 'weights'>;
type Consumption = { quotaConsumption(role: string): Readonly<Record<string, number>> };

/** What the role is promised, may have, and has of it, offers included; amounts by name, in units. */
function quotaForm(role: string, { quotas }: Quotas, allocator: Consumption): object {
  const { guarantees = {}, limits = {} } = quotas.get(role) ?? {};
  return { guarantees, limits, consumed: allocator.quotaConsumption(role) };
}

function absentForm(role: string, state: Quotas, allocator: Consumption): object {
  return {
    kind: 'role',
    role,
    weight: state.weights.get(role) ?? 1,
    dominant_share: 0,
    cpus: 0,
    mem: 0,
    disk: 0,
    gpus: 0,
    suppressed: false,
    filters: 0,
    reason: 'nobody is in it',
    quota: quotaForm(role, state, allocator),
  };
}

function shareForm(share: ShareView): object {
  const { held } = share;
  return {
    kind: share.kind,
    role: share.role,
    ...(share.frameworkId !== undefined && { framework_id: share.frameworkId }),
    weight: share.weight,
    dominant_share: share.share,
    ...(share.dominantResource !== undefined && { dominant_resource: share.dominantResource }),
    cpus: held.cpus ?? 0,
    mem: held.mem ?? 0,
    disk: held.disk ?? 0,
    gpus: held.gpus ?? 0,
    suppressed: share.absence === 'suppressed',
    filters: share.filterCount,
    ...(share.nextFilterEndsMs !== undefined && { next_filter_ends_ms: share.nextFilterEndsMs }),
    ...(share.position !== undefined && { position: share.position }),
    reason: share.absence === undefined ? PLACES[share.after] : ABSENCES[share.absence],
  };
}

const PLACES: Readonly<Record<ShareView['after'], string>> = {
  first: 'first among its own: nobody beside it has less',
  share: 'has a larger share, by its weight, than the one before it',
  count: 'same share as the one before it, but was given something more often',
  name: 'same share as the one before it, as often given something: by name',
};

const ABSENCES: Readonly<Record<NonNullable<ShareView['absence']>, string>> = {
  disconnected: 'not connected: what it holds goes on counting',
  unsubscribed: 'left this role, and still holds something of it',
  suppressed: 'suppressed: wants no offers until it revives',
  nobody: 'nobody in it wants offers',
};
