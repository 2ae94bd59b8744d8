// What the matcher is told when it is asked outside of an offer.
import type { Marathon } from '../marathon.ts';
import type { MatchContext } from '../matching/match.ts';

/** As the launch queue tells it, at this moment. */
export function placementContext({ world, options, mesos }: Marathon): MatchContext {
  return { ...options, nowMs: world.clock.nowMs(), random: world.random, masterRegion: mesos.masterRegion };
}
