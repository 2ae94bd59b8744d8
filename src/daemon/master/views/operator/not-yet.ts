// The calls that this master knows but cannot do yet.
import type { Call_Type } from '../../../../mesos/generated/master.ts';

const FEATURES = {
  RESERVE_RESOURCES: 'Dynamic reservations',
  UNRESERVE_RESOURCES: 'Dynamic reservations',
  CREATE_VOLUMES: 'Persistent volumes',
  DESTROY_VOLUMES: 'Persistent volumes',
  GROW_VOLUME: 'Persistent volumes',
  SHRINK_VOLUME: 'Persistent volumes',
} as const satisfies Partial<Record<Call_Type, string>>;

/** Operator calls that are answered with 501. */
export type NotYetCall = keyof typeof FEATURES;

/** Whether the call is answered with 501, after its input was checked. */
export function isNotYet(type: Call_Type): type is NotYetCall {
  return Object.hasOwn(FEATURES, type);
}

/** Text of the 501. */
export function notYetText(type: NotYetCall): string {
  return notYetFeatureText(FEATURES[type]);
}

/** The words for endpoints that are no v1 call. */
export function notYetFeatureText(feature: string): string {
  return `${feature}: not supported yet by this version of mctl`;
}
