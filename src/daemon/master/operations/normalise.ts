// Operations as frameworks and operators of every age send them → as the master works with them: resources in the new
// reservation format and, of frameworks, with the offers' allocation role (mesos-api.md 12.3).
import type { Offer_Operation, Resource } from '../../../mesos/generated/v1.ts';
import { ResourcesError } from '../../../mesos/resources/errors.ts';
import { toPostFormat } from '../../../mesos/resources/reservation-format.ts';

/**
 * A copy; the given message is left alone. `role` undefined: no allocation role is added. Resources that contradict
 * themselves stay as they are, for validation to name.
 */
export function normalisedOperation(operation: Offer_Operation, role: string | undefined): Offer_Operation {
  const { reserve, unreserve, create, destroy, grow_volume, shrink_volume } = operation;
  const one = (resource: Resource) => normalisedResource(resource, role);
  const all = (resources: readonly Resource[] | undefined) => (resources ?? []).map(one);
  const normalised: Offer_Operation = { ...operation };
  if (reserve) {
    const source = all(reserve.source);
    normalised.reserve = { resources: all(reserve.resources), ...(source.length > 0 && { source }) };
  }
  if (unreserve) normalised.unreserve = { resources: all(unreserve.resources) };
  if (create) normalised.create = { volumes: all(create.volumes) };
  if (destroy) normalised.destroy = { volumes: all(destroy.volumes) };
  if (grow_volume) normalised.grow_volume = { volume: one(grow_volume.volume), addition: one(grow_volume.addition) };
  if (shrink_volume) normalised.shrink_volume = { ...shrink_volume, volume: one(shrink_volume.volume) };
  return normalised;
}

/** One resource; see `normalisedOperation`. */
export function normalisedResource(resource: Resource, role: string | undefined): Resource {
  const post = inPostFormat(resource);
  return role === undefined || post.allocation_info !== undefined ? post : { ...post, allocation_info: { role } };
}

/** Contradictory formats stay as they are: validation says what is wrong with them. */
function inPostFormat(resource: Resource): Resource {
  try {
    return toPostFormat(resource);
  } catch (error) {
    if (error instanceof ResourcesError) return resource;
    throw error;
  }
}
