// The state directory for commands that only look.
import { type State, StateFiles } from '../../../haproxy/apply/memory/state-file.ts';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import type { BalancerSettings } from '../settings/settings.ts';

/** Throws Problem when it may not be read, or was written by a newer program. */
export async function readState(world: Pick<World, 'disk' | 'log'>, settings: BalancerSettings): Promise<State> {
  const { stateDirectory, options } = settings;
  try {
    return await new StateFiles(world, stateDirectory).readState(options.configPath);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const isForbidden = error.code === 'forbidden';
    throw new Problem(
      isForbidden ? EXIT.notAllowed : EXIT.failed,
      {
        what: `The state in ${stateDirectory} cannot be read.`,
        why: error.message,
        next: isForbidden ? 'Run it as root, or as the user that runs sync.' : '--state-dir <dir>',
      },
      { cause: error },
    );
  }
}
