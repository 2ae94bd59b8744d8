// The messages of the master's live stream, checked: from here on the types hold. Read by hand, as thousands a second may come.
import type { EventFrame } from '../event-frames.ts';
import type { LiveAgent, LiveListener, LiveOffer, LiveOfferEnd, LiveQuota, LiveShare } from './live.ts';

/** A message that is not what this stream tells. */
export class LiveMessageError extends Error {
  override readonly name = 'LiveMessageError';
  readonly code = 'unreadable';
}

type Fields = Readonly<Record<string, unknown>>;

/** Tells the listener. Events of other names are passed over: newer masters may have more. Throws LiveMessageError. */
export function liveMessage({ event, data }: EventFrame, listener: Omit<LiveListener, 'ended'>): void {
  switch (event) {
    case 'offers': {
      const fields = read(data);
      listener.offers(list(fields, 'offers').map(offerOf), number(fields, 'total'));
      break;
    }
    case 'offered':
      listener.offered(offerOf(read(data)));
      break;
    case 'accepted':
    case 'declined':
    case 'rescinded':
    case 'withdrawn':
      listener.offerEnded(endOf(event, read(data)));
      break;
    case 'shares': {
      const fields = read(data);
      listener.shares(list(fields, 'rows').map(shareOf), number(fields, 'total'));
      break;
    }
    case 'agents':
      listener.agents(list(read(data), 'inactive').map(agentOf), true);
      break;
    case 'agent':
      listener.agents([agentOf(read(data))], false);
      break;
  }
}

function offerOf(fields: Fields): LiveOffer {
  return { ...common(fields), sentMs: optionalNumber(fields, 'sent_ms') };
}

function endOf(how: LiveOfferEnd['how'], fields: Fields): LiveOfferEnd {
  return {
    ...common(fields),
    how,
    atMs: number(fields, 'at_ms'),
    refuseSeconds: optionalNumber(fields, 'refuse_seconds'),
    operations: optionalText(fields, 'operations'),
  };
}

function common(fields: Fields): Omit<LiveOffer, 'sentMs'> {
  return {
    id: text(fields, 'id'),
    frameworkId: text(fields, 'framework_id'),
    agentId: text(fields, 'agent_id'),
    role: text(fields, 'role'),
    ...amounts(fields),
    ports: optionalText(fields, 'ports') ?? '',
  };
}

function shareOf(fields: Fields): LiveShare {
  const { kind } = fields;
  if (kind !== 'role' && kind !== 'framework') throw wrong('kind', kind);
  return {
    kind,
    role: text(fields, 'role'),
    frameworkId: optionalText(fields, 'framework_id'),
    weight: number(fields, 'weight'),
    dominantShare: number(fields, 'dominant_share'),
    dominantResource: optionalText(fields, 'dominant_resource'),
    ...amounts(fields),
    isSuppressed: fields.suppressed === true,
    filters: number(fields, 'filters'),
    nextFilterEndsMs: optionalNumber(fields, 'next_filter_ends_ms'),
    position: optionalNumber(fields, 'position'),
    reason: text(fields, 'reason'),
    quota: fields.quota === undefined ? undefined : quotaOf(fieldsOf(fields.quota)),
  };
}

function quotaOf(fields: Fields): LiveQuota {
  return {
    guarantees: quantities(fields, 'guarantees'),
    limits: quantities(fields, 'limits'),
    consumed: quantities(fields, 'consumed'),
  };
}

function quantities(fields: Fields, name: string): Readonly<Record<string, number>> {
  const amounts = fieldsOf(fields[name]);
  return Object.fromEntries(Object.keys(amounts).map((key) => [key, number(amounts, key)]));
}

const AGENT_STATES = ['active', 'disconnected', 'deactivated', 'draining', 'drained', 'unreachable', 'gone'] as const;

function agentOf(fields: Fields): LiveAgent {
  const state = AGENT_STATES.find((known) => known === fields.state);
  if (state === undefined) throw wrong('state', fields.state);
  return { id: text(fields, 'id'), state, reregisteredMs: optionalNumber(fields, 'reregistered_ms') };
}

function amounts(fields: Fields): Pick<LiveOffer, 'cpus' | 'mem' | 'disk' | 'gpus'> {
  return {
    cpus: number(fields, 'cpus'),
    mem: number(fields, 'mem'),
    disk: number(fields, 'disk'),
    gpus: number(fields, 'gpus'),
  };
}

function read(data: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    throw new LiveMessageError('an event is no JSON', { cause });
  }
  return fieldsOf(value);
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('an event', value);
  return value as Fields;
}

function list(fields: Fields, name: string): Fields[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw wrong(name, value);
  return value.map(fieldsOf);
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw wrong(name, value);
  return value;
}

function number(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number') throw wrong(name, value);
  return value;
}

function optionalNumber(fields: Fields, name: string): number | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : number(fields, name);
}

function optionalText(fields: Fields, name: string): string | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : text(fields, name);
}

function wrong(name: string, value: unknown): LiveMessageError {
  return new LiveMessageError(`${name} is ${JSON.stringify(value)?.slice(0, 80) ?? 'missing'}`);
}
