// An outstanding offer: one (framework, role, agent), its resources counted as offered until it is accepted, declined,
// rescinded or discarded (mesos-semantics.md 3.7).
import type { Resources } from '../../../mesos/resources.ts';
import type { Timer } from '../../../world/world.ts';

/** An offer that was sent and is neither used nor withdrawn. */
export interface MasterOffer {
  readonly offerId: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  /** Allocated form, post-reservation-refinement. */
  readonly resources: Resources;
  /** When it was entered, in ms since 1970. */
  readonly sentMs: number;
  /** Set while `--offer_timeout` runs. */
  timer: Timer | undefined;
}
