// What `app why` and `app plan` are told: why instances do not start, and where they would go. All of it is JSON as it
// stands; absent members do not apply.
import type { RejectCount } from '../../core.ts';
import type { Constraint } from '../../model/app.ts';
import type { RejectReason } from '../../model/reject-reason.ts';
import type { ScalarName, Shortfall } from '../shortfall.ts';

/** Why an app does not start, and what would help; JSON-serialisable. */
export interface PlacementExplanation {
  readonly appId: string;
  readonly role: string;
  /** Instances that are to be launched. */
  readonly missing: number;
  /** How many of them would fit now. */
  readonly places: number;
  /**
   * `complete`: none is missing. `delayed`: they would be looked at later only, because tasks ended too soon. `fits`: all
   * would fit, they wait for the master's offers. `partly`, `none`: some or all fit nowhere. `no-agents`: there are none.
   */
  readonly state: 'complete' | 'delayed' | 'fits' | 'partly' | 'none' | 'no-agents';
  readonly delay?: { readonly untilMs: number; readonly secondsLeft: number };
  readonly agentCount: number;
  /** Over all agents, after `places` instances took what they need: why each takes no more. */
  readonly funnel: readonly RejectCount[];
  /** Those that fit first, then the nearest to fitting; at most as many as asked for. */
  readonly agents: readonly AgentVerdict[];
  readonly agentsLeftOut: number;
  /**
   * Each verified by matching anew. Smallest first: the first one fits at least one more instance, the first with
   * `placesAll` all of them.
   */
  readonly suggestions: readonly Suggestion[];
  /** false: the search was cut short, there may be better ones. */
  readonly isSearchComplete: boolean;
}

/** One agent's answer. */
export interface AgentVerdict {
  readonly agentId: string;
  readonly hostname: string;
  /** Missing instances that would go there. */
  readonly places: number;
  /** Why not one more: the earliest in the funnel; absent when one more would fit. */
  readonly reason?: RejectReason;
  /** All that is in the way, with numbers; ports are looked at only when nothing else is. */
  readonly shortfalls: readonly Shortfall[];
}

/** Changes that help when done together. */
export interface Suggestion {
  readonly changes: readonly Change[];
  /** Missing instances that would fit then. */
  readonly places: number;
  readonly placesAll: boolean;
}

/** One change of an app's definition. */
export type Change =
  /** Less of a resource: cpus, MiB, GPUs. */
  | { readonly kind: 'resource'; readonly resource: ScalarName; readonly from: number; readonly to: number }
  /** No `to`: without it; no `from`: a new one. */
  | { readonly kind: 'constraint'; readonly from?: Constraint; readonly to?: Constraint }
  /** Fewer ports on the host; those defined last go. */
  | { readonly kind: 'ports'; readonly from: number; readonly to: number }
  /** Any ports instead of those asked for by number. */
  | { readonly kind: 'any-ports'; readonly ports: readonly number[] }
  | { readonly kind: 'accepted-resource-roles'; readonly from?: readonly string[]; readonly to: readonly string[] }
  | { readonly kind: 'role'; readonly from: string; readonly to: string }
  | { readonly kind: 'label'; readonly name: string; readonly to: string };

/** Where instances would go now. Offers come in no order, so this is one of the possible ways. */
export interface PlacementPreview {
  readonly places: number;
  /** Instances that fit nowhere. */
  readonly missing: number;
  /** Agents that take some, in the order given. */
  readonly agents: readonly { readonly agentId: string; readonly hostname: string; readonly instances: number }[];
}
