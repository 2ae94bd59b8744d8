// Rules that a single Resource message keeps whatever it is used for (mesos-api.md 14.4), in the original's words.
// What resources may be used for is in resources.ts beside this.
import type { Resource, Resource_ReservationInfo, Value_Range } from '../generated/v1.ts';
import { isStrictSubrole } from '../resources/roles.ts';
import { toMillis } from '../resources/scalar.ts';
import { because, firstProblem, type Problem } from './problem.ts';
import { validateRole } from './roles.ts';

/** The first bad one, named. */
export function validateResources(resources: readonly Resource[] | undefined): Problem {
  return firstProblem(resources, (resource) =>
    because(`Resource '${describeResource(resource)}' is invalid: `, validateResource(resource)),
  );
}

/**
 * Value, disk, reservations and sharing of one resource, in either reservation format. No introduction before the text.
 */
export function validateResource(resource: Resource): Problem {
  if (resource.name === '') return 'Empty resource name';
  return (
    validateValue(resource) ?? validateDiskForm(resource) ?? validateReservations(resource) ?? validateShared(resource)
  );
}

/** A name and a value, for messages about resources that may be too broken to print in full. */
function describeResource(resource: Resource): string {
  const { name, type, scalar, ranges, set } = resource;
  switch (type) {
    case 'SCALAR':
      return `${name}:${scalar?.value ?? 0}`;
    case 'RANGES':
      return `${name}:[${(ranges?.range ?? []).map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;
    case 'SET':
      return `${name}:{${(set?.item ?? []).join(', ')}}`;
    default:
      return `${name}:`;
  }
}

function validateValue(resource: Resource): Problem {
  const { type, scalar, ranges, set } = resource;
  switch (type) {
    case 'SCALAR':
      if (scalar === undefined || ranges !== undefined || set !== undefined) return 'Invalid scalar resource';
      if (!Number.isFinite(scalar.value)) return 'Invalid scalar resource: value is not finite';
      // Exactly 0 passes and counts as nothing; what only rounds to it is refused.
      if (scalar.value !== 0 && toMillis(scalar.value) <= 0) return 'Invalid scalar resource: value <= 0';
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

function validateRanges(ranges: readonly Value_Range[]): Problem {
  if (ranges.some(({ begin, end }) => begin > end)) return 'Invalid ranges resource: begin > end';
  const sorted = [...ranges].sort((a, b) => a.begin - b.begin);
  const overlap = sorted.some(({ begin }, index) => index > 0 && begin <= (sorted[index - 1]?.end ?? -1));
  return overlap ? 'Invalid ranges resource: overlapping ranges' : undefined;
}

function validateDiskForm(resource: Resource): Problem {
  const { disk, name } = resource;
  if (disk === undefined) return undefined;
  if (name !== 'disk') return `DiskInfo should not be set for ${name} resource`;
  const source = disk.source;
  switch (source?.type) {
    case 'BLOCK':
    case 'RAW':
      if (source.mount !== undefined) return `Mount should not be set for ${source.type} disk source`;
      if (source.path !== undefined) return `Path should not be set for ${source.type} disk source`;
      return undefined;
    case 'UNKNOWN':
      return "Unsupported 'DiskInfo.Source.Type' in 'UNKNOWN'";
    default:
      return undefined;
  }
}

function validateReservations(resource: Resource): Problem {
  const { reservations } = resource;
  return reservations === undefined || reservations.length === 0
    ? validateOldFormat(resource)
    : (validateStack(reservations) ?? validateBothFormats(resource, reservations));
}

/** `role` and `reservation` without `reservations`. */
function validateOldFormat(resource: Resource): Problem {
  const { role, reservation } = resource;
  const reason = validateRole(role ?? '*');
  if (reason !== undefined || reservation === undefined) return reason;
  for (const field of ['type', 'role'] as const) {
    if (reservation[field] !== undefined) {
      return `'Resource.ReservationInfo.${field}' must not be set for the 'Resource.reservation' field`;
    }
  }
  return (role ?? '*') === '*' ? 'Invalid reservation: role "*" cannot be dynamically reserved' : undefined;
}

function validateStack(reservations: readonly Resource_ReservationInfo[]): Problem {
  const single = firstProblem(reservations, ({ type, role }) => {
    if (type === undefined) return "Invalid reservation: 'Resource.ReservationInfo.type' field must be set.";
    if (role === undefined) return "Invalid reservation: 'Resource.ReservationInfo.role' field must be set.";
    return validateRole(role) ?? (role === '*' ? 'Invalid reservation: role "*" cannot be reserved' : undefined);
  });
  if (single !== undefined) return single;
  let ancestor = reservations[0]?.role ?? '';
  return firstProblem(reservations.slice(1), ({ type, role = '' }) => {
    if (type === 'STATIC') return 'Invalid refined reservation: A refined reservation cannot be STATIC';
    if (!isStrictSubrole(role, ancestor)) {
      return `Invalid refined reservation: role '${role}' is not a refinement of '${ancestor}'`;
    }
    ancestor = role;
    return undefined;
  });
}

/** Both formats at once are fine while there is one reservation and they say the same. */
function validateBothFormats(resource: Resource, reservations: readonly Resource_ReservationInfo[]): Problem {
  const { role, reservation } = resource;
  const [only] = reservations;
  if (only === undefined) return undefined;
  if (reservations.length > 1) {
    const set = role !== undefined ? 'role' : reservation !== undefined ? 'reservation' : undefined;
    return set === undefined
      ? undefined
      : `Invalid resource format: 'Resource.${set}' must not be set if there is more than one reservation in 'Resource.reservations'`;
  }
  if (role !== undefined && role !== only.role) {
    return `Invalid resource format: 'Resource.role' field with '${role}' does not match the role '${only.role}' in 'Resource.reservations'`;
  }
  switch (only.type) {
    case 'STATIC':
      return reservation === undefined
        ? undefined
        : "Invalid resource format: 'Resource.reservation' must not be set if the single reservation in 'Resource.reservations' is STATIC";
    case 'DYNAMIC':
      return validateDynamicAgreement(role, reservation, only);
    default:
      return "Unsupported 'Resource.ReservationInfo.Type'";
  }
}

function validateDynamicAgreement(
  role: string | undefined,
  old: Resource_ReservationInfo | undefined,
  reservation: Resource_ReservationInfo,
): Problem {
  if ((role === undefined) !== (old === undefined)) {
    return "Invalid resource format: 'Resource.role' and 'Resource.reservation' must either be both set or both not set if the single reservation in 'Resource.reservations' is DYNAMIC";
  }
  if (old === undefined) return undefined;
  const [oldPrincipal, principal] = [old.principal ?? '', reservation.principal ?? ''];
  if (oldPrincipal !== principal) {
    return `Invalid resource format: 'Resource.reservation.principal' field with '${oldPrincipal}' does not match the principal '${principal}' in 'Resource.reservations'`;
  }
  const [oldLabels, labels] = [old, reservation].map((info) => JSON.stringify(info.labels?.labels ?? []));
  return oldLabels === labels
    ? undefined
    : `Invalid resource format: 'Resource.reservation.labels' field with '${oldLabels}' does not match the labels '${labels}' in 'Resource.reservations'`;
}

function validateShared(resource: Resource): Problem {
  if (resource.shared === undefined) return undefined;
  if (resource.name !== 'disk') return `Resource ${resource.name} cannot be shared`;
  return resource.disk?.persistence === undefined ? 'Only persistent volumes can be shared' : undefined;
}
