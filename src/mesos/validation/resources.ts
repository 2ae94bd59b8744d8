// What lists of resources must keep when tasks, executors and operations use them (mesos-api.md 14.2–14.5).
// Expects messages as the master has normalised them: post-reservation-refinement format, and for frameworks an
// allocation role on each.
import type { Resource } from '../generated/v1.ts';
import { validateId } from '../ids.ts';
import { countRanges } from '../resources/ranges.ts';
import { Resources } from '../resources.ts';
import { because, firstProblem, type Problem } from './problem.ts';
import { validateResources } from './resource-form.ts';

/** Form, gpus, disks and reservations, each with the original's prefix. */
export function validateUse(resources: readonly Resource[] | undefined): Problem {
  return (
    because('Invalid resources: ', validateResources(resources)) ??
    because("Invalid 'gpus' resource: ", validateGpus(resources)) ??
    because('Invalid DiskInfo: ', firstProblem(resources, validateDiskInfo)) ??
    because('Invalid ReservationInfo: ', firstProblem(resources, validateReservationInfo))
  );
}

/** The sum of all `gpus` is whole, whatever their reservations. */
export function validateGpus(resources: readonly Resource[] | undefined): Problem {
  const gpus = (resources ?? [])
    .filter(({ name, type }) => name === 'gpus' && type === 'SCALAR')
    .reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
  return Math.trunc(gpus * 1000) % 1000 === 0 ? undefined : "The 'gpus' resource must be an unsigned integer";
}

function validateDiskInfo(resource: Resource): Problem {
  const { disk } = resource;
  if (disk === undefined) return undefined;
  if (disk.persistence !== undefined) {
    if (resource.revocable !== undefined) return 'Persistent volumes cannot be created from revocable resources';
    if (!isReserved(resource)) return 'Persistent volumes cannot be created from unreserved resources';
    if (disk.volume === undefined) return "Expecting 'volume' to be set for persistent volume";
    if (disk.volume.host_path !== undefined) return "Expecting 'host_path' to be unset for persistent volume";
    return because('Invalid persistence ID for persistent volume: ', validateId(disk.persistence.id));
  }
  if (disk.volume !== undefined) return 'Non-persistent volume not supported';
  return disk.source === undefined ? 'DiskInfo is set but empty' : undefined;
}

function validateReservationInfo(resource: Resource): Problem {
  return isDynamicallyReserved(resource) && resource.revocable !== undefined
    ? `Dynamically reserved resource ${formatResource(resource)} cannot be created from revocable resources`
    : undefined;
}

/** Persistence ids are unique per role on an agent. A shared volume that is used several times is one volume. */
export function validateUniquePersistenceIds(resources: Resources): Problem {
  const seen = new Set<string>();
  return firstProblem(resources.persistentVolumes().items, ({ identity }) => {
    const id = identity.disk?.persistence?.id ?? '';
    const key = `${identity.role ?? '*'}\n${id}`;
    if (seen.has(key)) return `Persistence ID '${id}' is not unique`;
    seen.add(key);
    return undefined;
  });
}

/** Each resource name is used either revocable or not, never both. */
export function validateRevocableNotMixed(resources: Resources): Problem {
  return firstProblem(resources.names(), (name) => {
    const named = resources.select((item) => item.identity.name === name);
    const revocable = named.revocable();
    return !revocable.isEmpty && !revocable.equals(named)
      ? `Cannot use both revocable and non-revocable '${name}' at the same time`
      : undefined;
  });
}

/** Every resource has an allocation role and it is the same one. An empty list passes. */
export function validateSingleAllocationRole(resources: readonly Resource[]): Problem {
  let only: string | undefined;
  return firstProblem(resources, ({ allocation_info }) => {
    const role = allocation_info?.role;
    if (role === undefined) return 'The resources are not allocated to a role';
    only ??= role;
    return role === only
      ? undefined
      : `The resources have multiple allocation roles ('${role}' and '${only}') but only one allocation role is allowed`;
  });
}

/** An empty list fails too, as it does in the original (mesos-observed 28). */
export function validateSingleProvider(resources: readonly Resource[]): Problem {
  const providers = new Set(resources.map(({ provider_id }) => provider_id?.value));
  if (providers.size === 1) return undefined;
  if (providers.has(undefined)) return 'Some resources have a resource provider and some do not';
  return `The resources have multiple resource providers: ${[...providers].join(', ')}`;
}

/** For operations on volumes: each is a persistent, writable one. */
export function validatePersistentVolumes(volumes: readonly Resource[]): Problem {
  return firstProblem(volumes, (volume) => {
    const { disk } = volume;
    if (disk === undefined) return `Resource ${formatResource(volume)} does not have DiskInfo`;
    if (disk.persistence === undefined) return "'persistence' is not set in DiskInfo";
    if (disk.volume === undefined) return "Expecting 'volume' to be set for persistent volume";
    return disk.volume.mode === 'RO' ? 'Read-only persistent volume not supported' : undefined;
  });
}

/** Do several users claim the same port or set item? Scalars cannot overlap. */
export function overlap(parts: readonly Resources[]): boolean {
  const discrete = (resources: Resources): number =>
    resources.items.reduce((sum, { identity, ranges, set }) => {
      if (identity.kind === 'RANGES') return sum + countRanges(ranges);
      return identity.kind === 'SET' ? sum + set.length : sum;
    }, 0);
  const apart = parts.reduce((sum, part) => sum + discrete(part), 0);
  return apart !== discrete(Resources.sum(parts));
}

/** The text form of Resources. The resource must have passed `validateResource`. */
export function formatResource(resource: Resource): string {
  return Resources.of([resource]).format();
}

/** Statically or dynamically, in either reservation format. */
export function isReserved(resource: Resource): boolean {
  return (resource.reservations?.length ?? 0) > 0 || (resource.role ?? '*') !== '*';
}

/** Whether the reservation in force, the last of the stack, was made by an operation. */
export function isDynamicallyReserved(resource: Resource): boolean {
  return resource.reservation !== undefined || resource.reservations?.at(-1)?.type === 'DYNAMIC';
}

/** Whether a volume was made on this disk, which then outlives its tasks. */
export function isPersistentVolume(resource: Resource): boolean {
  return resource.disk?.persistence !== undefined;
}

/** Role of the reservation in force; `*` when there is none. */
export function reservationRole(resource: Resource): string {
  return resource.reservations?.at(-1)?.role ?? resource.role ?? '*';
}
