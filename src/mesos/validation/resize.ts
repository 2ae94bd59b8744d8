// GROW_VOLUME and SHRINK_VOLUME (mesos-api.md 12.4), from frameworks and operators. Resources are normalised.
import type { Offer_Operation_GrowVolume, Offer_Operation_ShrinkVolume, Resource } from '../generated/v1.ts';
import { diskOf } from '../resources/conversion.ts';
import { sameIdentity } from '../resources/identity.ts';
import { messageToItem } from '../resources/message.ts';
import { toMillis } from '../resources/scalar.ts';
import { because, type Problem } from './problem.ts';
import { validateResource } from './resource-form.ts';
import { formatResource, isPersistentVolume, validatePersistentVolumes } from './resources.ts';

type AgentCapabilities = { has(capability: string): boolean };

/** The addition is disk of the same kind as what the volume was made of. */
export function validateGrowVolume(
  { volume, addition }: Offer_Operation_GrowVolume,
  agent: AgentCapabilities,
): Problem {
  return (
    because("Invalid resource in the 'GrowVolume.volume' field: ", validateResource(volume)) ??
    because("Invalid resource in the 'GrowVolume.addition' field: ", validateResource(addition)) ??
    validateVolume('GrowVolume', volume, agent) ??
    (toMillis(addition.scalar?.value ?? 0) === 0
      ? "The size of 'GrowVolume.addition' field must be greater than zero"
      : undefined) ??
    (isOfOneKind(diskOf(volume), addition)
      ? undefined
      : "Incompatible resources in the 'GrowVolume.volume' and 'GrowVolume.addition' fields")
  );
}

/** Something must be left of the volume. */
export function validateShrinkVolume(
  { volume, subtract }: Offer_Operation_ShrinkVolume,
  agent: AgentCapabilities,
): Problem {
  const problem =
    because("Invalid resource in the 'ShrinkVolume.volume' field: ", validateResource(volume)) ??
    validateVolume('ShrinkVolume', volume, agent);
  if (problem !== undefined) return problem;
  if (!Number.isFinite(subtract.value) || toMillis(subtract.value) <= 0) {
    return "Value of 'ShrinkVolume.subtract' must be greater than zero";
  }
  return toMillis(volume.scalar?.value ?? 0) <= toMillis(subtract.value)
    ? "The size of 'ShrinkVolume.volume' field must be greater than the value of 'ShrinkVolume.subtract'"
    : undefined;
}

function validateVolume(field: string, volume: Resource, agent: AgentCapabilities): Problem {
  const { disk, provider_id, shared } = volume;
  if (disk === undefined || !isPersistentVolume(volume)) return `'${field}.volume' is not a persistent volume`;
  const problem = validatePersistentVolumes([volume]);
  if (problem !== undefined) return `Invalid persistent volume in the '${field}.volume' field: ${problem}`;
  if (disk.source?.type === 'MOUNT' || disk.source?.type === 'BLOCK') {
    return `A volume on a disk of the type ${disk.source.type} has the size of that disk`;
  }
  if (provider_id !== undefined) return `A volume of a resource provider cannot change its size`;
  if (shared !== undefined) return 'A shared persistent volume cannot change its size';
  return agent.has('RESIZE_VOLUME')
    ? undefined
    : `Volume ${formatResource(volume)} cannot change its size on an agent without RESIZE_VOLUME capability`;
}

const isOfOneKind = (a: Resource, b: Resource): boolean =>
  sameIdentity(messageToItem(a).identity, messageToItem(b).identity);
