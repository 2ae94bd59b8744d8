// Offer operations other than launches (mesos-api.md 14.5), from frameworks and, where it says so, from operators. What is
// wrong becomes the message of an OPERATION_ERROR, or of a 400. Resources are normalised as for launches.
import type {
  FrameworkInfo,
  Offer_Operation,
  Offer_Operation_Create,
  Offer_Operation_Destroy,
  Offer_Operation_Reserve,
  Offer_Operation_Unreserve,
  Resource,
} from '../generated/v1.ts';
import { Resources } from '../resources.ts';
import { rolesOf } from './framework.ts';
import { because, firstProblem, type Problem, setText } from './problem.ts';
import {
  formatResource,
  isDynamicallyReserved,
  isPersistentVolume,
  reservationRole,
  validatePersistentVolumes,
  validateSingleAllocationRole,
  validateSingleProvider,
  validateUniquePersistenceIds,
  validateUse,
} from './resources.ts';

/** An operation has a known type and the member of its name; a launch has no id (mesos-api.md 14.1). */
export function validateOperationShape(operation: Offer_Operation): Problem {
  const type = operation.type ?? 'UNKNOWN';
  if (type === 'UNKNOWN') return 'Unknown operation';
  const details = type.toLowerCase() as keyof Offer_Operation;
  if (operation[details] === undefined) return `Expecting '${details}' to be present`;
  if (operation.id !== undefined && (type === 'LAUNCH' || type === 'LAUNCH_GROUP')) {
    return "The 'id' field was set in an offer operation, but operation feedback is not supported for launches";
  }
  return undefined;
}

/** Who asks: a framework (its info given) or an operator; `principal` when authenticated. */
export interface Requester {
  readonly principal?: string;
  readonly framework?: FrameworkInfo;
}

/** Capabilities the agent announced. */
type AgentCapabilities = { has(capability: string): boolean };

/**
 * RESERVE. `requester` decides which roles and principals are allowed; a framework's resources must have one allocation
 * role, an operator's need none. `source`, when given, must fit the resources.
 */
export function validateReserve(
  { resources = [], source = [] }: Offer_Operation_Reserve,
  requester: Requester,
  agent: AgentCapabilities,
): Problem {
  return (
    because('Invalid resources: ', validateUse(resources)) ??
    because('Invalid source: ', validateUse(source)) ??
    (source.length > 0 ? validateSource(source, resources) : undefined) ??
    because('Invalid resources: ', validateSingleProvider(resources)) ??
    validateVolumesStay(resources, source) ??
    firstProblem(resources, (resource) => validateReserved(resource, requester, agent)) ??
    (requester.framework === undefined
      ? undefined
      : because('Invalid reservation resources: ', validateSingleAllocationRole(resources)))
  );
}

/** Re-reserving moves equal quantities from one reservation to another. */
function validateSource(source: readonly Resource[], target: readonly Resource[]): Problem {
  const uniform = (resources: readonly Resource[]): Problem => {
    if (resources.length === 0) return 'Resource cannot be empty';
    const stacks = new Set(resources.map(({ reservations }) => JSON.stringify(reservations ?? [])));
    return stacks.size > 1
      ? `Mixed reservations are not supported${setText(resources.map(formatResource))}`
      : undefined;
  };
  const problem = because('Invalid source: ', uniform(source)) ?? because('Invalid resources: ', uniform(target));
  if (problem !== undefined) return problem;
  if (staticReservations(source) !== staticReservations(target)) {
    return 'Static reservations cannot be made, changed or taken away';
  }
  const bare = (resources: readonly Resource[]): Resources =>
    Resources.of(resources.map(({ reservations, reservation, role, ...rest }) => rest));
  const [from, to] = [bare(source), bare(target)];
  return from.equals(to)
    ? undefined
    : `Source and target resources should refer to identical resource quantities: ${from.format()} vs. ${to.format()}`;
}

/** What the agent's flags reserve resources to, of which all have one and the same stack. */
const staticReservations = ([first]: readonly Resource[]): string =>
  JSON.stringify((first?.reservations ?? []).filter(({ type }) => type === 'STATIC'));

/**
 * The data of a volume is kept under the role of its reservation, and goes with it: another role would mean another, empty
 * volume. Who else is named, and the labels, may change.
 */
function validateVolumesStay(resources: readonly Resource[], source: readonly Resource[]): Problem {
  const [former] = source;
  return firstProblem(resources, (resource) =>
    !isPersistentVolume(resource) || (former !== undefined && reservationRole(former) === reservationRole(resource))
      ? undefined
      : `A persistent volume ${formatResource(resource)} must already be reserved: its role cannot change. Please destroy it first`,
  );
}

function validateReserved(resource: Resource, requester: Requester, agent: AgentCapabilities): Problem {
  if (!isDynamicallyReserved(resource)) return `Resource ${formatResource(resource)} is not dynamically reserved`;
  return (
    validateAgentCanHold(resource, agent, 'Resource', 'reserved') ??
    validateReservationPrincipal(resource, requester.principal) ??
    validateReservationRole(resource, requester.framework)
  );
}

function validateAgentCanHold(resource: Resource, agent: AgentCapabilities, what: string, done: string): Problem {
  const role = reservationRole(resource);
  if (!agent.has('HIERARCHICAL_ROLE') && role.includes('/')) {
    return `${what} ${formatResource(resource)} with reservation for hierarchical role '${role}' cannot be ${done} on an agent without HIERARCHICAL_ROLE capability`;
  }
  if (!agent.has('RESERVATION_REFINEMENT') && (resource.reservations?.length ?? 0) > 1) {
    return `${what} ${formatResource(resource)} with reservation refinement cannot be ${done} on an agent without RESERVATION_REFINEMENT capability`;
  }
  return undefined;
}

