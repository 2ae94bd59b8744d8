// What operations do to resources (mesos-semantics.md 4.1): each consumes some and yields others in their place. The same
// conversions are applied to what is left of an offer, to what the allocator has booked and to the agent's total.
import type { Offer_Operation, Resource } from '../generated/v1.ts';
import { Resources } from '../resources.ts';
import { sameIdentity } from './identity.ts';
import { fromMillis, toMillis } from './scalar.ts';

/** What goes and what comes for it; the quantities of both are equal. */
export interface Conversion {
  readonly consumed: Resources;
  readonly converted: Resources;
}

/** `lacking`: what should be consumed is not there; the text is what the original tells then. */
export type Converted =
  | { readonly kind: 'converted'; readonly resources: Resources }
  | { readonly kind: 'lacking'; readonly problem: string };

/** Applied one after the other; nothing is done when one of them cannot be. */
export function convert(resources: Resources, conversions: readonly Conversion[]): Converted {
  let present = resources;
  for (const { consumed, converted } of conversions) {
    if (!present.contains(consumed)) {
      return { kind: 'lacking', problem: `${present.format()} does not contain ${consumed.format()}` };
    }
    present = withoutUsesOf(present.minus(consumed), consumed).plus(converted);
  }
  return { kind: 'converted', resources: present };
}

/** The same as an agent's total sees it. */
export function unallocatedConversions(conversions: readonly Conversion[]): Conversion[] {
  return conversions.map(({ consumed, converted }) => ({
    consumed: consumed.unallocated(),
    converted: converted.unallocated(),
  }));
}

/**
 * What a valid operation consumes and yields; its resources must be in the post-reservation-refinement format. Launches, and
 * operations that only a resource provider can do, convert nothing.
 */
export function conversionsOf(operation: Offer_Operation): Conversion[] {
  switch (operation.type) {
    case 'RESERVE': {
      const { resources = [], source = [] } = operation.reserve ?? {};
      if (source.length > 0) return [conversion(source, resources)];
      return resources.map((reserved) => conversion([withoutLastReservation(reserved)], [reserved]));
    }
    case 'UNRESERVE':
      return (operation.unreserve?.resources ?? []).map((reserved) =>
        conversion([reserved], [withoutLastReservation(reserved)]),
      );
    case 'CREATE':
      return (operation.create?.volumes ?? []).map((volume) => conversion([diskOf(volume)], [volume]));
    case 'DESTROY':
      return (operation.destroy?.volumes ?? []).map((volume) => conversion([volume], [diskOf(volume)]));
    case 'GROW_VOLUME': {
      if (operation.grow_volume === undefined) return [];
      const { volume, addition } = operation.grow_volume;
      return [conversion([volume, addition], [resized(volume, millisOf(volume) + millisOf(addition))])];
    }
    case 'SHRINK_VOLUME': {
      if (operation.shrink_volume === undefined) return [];
      const { volume, subtract } = operation.shrink_volume;
      const freed = toMillis(subtract.value);
      return [conversion([volume], [resized(volume, millisOf(volume) - freed), resized(diskOf(volume), freed)])];
    }
    default:
      return [];
  }
}

/** One reservation less: the resource as it was before the last one was made. */
export function withoutLastReservation(resource: Resource): Resource {
  const { reservations = [], ...rest } = resource;
  return reservations.length < 2 ? rest : { ...rest, reservations: reservations.slice(0, -1) };
}

/** The disk that a volume was made on. */
export function diskOf(volume: Resource): Resource {
  const { disk, shared: _shared, ...rest } = volume;
  return disk?.source === undefined ? rest : { ...rest, disk: { source: disk.source } };
}

/** Whether an operation made it what it is, so that the agent must remember it: no flag says so. */
export function isMadeByOperation({ reservations, disk }: Resource): boolean {
  return reservations?.some(({ type }) => type === 'DYNAMIC') === true || disk?.persistence !== undefined;
}

/** As the agent's flags have it: without volume and without dynamic reservations. */
export function asConfigured(resource: Resource): Resource {
  const { reservations, ...rest } = diskOf(resource);
  const configured = reservations?.filter(({ type }) => type === 'STATIC') ?? [];
  return configured.length === 0 ? rest : { ...rest, reservations: configured };
}

function conversion(consumed: readonly Resource[], converted: readonly Resource[]): Conversion {
  return { consumed: Resources.of(consumed), converted: Resources.of(converted) };
}

/** A shared volume goes with all its uses. */
function withoutUsesOf(resources: Resources, consumed: Resources): Resources {
  const shared = consumed.shared();
  if (shared.isEmpty) return resources;
  return resources.select(({ identity }) => !shared.items.some((item) => sameIdentity(item.identity, identity)));
}

/** In thousandths, as they are counted: what is rounded apart does not add up. */
const millisOf = ({ scalar }: Resource): number => toMillis(scalar?.value ?? 0);

const resized = (resource: Resource, millis: number): Resource => ({
  ...resource,
  scalar: { value: fromMillis(millis) },
});
