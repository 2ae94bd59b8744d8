// What the matcher is told beside offer and app, and what it answers.
import type { Resource } from '../../../mesos/generated/v1.ts';
import type { Random } from '../../../world/world.ts';
import type { RejectReason } from '../model/reject-reason.ts';
import type { OfferView } from './offer-view.ts';
import type { Place } from './place.ts';
import type { Shortfall } from './shortfall.ts';

/** Members named as the flags they come from (marathon.md 21). */
export interface MatchContext {
  readonly nowMs: number;
  /** For the choice of ports, on the host and in the container. */
  readonly random: Pick<Random, 'integer'>;
  /** Undefined: the master told none, so any region is home. */
  readonly masterRegion?: string | undefined;
  readonly acceptedResourceRolesDefaultBehavior: 'any' | 'unreserved' | 'reserved';
  readonly maintenanceMode: boolean;
  readonly drainingSeconds: number;
  readonly gpuSchedulingBehavior: 'restricted' | 'unrestricted';
  /** Of apps that name none. */
  readonly executor: string;
}

/** The offer fits one instance. */
export interface Match {
  readonly kind: 'match';
  /** For the task, with roles, reservations and allocation as offered. */
  readonly resources: readonly Resource[];
  /** For its executor; empty unless the app brings one. */
  readonly executorResources: readonly Resource[];
  /** One entry a port definition or mapping, in order; undefined: no port on the host. */
  readonly ports: readonly (number | undefined)[];
  /** `ports` without the gaps, as Instances.provision wants them. */
  readonly hostPorts: readonly number[];
  /** One number a port mapping: its port inside the container. */
  readonly containerPorts: readonly number[];
  /** Where it is: for PlacedInstances and InstanceAgent. */
  readonly place: Place;
  /** The offer without what this match takes. */
  readonly rest: OfferView;
}

/** The offer does not fit. */
export interface NoMatch {
  readonly kind: 'none';
  /** Each once, in the order of the funnel; never empty. InsufficientPorts comes alone. */
  readonly reasons: readonly RejectReason[];
  /** The same with numbers. */
  readonly shortfalls: readonly Shortfall[];
}