function validateReservationPrincipal(resource: Resource, principal: string | undefined): Problem {
  if (principal === undefined) return undefined;
  const reserved = (resource.reservations?.at(-1) ?? resource.reservation)?.principal;
  if (reserved === undefined) {
    return `A reserve operation was attempted by principal '${principal}', but there is a reserved resource in the request with no principal set`;
  }
  return reserved === principal
    ? undefined
    : `A reserve operation was attempted by authenticated principal '${principal}', which does not match a reserved resource in the request with principal '${reserved}'`;
}

function validateReservationRole(resource: Resource, framework: FrameworkInfo | undefined): Problem {
  const allocated = resource.allocation_info?.role;
  if (framework === undefined) {
    return resource.allocation_info === undefined
      ? undefined
      : 'A reserve operation was attempted with an allocated resource, but the operator API only allows reservations to be made to unallocated resources';
  }
  if (allocated === undefined) {
    return `A reserve operation was attempted on unallocated resource ${formatResource(resource)}, but frameworks can only perform reservations on allocated resources`;
  }
  const reserved = reservationRole(resource);
  if (allocated !== reserved) {
    return `A reserve operation was attempted for a resource with role '${reserved}', but the resource was allocated to role '${allocated}'`;
  }
  const roles = rolesOf(framework);
  return roles.includes(allocated)
    ? undefined
    : `A reserve operation was attempted for a resource allocated to role '${allocated}', but the framework only has roles '${setText(roles)}'`;
}

/** UNRESERVE: dynamic reservations without a persistent volume on them. */
export function validateUnreserve({ resources = [] }: Offer_Operation_Unreserve): Problem {
  return (
    because('Invalid resources: ', validateUse(resources)) ??
    because('Invalid resources: ', validateSingleProvider(resources)) ??
    firstProblem(resources, (resource) => {
      if (!isDynamicallyReserved(resource)) return `Resource ${formatResource(resource)} is not dynamically reserved`;
      return isPersistentVolume(resource)
        ? `A dynamically reserved persistent volume ${formatResource(resource)} cannot be unreserved directly. Please destroy the persistent volume first then unreserve the resource`
        : undefined;
    })
  );
}

/** `checkpointed`: the volumes the agent has already. */
export function validateCreate(
  { volumes = [] }: Offer_Operation_Create,
  checkpointed: Resources,
  requester: Requester,
  agent: AgentCapabilities,
): Problem {
  return (
    because('Invalid resources: ', validateUse(volumes)) ??
    because('Invalid resources: ', validateSingleProvider(volumes)) ??
    because('Not a persistent volume: ', validatePersistentVolumes(volumes)) ??
    validateNewPersistenceIds(volumes, checkpointed) ??
    firstProblem(volumes, (volume) => validateCreated(volume, requester, agent)) ??
    (requester.framework === undefined
      ? undefined
      : because('Invalid volume resources: ', validateSingleAllocationRole(volumes)))
  );
}

/** A shared volume that is there already would only count as another use of it. */
function validateNewPersistenceIds(volumes: readonly Resource[], checkpointed: Resources): Problem {
  const created = Resources.of(volumes).unallocated();
  const again = firstProblem(created.items, (item) =>
    item.count > 1 || checkpointed.contains(Resources.ofItems([item]))
      ? `Persistence ID '${item.identity.disk?.persistence?.id ?? ''}' is not unique`
      : undefined,
  );
  return again ?? validateUniquePersistenceIds(checkpointed.plus(created));
}

function validateCreated(volume: Resource, { framework, principal }: Requester, agent: AgentCapabilities): Problem {
  const mayShare = framework?.capabilities?.some(({ type }) => type === 'SHARED_RESOURCES') ?? false;
  if (framework !== undefined && volume.shared !== undefined && !mayShare) {
    return `Create volume operation for '${formatResource(volume)}' has been attempted by framework '${framework.id?.value ?? ''}' with no SHARED_RESOURCES capability`;
  }
  const problem = validateAgentCanHold(volume, agent, 'Volume', 'created');
  if (problem !== undefined || principal === undefined) return problem;
  const owner = volume.disk?.persistence?.principal;
  if (owner === undefined) {
    return `Create volume operation attempted by principal '${principal}', but there is a volume in the operation with no principal set in 'disk.persistence'`;
  }
  return owner === principal
    ? undefined
    : `Create volume operation attempted by authenticated principal '${principal}', which does not match a volume in the operation with principal '${owner}' set in 'disk.persistence'`;
}

/** `used`: what tasks and executors of any framework use on the agent. */
export function validateDestroy(
  { volumes = [] }: Offer_Operation_Destroy,
  checkpointed: Resources,
  used: readonly Resources[],
): Problem {
  const bare = volumes.map(({ allocation_info: _allocation, ...volume }) => volume);
  return (
    because('Invalid resources: ', validateUse(bare)) ??
    because('Invalid resources: ', validateSingleProvider(bare)) ??
    because('Not a persistent volume: ', validatePersistentVolumes(bare)) ??
    firstProblem(bare, (volume) =>
      volume.provider_id !== undefined || checkpointed.contains(Resources.of([volume]))
        ? undefined
        : 'Persistent volumes not found',
    ) ??
    firstProblem(bare, (volume) =>
      used.some((resources) => resources.unallocated().contains(Resources.of([volume])))
        ? 'Persistent volumes in use'
        : undefined,
    )
  );
}
