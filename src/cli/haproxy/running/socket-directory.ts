// HAProxy makes its stats socket, but not the directory that it is in; without, it would not start with our config. After a
// boot somebody else has to (templates/systemd/mctl-haproxy.conf).
import { dirname } from 'node:path';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import type { Terminal } from '../../output/terminal.ts';
import type { BalancerSettings } from '../settings/settings.ts';

const MODE = 0o755;

/** Says it when it cannot be made: a head of the operator's own may have its socket elsewhere. */
export async function makeSocketDirectory(
  { disk }: Pick<World, 'disk'>,
  { options }: Pick<BalancerSettings, 'options'>,
  terminal: Pick<Terminal, 'say'>,
): Promise<void> {
  const directory = dirname(options.runtimeSocket);
  try {
    if ((await disk.stat(directory)) === undefined) await disk.makeDirectory(directory, { mode: MODE });
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    terminal.say(`${directory}, for HAProxy's stats socket, cannot be made: ${error.message}`);
  }
}
