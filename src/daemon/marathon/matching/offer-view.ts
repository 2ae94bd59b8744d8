// An offer as the matcher reads it: prepared once, and handed on from match to match with what is left of it.
import type { Attribute, Offer, Resource, Unavailability } from '../../../mesos/generated/v1.ts';
import { Resources, toPreFormat } from '../../../mesos/resources.ts';
import { fieldText, type Place } from './place.ts';
import type { MaintenanceWindow } from './shortfall.ts';

/** Never changed: a match has a new one, `rest`, that shares all but the resources. */
export interface OfferView {
  /** Role the resources are offered to. */
  readonly role: string;
  readonly place: Place;
  /** Value of a constraint's field; remembered. */
  readonly text: (field: string) => string | undefined;
  readonly maintenance: MaintenanceWindow | undefined;
  /** What is left. */
  readonly resources: Resources;
  /** Resources in the form that the offer had: with `role` and `reservation`, or with `reservations`. */
  readonly messages: (resources: Resources) => Resource[];
}

/** Costs what the offer holds; do it once an offer. */
export function viewOffer(offer: Offer): OfferView {
  return viewAgent({
    host: offer.hostname,
    role: offer.allocation_info?.role ?? offer.resources?.[0]?.allocation_info?.role ?? '*',
    resources: offer.resources ?? [],
    attributes: offer.attributes ?? [],
    ...regionAndZone(offer.domain),
    ...(offer.unavailability !== undefined && { unavailability: offer.unavailability }),
  });
}

/** What is free on an agent, as an offer of it all to `role` would show it. */
export interface FreeResources {
  readonly host: string;
  readonly role: string;
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly region?: string;
  readonly zone?: string;
  readonly unavailability?: Unavailability;
}

/** As `viewOffer`, of something that was not offered. */
export function viewAgent(free: FreeResources): OfferView {
  const { host, role, attributes, region, zone } = free;
  const place: Place = {
    host,
    attributes,
    ...(region !== undefined && { region }),
    ...(zone !== undefined && { zone }),
  };
  const texts = new Map<string, string | undefined>();
  return {
    role,
    place,
    text: (field) => {
      if (!texts.has(field)) texts.set(field, fieldText(place, field));
      return texts.get(field);
    },
    maintenance: free.unavailability && windowOf(free.unavailability),
    resources: Resources.of([...free.resources]),
    messages: free.resources.some(({ role }) => role !== undefined) ? oldFormat : newFormat,
  };
}

/** Fault domain of an agent or an offer, as members of a Place. */
export function regionAndZone(domain: Offer['domain']): { readonly region?: string; readonly zone?: string } {
  const fault = domain?.fault_domain;
  return fault === undefined ? {} : { region: fault.region.name, zone: fault.zone.name };
}

function windowOf({ start, duration }: Unavailability): MaintenanceWindow {
  const startMs = start.nanoseconds / 1e6;
  return duration === undefined ? { startMs } : { startMs, endMs: startMs + duration.nanoseconds / 1e6 };
}

const newFormat = (resources: Resources): Resource[] => resources.toMessages();
/** Refined reservations are never offered in the old format, so nothing is left out. */
const oldFormat = (resources: Resources): Resource[] => resources.toMessages().map((each) => toPreFormat(each) ?? each);
