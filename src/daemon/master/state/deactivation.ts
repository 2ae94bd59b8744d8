// An agent that an operator took out of the offers, alone or on its way to being empty (mesos-semantics.md 13.2). It stays
// so when it goes away and comes back, and survives the master.
import type { DrainInfo } from '../../../mesos/generated/v1.ts';

/** DEACTIVATE_AGENT: without `drain`. DRAIN_AGENT: with it, from the call on until it is reactivated. */
export interface Deactivation {
  readonly drain?: DrainInfo;
}
