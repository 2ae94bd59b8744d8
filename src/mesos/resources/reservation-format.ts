// The formats of reservations in a Resource message (mesos-api.md 12.3): "pre" (role, reservation) for frameworks without
// RESERVATION_REFINEMENT, "post" (reservations) for those with it and for everything inside, "both" for operators.
import type { Resource, Resource_ReservationInfo } from '../generated/v1.ts';
import { ResourcesError } from './errors.ts';

/** Any format → post. Throws ResourcesError (RESERVATION_FORMAT) when `role`/`reservation` and `reservations` disagree. */
export function toPostFormat(resource: Resource): Resource {
  const { role, reservation, ...rest } = resource;
  if (rest.reservations !== undefined && rest.reservations.length > 0) {
    const problem = disagreement(resource);
    if (problem !== undefined) throw new ResourcesError('RESERVATION_FORMAT', problem);
    return rest;
  }
  const implied = impliedReservation(role, reservation);
  const { reservations: _none, ...unreserved } = rest;
  return implied === undefined ? unreserved : { ...unreserved, reservations: [implied] };
}

/** Post → pre. Undefined for a refined reservation (two or more), which the old format cannot say and is never offered. */
export function toPreFormat(resource: Resource): Resource | undefined {
  const { reservations, ...rest } = toPostFormat(resource);
  if (reservations === undefined || reservations.length === 0) return { ...rest, role: '*' };
  const only = reservations[0];
  if (reservations.length > 1 || only === undefined) return undefined;
  return only.type === 'DYNAMIC'
    ? { ...rest, role: only.role ?? '*', reservation: old(only) }
    : { ...rest, role: only.role ?? '*' };
}

/** Post → both: with the old fields beside the new ones while there are no more than one reservation. */
export function toBothFormats(resource: Resource): Resource {
  const post = toPostFormat(resource);
  const pre = toPreFormat(post);
  if (pre === undefined) return post;
  const both: Resource = { ...post };
  if (pre.role !== undefined) both.role = pre.role;
  if (pre.reservation !== undefined) both.reservation = pre.reservation;
  return both;
}

/** What the old fields say, in the new form; undefined when they say unreserved. */
function impliedReservation(
  role: string | undefined,
  reservation: Resource_ReservationInfo | undefined,
): Resource_ReservationInfo | undefined {
  if (role === undefined || role === '*') return undefined;
  return reservation === undefined ? { type: 'STATIC', role } : { ...old(reservation), type: 'DYNAMIC', role };
}

function old(reservation: Resource_ReservationInfo): Resource_ReservationInfo {
  const fields: Resource_ReservationInfo = {};
  if (reservation.principal !== undefined) fields.principal = reservation.principal;
  if (reservation.labels !== undefined) fields.labels = reservation.labels;
  return fields;
}

/** Why the two formats of one message contradict each other; undefined when they do not. */
function disagreement(resource: Resource): string | undefined {
  const { role, reservation, reservations } = resource;
  const last = reservations?.at(-1);
  if (reservations === undefined || last === undefined) return undefined;
  const hasOldRole = role !== undefined && role !== '*';
  if (!hasOldRole && reservation === undefined) return undefined;
  if (reservations.length > 1) {
    return "Invalid resource: 'role' and 'reservation' must not be set beside refined 'reservations'";
  }
  if (role !== last.role)
    return `Invalid resource: 'role' "${role ?? '*'}" differs from 'reservations' role "${last.role ?? ''}"`;
  if ((last.type === 'DYNAMIC') !== (reservation !== undefined)) {
    return "Invalid resource: 'reservation' and 'reservations' differ in being dynamic";
  }
  if (reservation !== undefined && JSON.stringify(old(reservation)) !== JSON.stringify(old(last))) {
    return "Invalid resource: 'reservation' and 'reservations' differ in principal or labels";
  }
  return undefined;
}
