// What a deployment is to do next, as a value.

import type { BalancerView } from '../balancers/view.ts';
import type { Colour } from '../colours/colours.ts';
import type { Pace } from './amounts.ts';

/**
 * Where it is to end.
 * - `replace`: all instances new, the old app gone.
 * - `share`: `newInstances` are new, the rest of the target stays old (haproxy.md 16.8).
 * - `give-back`: as `replace`, but the colour that was there first takes over again.
 * - `abort`: the first colour as it was, whatever the new one does; the new app gone.
 */
export type Goal =
  | { readonly kind: 'replace' | 'give-back' | 'abort'; readonly target: number }
  | { readonly kind: 'share'; readonly target: number; readonly newInstances: number };

/** All that is looked at for one step. */
export interface Situation {
  readonly goal: Goal;
  /** The colour that was there first; undefined: this is the first deployment of the group, or the old one is gone. */
  readonly first: Colour | undefined;
  /** The colour started last; undefined only after an abort has removed it. */
  readonly last: Colour | undefined;
  /** Of every balancer. */
  readonly views: readonly BalancerView[];
  /** Balancers without an answer, and why. */
  readonly unreachable: readonly { readonly balancer: string; readonly why: string }[];
  /** How long balancers have been waited for since something was done. */
  readonly waitedMs: number;
  readonly pace: Pace;
}

/** `kill`, `scale` and `remove` change Marathon; the hook comes before `kill` and before a `remove` with tasks. */
export type Step =
  | { readonly kind: 'wait'; readonly waitsFor: 'marathon' | 'balancers'; readonly why: string }
  | {
      readonly kind: 'kill';
      readonly victims: Colour;
      readonly taskIds: readonly string[];
      /** Some have connections that were waited for long enough. */
      readonly isForced: boolean;
      /** What grows in the same step, as the killed make room for it. */
      readonly growth?: { readonly appId: string; readonly to: number };
    }
  | {
      readonly kind: 'scale';
      readonly appId: string;
      readonly from: number;
      readonly to: number;
      readonly force: boolean;
    }
  | {
      readonly kind: 'remove';
      readonly victims: Colour;
      readonly taskIds: readonly string[];
      readonly isForced: boolean;
      readonly force: boolean;
    }
  | { readonly kind: 'done' }
  /**
   * Nothing more can be done safely: `timed-out` waiting, a balancer stays `unreachable`, or the numbers of the two colours
   * lead nowhere (`conflict`).
   */
  | { readonly kind: 'stuck'; readonly code: 'timed-out' | 'unreachable' | 'conflict'; readonly why: string };

/** Marathon makes it larger. */
export function grow(colour: Colour, to: number): Step {
  return { kind: 'scale', appId: colour.id, from: colour.instances, to, force: false };
}

/** To nothing, whatever it was doing. */
export function withdraw(colour: Colour): Step {
  return { kind: 'scale', appId: colour.id, from: colour.instances, to: 0, force: true };
}

/** The app goes, and with it those of its tasks. */
export function remove(victims: Colour, taskIds: readonly string[], isForced: boolean): Step {
  return { kind: 'remove', victims, taskIds, isForced, force: false };
}

/** Nothing is asked of it twice. */
export function waitForMarathon({ id, deployments }: Colour): Step {
  return { kind: 'wait', waitsFor: 'marathon', why: `Marathon deploys ${id} (deployment ${deployments[0]})` };
}
