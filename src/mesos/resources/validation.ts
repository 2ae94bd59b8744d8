// Rules that a Resource message keeps (mesos-api.md 14.4), in the original's words where they are known.
import type { Resource, Resource_ReservationInfo, Value_Range } from '../generated/v1.ts';
import { disagreement } from './reservation-format.ts';
import { isStrictSubrole } from './roles.ts';
import { toMillis } from './scalar.ts';

/** What is wrong with the first bad one; undefined when all are fine. */
export function validateResources(resources: readonly Resource[]): string | undefined {
  for (const resource of resources) {
    const problem = validateResource(resource);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function validateResource(resource: Resource): string | undefined {
  if (resource.name === '') return 'Empty resource name';
  return (
    validateValue(resource) ?? validateDisk(resource) ?? validateReservations(resource) ?? validateVolume(resource)
  );
}

function validateValue(resource: Resource): string | undefined {
  const { type, scalar, ranges, set } = resource;
  switch (type) {
    case 'SCALAR':
      if (scalar === undefined || ranges !== undefined || set !== undefined) return 'Invalid scalar resource';
      if (!Number.isFinite(scalar.value)) return 'Invalid scalar resource: value is not finite';
      // Exactly 0 passes and counts as nothing; less than half a thousandth would become that by rounding.
      if (scalar.value < 0 || (scalar.value !== 0 && toMillis(scalar.value) === 0)) {
        return 'Invalid scalar resource: value <= 0';
      }
      return undefined;
    case 'RANGES':
      if (scalar !== undefined || ranges === undefined || set !== undefined) return 'Invalid ranges resource';
      return validateRanges(ranges.range ?? []);
    case 'SET': {
      if (scalar !== undefined || ranges !== undefined || set === undefined) return 'Invalid set resource';
      const items = set.item ?? [];
      return new Set(items).size === items.length ? undefined : 'Invalid set resource: duplicated elements';
    }
    default:
      return 'Unsupported resource type';
  }
}

function validateRanges(ranges: readonly Value_Range[]): string | undefined {
  for (const { begin, end } of ranges) {
    if (!Number.isInteger(begin) || !Number.isInteger(end) || begin < 0)
      return 'Invalid ranges resource: not unsigned integers';
    if (begin > end) return 'Invalid ranges resource: begin > end';
  }
  const sorted = [...ranges].sort((a, b) => a.begin - b.begin);
  const overlaps = sorted.some(({ begin }, i) => i > 0 && begin <= (sorted[i - 1]?.end ?? -1));
  return overlaps ? 'Invalid ranges resource: overlapping ranges' : undefined;
}

function validateDisk(resource: Resource): string | undefined {
  const { disk } = resource;
  if (disk === undefined) return undefined;
  if (resource.name !== 'disk') return `DiskInfo should not be set for ${resource.name} resource`;
  const source = disk.source;
  if (source?.type === 'UNKNOWN') return "Unsupported 'DiskInfo.Source.Type' in 'DiskInfo'";
  if (source?.type === 'PATH' && source.mount !== undefined) return "Unexpected 'mount' in a disk source of type PATH";
  if (source?.type === 'MOUNT' && source.path !== undefined) return "Unexpected 'path' in a disk source of type MOUNT";
  return undefined;
}

function validateReservations(resource: Resource): string | undefined {
  const { role, reservation, reservations } = resource;
  if (reservations !== undefined && reservations.length > 0) {
    return disagreement(resource) ?? validateStack(reservations);
  }
  if (reservation === undefined) return role === '' ? 'Invalid role: empty' : undefined;
  if (reservation.type !== undefined)
    return "'Resource.ReservationInfo.type' must not be set for the 'Resource.reservation' field";
  if (reservation.role !== undefined)
    return "'Resource.ReservationInfo.role' must not be set for the 'Resource.reservation' field";
  return role === undefined || role === '*'
    ? 'Invalid reservation: role "*" cannot be dynamically reserved'
    : undefined;
}

function validateStack(reservations: readonly Resource_ReservationInfo[]): string | undefined {
  let previous: string | undefined;
  for (const { type, role } of reservations) {
    if (type === undefined || type === 'UNKNOWN')
      return "Invalid reservation: 'Resource.ReservationInfo.type' must be set";
    if (role === undefined || role === '') return "Invalid reservation: 'Resource.ReservationInfo.role' must be set";
    if (role === '*') return 'Invalid reservation: role "*" cannot be reserved';
    if (previous !== undefined) {
      if (type === 'STATIC') return 'Invalid refined reservation: a static reservation cannot refine another one';
      if (!isStrictSubrole(role, previous)) {
        return `Invalid refined reservation: role '${role}' is not a refinement of '${previous}'`;
      }
    }
    previous = role;
  }
  return undefined;
}

/** Persistent volumes: reserved, not revocable, mounted read-write at a path inside the container. */
function validateVolume(resource: Resource): string | undefined {
  const { disk } = resource;
  if (disk === undefined) return undefined;
  if (disk.persistence === undefined) {
    return disk.volume === undefined ? undefined : "Expecting 'persistence' to be set for a disk with a 'volume'";
  }
  const isReserved = (resource.reservations?.length ?? 0) > 0 || (resource.role ?? '*') !== '*';
  if (!isReserved) return 'Persistent volumes cannot be created from unreserved resources';
  if (resource.revocable !== undefined) return 'Persistent volumes cannot be created from revocable resources';
  if (disk.volume === undefined) return "Expecting 'volume' to be set for persistent volume";
  if (disk.volume.mode === 'RO') return 'Read-only persistent volume not supported';
  if (disk.volume.host_path !== undefined) return "Expecting 'host_path' to be unset for persistent volume";
  return undefined;
}
