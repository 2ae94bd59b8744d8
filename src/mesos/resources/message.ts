// Resource message → item: upgrades the reservation format and moves values into their inner form.
import type { Resource, Resource_ReservationInfo } from '../generated/v1.ts';
import { ResourcesError } from './errors.ts';
import { type Identity, internIdentity, plainIdentity, type Reservation, type ResourceKind } from './identity.ts';
import { type Item, rangesItem, scalarItem, setItem } from './item.ts';
import { coalesce } from './ranges.ts';
import { toPostFormat } from './reservation-format.ts';
import { toMillis } from './scalar.ts';

/** Throws ResourcesError (RESOURCES_INVALID) for what no resource can be; the finer rules are in validation.ts. */
export function messageToItem(message: Resource): Item {
  const kind = kindOf(message);
  const identity = identityOf(message, kind);
  switch (kind) {
    case 'SCALAR':
      return scalarItem(identity, toMillis(message.scalar?.value ?? 0), message.disk);
    case 'RANGES':
      return rangesItem(
        identity,
        coalesce((message.ranges?.range ?? []).map(({ begin, end }) => [begin, end] as const)),
      );
    case 'SET':
      return setItem(identity, [...new Set(message.set?.item ?? [])]);
  }
}

function kindOf(message: Resource): ResourceKind {
  const { type } = message;
  if (type === 'SCALAR' || type === 'RANGES' || type === 'SET') return type;
  throw new ResourcesError('RESOURCES_INVALID', 'Unsupported resource type');
}

function identityOf(message: Resource, kind: ResourceKind): Identity {
  const isPlain =
    (message.role === undefined || message.role === '*') &&
    message.reservations === undefined &&
    message.allocation_info === undefined &&
    message.disk === undefined &&
    message.provider_id === undefined &&
    message.revocable === undefined &&
    message.shared === undefined;
  if (isPlain) return plainIdentity(message.name, kind);
  return internIdentity({
    name: message.name,
    kind,
    reservations: (toPostFormat(message).reservations ?? []).map(toReservation),
    allocationRole: message.allocation_info?.role,
    disk: message.disk,
    providerId: message.provider_id?.value,
    isRevocable: message.revocable !== undefined,
    isShared: message.shared !== undefined,
  });
}

function toReservation(info: Resource_ReservationInfo): Reservation {
  const { type, role } = info;
  if ((type !== 'STATIC' && type !== 'DYNAMIC') || role === undefined) {
    throw new ResourcesError('RESOURCES_INVALID', 'Invalid reservation: type and role must be set');
  }
  return { ...info, type, role };
}
