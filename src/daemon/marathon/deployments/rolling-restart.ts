// The numbers of a rolling restart (marathon.md 12.5). Pure; actions/restart.ts acts on them.
import type { UpgradeStrategy } from '../model/app.ts';

/** What a rolling restart keeps to. */
export interface RestartLimits {
  /** As many instances, old and new together, are left healthy by our own hand. */
  readonly minHealthy: number;
  /** As many may run at once, those told to end included. */
  readonly maxCapacity: number;
  /** As many old ones are killed before anything else. */
  readonly killNow: number;
}

/** `healthy` and `current` count old and new instances with goal Running. */
export interface RestartInput {
  readonly target: number;
  readonly healthy: number;
  readonly current: number;
  readonly strategy: UpgradeStrategy;
  /** Its instances keep their place and data, so that a new one needs the place of an old one. */
  readonly isResident: boolean;
}

/** Beyond what doubles can tell: 100 · 0.07 is 7, not a little more. */
const EPSILON = 1e-9;

/** Limits as of the beginning. Where nothing may go and nothing may come, one more may run at once. */
export function restartLimits({ target, healthy, current, strategy, isResident }: RestartInput): RestartLimits {
  const minHealthy = Math.ceil(target * strategy.minimumHealthCapacity - EPSILON);
  let maxCapacity = Math.floor(target * (1 + strategy.maximumOverCapacity) + EPSILON);
  let killNow = Math.max(0, healthy - minHealthy);
  if (minHealthy === maxCapacity && maxCapacity <= healthy) {
    if (isResident) killNow = healthy - minHealthy + 1;
    else maxCapacity += 1;
  }
  if (target < current) killNow = Math.max(current - target, killNow);
  return { minHealthy, maxCapacity, killNow };
}

/**
 * How many new instances to start now. `occupied`: instances other than the new ones that may still run, whether told to
 * end or not. `started`: new ones that are there, running or not.
 */
export function toLaunch(target: number, maxCapacity: number, occupied: number, started: number): number {
  return Math.max(0, Math.min(target - started, maxCapacity - occupied - started));
}
