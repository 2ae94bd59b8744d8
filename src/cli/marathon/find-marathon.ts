// The files and the master behind context/marathon.ts.
import type { MasterClient } from '../../client/operator.ts';
import { findTarget, type TargetFlags } from '../context/find.ts';
import { askForMarathon, placeOfMarathon } from '../context/marathon.ts';

/** Addresses of the Marathon that these flags and this environment mean. Throws Problem, ApiError. */
export async function findMarathon(
  marathonFlag: string | undefined,
  flags: TargetFlags,
  env: NodeJS.ProcessEnv,
  master: () => Promise<MasterClient>,
): Promise<readonly string[]> {
  const place = placeOfMarathon({
    marathonFlag,
    isClusterGiven: flags.context !== undefined || flags.master !== undefined,
    env,
    target: () => findTarget(flags, env),
  });
  return place.kind === 'known' ? place.marathons : askForMarathon(await master());
}
