// An operation on some of the resources at hand, as a conversion: what RESERVE, UNRESERVE, CREATE and DESTROY make of them.
import type { Offer_Operation, Resource, Resource_ReservationInfo } from '../../../../src/mesos/generated/v1.ts';
import { type Conversion, conversionsOf } from '../../../../src/mesos/resources/conversion.ts';
import { isStrictSubrole } from '../../../../src/mesos/resources/roles.ts';
import type { Resources } from '../../../../src/mesos/resources.ts';
import type { Operation } from '../commands.ts';

const dynamic = (role: string): Resource_ReservationInfo => ({ type: 'DYNAMIC', role });

/** Undefined when nothing at hand can be used for it. `id` names a volume that is created. */
export function conversionsFor(
  operation: Operation,
  role: string,
  id: string,
  atHand: Resources,
): readonly Conversion[] | undefined {
  for (const resource of atHand.toMessages()) {
    const made = operationOn(operation, role, id, resource);
    if (made !== undefined) return conversionsOf(made);
  }
  return undefined;
}

function operationOn(operation: Operation, role: string, id: string, resource: Resource): Offer_Operation | undefined {
  const { reservations = [], disk, revocable } = resource;
  const last = reservations.at(-1);
  if (resource.type !== 'SCALAR' || revocable !== undefined) return undefined;
  const isVolume = disk?.persistence !== undefined;
  switch (operation) {
    case 'reserve':
      if (last !== undefined) return undefined;
      return { type: 'RESERVE', reserve: { resources: [{ ...some(resource), reservations: [dynamic(role)] }] } };
    case 'refine': {
      if (last === undefined || isVolume || !isStrictSubrole(role, last.role ?? '')) return undefined;
      const refined = { ...some(resource), reservations: [...reservations, dynamic(role)] };
      return { type: 'RESERVE', reserve: { resources: [refined] } };
    }
    case 'unreserve':
      if (last?.type !== 'DYNAMIC' || isVolume) return undefined;
      return { type: 'UNRESERVE', unreserve: { resources: [resource] } };
    case 'create':
    case 'create-shared': {
      if (last === undefined || isVolume || resource.name !== 'disk') return undefined;
      const persistence = { persistence: { id, principal: 'p' }, volume: { container_path: 'd', mode: 'RW' as const } };
      const volume: Resource = { ...some(resource), disk: { ...disk, ...persistence } };
      if (operation === 'create-shared') volume.shared = {};
      return { type: 'CREATE', create: { volumes: [volume] } };
    }
    case 'destroy':
      return isVolume ? { type: 'DESTROY', destroy: { volumes: [resource] } } : undefined;
  }
}

/** Half of it, where it can be divided. */
function some(resource: Resource): Resource {
  const value = resource.scalar?.value ?? 0;
  if (resource.disk?.source !== undefined) return resource;
  return { ...resource, scalar: { value: Math.ceil(value / 2) } };
}
